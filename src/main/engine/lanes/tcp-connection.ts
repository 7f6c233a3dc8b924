import type { CompiledMessage, RequestSource } from './compiled-request.ts'
import type { Dial } from './dial.ts'
import type { Address } from './resolver.ts'
import type { SerialOwner } from './serial-lane.ts'
import { SerialSocket } from './serial-socket.ts'
import type { Failure } from './socket-errors.ts'
import { GOES_ON, WRONG, answerFinder } from './tcp-answer.ts'
import type { AnswerFinder } from './tcp-answer.ts'

/** Plain bytes have no status. */
const NO_STATUS = 0
const NOTHING = Buffer.alloc(0)

/** What all connections of a lane share. */
export interface TcpTraits {
  message: CompiledMessage
  /** Where what is sent differs. */
  source: RequestSource | null
}

/** One TCP connection: bytes out, an answer back. */
export class TcpConnection extends SerialSocket {
  private readonly message: CompiledMessage
  private readonly source: RequestSource | null
  private readonly finder: AnswerFinder | null
  private used = false
  private readonly whenSent = (): void => this.sent()

  constructor(owner: SerialOwner, dial: Dial, address: Address, { message, source }: TcpTraits, now: number, deadline: number) {
    super(owner, dial, address, now, deadline)
    this.message = message
    this.source = source
    this.finder = answerFinder(message)
  }

  /** A server of bytes has no other way to know that this was all. */
  override linger(until: number): void {
    super.linger(until)
    this.socket.end()
  }

  /** What a server says before it is asked for the first time is its greeting; later it would spoil an answer. */
  protected override read(count: number, bytes: Uint8Array): boolean {
    const greeting = this.phase === 'idle' && this.message.payload !== null && (!this.used || this.finder === null)
    return greeting || super.read(count, bytes)
  }

  protected send(): number {
    const payload = this.source?.payloadFor(this.n) ?? this.message.payload ?? NOTHING
    this.used = true
    this.finder?.start(payload)
    if (payload.length > 0) this.socket.write(payload)
    if (this.finder === null) setImmediate(this.whenSent)
    return payload.length
  }

  protected take(bytes: Uint8Array, count: number): void {
    if (this.finder === null) return
    if (this.headAt === 0) this.answerBegins()
    const end = this.finder.find(bytes, 0, count)
    this.collector?.addBody(bytes, 0, end < 0 ? count : end)
    if (end === WRONG) this.broken({ kind: 'protocol', message: 'the answer is not the one expected' })
    // What follows the answer nobody asked for: it would be taken for the next one.
    else if (end !== GOES_ON) this.completed(NO_STATUS, end === count && this.message.payload !== null)
  }

  protected ending(): Failure {
    return { kind: 'eof', message: `connection closed ${this.headAt === 0 ? 'without an answer' : 'in the middle of the answer'}` }
  }

  private answerBegins(): void {
    this.headAt = this.readAt
    this.collector = this.owner.collectorFor(NO_STATUS, this.n)
  }

  /** Where nothing is waited for: what was written has left, or has to wait for the kernel. */
  private sent(): void {
    if (this.phase !== 'busy') return
    if (this.socket.writableLength > 0) return void this.socket.once('drain', this.whenSent)
    this.readAt = performance.now()
    this.answerBegins()
    this.completed(NO_STATUS, this.message.payload !== null)
  }
}
