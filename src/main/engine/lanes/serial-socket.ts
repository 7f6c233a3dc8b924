import type { Socket } from 'node:net'
import type { Phase } from './connection-pool.ts'
import { isSecure } from './dial.ts'
import type { Dial } from './dial.ts'
import type { Address } from './resolver.ts'
import type { ResponseCollector } from './response-collector.ts'
import type { SerialConnection, SerialOwner } from './serial-lane.ts'
import { describeSocketError } from './socket-errors.ts'
import type { Failure } from './socket-errors.ts'

/** One socket and the exchange on it. Reused for every iteration: starting one sets a few numbers and writes. */
export abstract class SerialSocket implements SerialConnection {
  phase: Phase = 'connecting'
  /** The exchange in flight, `performance.now()` ms. */
  dueAt = 0
  sentAt = 0
  n = 0
  headAt = 0
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
  protected readonly owner: SerialOwner
  protected readonly socket: Socket
  /** When the last bytes were read: it stands for everything that they complete. */
  protected readAt = 0
  private readonly startedAt: number
  private tcpAt = NaN
  private secureAt = NaN

  constructor(owner: SerialOwner, dial: Dial, address: Address, now: number, deadline: number) {
    this.owner = owner
    this.address = address
    this.startedAt = now
    this.deadline = deadline
    this.socket = dial(address.address, (count, bytes) => this.read(count, bytes))
    const secure = isSecure(this.socket)
    this.socket.once('connect', () => this.reached(secure))
    if (secure) this.socket.once('secureConnect', () => this.secured())
    this.socket.on('end', () => this.end())
    this.socket.on('close', () => this.end())
    this.socket.on('error', (error) => this.fail(error))
  }

  /** The beginning of the answer has been read. */
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
    return this.send()
  }

  /** The exchange is over and the server is expected to close: whoever closes first keeps the port in TIME_WAIT. */
  linger(until: number): void {
    this.phase = 'lingering'
    this.deadline = until
  }

  destroy(): void {
    this.phase = 'closed'
    this.socket.destroy()
  }

  /** Writes what an iteration sends; returns its bytes. */
  protected abstract send(): number
  /** Bytes of an answer. They are only valid during the call. */
  protected abstract take(bytes: Uint8Array, count: number): void
  /** The server has ended the connection in the middle of an exchange. Null: that completed it. */
  protected abstract ending(): Failure | null

  /** TCP, and TLS where it is asked for, stand. */
  protected ready(): void {
    this.stands()
  }

  /** Nothing is in flight. */
  protected rest(): void {
    this.phase = 'idle'
    this.deadline = Infinity
  }

  /** Iterations may be sent. */
  protected stands(): void {
    const over = Number.isNaN(this.secureAt) ? this.tcpAt : this.secureAt
    const further = this.readAt > over ? this.readAt - over : 0
    this.rest()
    this.owner.opened(this, this.tcpAt - this.startedAt + further, this.secureAt - this.tcpAt)
  }

  protected read(count: number, bytes: Uint8Array): boolean {
    if (this.phase === 'busy') {
      this.readAt = performance.now()
      this.received += count
      this.take(bytes, count)
    } else if (this.phase === 'idle') {
      this.owner.lost(this)
    }
    return true
  }

  protected completed(status: number, reusable: boolean): void {
    this.rest()
    this.owner.responded(this, this.readAt, status, reusable)
  }

  protected broken(failure: Failure): void {
    if (this.phase === 'busy') this.owner.broke(this, this.readAt, failure)
    else if (this.phase === 'connecting') this.owner.notOpened(this, failure, new Error(failure.message))
    else if (this.phase !== 'closed') this.owner.lost(this)
  }

  private reached(secure: boolean): void {
    this.tcpAt = performance.now()
    if (!secure && this.phase === 'connecting') this.ready()
  }

  private secured(): void {
    this.secureAt = performance.now()
    if (this.phase === 'connecting') this.ready()
  }

  private end(): void {
    this.ended = true
    if (this.phase === 'closed') return
    if (this.phase === 'connecting') return this.fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
    if (this.phase !== 'busy') return this.owner.lost(this)
    this.readAt = performance.now()
    const failure = this.ending()
    if (failure !== null) this.owner.broke(this, this.readAt, failure)
  }

  private fail(error: NodeJS.ErrnoException): void {
    if (this.phase === 'closed') return
    if (this.phase === 'connecting') return this.owner.notOpened(this, describeSocketError(error, true), error)
    this.readAt = performance.now()
    this.broken(describeSocketError(error, false))
  }
}
