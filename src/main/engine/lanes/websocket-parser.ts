import { isUtf8 } from 'node:buffer'
import { BINARY, CLOSE, MAX_CONTROL_BYTES, PING, PONG, TEXT, isCloseCode } from './websocket-frames.ts'

/**
 * Reads the frames of a server (RFC 6455 §5) as they come in, cut anywhere, and puts messages together from their
 * fragments. Holds at most one control frame; content is handed on as it comes.
 */
export interface MessageHandler {
  /** A message begins. */
  onMessage(binary: boolean): void
  onContent(bytes: Uint8Array, start: number, end: number): void
  onMessageEnd(): void
  /** Valid only during the call. */
  onPing(payload: Buffer): void
  onPong(payload: Buffer): void
  /** @param code 1005 when the server gave none. */
  onClose(code: number): void
}

const CONTINUATION = 0
const MAX_HEAD_BYTES = 10
const NO_STATUS = 1005

const HEAD = 0
const CONTENT = 1
const CONTROL = 2

export class WebSocketParser {
  /** What was wrong, for a person; null as long as nothing was. */
  error: string | null = null

  private readonly handler: MessageHandler
  private readonly head = Buffer.allocUnsafe(MAX_HEAD_BYTES)
  private headLength = 0
  private headNeeded = 2
  private state = HEAD
  private opcode = 0
  private final = false
  /** A message has begun and not ended: only its continuations may follow. */
  private inMessage = false
  /** Bytes of the payload that are still to come. */
  private left = 0
  private control: Buffer | null = null
  private controlLength = 0

  constructor(handler: MessageHandler) {
    this.handler = handler
  }

  /** A frame or a message has begun and is not complete. */
  get within(): boolean {
    return this.inMessage || this.headLength > 0 || this.state !== HEAD
  }

  /** Takes `[start, end)`; false: no WebSocket, see {@link error}. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start
    while (at < end && this.error === null) {
      if (this.state === HEAD) at = this.takeHead(bytes, at, end)
      else if (this.state === CONTENT) at = this.takeContent(bytes, at, end)
      else at = this.takeControl(bytes, at, end)
    }
    return this.error === null
  }

  /** Nothing more is taken. The handler may say so, too. */
  refuse(what: string): void {
    this.error ??= what
  }

  private takeHead(bytes: Uint8Array, start: number, end: number): number {
    let at = start
    while (at < end && this.headLength < this.headNeeded) {
      this.head[this.headLength++] = bytes[at++]!
      if (this.headLength === 2) this.headNeeded = neededFor(this.head[1]! & 0x7f)
    }
    if (this.headLength === this.headNeeded) this.understand()
    return at
  }

  private understand(): void {
    const { head } = this
    this.headLength = 0
    this.headNeeded = 2
    this.final = (head[0]! & 0x80) !== 0
    this.opcode = head[0]! & 0x0f
    const length = lengthIn(head)
    const wrong = this.judge(length)
    if (wrong !== null) return this.refuse(wrong)
    this.left = length
    if (this.opcode >= CLOSE) return this.beginControl(length)
    if (this.opcode !== CONTINUATION) this.handler.onMessage(this.opcode === BINARY)
    this.inMessage = true
    this.state = CONTENT
    if (length === 0) this.contentOver()
  }

  private judge(length: number): string | null {
    const { head, opcode } = this
    if ((head[0]! & 0x70) !== 0) return 'reserved bits of an extension that was not agreed on'
    if ((head[1]! & 0x80) !== 0) return 'masked frame from a server'
    if (length < 0) return 'frame longer than 2^50 bytes'
    if (opcode >= CLOSE) return this.judgeControl(length)
    if (opcode === CONTINUATION) return this.inMessage ? null : 'continuation of nothing'
    if (opcode !== TEXT && opcode !== BINARY) return 'unknown kind of frame'
    return this.inMessage ? 'message within a message' : null
  }

  private judgeControl(length: number): string | null {
    if (this.opcode > PONG) return 'unknown kind of frame'
    if (!this.final) return 'control frame in fragments'
    return length > MAX_CONTROL_BYTES ? 'control frame longer than 125 bytes' : null
  }

  private takeContent(bytes: Uint8Array, start: number, end: number): number {
    const next = Math.min(end, start + this.left)
    this.left -= next - start
    this.handler.onContent(bytes, start, next)
    if (this.left === 0) this.contentOver()
    return next
  }

  private contentOver(): void {
    this.state = HEAD
    if (!this.final) return
    this.inMessage = false
    this.handler.onMessageEnd()
  }

  private beginControl(length: number): void {
    this.state = CONTROL
    this.controlLength = 0
    this.control = Buffer.allocUnsafe(length)
    if (length === 0) this.controlOver(this.control)
  }

  private takeControl(bytes: Uint8Array, start: number, end: number): number {
    const control = this.control!
    const next = Math.min(end, start + this.left)
    control.set(bytes.subarray(start, next), this.controlLength)
    this.controlLength += next - start
    this.left -= next - start
    if (this.left === 0) this.controlOver(control)
    return next
  }

  private controlOver(payload: Buffer): void {
    this.state = HEAD
    this.control = null
    if (this.opcode === PING) this.handler.onPing(payload)
    else if (this.opcode === PONG) this.handler.onPong(payload)
    else this.close(payload)
  }

  private close(payload: Buffer): void {
    const code = payload.length === 0 ? NO_STATUS : payload.length === 1 ? -1 : payload.readUInt16BE(0)
    if (payload.length > 0 && !isCloseCode(code)) return this.refuse('close frame with a code that must not be')
    if (!isUtf8(payload.subarray(2))) return this.refuse('close frame with a reason that is no text')
    this.handler.onClose(code)
  }
}

/** Bytes of a frame head by the seven bits of its length. */
function neededFor(length: number): number {
  return length < 126 ? 2 : length === 126 ? 4 : MAX_HEAD_BYTES
}

/** -1: beyond what can be counted exactly. */
function lengthIn(head: Buffer): number {
  const short = head[1]! & 0x7f
  if (short < 126) return short
  if (short === 126) return head.readUInt16BE(2)
  const high = head.readUInt32BE(2)
  return high >= 2 ** 18 ? -1 : high * 2 ** 32 + head.readUInt32BE(6)
}
