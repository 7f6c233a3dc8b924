import { ConnectionPool } from './connection-pool.ts'
import type { Pooled } from './connection-pool.ts'
import type { Destination } from './connector.ts'
import type { Dial } from './dial.ts'
import type { Lane, LaneOptions, LaneSink } from './lane.ts'
import { spanOf } from './lane-failure.ts'
import type { Address } from './resolver.ts'
import { CollectorPool } from './response-collector.ts'
import type { ResponseCollector } from './response-collector.ts'
import type { Failure } from './socket-errors.ts'
import { WaitingRoom } from './waiting-room.ts'
import type { WaitingRoomOwner } from './waiting-room.ts'

/** A connection that carries one exchange after the other: what it is to the lane. */
export interface SerialConnection extends Pooled {
  readonly address: Address
  /** The exchange in flight, `performance.now()` ms. */
  readonly dueAt: number
  readonly sentAt: number
  /** Its number, see Lane.send; set before {@link begin}. */
  n: number
  readonly headAt: number
  /** Bytes of the answer so far. */
  readonly received: number
  collector: ResponseCollector | null
  /** The beginning of an answer has been read. */
  readonly answering: boolean
  /** Sends one; returns its bytes. @param deadline when the answer must be complete. */
  begin(dueAt: number, now: number, deadline: number): number
}

/** What a connection tells the lane. It calls one of these and then leaves everything to the lane. */
export interface SerialOwner {
  /** It stands; durations in ms, `tlsMs` NaN over plain TCP. */
  opened(connection: SerialConnection, connectMs: number, tlsMs: number): void
  notOpened(connection: SerialConnection, failure: Failure, error: NodeJS.ErrnoException): void
  /** Shall this response be collected, and in what? Null: no. */
  collectorFor(status: number, n: number): ResponseCollector | null
  responded(connection: SerialConnection, now: number, status: number, reusable: boolean): void
  /** The exchange failed; the connection is of no more use. */
  broke(connection: SerialConnection, now: number, failure: Failure): void
  /** It ended, or was spoilt, while nothing was in flight. */
  lost(connection: SerialConnection): void
}

/** Begins a connection; `deadline`: when it must stand. */
export type MakeConnection = (owner: SerialOwner, dial: Dial, address: Address, now: number, deadline: number) => SerialConnection

/** The lane of every protocol in which a connection carries one exchange at a time. Throws AppError `bad-input` for an unusable certificate. */
export class SerialLane implements Lane, SerialOwner, WaitingRoomOwner {
  inFlight = 0
  readonly stranded = 0

  private readonly make: MakeConnection
  private readonly ahead: boolean
  private readonly options: LaneOptions
  private readonly sink: LaneSink
  private readonly pool: ConnectionPool<SerialConnection & { above: SerialConnection | null; below: SerialConnection | null }>
  private readonly room: WaitingRoom
  private readonly collectors: CollectorPool
  private readonly expire = (connection: SerialConnection): void => this.expired(connection)
  private closed = false
  /** Clock of the read being handled, for the first request that it sets off; 0 otherwise. */
  private readAt = 0

  /** @param ahead false: opening a connection is what an iteration does, so none is opened before it. */
  constructor(make: MakeConnection, destination: Destination, options: LaneOptions, sink: LaneSink, ahead = true) {
    this.make = make
    this.ahead = ahead
    this.options = options
    this.sink = sink
    this.pool = new ConnectionPool(options.timeoutMs)
    this.room = new WaitingRoom(this, destination, options, sink)
    this.collectors = new CollectorPool(options.maxBodyBytes, options.maxHeadBytes)
  }

  get queued(): number {
    return this.room.size
  }

  get connections(): number {
    return this.pool.open
  }

  get open(): number {
    return this.pool.open
  }

  send(dueAt: number, n = 0): boolean {
    if (this.closed || this.inFlight + this.room.size >= this.options.maxInFlight) return false
    const now = this.clock()
    const connection = this.pool.take()
    if (connection !== null) this.start(connection, dueAt, n, now, now)
    else this.room.add(dueAt, now, n)
    return true
  }

  warm(connections: number): Promise<void> {
    return this.ahead ? this.room.warm(connections) : Promise.resolve()
  }

  tick(now: number): void {
    this.pool.sweep(now, this.expire)
    this.room.tick(now)
  }

  cancel(): void {
    for (const connection of this.pool.all()) {
      if (connection.phase === 'connecting') this.abandon(connection)
      else if (connection.phase === 'busy') this.recall(connection)
    }
    this.room.giveUp()
  }

  close(): void {
    this.closed = true
    this.room.close()
    for (const connection of this.pool.all()) {
      if (connection.phase === 'connecting') this.abandon(connection)
      else if (connection.phase !== 'busy') this.pool.discard(connection)
    }
    this.room.giveUp()
  }

  connect(dial: Dial, address: Address, now: number, deadline: number): void {
    this.pool.watch(this.make(this, dial, address, now, deadline), now)
  }

  opened(connection: SerialConnection, connectMs: number, tlsMs: number): void {
    this.pool.open++
    this.room.opened(connection.address, connectMs, tlsMs)
    this.free(connection)
    this.room.checkWarm()
  }

  notOpened(connection: SerialConnection, failure: Failure, error: NodeJS.ErrnoException): void {
    this.pool.discard(connection)
    this.room.notOpened(connection.address, failure, error)
  }

  collectorFor(status: number, n: number): ResponseCollector | null {
    return this.sink.keep(status, n) ? this.collectors.take() : null
  }

  responded(connection: SerialConnection, now: number, status: number, reusable: boolean): void {
    const { collector, dueAt, sentAt, headAt, received, n } = connection
    this.inFlight--
    if (collector === null) this.sink.done(dueAt, sentAt, headAt, now, status, received, null, null, n)
    else this.sink.done(dueAt, sentAt, headAt, now, status, received, collector.head, collector.body, n)
    this.collectors.reclaim(connection)
    this.readAt = now
    if (reusable && this.options.keepAlive && !this.closed && connection.phase !== 'closed') this.free(connection)
    else if (connection.phase !== 'closed') this.retire(connection, now)
    this.sink.idle(now)
    this.readAt = 0
  }

  broke(connection: SerialConnection, now: number, failure: Failure): void {
    this.collectors.reclaim(connection)
    this.inFlight--
    this.pool.discard(connection)
    this.sink.failed(connection.dueAt, connection.sentAt, now, failure.kind, failure.message, connection.received, connection.n)
    this.sink.idle(now)
    this.room.mayOpen()
  }

  lost(connection: SerialConnection): void {
    this.pool.discard(connection)
  }

  /** `performance.now()`, spared for the first request that a read sets off. */
  private clock(): number {
    const now = this.readAt
    this.readAt = 0
    return now === 0 ? performance.now() : now
  }

  /** @param since when the iteration was handed to the lane: its time to answer counts from there. */
  private start(connection: SerialConnection, dueAt: number, n: number, since: number, now: number): void {
    this.inFlight++
    connection.n = n
    const bytes = connection.begin(dueAt, now, since + this.options.timeoutMs)
    if (since !== now) this.pool.hasten(connection, now)
    this.sink.sent(dueAt, now, bytes, n)
  }

  private free(connection: SerialConnection): void {
    if (this.room.size === 0) return this.pool.put(connection)
    const now = this.clock()
    if (!this.room.mayServe(now)) return this.pool.put(connection)
    const { dueAt, since, n } = this.room
    this.room.served()
    this.start(connection, dueAt, n, since, now)
  }

  private retire(connection: SerialConnection, now: number): void {
    this.pool.retire(connection, now)
    if (this.closed) this.pool.discard(connection)
    this.room.mayOpen()
  }

  private expired(connection: SerialConnection): void {
    if (connection.phase === 'connecting') {
      this.pool.discard(connection)
      this.room.notOpenedInTime(connection.address)
    } else if (connection.phase === 'lingering') {
      this.pool.discard(connection)
    } else {
      this.broke(connection, performance.now(), { kind: 'timeout', message: `${connection.answering ? 'answer not complete' : 'no answer'} within ${spanOf(this.options.timeoutMs)}` })
    }
  }

  private abandon(connection: SerialConnection): void {
    this.room.abandoned()
    this.pool.discard(connection)
  }

  private recall(connection: SerialConnection): void {
    this.collectors.reclaim(connection)
    this.inFlight--
    this.pool.discard(connection)
    this.sink.cancelled(connection.dueAt, connection.sentAt, connection.n)
  }
}
