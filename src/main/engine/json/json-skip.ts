/**
 * Passes over JSON (RFC 8259) byte by byte and makes nothing of it. Refuses exactly what JSON.parse refuses of the same bytes
 * as UTF-8: what is not UTF-8 becomes a character there, so it may stand in a string and nowhere else.
 */

/** No JSON. All other results are offsets. */
export const NOT_JSON = -1

export const QUOTE = 0x22
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN_ARRAY = 0x5b
export const BACKSLASH = 0x5c
export const CLOSE_ARRAY = 0x5d
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d
/** First letters. */
export const FALSE = 0x66
export const NULL = 0x6e
export const TRUE = 0x74
const SPACE = 0x20
const MINUS = 0x2d
const PLUS = 0x2b
const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39

/** Bytes of a text that are looked at one by one. */
const LONG_TEXT = 2048

/** 1: stands for itself in a string. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => (byte < SPACE || byte === QUOTE || byte === BACKSLASH ? 0 : 1))

/** What closes the arrays and objects that are open, outermost first. Grows with the deepest body. */
let closers = new Uint8Array(64)

/** @returns behind the white space at an offset. */
export function skipSpace(bytes: Buffer, from: number): number {
  let at = from
  for (; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte > SPACE || (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break
  }
  return at
}

/** @param from where a value begins, without white space before it. @returns behind it. */
export function skipValue(bytes: Buffer, from: number): number {
  const end = bytes.length
  let at = from
  let depth = 0
  for (;;) {
    const byte = at < end ? bytes[at]! : 0
    if (byte === QUOTE) {
      at = skipString(bytes, at + 1)
      if (at < 0) return NOT_JSON
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      const closer = byte + 2
      at = skipSpace(bytes, at + 1)
      if (at < end && bytes[at] === closer) {
        at++
      } else {
        if (depth === closers.length) widen()
        closers[depth++] = closer
        if (byte === OPEN_OBJECT && (at = skipKey(bytes, at)) < 0) return NOT_JSON
        continue
      }
    } else if ((at = skipScalar(bytes, at)) < 0) {
      return NOT_JSON
    }
    for (;;) {
      if (depth === 0) return at
      let next = at < end ? bytes[at]! : 0
      if (next <= SPACE) {
        at = skipSpace(bytes, at)
        next = at < end ? bytes[at]! : 0
      }
      const closer = closers[depth - 1]!
      if (next === COMMA) {
        at = skipSpace(bytes, at + 1)
        if (closer === CLOSE_OBJECT && (at = skipKey(bytes, at)) < 0) return NOT_JSON
        break
      }
      if (next !== closer) return NOT_JSON
      depth--
      at++
    }
  }
}

/** Name and colon of a member. @returns where its value begins. */
function skipKey(bytes: Buffer, from: number): number {
  if (from >= bytes.length || bytes[from] !== QUOTE) return NOT_JSON
  const end = skipString(bytes, from + 1)
  return end < 0 ? NOT_JSON : skipColon(bytes, end)
}

/** @returns where the value behind the colon begins. */
export function skipColon(bytes: Buffer, from: number): number {
  const at = skipSpace(bytes, from)
  return at < bytes.length && bytes[at] === COLON ? skipSpace(bytes, at + 1) : NOT_JSON
}

/** The usual text is short and stands for itself. @param from behind the opening quote. @returns behind the closing one. */
export function skipString(bytes: Buffer, from: number): number {
  const { length } = bytes
  const end = from + LONG_TEXT < length ? from + LONG_TEXT : length
  let at = from
  while (at + 3 < end && (PLAIN[bytes[at]!]! & PLAIN[bytes[at + 1]!]! & PLAIN[bytes[at + 2]!]! & PLAIN[bytes[at + 3]!]!) === 1) at += 4
  while (at < end && PLAIN[bytes[at]!] === 1) at++
  return at < end && bytes[at] === QUOTE ? at + 1 : skipText(bytes, from, at, end)
}

/** @param at where to go on. @param end how far to look at bytes one by one. */
function skipText(bytes: Buffer, from: number, start: number, end: number): number {
  let at = start
  for (;;) {
    while (at + 3 < end && (PLAIN[bytes[at]!]! & PLAIN[bytes[at + 1]!]! & PLAIN[bytes[at + 2]!]! & PLAIN[bytes[at + 3]!]!) === 1) at += 4
    while (at < end && PLAIN[bytes[at]!] === 1) at++
    if (at >= end) return end === bytes.length ? NOT_JSON : skipLongText(bytes, from, at)
    if (bytes[at] === QUOTE) return at + 1
    if (bytes[at] !== BACKSLASH) return NOT_JSON
    at = skipEscape(bytes, at + 1)
    if (at < 0) return NOT_JSON
  }
}

/** JSON.parse tells faster than a loop whether all of a long text may stand there, if its end is easy to see: no quote is in it. */
function skipLongText(bytes: Buffer, from: number, at: number): number {
  const quote = bytes.indexOf(QUOTE, at)
  if (quote < 0) return NOT_JSON
  if (bytes[quote - 1] === BACKSLASH) return skipText(bytes, from, at, bytes.length)
  try {
    JSON.parse(bytes.toString('latin1', from - 1, quote + 1))
    return quote + 1
  } catch {
    return NOT_JSON
  }
}

/** @param at behind the backslash. */
function skipEscape(bytes: Buffer, at: number): number {
  switch (bytes[at]) {
    case QUOTE: case BACKSLASH: case 0x2f: case 0x62: case 0x66: case 0x6e: case 0x72: case 0x74: return at + 1
    case 0x75: return isHex(bytes[at + 1]) && isHex(bytes[at + 2]) && isHex(bytes[at + 3]) && isHex(bytes[at + 4]) ? at + 5 : NOT_JSON
    default: return NOT_JSON
  }
}

function isHex(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= ZERO && byte <= NINE) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66))
}

/** What is no string. */
function skipScalar(bytes: Buffer, at: number): number {
  switch (at < bytes.length ? bytes[at] : 0) {
    case TRUE: return bytes[at + 1] === 0x72 && bytes[at + 2] === 0x75 && bytes[at + 3] === 0x65 ? at + 4 : NOT_JSON
    case FALSE: return bytes[at + 1] === 0x61 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x73 && bytes[at + 4] === 0x65 ? at + 5 : NOT_JSON
    case NULL: return bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c ? at + 4 : NOT_JSON
    default: return skipNumber(bytes, at)
  }
}

function skipNumber(bytes: Buffer, from: number): number {
  const end = bytes.length
  let at = from < end && bytes[from] === MINUS ? from + 1 : from
  const first = at
  while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++
  if (at === first || (at > first + 1 && bytes[first] === ZERO)) return NOT_JSON
  if (at < end && bytes[at] === DOT) at = skipDigits(bytes, at + 1)
  if (at >= 0 && at < end && (bytes[at]! | 0x20) === 0x65) {
    const sign = at + 1 < end ? bytes[at + 1] : 0
    at = skipDigits(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1)
  }
  return at
}

/** At least one. */
function skipDigits(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++
  return at === from ? NOT_JSON : at
}

function widen(): void {
  const wider = new Uint8Array(closers.length * 2)
  wider.set(closers)
  closers = wider
}
