import type { Timings } from '../timings.ts'

/**
 * The clocks by which a node knows how long it has been out of contact, ms. Three, because each can be deceived: the
 * monotonic one may stand still while a laptop sleeps, the wall clock can be set, and the uptime is dear to read.
 */
export interface Clocks {
  /** Steady, since the epoch: what engines are told. */
  now: () => number
  monotonic: () => number
  wall: () => number
  /** Since the machine was started, its sleep included. */
  uptime: () => number
}

/** The clocks at the moment when a heartbeat was sent. */
export interface Reading {
  now: number
  monotonic: number
  wall: number
  uptime: number
}

/** An answer that took longer is too old to rely on: this process, or the way, stood still meanwhile. */
const STALE_MS = 1500
/** The monotonic clock lags the uptime by more than their grain: the machine slept, ms. */
const SLEPT_MS = 1000

/**
 * Contact with the cluster, and the lease on sending that hangs on it: load may be sent only while the last heartbeat
 * that was answered was sent less than the run lease ago, on every clock. So whoever gives this node's work to others
 * after a longer silence can be sure that it is not sent twice.
 */
export class Contact {
  readonly #clocks: Clocks
  readonly #leaseMs: number
  #last: Reading
  /** The newest reading of the uptime: it is not asked for more often than needed. */
  #seen: Reading
  #revoked = false

  constructor(clocks: Clocks, { runLeaseMs }: Pick<Timings, 'runLeaseMs'>) {
    this.#clocks = clocks
    this.#leaseMs = runLeaseMs
    this.#last = this.#seen = this.#read()
  }

  /** False where contact cannot be lost. */
  get isLimited(): boolean {
    return this.#leaseMs !== Infinity
  }

  /** To be called before a heartbeat is sent. */
  mark(): Reading {
    const { now, monotonic, wall } = this.#clocks
    // An older uptime only ends the lease sooner.
    return { now: now(), monotonic: monotonic(), wall: wall(), uptime: this.#seen.uptime }
  }

  /** Whether an answer to what was sent then is young enough. */
  isFresh(sent: Pick<Reading, 'monotonic'>): boolean {
    return this.#clocks.monotonic() - sent.monotonic <= STALE_MS
  }

  /** What was sent then was answered. */
  renew(sent: Reading): void {
    this.#last = sent
    this.#revoked = false
  }

  /** The lease is over at once: the machine is about to sleep, or did. */
  revoke(): void {
    this.#revoked = true
  }

  /** Until when load may be sent, on the steady clock. */
  get untilMs(): number {
    return this.#revoked ? 0 : this.#last.now + this.#leaseMs
  }

  /** Looks at all clocks, a few times a second. */
  look(): { isOver: boolean; slept: boolean } {
    const before = this.#seen
    this.#seen = this.#read()
    const slept = this.#seen.uptime - before.uptime - (this.#seen.monotonic - before.monotonic) > SLEPT_MS
    return { isOver: this.isOver, slept }
  }

  get isOver(): boolean {
    if (!this.isLimited) return false
    const { monotonic, wall } = this.#clocks
    const { uptime } = this.#seen
    const end = this.#leaseMs
    return this.#revoked || monotonic() >= this.#last.monotonic + end || wall() >= this.#last.wall + end || uptime >= this.#last.uptime + end
  }

  #read(): Reading {
    const { now, monotonic, wall, uptime } = this.#clocks
    return { now: now(), monotonic: monotonic(), wall: wall(), uptime: this.#leaseMs === Infinity ? 0 : uptime() }
  }
}
