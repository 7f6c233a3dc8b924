import type { AnswerReader } from './answer-reader.ts'
import type { RequestSource } from './compiled-request.ts'
import type { Dial } from './dial.ts'
import type { HeadMemo } from './head-memo.ts'
import { Http1Parser } from './http1-parser.ts'
import type { ParserHandler } from './http1-parser.ts'
import type { Address } from './resolver.ts'
import type { SerialOwner } from './serial-lane.ts'
import { SerialSocket } from './serial-socket.ts'
import type { Failure } from './socket-errors.ts'

/** What all connections of a lane share: the message they send, and how its answers are read. */
export interface Http1Traits {
  wire: Buffer
  /** Where they differ. */
  source: RequestSource | null
  headOnly: boolean
  memo: HeadMemo
  /** Null where an answer has nothing to do but to end. */
  reader: (() => AnswerReader) | null
}

/** Requests above this may be answered before they are sent; then the connection is not used again. */
const LARGE_WIRE_BYTES = 16_384

export class Http1Connection extends SerialSocket implements ParserHandler {
  private readonly wire: Buffer
  private readonly source: RequestSource | null
  /** Bytes of the message sent last. */
  private length: number
  private readonly parser: Http1Parser
  private readonly reader: AnswerReader | null
  /** What was waited for has come; the server may have more to say. */
  private left = false
  private used = false

  constructor(owner: SerialOwner, dial: Dial, address: Address, { wire, source, headOnly, memo, reader }: Http1Traits, now: number, deadline: number) {
    super(owner, dial, address, now, deadline)
    this.wire = wire
    this.source = source
    this.length = wire.length
    this.parser = new Http1Parser(this, headOnly, memo)
    this.reader = reader === null ? null : reader()
  }

  onStatus(status: number): boolean {
    this.collector = this.owner.collectorFor(status, this.n)
    this.reader?.head(status, this.collector !== null)
    return this.collector !== null || this.reader !== null
  }

  onHeadLines(bytes: Uint8Array, start: number, end: number): void {
    this.collector?.addHeadLines(bytes, start, end)
  }

  onHead(): void {
    this.headAt = this.readAt
  }

  onBody(bytes: Uint8Array, start: number, end: number, begins: boolean): void {
    this.collector?.addBody(bytes, start, end)
    if (this.reader?.take(bytes, start, end, this.readAt, begins) !== true) return
    this.left = true
    this.parser.leave()
  }

  onResponse(status: number, reusable: boolean): void {
    this.used = true
    if (this.left) return this.leave(status)
    const failure = this.reader?.end() ?? null
    if (failure !== null) return this.broken(failure)
    this.completed(status, reusable && (this.length < LARGE_WIRE_BYTES || this.socket.writableLength === 0))
  }

  protected send(): number {
    this.reader?.start(this.dueAt, this.sentAt)
    if (this.source === null) {
      this.socket.write(this.wire)
      return this.wire.length
    }
    const text = this.source.textFor(this.n)
    this.parser.headOnly = this.source.isHead(this.n)
    this.socket.write(text, 'latin1')
    this.length = text.length
    return text.length
  }

  /** The server is not waited for: it would go on for ever. */
  private leave(status: number): void {
    this.ended = true
    this.completed(status, false)
  }

  protected take(bytes: Uint8Array, count: number): void {
    if (!this.parser.push(bytes, 0, count)) this.broken({ kind: 'protocol', message: this.parser.error ?? 'not HTTP' })
  }

  protected ending(): Failure | null {
    if (this.parser.untouched) return { kind: 'eof', message: this.used ? 'kept-alive connection closed by the server instead of an answer' : 'connection closed without an answer' }
    return this.parser.eof() ? null : { kind: 'eof', message: `connection closed in the middle of the ${this.parser.inHead ? 'head' : 'body'}` }
  }
}
