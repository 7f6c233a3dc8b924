import type { Socket } from 'node:net'
import type { Phase } from './connection-pool.ts'
import { isSecure } from './dial.ts'
import type { RequestSource } from './compiled-request.ts'
import type { Dial } from './dial.ts'
import type { HeadMemo } from './head-memo.ts'
import { Http1Parser } from './http1-parser.ts'
import type { ParserHandler } from './http1-parser.ts'
import type { Address } from './resolver.ts'
import type { ResponseCollector } from './response-collector.ts'
import type { SerialConnection, SerialOwner } from './serial-lane.ts'
import { describeSocketError } from './socket-errors.ts'
import type { Failure } from './socket-errors.ts'

/** What all connections of a lane share: the message they send, and how its answers are read. */
export interface Http1Traits {
  wire: Buffer
  /** Where they differ. */
  source: RequestSource | null
  headOnly: boolean
  memo: HeadMemo
}

/** Requests above this may be answered before they are sent; then the connection is not used again. */
const LARGE_WIRE_BYTES = 16_384

/** One socket and the exchange on it. Reused for every request: starting one sets a few numbers and writes one buffer. */
export class Http1Connection implements ParserHandler, SerialConnection {
  phase: Phase = 'connecting'
  /** The exchange in flight, `performance.now()` ms. */
  dueAt = 0
  sentAt = 0
  n = 0
  headAt = 0
  /** Bytes of the answer so far, head included. */
  received = 0
  collector: ResponseCollector | null = null
  /** The server has sent its FIN: nothing is to be waited for any more. */
  ended = false

  above: this | null = null
  below: this | null = null
  deadline: number
  slot = -1
  place = 0

  readonly address: Address
  private readonly owner: SerialOwner
  private readonly wire: Buffer
  /** Bytes of the message sent last. */
  private length: number
  private readonly source: RequestSource | null
  private readonly parser: Http1Parser
  private readonly socket: Socket
  private readonly startedAt: number
  private tcpAt = NaN
  private readAt = 0
  private used = false

  constructor(owner: SerialOwner, dial: Dial, address: Address, traits: Http1Traits, now: number, deadline: number) {
    this.owner = owner
    this.wire = traits.wire
    this.length = traits.wire.length
    this.source = traits.source
    this.address = address
    this.startedAt = now
    this.deadline = deadline
    this.parser = new Http1Parser(this, traits.headOnly, traits.memo)
    this.socket = dial(address.address, (count, bytes) => this.read(count, bytes))
    const secure = isSecure(this.socket)
    this.socket.once('connect', () => this.reached(secure))
    if (secure) this.socket.once('secureConnect', () => this.stands(performance.now()))
    this.socket.on('end', () => this.end())
    this.socket.on('close', () => this.end())
    this.socket.on('error', (error) => this.fail(error))
  }

  /** True once the head of the answer has been read. */
  get answering(): boolean {
    return this.headAt !== 0
  }

  begin(dueAt: number, now: number, deadline: number): number {
    this.phase = 'busy'
    this.dueAt = dueAt
    this.sentAt = now
    this.headAt = 0
    this.received = 0
    this.deadline = deadline
    if (this.source !== null) return this.write(this.source.textFor(this.n))
    this.socket.write(this.wire)
    return this.wire.length
  }

  private write(text: string): number {
    this.socket.write(text, 'latin1')
    return (this.length = text.length)
  }

  /** Nothing is in flight. */
  rest(): void {
    this.phase = 'idle'
    this.deadline = Infinity
  }

  /** The exchange is over and the server is expected to close: whoever closes first keeps the port in TIME_WAIT. */
  linger(until: number): void {
    this.phase = 'lingering'
    this.deadline = until
  }

  /** Silent from now on. */
  destroy(): void {
    this.phase = 'closed'
    this.socket.destroy()
  }

  onStatus(status: number): boolean {
    this.collector = this.owner.collectorFor(status)
    return this.collector !== null
  }

  onHeadLines(bytes: Uint8Array, start: number, end: number): void {
    this.collector?.addHeadLines(bytes, start, end)
  }

  onHead(): void {
    this.headAt = this.readAt
  }

  onBody(bytes: Uint8Array, start: number, end: number): void {
    this.collector?.addBody(bytes, start, end)
  }

  onResponse(status: number, reusable: boolean): void {
    this.used = true
    this.rest()
    this.owner.responded(this, this.readAt, status, reusable && this.allSent)
  }

  private get allSent(): boolean {
    return this.length < LARGE_WIRE_BYTES || this.socket.writableLength === 0
  }

  private reached(secure: boolean): void {
    this.tcpAt = performance.now()
    if (!secure) this.stands(NaN)
  }

  private stands(secureAt: number): void {
    if (this.phase !== 'connecting') return
    this.rest()
    this.owner.opened(this, this.tcpAt - this.startedAt, secureAt - this.tcpAt)
  }

  /** The one clock reading per read: it stands for everything that these bytes complete. */
  private read(count: number, bytes: Uint8Array): boolean {
    if (this.phase === 'busy') {
      this.readAt = performance.now()
      this.received += count
      if (!this.parser.push(bytes, 0, count)) this.owner.broke(this, this.readAt, { kind: 'protocol', message: this.parser.error ?? 'not HTTP' })
    } else if (this.phase === 'idle') {
      this.owner.lost(this)
    }
    return true
  }

  private end(): void {
    this.ended = true
    if (this.phase === 'closed') return
    if (this.phase === 'connecting') return this.fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
    if (this.phase !== 'busy') return this.owner.lost(this)
    this.readAt = performance.now()
    if (this.parser.untouched) this.owner.broke(this, this.readAt, this.unanswered())
    else if (!this.parser.eof()) this.owner.broke(this, this.readAt, { kind: 'eof', message: `connection closed in the middle of the ${this.parser.inHead ? 'head' : 'body'}` })
  }

  private unanswered(): Failure {
    return { kind: 'eof', message: this.used ? 'kept-alive connection closed by the server instead of an answer' : 'connection closed without an answer' }
  }

  private fail(error: NodeJS.ErrnoException): void {
    if (this.phase === 'closed') return
    if (this.phase === 'connecting') return this.owner.notOpened(this, describeSocketError(error, true), error)
    if (this.phase !== 'busy') return this.owner.lost(this)
    this.owner.broke(this, performance.now(), describeSocketError(error, false))
  }
}
