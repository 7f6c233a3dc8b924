import type { AnswerReader, Heard } from './answer-reader.ts'
import type { CompiledRequest, RequestSource, StreamPlan } from './compiled-request.ts'
import { ConnectionPool } from './connection-pool.ts'
import type { Dial } from './dial.ts'
import { GrpcReader } from './grpc-reader.ts'
import type { GrpcCall } from './grpc-reader.ts'
import { Http2Connection } from './http2-connection.ts'
import type { CarriedStream, Http2Owner, Http2Traits } from './http2-connection.ts'
import { Http2RequestEncoder } from './http2-request.ts'
import type { Http2Request } from './http2-request.ts'
import { Http2Stream } from './http2-stream.ts'
import type { Lane, LaneOptions, LaneSink } from './lane.ts'
import { LaneFailure, spanOf } from './lane-failure.ts'
import type { Address } from './resolver.ts'
import { CollectorPool } from './response-collector.ts'
import type { ResponseCollector } from './response-collector.ts'
import type { Failure } from './socket-errors.ts'
import { createStreamReader } from './stream-reader.ts'
import { TimeoutWheel } from './timeout-wheel.ts'
import { WaitingRoom } from './waiting-room.ts'
import type { WaitingRoomOwner } from './waiting-room.ts'

/** As much as most servers allow; what a server allows less of is respected. */
export const STREAMS_PER_CONNECTION = 100

/**
 * The raw HTTP/2 lane: over TLS with ALPN, or plain with prior knowledge. Many iterations share a connection; the bound
 * on connections is meant for iterations at once, as in the other lanes. Throws AppError `bad-input` for an unusable
 * certificate.
 */
export function createHttp2Lane(request: CompiledRequest, options: LaneOptions, sink: LaneSink, firstStream = 1): Lane {
  return new Http2Lane(request, options, sink, firstStream)
}

class Http2Lane implements Lane, Http2Owner, WaitingRoomOwner {
  inFlight = 0

  private readonly request: Http2Request
  private readonly encoder = new Http2RequestEncoder()
  /** Iterations that could not be put into a message. */
  private readonly spoilt: { dueAt: number; n: number; failure: LaneFailure }[] = []
  private readonly source: RequestSource | null
  private readonly call: GrpcCall | null
  private readonly stream: StreamPlan | null
  private readonly heard: Heard = (dueAt, first, ms) => this.sink.heard?.(dueAt, first, ms)
  private readonly traits: Http2Traits
  private readonly options: LaneOptions
  private readonly sink: LaneSink
  private readonly pool: ConnectionPool<Http2Connection>
  private readonly room: WaitingRoom
  private readonly collectors: CollectorPool
  private readonly wheel: TimeoutWheel<CarriedStream>
  /** Streams at rest; they stay on the wheel. */
  private readonly resting: CarriedStream[] = []
  /** Streams that a server has handed back: first in turn. */
  private readonly handedBack = new Set<CarriedStream>()
  private readonly expireConnection = (connection: Http2Connection): void => this.connectionExpired(connection)
  private readonly expireStream = (stream: CarriedStream): void => this.streamExpired(stream)
  private closed = false
  private readAt = 0

  constructor(request: CompiledRequest, options: LaneOptions, sink: LaneSink, firstStream: number) {
    this.request = this.encoder.encode(request)
    this.source = request.source ?? null
    this.call = request.grpc ?? null
    this.stream = request.stream ?? null
    this.traits = { firstStream }
    this.options = options
    this.sink = sink
    this.pool = new ConnectionPool(options.timeoutMs)
    this.wheel = new TimeoutWheel(options.timeoutMs, performance.now())
    this.room = new WaitingRoom(this, { ...request, alpn: ['h2'] }, options, sink)
    this.room.seats = options.keepAlive ? STREAMS_PER_CONNECTION : 1
    this.collectors = new CollectorPool(options.maxBodyBytes, options.maxHeadBytes)
  }

  get queued(): number {
    return this.room.size
  }

  get connections(): number {
    return this.pool.open
  }

  get stranded(): number {
    return this.handedBack.size
  }

  get open(): number {
    return this.pool.open
  }

  send(dueAt: number, n = 0): boolean {
    if (this.closed || this.inFlight + this.room.size >= this.options.maxInFlight) return false
    const now = this.clock()
    const connection = this.nextConnection()
    if (connection !== null) this.start(connection, dueAt, n, now, now)
    else this.room.add(dueAt, now, n)
    return true
  }

  warm(iterations: number): Promise<void> {
    return this.room.warm(iterations)
  }

  tick(now: number): void {
    this.pool.sweep(now, this.expireConnection)
    this.wheel.sweep(now, this.expireStream)
    this.room.tick(now)
  }

  cancel(): void {
    for (const { dueAt, n } of this.spoilt.splice(0)) {
      this.inFlight--
      this.sink.cancelled(dueAt, 0, n)
    }
    for (const stream of this.wheel.items()) if (stream.deadline !== Infinity) this.recall(stream)
    for (const connection of this.pool.all()) {
      if (connection.phase === 'connecting') this.abandon(connection)
      else if (connection.active > 0) this.pool.discard(connection)
    }
    this.room.giveUp()
  }

  close(): void {
    this.closed = true
    this.room.close()
    for (const connection of this.pool.all()) {
      if (connection.phase === 'connecting') this.abandon(connection)
      else if (connection.active === 0) this.pool.discard(connection)
      else this.closing(connection)
    }
    this.room.giveUp()
  }

  connect(dial: Dial, address: Address, now: number, deadline: number): void {
    this.pool.watch(new Http2Connection(this, dial, address, this.traits, now, deadline), now)
  }

  opened(connection: Http2Connection, connectMs: number, tlsMs: number): void {
    connection.phase = 'busy'
    connection.deadline = Infinity
    this.pool.open++
    this.room.opened(connection.address, connectMs, tlsMs)
    this.changed(connection)
    this.room.checkWarm()
  }

  notOpened(connection: Http2Connection, failure: Failure, error: NodeJS.ErrnoException): void {
    this.pool.discard(connection)
    this.room.notOpened(connection.address, failure, error)
  }

  collectorFor(status: number, n: number): ResponseCollector | null {
    return this.sink.keep(status, n) ? this.collectors.take() : null
  }

  responded(connection: Http2Connection, stream: CarriedStream, now: number): void {
    const { collector, dueAt, sentAt, headAt, status, received, reader, n } = stream
    this.inFlight--
    if (reader !== null) this.read(stream, reader, now)
    else if (collector === null) this.sink.done(dueAt, sentAt, headAt, now, status, received, null, null, n)
    else this.sink.done(dueAt, sentAt, headAt, now, status, received, collector.head, collector.body, n)
    this.rest(stream)
    this.readAt = now
    if (!this.options.keepAlive) this.closing(connection)
    this.freed(connection, now)
    this.sink.idle(now)
    this.readAt = 0
  }

  /** Of an answer that was looked into. What checks are to see of it is made here, and may prove to be none. */
  private read({ collector, dueAt, sentAt, headAt, status, received, n }: CarriedStream, reader: AnswerReader, now: number): void {
    const firstAt = reader.firstAt === 0 ? headAt : reader.firstAt
    if (collector === null) return this.sink.done(dueAt, sentAt, firstAt, now, status, received, null, null, n, reader.outcome)
    try {
      const body = reader.shown()?.subarray(0, this.options.maxBodyBytes) ?? collector.body
      this.sink.done(dueAt, sentAt, firstAt, now, status, received, collector.head, body, n, reader.outcome)
    } catch (error) {
      if (!(error instanceof LaneFailure)) throw error
      this.sink.failed(dueAt, sentAt, now, error.kind, error.message, received, n)
    }
  }

  failed(connection: Http2Connection, stream: CarriedStream, now: number, failure: Failure): void {
    const { dueAt, sentAt, received, n } = stream
    this.inFlight--
    this.rest(stream)
    this.sink.failed(dueAt, sentAt, now, failure.kind, failure.message, received, n)
    if (!this.options.keepAlive) this.closing(connection)
    this.freed(connection, now)
    this.sink.idle(now)
  }

  returned(stream: CarriedStream): void {
    stream.returned++
    stream.connection = null
    this.collectors.reclaim(stream)
    this.handedBack.add(stream)
  }

  changed(connection: Http2Connection): void {
    // The bound on connections is one on iterations at once: where a server allows few on each, more are opened.
    if (this.options.keepAlive && connection.limit > 0) this.room.seats = Math.min(STREAMS_PER_CONNECTION, connection.limit)
    this.freed(connection, performance.now())
  }

  closing(connection: Http2Connection): void {
    if (connection.phase === 'idle' || connection.phase === 'busy') this.pool.withdraw(connection)
  }

  lost(connection: Http2Connection): void {
    this.pool.discard(connection)
    this.room.mayOpen()
  }

  /** `performance.now()`, spared for the first request that an answer sets off. */
  private clock(): number {
    const now = this.readAt
    this.readAt = 0
    return now === 0 ? performance.now() : now
  }

  /** The connection that was used last and has room. */
  private nextConnection(): Http2Connection | null {
    return this.inFlight < this.options.maxConnections ? this.connectionWithRoom() : null
  }

  /** A server may have taken room back that it had granted. */
  private connectionWithRoom(): Http2Connection | null {
    for (let connection = this.pool.take(); connection !== null; connection = this.pool.take()) {
      if (this.hasRoom(connection)) return connection
      connection.phase = 'busy'
    }
    return null
  }

  private hasRoom(connection: Http2Connection): boolean {
    return connection.active < Math.min(this.room.seats, connection.limit)
  }

  /** @param since when the iteration was handed to the lane: its time to answer counts from there. */
  private start(connection: Http2Connection, dueAt: number, n: number, since: number, now: number): void {
    const request = this.requestOf(n, dueAt)
    if (request === null) return this.offer(connection)
    const stream = this.resting.pop() ?? this.newStream(now)
    stream.begin(dueAt, n, now, since + this.options.timeoutMs, request)
    if (since !== now) this.wheel.hasten(stream, now)
    this.inFlight++
    connection.begin(stream)
    this.offer(connection)
    this.sink.sent(dueAt, now, stream.request.totalBytes, n)
  }

  /** Null: with the values of this iteration there is none, which is its failure. */
  private requestOf(n: number, dueAt: number): Http2Request | null {
    if (this.source === null) return this.request
    try {
      return this.encoder.encode(this.source.requestFor(n))
    } catch (error) {
      if (!(error instanceof LaneFailure)) throw error
      this.spoil(dueAt, n, error)
      return null
    }
  }

  /** Told in a turn of its own: whoever is sending now would be asked to send the next one before it is done with this. */
  private spoil(dueAt: number, n: number, failure: LaneFailure): void {
    this.inFlight++
    if (this.spoilt.push({ dueAt, n, failure }) === 1) setImmediate(() => this.tellSpoilt())
  }

  private tellSpoilt(): void {
    const now = performance.now()
    for (const { dueAt, n, failure } of this.spoilt.splice(0)) {
      this.inFlight--
      this.sink.failed(dueAt, 0, now, failure.kind, failure.message, 0, n)
      this.sink.idle(now)
    }
    this.serve()
  }

  private restart(connection: Http2Connection, stream: CarriedStream): void {
    this.handedBack.delete(stream)
    connection.begin(stream)
    this.offer(connection)
    this.sink.hop?.(stream.request.totalBytes, stream.n)
  }

  private newStream(now: number): CarriedStream {
    const stream: CarriedStream = new Http2Stream(this.request, this.newReader())
    this.wheel.add(stream, now)
    return stream
  }

  private newReader(): AnswerReader | null {
    if (this.call !== null) return new GrpcReader(this.call, this.heard)
    return this.stream === null ? null : createStreamReader(this.stream, this.heard)
  }

  private rest(stream: CarriedStream): void {
    this.collectors.reclaim(stream)
    stream.rest()
    this.resting.push(stream)
  }

  /** After one stream less, or a change of what is allowed. */
  private freed(connection: Http2Connection, now: number): void {
    if (connection.phase === 'busy') this.offer(connection)
    else if (connection.phase === 'draining' && connection.active === 0) this.retire(connection, now)
    this.serve()
  }

  /** A connection that was taken from the pool, or was without room: has it any now? */
  private offer(connection: Http2Connection): void {
    connection.phase = 'busy'
    if (!connection.lasting) this.closing(connection)
    else if (this.hasRoom(connection)) {
      connection.phase = 'idle'
      this.pool.put(connection)
    }
  }

  private serve(): void {
    if (this.handedBack.size > 0) this.serveHandedBack()
    while (this.room.size > 0) {
      const connection = this.nextConnection()
      if (connection === null) break
      this.serveNext(connection)
    }
    this.room.mayOpen()
  }

  private serveHandedBack(): void {
    const mayLeave = this.options.mayLeave?.(performance.now()) !== false
    for (const stream of this.handedBack) {
      const connection = mayLeave ? this.connectionWithRoom() : null
      if (connection !== null) this.restart(connection, stream)
      else if (!mayLeave) this.recall(stream)
    }
  }

  private serveNext(connection: Http2Connection): void {
    const now = this.clock()
    if (!this.room.mayServe(now)) return this.offer(connection)
    const { dueAt, since, n } = this.room
    this.room.served()
    this.start(connection, dueAt, n, since, now)
  }

  private retire(connection: Http2Connection, now: number): void {
    this.pool.retire(connection, now)
    if (this.closed) this.pool.discard(connection)
  }

  private connectionExpired(connection: Http2Connection): void {
    const connecting = connection.phase === 'connecting'
    this.pool.discard(connection)
    if (connecting) this.room.notOpenedInTime(connection.address)
  }

  private streamExpired(stream: CarriedStream): void {
    const now = performance.now()
    const { connection } = stream
    stream.deadline = Infinity
    this.wheel.add(stream, now)
    if (connection === null) return this.gaveUp(stream, now)
    const answering = stream.headAt !== 0
    connection.abort(stream)
    // Nothing is heard at all: the others may wait there in vain, but nobody else need to.
    if (!connection.alive(stream.sentAt)) this.closing(connection)
    this.failed(connection, stream, now, { kind: 'timeout', message: `${answering ? 'answer not complete' : 'no answer'} within ${spanOf(this.options.timeoutMs)}` })
  }

  /** It was handed back, and no connection was found to send it again. */
  private gaveUp(stream: CarriedStream, now: number): void {
    this.handedBack.delete(stream)
    this.inFlight--
    const { dueAt, sentAt, n } = stream
    this.rest(stream)
    this.sink.failed(dueAt, sentAt, now, 'reset', 'connection given up by the server, and no other to be had in time', 0, n)
    this.sink.idle(now)
  }

  private recall(stream: CarriedStream): void {
    this.handedBack.delete(stream)
    this.inFlight--
    const { dueAt, sentAt, n } = stream
    this.rest(stream)
    this.sink.cancelled(dueAt, sentAt, n)
  }

  private abandon(connection: Http2Connection): void {
    this.room.abandoned()
    this.pool.discard(connection)
  }
}
