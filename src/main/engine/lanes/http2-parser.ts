import {
  ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, FRAME_HEAD_BYTES, FRAME_SIZE_ERROR, GOAWAY, HEADERS,
  MAX_31_BITS, MAX_FRAME_BYTES, PADDED, PING, PRIORITY, PROTOCOL_ERROR, PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, WITH_PRIORITY,
  readUint32,
} from './http2-frames.ts'
import { HeaderBlock } from './header-block.ts'

/**
 * Reads the frames of a server as they come in, cut anywhere. It judges what can be judged of frames alone; what streams
 * there are and what may be said on them is the handler's business. Holds at most one frame and one header block.
 */
export interface FrameHandler {
  /** A complete header block. @param bytes of its frames on the wire. */
  onHeaders(stream: number, block: Uint8Array, start: number, end: number, endStream: boolean, bytes: number): void
  /** Content, without padding; a frame that is cut comes in several pieces. */
  onData(stream: number, bytes: Uint8Array, start: number, end: number): void
  /** The end of a DATA frame. @param length of its payload, padding included: what flow control counts. */
  onDataEnd(stream: number, length: number, endStream: boolean): void
  onReset(stream: number, code: number): void
  /** Payload of a SETTINGS frame: entries of six bytes. */
  onSettings(bytes: Uint8Array, start: number, end: number): void
  onSettingsAck(): void
  /** @param bytes in which the eight bytes to be sent back begin at `start`. */
  onPing(bytes: Uint8Array, start: number): void
  onGoaway(lastStream: number, code: number): void
  onWindowUpdate(stream: number, increment: number): void
}

const HEAD = 0
const PAYLOAD = 1
const PAD_LENGTH = 2
const CONTENT = 3
const PADDING = 4

/** Payload lengths that are right: exactly so many bytes. */
const EXACT_LENGTH: Record<number, number> = { [PRIORITY]: 5, [RST_STREAM]: 4, [PING]: 8, [WINDOW_UPDATE]: 4 }
/** Frames of a stream; the others but WINDOW_UPDATE are of the connection. */
const OF_STREAM = new Set([DATA, HEADERS, PRIORITY, RST_STREAM, PUSH_PROMISE, CONTINUATION])
const OF_CONNECTION = new Set([SETTINGS, PING, GOAWAY])

export class Http2Parser {
  /** What was wrong, for a person; null as long as nothing was. */
  error: string | null = null
  /** The same as an error code of HTTP/2. */
  errorCode = 0

  private readonly handler: FrameHandler
  private readonly head = Buffer.allocUnsafeSlow(FRAME_HEAD_BYTES)
  private headLength = 0
  private state = HEAD
  private length = 0
  private type = 0
  private flags = 0
  private stream = 0
  /** Bytes of the payload that are still to come. */
  private left = 0
  private padding = 0
  /** A payload that was cut. */
  private held: Buffer | null = null
  private readonly block = new HeaderBlock()
  private greeted = false

  constructor(handler: FrameHandler) {
    this.handler = handler
  }

  /** A frame, or a header block, has begun and is not complete. */
  get inFrame(): boolean {
    return this.state !== HEAD || this.headLength > 0 || this.block.open
  }

  /** A header block is not complete: nothing else may come. */
  get inHeaders(): boolean {
    return this.block.open
  }

  /** Takes `[start, end)`; false: not HTTP/2, see {@link error}. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start
    while (at < end && this.error === null) at = this.step(bytes, at, end)
    return this.error === null
  }

  /** Nothing more is taken. The handler may say so, too. @param code of HTTP/2. */
  refuse(what: string, code: number): void {
    this.error ??= what
    this.errorCode ||= code
  }

  private step(bytes: Uint8Array, start: number, end: number): number {
    switch (this.state) {
      case HEAD: return this.takeHead(bytes, start, end)
      case PAYLOAD: return this.takePayload(bytes, start, end)
      case PAD_LENGTH: return this.takePadLength(bytes[start]!, start)
      case CONTENT: return this.takeContent(bytes, start, end)
      default: return this.takePadding(start, end)
    }
  }

  private takeHead(bytes: Uint8Array, start: number, end: number): number {
    if (this.headLength === 0 && end - start >= FRAME_HEAD_BYTES) {
      this.understand(bytes, start)
      return start + FRAME_HEAD_BYTES
    }
    const next = Math.min(end, start + FRAME_HEAD_BYTES - this.headLength)
    for (let at = start; at < next; at++) this.head[this.headLength++] = bytes[at]!
    if (!this.greeted && this.headLength >= 5 && this.head.toString('latin1', 0, 5) === 'HTTP/') this.refuse('the server answers in HTTP/1', PROTOCOL_ERROR)
    if (this.headLength < FRAME_HEAD_BYTES || this.error !== null) return next
    this.headLength = 0
    this.understand(this.head, 0)
    return next
  }

  private understand(bytes: Uint8Array, at: number): void {
    this.length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
    this.type = bytes[at + 3]!
    this.flags = bytes[at + 4]!
    this.stream = readUint32(bytes, at + 5) & MAX_31_BITS
    const wrong = this.greeted ? null : this.judgeGreeting(bytes, at)
    if (wrong !== null) return this.refuse(wrong, PROTOCOL_ERROR)
    if (this.length > MAX_FRAME_BYTES) return this.refuse('frame larger than 16 KiB', FRAME_SIZE_ERROR)
    this.judge()
    if (this.error !== null) return
    this.left = this.length
    this.padding = 0
    if (this.type === DATA) this.state = (this.flags & PADDED) === 0 ? CONTENT : PAD_LENGTH
    else this.state = PAYLOAD
    if (this.left === 0) this.complete()
  }

  /** The first frame of a server says its settings (RFC 9113 §3.4). */
  private judgeGreeting(bytes: Uint8Array, at: number): string | null {
    this.greeted = true
    if (this.type === SETTINGS && (this.flags & ACK) === 0) return null
    const http1 = [72, 84, 84, 80, 47].every((byte, i) => bytes[at + i] === byte)
    return http1 ? 'the server answers in HTTP/1' : 'the server does not begin with its settings'
  }

  private judge(): void {
    const { type, stream, length } = this
    if (this.block.open && (type !== CONTINUATION || stream !== this.block.stream)) return this.refuse('frame within a header block', PROTOCOL_ERROR)
    if (type === DATA && stream !== 0) return (this.flags & PADDED) !== 0 && length === 0 ? this.refuse('frame of a wrong size', FRAME_SIZE_ERROR) : undefined
    if (type === CONTINUATION && !this.block.open) return this.refuse('CONTINUATION without HEADERS', PROTOCOL_ERROR)
    if (type === PUSH_PROMISE) return this.refuse('push that was not allowed', PROTOCOL_ERROR)
    if (OF_STREAM.has(type) && stream === 0) return this.refuse('frame of a stream on stream 0', PROTOCOL_ERROR)
    if (OF_CONNECTION.has(type) && stream !== 0) return this.refuse('frame of the connection on a stream', PROTOCOL_ERROR)
    const exact = EXACT_LENGTH[type]
    const unpadded = type === HEADERS && (this.flags & PADDED) !== 0 && length === 0
    const bad = unpadded || (exact !== undefined && length !== exact) || (type === SETTINGS && length % 6 !== 0) || (type === SETTINGS && (this.flags & ACK) !== 0 && length > 0) || (type === GOAWAY && length < 8)
    if (bad) this.refuse('frame of a wrong size', FRAME_SIZE_ERROR)
  }

  private takePadLength(padding: number, start: number): number {
    this.left--
    if (padding > this.left) this.refuse('padding longer than its frame', PROTOCOL_ERROR)
    this.padding = padding
    this.left -= padding
    this.state = CONTENT
    if (this.left === 0) this.contentOver()
    return start + 1
  }

  private takeContent(bytes: Uint8Array, start: number, end: number): number {
    const next = Math.min(end, start + this.left)
    this.left -= next - start
    this.handler.onData(this.stream, bytes, start, next)
    if (this.left === 0) this.contentOver()
    return next
  }

  private contentOver(): void {
    this.left = this.padding
    this.state = PADDING
    if (this.left === 0) this.complete()
  }

  private takePadding(start: number, end: number): number {
    const next = Math.min(end, start + this.left)
    this.left -= next - start
    if (this.left === 0) this.complete()
    return next
  }

  private takePayload(bytes: Uint8Array, start: number, end: number): number {
    const next = Math.min(end, start + this.left)
    if (this.held === null && next - start === this.length) {
      this.left = 0
      this.deliver(bytes, start, next)
      return next
    }
    this.held ??= Buffer.allocUnsafe(this.length)
    this.held.set(bytes.subarray(start, next), this.length - this.left)
    this.left -= next - start
    if (this.left === 0) this.complete()
    return next
  }

  private complete(): void {
    if (this.type !== DATA) return this.deliver(this.held ?? this.head, 0, this.length)
    this.state = HEAD
    this.handler.onDataEnd(this.stream, this.length, (this.flags & END_STREAM) !== 0)
  }

  /** The whole payload of anything but DATA. */
  private deliver(bytes: Uint8Array, start: number, end: number): void {
    this.state = HEAD
    this.held = null
    const { handler, stream } = this
    switch (this.type) {
      case HEADERS: return this.headers(bytes, start, end)
      case CONTINUATION: return this.continued(bytes, start, end)
      case RST_STREAM: return handler.onReset(stream, readUint32(bytes, start))
      case SETTINGS: return (this.flags & ACK) === 0 ? handler.onSettings(bytes, start, end) : handler.onSettingsAck()
      case PING: return (this.flags & ACK) === 0 ? handler.onPing(bytes, start) : undefined
      case GOAWAY: return handler.onGoaway(readUint32(bytes, start) & MAX_31_BITS, readUint32(bytes, start + 4))
      case WINDOW_UPDATE: return handler.onWindowUpdate(stream, readUint32(bytes, start) & MAX_31_BITS)
    }
  }

  private headers(bytes: Uint8Array, start: number, end: number): void {
    const padded = (this.flags & PADDED) !== 0
    const from = start + (padded ? 1 : 0) + ((this.flags & WITH_PRIORITY) === 0 ? 0 : 5)
    const to = padded && start < end ? end - bytes[start]! : end
    if (from > to) return this.refuse('padding longer than its frame', PROTOCOL_ERROR)
    const endStream = (this.flags & END_STREAM) !== 0
    const size = FRAME_HEAD_BYTES + this.length
    if ((this.flags & END_HEADERS) !== 0) this.handler.onHeaders(this.stream, bytes, from, to, endStream, size)
    else this.block.begin(this.stream, endStream, bytes, from, to, size)
  }

  private continued(bytes: Uint8Array, start: number, end: number): void {
    const { block } = this
    if (!block.add(bytes, start, end, FRAME_HEAD_BYTES + this.length)) return this.refuse('head larger than 64 KiB', ENHANCE_YOUR_CALM)
    if ((this.flags & END_HEADERS) === 0) return
    const held = block.take()
    this.handler.onHeaders(block.stream, held, 0, held.length, block.endStream, block.wireBytes)
  }

}
