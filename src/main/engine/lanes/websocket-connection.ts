import type { CompiledMessage, RequestSource } from './compiled-request.ts'
import type { Dial } from './dial.ts'
import type { Address } from './resolver.ts'
import type { SerialOwner } from './serial-lane.ts'
import { SerialSocket } from './serial-socket.ts'
import type { Failure } from './socket-errors.ts'
import { messageMatcher } from './websocket-answer.ts'
import type { MessageMatcher } from './websocket-answer.ts'
import { BINARY, CLOSE, PING, PONG, TEXT, closeName, closePayload, encodeFrame } from './websocket-frames.ts'
import { WebSocketParser } from './websocket-parser.ts'
import type { MessageHandler } from './websocket-parser.ts'
import type { UpgradeTemplate } from './websocket-upgrade.ts'

/** What all connections of a lane share. */
export interface WebSocketTraits {
  message: CompiledMessage
  /** Where what is sent differs. */
  source: RequestSource | null
  upgrade: UpgradeTemplate
}

/** The only status that a WebSocket has: that of its upgrade. */
const SWITCHING = 101
const MAX_HEAD_BYTES = 16_384
/** Pongs pile up only if the server does not read. */
const MOST_BACKLOG = 1_048_576
const NORMAL = 1000
const PROTOCOL_ERROR = 1002
const NO_STATUS = 1005
const NOTHING = Buffer.alloc(0)

/** One WebSocket: it stands once the server has agreed to it. What comes unasked is read and is no answer to anything. */
export class WebSocketConnection extends SerialSocket implements MessageHandler {
  private readonly message: CompiledMessage
  private readonly source: RequestSource | null
  private readonly matcher: MessageMatcher | null
  /** Null once the connection stands: thousands of them that wait should hold no more than they need. */
  private upgrade: ReturnType<UpgradeTemplate['next']> | null
  private readonly parser = new WebSocketParser(this)
  /** Head of the upgrade, as far as it has come; whole once the connection stands. */
  private head = Buffer.alloc(0)
  /** What was sent last. */
  private asked: Buffer = NOTHING
  /** The message that is coming may be the answer. */
  private listening = false
  private readonly whenSent = (): void => this.sent()

  constructor(owner: SerialOwner, dial: Dial, address: Address, { message, source, upgrade }: WebSocketTraits, now: number, deadline: number) {
    super(owner, dial, address, now, deadline)
    this.message = message
    this.source = source
    this.matcher = messageMatcher(message)
    this.upgrade = upgrade.next()
  }

  override linger(until: number): void {
    super.linger(until)
    this.socket.write(encodeFrame(CLOSE, closePayload(NORMAL)))
  }

  override destroy(): void {
    super.destroy()
    this.parser.refuse('closed')
  }

  onMessage(binary: boolean): void {
    if (this.phase === 'idle' && this.message.payload === null) return this.spoilt()
    // What was sent before the question cannot be its answer, unless nothing is asked.
    this.listening = this.matcher !== null && this.phase === 'busy' && (this.message.payload === null || this.readAt > this.sentAt)
    if (!this.listening) return
    this.headAt = this.readAt
    this.matcher?.start(binary)
    if (this.collector === null) this.collect()
    else this.collector.clearBody()
  }

  onContent(bytes: Uint8Array, start: number, end: number): void {
    if (!this.listening) return
    this.matcher?.part(bytes, start, end)
    this.collector?.addBody(bytes, start, end)
  }

  onMessageEnd(): void {
    if (this.listening && this.matcher?.end() === true) this.answered()
  }

  onPing(payload: Buffer): void {
    if (this.socket.writableLength > MOST_BACKLOG) return this.parser.refuse('the server asks and does not read')
    this.socket.write(encodeFrame(PONG, payload))
  }

  onPong(payload: Buffer): void {
    const { message } = this
    if (this.phase !== 'busy' || message.expect.answer !== 'pong' || !payload.equals(this.asked)) return
    this.headAt = this.readAt
    this.collect()
    this.collector?.addBody(payload, 0, payload.length)
    this.answered()
  }

  onClose(code: number): void {
    this.parser.refuse('closed')
    if (this.phase === 'lingering') return
    this.socket.write(encodeFrame(CLOSE, code === NO_STATUS ? Buffer.alloc(0) : closePayload(code)))
    this.broken({ kind: 'eof', message: `closed by the server (${closeName(code)})` })
  }

  protected override ready(): void {
    this.socket.write(this.upgrade!.wire)
  }

  protected override read(count: number, bytes: Uint8Array): boolean {
    if (this.phase === 'closed') return true
    this.readAt = performance.now()
    if (this.phase === 'connecting') this.takeHead(bytes, count)
    else this.take(bytes, count)
    return true
  }

  protected send(): number {
    const { binary, expect } = this.message
    if (expect.answer === 'none') setImmediate(this.whenSent)
    if (this.message.payload === null && expect.answer !== 'pong') return 0
    this.asked = this.source?.payloadFor(this.n) ?? this.message.payload ?? NOTHING
    this.matcher?.ask(this.asked)
    const frame = encodeFrame(expect.answer === 'pong' ? PING : binary ? BINARY : TEXT, this.asked)
    this.socket.write(frame)
    return frame.length
  }

  protected take(bytes: Uint8Array, count: number, from = 0): void {
    this.received += count - from
    if (this.parser.push(bytes, from, count) || this.socket.destroyed || this.parser.error === 'closed') return
    this.socket.write(encodeFrame(CLOSE, closePayload(PROTOCOL_ERROR)))
    this.broken({ kind: 'protocol', message: this.parser.error! })
  }

  protected ending(): Failure {
    return { kind: 'eof', message: this.parser.within ? 'connection closed in the middle of a message' : 'connection closed without a close frame' }
  }

  private takeHead(bytes: Uint8Array, count: number): void {
    const before = this.head.length
    this.head = Buffer.concat([this.head, bytes.subarray(0, count)])
    const end = this.head.indexOf('\r\n\r\n', Math.max(0, before - 3))
    if (end < 0 && this.head.length <= MAX_HEAD_BYTES) return this.judgeBeginning()
    const failure: Failure | null = end < 0 ? { kind: 'protocol', message: 'head larger than 16 KiB' } : this.upgrade!.judge(this.head.subarray(0, end + 2))
    if (failure !== null) return this.broken(failure)
    this.head = Buffer.from(this.head.subarray(0, end + 2))
    this.upgrade = null
    this.stands()
    const rest = end + 4 - before
    if (rest < count) this.take(bytes, count, rest)
  }

  /** Garbage is named before it ends. */
  private judgeBeginning(): void {
    const begun = this.head.subarray(0, 5)
    if (!begun.equals(Buffer.from('HTTP/').subarray(0, begun.length))) this.broken({ kind: 'protocol', message: 'the server does not answer in HTTP' })
  }

  private collect(): void {
    this.collector = this.owner.collectorFor(SWITCHING, this.n)
    this.collector?.addHeadLines(this.head, 0, this.head.length)
  }

  /** Its greeting came before anybody waited for it. */
  private spoilt(): void {
    this.parser.refuse('closed')
    this.owner.lost(this)
  }

  private answered(): void {
    this.listening = false
    this.completed(SWITCHING, this.message.payload !== null)
  }

  /** Where nothing is waited for: what was written has left, or has to wait for the kernel. */
  private sent(): void {
    if (this.phase !== 'busy') return
    if (this.socket.writableLength > 0) return void this.socket.once('drain', this.whenSent)
    this.readAt = performance.now()
    this.headAt = this.readAt
    this.collect()
    this.answered()
  }
}
