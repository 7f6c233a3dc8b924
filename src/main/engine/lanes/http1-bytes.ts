/** Bytes of a response head read without making strings: every function works on offsets of the read buffer. */

const SPACE = 32
const TAB = 9
const COMMA = 44
const COLON = 58

/** Lengths above this are refused: they cannot be counted exactly and no server means them. */
const MAX_LENGTH = 2 ** 50

/** RFC 9110 `tchar`: what a field name may consist of. */
const TOKEN = new Uint8Array(256)
for (const char of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") TOKEN[char.charCodeAt(0)] = 1

const VERSION = Buffer.from('HTTP/1.')

/** True while `[start, end)` can still become a status line of HTTP/1.x: garbage is named before its line ends. */
export function mayBeStatusLine(bytes: Uint8Array, start: number, end: number): boolean {
  const length = Math.min(end - start, VERSION.length)
  for (let i = 0; i < length; i++) if (bytes[start + i] !== VERSION[i]) return false
  return true
}

/** Status of `HTTP/1.x NNN[ reason]`, 100..999 (999 is in real use); -1 when it is not a status line. */
export function statusOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 12 || !mayBeStatusLine(bytes, start, end) || bytes[start + 8] !== SPACE) return -1
  const minor = bytes[start + 7]!
  if (minor !== 48 && minor !== 49) return -1
  if (end - start > 12 && bytes[start + 12] !== SPACE) return -1
  const hundreds = digit(bytes[start + 9]!)
  const tens = digit(bytes[start + 10]!)
  const ones = digit(bytes[start + 11]!)
  return hundreds < 1 || tens < 0 || ones < 0 ? -1 : hundreds * 100 + tens * 10 + ones
}

function digit(byte: number): number {
  return byte >= 48 && byte <= 57 ? byte - 48 : -1
}

/** Offset of the colon after a field name, or -1: no colon, empty name, or a byte that no name may hold. */
export function nameEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && TOKEN[bytes[at]!] === 1) at++
  return at > start && at < end && bytes[at] === COLON ? at : -1
}

/** Compares ASCII without regard to case; `text` must be lower case. */
export function sameText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false
  for (let i = 0; i < text.length; i++) {
    let byte = bytes[start + i]!
    if (byte >= 65 && byte <= 90) byte |= 32
    if (byte !== text.charCodeAt(i)) return false
  }
  return true
}

/** Value of a Content-Length field; -1 when it is no number, or one beyond 2^50. */
export function lengthOf(bytes: Uint8Array, start: number, end: number): number {
  const from = skipBlanks(bytes, start, end)
  const to = trimBlanks(bytes, from, end)
  if (from === to) return -1
  let value = 0
  for (let i = from; i < to; i++) {
    const next = digit(bytes[i]!)
    if (next < 0) return -1
    value = value * 10 + next
    if (value > MAX_LENGTH) return -1
  }
  return value
}

/** Members of a Connection field, as bits. */
export const CLOSE = 1
export const KEEP_ALIVE = 2

/** Which of {@link CLOSE} and {@link KEEP_ALIVE} the comma-separated list holds. */
export function connectionTokens(bytes: Uint8Array, start: number, end: number): number {
  let found = 0
  for (let at = start; at < end; ) {
    let comma = at
    while (comma < end && bytes[comma] !== COMMA) comma++
    const from = skipBlanks(bytes, at, comma)
    const to = trimBlanks(bytes, from, comma)
    if (sameText(bytes, from, to, 'keep-alive')) found |= KEEP_ALIVE
    else if (sameText(bytes, from, to, 'close')) found |= CLOSE
    at = comma + 1
  }
  return found
}

/** True when the last member of the list is `token` (lower case): the final transfer coding decides the framing. */
export function listEndsWith(bytes: Uint8Array, start: number, end: number, token: string): boolean {
  const to = trimBlanks(bytes, start, end)
  let from = to
  while (from > start && bytes[from - 1] !== COMMA) from--
  return sameText(bytes, skipBlanks(bytes, from, to), to, token)
}

/** Size of a chunk from its line (extensions ignored), or -1 when the line is no chunk size. */
export function chunkSizeOf(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  let at = start
  for (; at < end; at++) {
    const next = hexDigit(bytes[at]!)
    if (next < 0) break
    value = value * 16 + next
    if (value > MAX_LENGTH) return -1
  }
  if (at === start) return -1
  at = skipBlanks(bytes, at, end)
  return at === end || bytes[at] === 59 ? value : -1
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const lower = byte | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++
  return at
}

function trimBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = end
  while (at > start && (bytes[at - 1] === SPACE || bytes[at - 1] === TAB)) at--
  return at
}
