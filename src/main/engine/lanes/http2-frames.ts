/** The frames of HTTP/2 (RFC 9113 §4 and §6): their numbers, and the making of those that we send. */

export const FRAME_HEAD_BYTES = 9
/** Largest payload that nobody has to agree to. We never ask for more. */
export const MAX_FRAME_BYTES = 16_384
/** What both windows begin with (RFC 9113 §6.9.2). */
export const FIRST_WINDOW = 65_535
/** Largest window, largest stream id. */
export const MAX_31_BITS = 0x7fff_ffff

export const DATA = 0
export const HEADERS = 1
export const PRIORITY = 2
export const RST_STREAM = 3
export const SETTINGS = 4
export const PUSH_PROMISE = 5
export const PING = 6
export const GOAWAY = 7
export const WINDOW_UPDATE = 8
export const CONTINUATION = 9

/** On DATA and HEADERS; on SETTINGS and PING the same bit says that it is an acknowledgement. */
export const END_STREAM = 0x1
export const ACK = 0x1
export const END_HEADERS = 0x4
export const PADDED = 0x8
export const WITH_PRIORITY = 0x20

export const HEADER_TABLE_SIZE = 1
export const ENABLE_PUSH = 2
export const MAX_CONCURRENT_STREAMS = 3
export const INITIAL_WINDOW_SIZE = 4
export const MAX_FRAME_SIZE = 5

export const NO_ERROR = 0
export const PROTOCOL_ERROR = 1
export const FLOW_CONTROL_ERROR = 3
export const STREAM_CLOSED = 5
export const FRAME_SIZE_ERROR = 6
export const CANCEL = 8
export const COMPRESSION_ERROR = 9
export const ENHANCE_YOUR_CALM = 11

const ERROR_NAMES = [
  'NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'FLOW_CONTROL_ERROR', 'SETTINGS_TIMEOUT', 'STREAM_CLOSED', 'FRAME_SIZE_ERROR',
  'REFUSED_STREAM', 'CANCEL', 'COMPRESSION_ERROR', 'CONNECT_ERROR', 'ENHANCE_YOUR_CALM', 'INADEQUATE_SECURITY', 'HTTP_1_1_REQUIRED',
]

/** As RFC 9113 §7 calls it. What it does not know has one name, so that messages stay few. */
export function errorName(code: number): string {
  return ERROR_NAMES[code] ?? 'unknown error'
}

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payload.length)
  writeFrameHead(bytes, 0, payload.length, type, flags, stream)
  bytes.set(payload, FRAME_HEAD_BYTES)
  return bytes
}

export function writeFrameHead(to: Uint8Array, at: number, length: number, type: number, flags: number, stream: number): void {
  to[at] = length >>> 16
  to[at + 1] = length >>> 8
  to[at + 2] = length
  to[at + 3] = type
  to[at + 4] = flags
  writeUint32(to, at + 5, stream)
}

export function writeUint32(to: Uint8Array, at: number, value: number): void {
  to[at] = value >>> 24
  to[at + 1] = value >>> 16
  to[at + 2] = value >>> 8
  to[at + 3] = value
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  writeUint32(bytes, 0, value)
  return bytes
}

/** @param values id and value of each setting. */
export function settingsFrame(values: readonly (readonly [id: number, value: number])[]): Buffer {
  return frame(SETTINGS, 0, 0, Buffer.concat(values.map(([id, value]) => Buffer.concat([Buffer.from([id >> 8, id & 255]), uint32(value)]))))
}

/**
 * How we begin every connection. No header table: each answer then begins with its status. No pushes. Windows as large
 * as they get: a load generator never asks a server to wait.
 */
export const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  settingsFrame([[HEADER_TABLE_SIZE, 0], [ENABLE_PUSH, 0], [INITIAL_WINDOW_SIZE, MAX_31_BITS]]),
  frame(WINDOW_UPDATE, 0, 0, uint32(MAX_31_BITS - FIRST_WINDOW)),
])

export const SETTINGS_ACK = frame(SETTINGS, ACK, 0)
