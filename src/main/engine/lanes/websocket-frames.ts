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
let nextKey = keys.length

export function encodeFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const frame = Buffer.allocUnsafe(6 + extended + length)
  frame[0] = 0x80 | opcode
  frame[1] = 0x80 | (extended === 0 ? length : extended === 2 ? 126 : 127)
  if (extended === 2) frame.writeUInt16BE(length, 2)
  else if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2)
  mask(frame, 2 + extended, payload)
  return frame
}

/** Status code and reason (§5.5.1). */
export function closePayload(code: number): Buffer {
  return Buffer.from([code >> 8, code & 255])
}

function mask(frame: Buffer, at: number, payload: Uint8Array): void {
  if (nextKey === keys.length) {
    randomFillSync(keys)
    nextKey = 0
  }
  const [a, b, c, d] = [keys[nextKey]!, keys[nextKey + 1]!, keys[nextKey + 2]!, keys[nextKey + 3]!]
  nextKey += 4
  frame[at] = a
  frame[at + 1] = b
  frame[at + 2] = c
  frame[at + 3] = d
  const whole = payload.length & ~3
  let to = at + 4
  let from = 0
  for (; from < whole; from += 4, to += 4) {
    frame[to] = payload[from]! ^ a
    frame[to + 1] = payload[from + 1]! ^ b
    frame[to + 2] = payload[from + 2]! ^ c
    frame[to + 3] = payload[from + 3]! ^ d
  }
  for (; from < payload.length; from++, to++) frame[to] = payload[from]! ^ frame[at + (from & 3)]!
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
