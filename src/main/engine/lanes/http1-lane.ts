import type { CompiledRequest } from './compiled-request.ts'
import { DueRing } from './due-ring.ts'
import type { Http1Connection } from './http1-connection.ts'
import { Http1Connector } from './http1-connector.ts'
import type { ConnectorOwner } from './http1-connector.ts'
import { Http1Pool } from './http1-pool.ts'
import type { Lane, LaneOptions, LaneSink } from './lane.ts'
import { spanOf } from './lane-failure.ts'
import { CollectorPool } from './response-collector.ts'
import type { ResponseCollector } from './response-collector.ts'
import type { Failure } from './socket-errors.ts'

/** Requests above this may be answered before they are sent; then the connection is not used again. */
const LARGE_WIRE_BYTES = 16_384

/** The raw HTTP/1.1 lane: TCP or TLS, one request at a time per connection. Throws AppError `bad-input` for an unusable certificate. */
export function createHttp1Lane(request: CompiledRequest, options: LaneOptions, sink: LaneSink): Lane {
  return new Http1Lane(request, options, sink)
}

class Http1Lane implements Lane, ConnectorOwner {
  inFlight = 0

  private readonly wire: Buffer
  private readonly options: LaneOptions
  private readonly sink: LaneSink
  private readonly pool: Http1Pool
  private readonly connector: Http1Connector
  private readonly collectors: CollectorPool
  private readonly waiting = new DueRing()
  private readonly expire = (connection: Http1Connection): void => this.expired(connection)
  /** Connections wanted beyond those that iterations wait for. */
  private spare = 0
  private warmed: (() => void)[] = []
  private closed = false
  /** Clock of the read being handled, for the first request that it sets off; 0 otherwise. */
  private readAt = 0

  constructor(request: CompiledRequest, options: LaneOptions, sink: LaneSink) {
    this.wire = request.wire
    this.options = options
    this.sink = sink
    this.pool = new Http1Pool(options.timeoutMs)
    this.connector = new Http1Connector(this, request, options)
    this.collectors = new CollectorPool(options.maxBodyBytes)
  }

  get queued(): number {
    return this.waiting.size
  }

  get connections(): number {
    return this.pool.open
  }

  send(dueAt: number): boolean {
    if (this.closed || this.inFlight + this.waiting.size >= this.options.maxInFlight) return false
    const now = this.clock()
    const connection = this.pool.take()
    if (connection !== null) {
      this.start(connection, dueAt, now, now)
    } else {
      this.waiting.push(dueAt, now)
      this.mayOpen()
    }
    return true
  }

  warm(connections: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.warmed.push(resolve)
    this.spare = Math.max(0, Math.min(connections, this.options.maxConnections) - this.pool.open)
    this.mayOpen()
    this.checkWarm()
    return promise
  }

  tick(now: number): void {
    this.pool.sweep(now, this.expire)
    while (this.waiting.since + this.options.timeoutMs <= now) this.failOldest(now, this.whyWaiting())
    this.mayOpen()
  }

  cancel(): void {
    for (const connection of this.pool.all()) {
      if (connection.phase === 'connecting') this.abandon(connection)
      else if (connection.phase === 'busy') this.recall(connection)
    }
    this.giveUpWaiting()
  }

  close(): void {
    this.closed = true
    this.connector.close()
    for (const connection of this.pool.all()) {
      if (connection.phase === 'connecting') this.abandon(connection)
      else if (connection.phase !== 'busy') this.pool.discard(connection)
    }
    this.giveUpWaiting()
  }

  begun(connection: Http1Connection, now: number): void {
    this.pool.watch(connection, now)
  }

  mayOpen(): void {
    const room = this.options.maxConnections - this.pool.open
    const wanted = Math.min(room, this.waiting.size + this.spare)
    if (wanted > this.connector.connecting) this.connector.open(wanted)
  }

  opened(connection: Http1Connection, connectMs: number, tlsMs: number): void {
    const dnsMs = this.connector.succeeded(connection)
    this.pool.open++
    if (this.waiting.size === 0 && this.spare > 0) this.spare--
    this.sink.connected(dnsMs, connectMs, tlsMs)
    this.free(connection)
    this.checkWarm()
  }

  notOpened(connection: Http1Connection, failure: Failure, error: NodeJS.ErrnoException | null): void {
    this.pool.discard(connection)
    if (this.connector.failed(connection, failure, error)) this.unreachable(failure)
    else this.mayOpen()
  }

  /**
   * The target cannot be reached at present. Every failed attempt fails one iteration; the last one under way, with
   * nothing open, fails all that wait. A timeout fails none: each iteration has its own.
   */
  unreachable(failure: Failure): void {
    const hopeless = this.pool.open + this.connector.connecting === 0
    const victims = failure.kind === 'connect-timeout' ? 0 : hopeless ? this.waiting.size : 1
    this.spare = 0
    this.checkWarm()
    const now = performance.now()
    for (let i = 0; i < victims && this.waiting.size > 0; i++) this.failOldest(now, failure)
    this.mayOpen()
  }

  collectorFor(status: number): ResponseCollector | null {
    return this.sink.keep(status) ? this.collectors.take() : null
  }

  responded(connection: Http1Connection, now: number, status: number, reusable: boolean): void {
    const { collector, dueAt, sentAt, headAt, received } = connection
    this.inFlight--
    if (collector === null) this.sink.done(dueAt, sentAt, headAt, now, status, received, null, null)
    else this.sink.done(dueAt, sentAt, headAt, now, status, received, collector.head, collector.body)
    this.giveBack(connection)
    this.readAt = now
    if (this.mayReuse(connection, reusable)) this.free(connection)
    else if (connection.phase !== 'closed') this.retire(connection, now)
    this.sink.idle(now)
    this.readAt = 0
  }

  broke(connection: Http1Connection, now: number, failure: Failure): void {
    this.giveBack(connection)
    this.inFlight--
    this.pool.discard(connection)
    this.sink.failed(connection.dueAt, connection.sentAt, now, failure.kind, failure.message, connection.received)
    this.sink.idle(now)
    this.mayOpen()
  }

  lost(connection: Http1Connection): void {
    this.pool.discard(connection)
  }

  /** `performance.now()`, spared for the first request that a read sets off. */
  private clock(): number {
    const now = this.readAt
    this.readAt = 0
    return now === 0 ? performance.now() : now
  }

  /** @param since when the iteration was handed to the lane: its time to answer counts from there. */
  private start(connection: Http1Connection, dueAt: number, since: number, now: number): void {
    this.inFlight++
    connection.begin(this.wire, dueAt, now, since + this.options.timeoutMs)
    if (since !== now) this.pool.hasten(connection, now)
    this.sink.sent(dueAt, now, this.wire.length)
  }

  private free(connection: Http1Connection): void {
    if (this.waiting.size === 0) return this.pool.put(connection)
    const now = this.clock()
    if (this.options.mayLeave?.(now) === false) {
      this.giveUpWaiting()
      return this.pool.put(connection)
    }
    const { dueAt, since } = this.waiting
    this.waiting.drop()
    this.start(connection, dueAt, since, now)
  }

  private mayReuse(connection: Http1Connection, reusable: boolean): boolean {
    if (!reusable || !this.options.keepAlive || this.closed || connection.phase === 'closed') return false
    return this.wire.length < LARGE_WIRE_BYTES || connection.unsent === 0
  }

  private retire(connection: Http1Connection, now: number): void {
    this.pool.retire(connection, now)
    if (this.closed) this.pool.discard(connection)
    this.mayOpen()
  }

  private giveBack(connection: Http1Connection): void {
    if (connection.collector === null) return
    this.collectors.give(connection.collector)
    connection.collector = null
  }

  private expired(connection: Http1Connection): void {
    const span = spanOf(this.options.timeoutMs)
    if (connection.phase === 'connecting') this.notOpened(connection, { kind: 'connect-timeout', message: `no connection within ${span}` }, null)
    else if (connection.phase === 'lingering') this.pool.discard(connection)
    else this.broke(connection, performance.now(), { kind: 'timeout', message: `${connection.answering ? 'answer not complete' : 'no answer'} within ${span}` })
  }

  private failOldest(now: number, failure: Failure): void {
    const { dueAt } = this.waiting
    this.waiting.drop()
    this.sink.failed(dueAt, 0, now, failure.kind, failure.message, 0)
    this.sink.idle(now)
  }

  /** What an iteration has waited for in vain. */
  private whyWaiting(): Failure {
    const span = spanOf(this.options.timeoutMs)
    if (this.pool.open > 0) return { kind: 'timeout', message: `no connection became free within ${span}` }
    if (this.connector.resolving) return { kind: 'dns', message: `no answer to the name lookup within ${span}` }
    if (this.connector.connecting > 0) return { kind: 'connect-timeout', message: `no connection within ${span}` }
    return this.connector.lastFailure ?? { kind: 'connect-timeout', message: `no connection within ${span}` }
  }

  private abandon(connection: Http1Connection): void {
    this.connector.abandoned()
    this.pool.discard(connection)
  }

  private recall(connection: Http1Connection): void {
    this.giveBack(connection)
    this.inFlight--
    this.pool.discard(connection)
    this.sink.cancelled(connection.dueAt, connection.sentAt)
  }

  private giveUpWaiting(): void {
    for (; this.waiting.size > 0; this.waiting.drop()) this.sink.dropped(this.waiting.dueAt)
    this.spare = 0
    this.checkWarm()
  }

  private checkWarm(): void {
    const reached = this.spare === 0 || this.pool.open >= this.options.maxConnections
    if (!reached || this.connector.connecting > 0) return
    for (const resolve of this.warmed.splice(0)) resolve()
  }
}
