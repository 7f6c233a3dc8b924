import { Connector } from './connector.ts'
import type { ConnectorOwner, Destination } from './connector.ts'
import type { Dial } from './dial.ts'
import { DueRing } from './due-ring.ts'
import type { LaneOptions, LaneSink } from './lane.ts'
import { spanOf } from './lane-failure.ts'
import type { Address } from './resolver.ts'
import type { Failure } from './socket-errors.ts'

/** What a waiting room needs of its lane. */
export interface WaitingRoomOwner {
  /** Connections that stand and are in service. */
  readonly open: number
  /** Iterations without a connection that are not in the line. */
  readonly stranded: number
  /** Begins a connection; the lane tells the room how it ended. */
  connect(dial: Dial, address: Address, now: number, deadline: number): void
}

/**
 * Where iterations wait when no connection is free, and the opening of connections for them: the same in every lane
 * that keeps connections of its own. Each waiting iteration has its own time; what it then failed of is found here.
 */
export class WaitingRoom implements ConnectorOwner {
  /** Iterations that one connection carries at once. */
  seats = 1

  private readonly owner: WaitingRoomOwner
  private readonly sink: LaneSink
  private readonly options: LaneOptions
  private readonly line = new DueRing()
  private readonly connector: Connector
  /** Connections wanted beyond those that iterations wait for. */
  private spare = 0
  private warmed: (() => void)[] = []

  constructor(owner: WaitingRoomOwner, destination: Destination, options: LaneOptions, sink: LaneSink) {
    this.owner = owner
    this.sink = sink
    this.options = options
    this.connector = new Connector(this, destination, options)
  }

  /** Iterations that wait. */
  get size(): number {
    return this.line.size
  }

  /** Intended instant of the one that waits longest. */
  get dueAt(): number {
    return this.line.dueAt
  }

  /** When that one was handed to the lane: its time to answer counts from there. */
  get since(): number {
    return this.line.since
  }

  /** Number of that one. */
  get n(): number {
    return this.line.n
  }

  add(dueAt: number, now: number, n: number): void {
    this.line.push(dueAt, now, n)
    this.mayOpen()
  }

  /** May the one that waits longest leave now? Where it may not, nobody may: all are given up. */
  mayServe(now: number): boolean {
    if (this.options.mayLeave?.(now) === false) this.giveUp()
    return this.line.size > 0
  }

  /** The one that waits longest has been served. */
  served(): void {
    this.line.drop()
  }

  warm(iterations: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.warmed.push(resolve)
    this.spare = Math.max(0, Math.min(Math.ceil(iterations / this.seats), this.most) - this.owner.open)
    this.mayOpen()
    this.checkWarm()
    return promise
  }

  tick(now: number): void {
    while (this.line.since + this.options.timeoutMs <= now) this.failOldest(now, this.whyWaiting())
    this.mayOpen()
  }

  connect(dial: Dial, address: Address, now: number, deadline: number): void {
    this.owner.connect(dial, address, now, deadline)
  }

  mayOpen(): void {
    const waiting = this.line.size + this.owner.stranded
    const wanted = Math.min(this.most - this.owner.open, Math.ceil(waiting / this.seats) + this.spare)
    if (wanted > this.connector.connecting) this.connector.open(wanted)
  }

  /** A connection stands, and the lane counts it as open. */
  opened(address: Address, connectMs: number, tlsMs: number): void {
    const dnsMs = this.connector.succeeded(address)
    if (this.line.size === 0 && this.spare > 0) this.spare--
    this.sink.connected(dnsMs, connectMs, tlsMs)
  }

  /** To be called when the lane has put a new connection to use. */
  checkWarm(): void {
    const reached = this.spare === 0 || this.owner.open >= this.most
    if (!reached || this.connector.connecting > 0) return
    for (const resolve of this.warmed.splice(0)) resolve()
  }

  notOpened(address: Address, failure: Failure, error: NodeJS.ErrnoException | null): void {
    if (this.connector.failed(address, failure, error)) this.unreachable(failure)
    else this.mayOpen()
  }

  /** An attempt took too long. */
  notOpenedInTime(address: Address): void {
    this.notOpened(address, { kind: 'connect-timeout', message: `no connection within ${spanOf(this.options.timeoutMs)}` }, null)
  }

  /** The lane gave an attempt up. */
  abandoned(): void {
    this.connector.abandoned()
  }

  /**
   * The target cannot be reached at present. Every failed attempt fails one iteration; the last one under way, with
   * nothing open, fails all that wait. A timeout fails none: each iteration has its own.
   */
  unreachable(failure: Failure): void {
    const hopeless = this.owner.open + this.connector.connecting === 0
    const victims = failure.kind === 'connect-timeout' ? 0 : hopeless ? this.line.size : 1
    this.spare = 0
    this.checkWarm()
    const now = performance.now()
    for (let i = 0; i < victims && this.line.size > 0; i++) this.failOldest(now, failure)
    this.mayOpen()
  }

  /** Nobody waits any longer. */
  giveUp(): void {
    for (; this.line.size > 0; this.line.drop()) this.sink.dropped(this.line.dueAt, this.line.n)
    this.spare = 0
    this.checkWarm()
  }

  /** Nothing is opened afterwards. */
  close(): void {
    this.connector.close()
  }

  /** Bound on open connections: so many as carry, filled, what is allowed at once. */
  private get most(): number {
    return Math.ceil(this.options.maxConnections / this.seats)
  }

  private failOldest(now: number, failure: Failure): void {
    const { dueAt, n } = this.line
    this.line.drop()
    this.sink.failed(dueAt, 0, now, failure.kind, failure.message, 0, n)
    this.sink.idle(now)
  }

  /** What an iteration has waited for in vain. */
  private whyWaiting(): Failure {
    const span = spanOf(this.options.timeoutMs)
    if (this.owner.open > 0) return { kind: 'timeout', message: `no connection became free within ${span}` }
    if (this.connector.resolving) return { kind: 'dns', message: `no answer to the name lookup within ${span}` }
    if (this.connector.connecting > 0) return { kind: 'connect-timeout', message: `no connection within ${span}` }
    return this.connector.lastFailure ?? { kind: 'connect-timeout', message: `no connection within ${span}` }
  }
}
