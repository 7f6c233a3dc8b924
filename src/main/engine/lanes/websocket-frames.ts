import { randomFillSync } from 'node:crypto'

/** The frames of RFC 6455 §5 that a client sends: whole messages, always masked. */

export const TEXT = 1
export const BINARY = 2
export const CLOSE = 8
export const PING = 9
export const PONG = 10

/** Payload of a control frame at most (§5.5). */
export const MAX_CONTROL_BYTES = 125

/** Keys must not be foreseeable (§5.3): taken from the system, a thousand at a time. */
const keys = new Uint8Array(4096)
const keyWords = new Int32Array(keys.buffer)
let nextKey = keys.length

/** From here on a frame is masked by words: it takes a view on it, which pays for the longer ones. */
const LONG_PAYLOAD = 256

export function encodeFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const headed = 6 + extended
  const frame = length < LONG_PAYLOAD ? Buffer.allocUnsafe(headed + length) : withAlignedPayload(headed, length)
  frame[0] = 0x80 | opcode
  frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127)
  if (extended === 2) frame.writeUInt16BE(length, 2)
  else if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2)
  const key = takeKey()
  frame[headed - 4] = keys[key]!
  frame[headed - 3] = keys[key + 1]!
  frame[headed - 2] = keys[key + 2]!
  frame[headed - 1] = keys[key + 3]!
  if (length < LONG_PAYLOAD) maskBytes(frame, headed, payload, key)
  else maskWords(frame, headed, payload, key)
  return frame
}

/** Status code and reason (§5.5.1). */
export function closePayload(code: number): Buffer {
  return Buffer.from([code >> 8, code & 255])
}

/** Words lie at multiples of 4, as the memory does that is given out. */
function withAlignedPayload(headed: number, length: number): Buffer {
  const spare = -headed & 3
  const frame = Buffer.allocUnsafe(spare + headed + length)
  return spare === 0 ? frame : frame.subarray(spare)
}

/** @returns its place in {@link keys}. */
function takeKey(): number {
  if (nextKey === keys.length) {
    randomFillSync(keys)
    nextKey = 0
  }
  nextKey += 4
  return nextKey - 4
}

function maskBytes(frame: Buffer, at: number, payload: Uint8Array, key: number): void {
  const [a, b, c, d] = [keys[key]!, keys[key + 1]!, keys[key + 2]!, keys[key + 3]!]
  const whole = payload.length & ~3
  let to = at
  let from = 0
  for (; from < whole; from += 4, to += 4) {
    frame[to] = payload[from]! ^ a
    frame[to + 1] = payload[from + 1]! ^ b
    frame[to + 2] = payload[from + 2]! ^ c
    frame[to + 3] = payload[from + 3]! ^ d
  }
  maskRest(frame, at, payload, key, from)
}

function maskWords(frame: Buffer, at: number, payload: Uint8Array, key: number): void {
  frame.set(payload, at)
  const words = new Int32Array(frame.buffer, frame.byteOffset + at, payload.length >> 2)
  const word = keyWords[key >> 2]!
  for (let i = 0; i < words.length; i++) words[i]! ^= word
  maskRest(frame, at, payload, key, payload.length & ~3)
}

function maskRest(frame: Buffer, at: number, payload: Uint8Array, key: number, from: number): void {
  for (let i = from; i < payload.length; i++) frame[at + i] = payload[i]! ^ keys[key + (i & 3)]!
}

const CLOSE_NAMES: Record<number, string> = {
  1000: 'normal closure', 1001: 'going away', 1002: 'protocol error', 1003: 'unsupported data', 1005: 'no status', 1007: 'invalid payload',
  1008: 'policy violation', 1009: 'message too big', 1010: 'extension missing', 1011: 'internal error', 1012: 'service restart', 1013: 'try again later', 1014: 'bad gateway',
}

/** `1011 internal error`. Codes that no standard knows are told by their number alone. */
export function closeName(code: number): string {
  const name = CLOSE_NAMES[code]
  return name === undefined ? String(code) : `${code} ${name}`
}

/** Codes that may stand in a frame (§7.4). */
export function isCloseCode(code: number): boolean {
  return (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code < 5000)
}
