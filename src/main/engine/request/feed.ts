import type { Share } from '../../../shared/cluster/cluster.ts'
import type { ClosedLoad } from '../../../shared/task/load.ts'
import type { Schedule } from '../schedule/schedule.ts'
import { UserNumbers, usersBefore } from './user-numbers.ts'

/** Starts an iteration. @param n its number, counted over the whole fleet from 1. */
export type Fire = (dueMs: number, n: number) => void

/** Where iterations come from. All times are ms of the run. */
export interface Feed {
  /** When the next iteration is due: Infinity if none is, -Infinity if whenever a connection is free. */
  readonly next: number
  /** Starts what is due by `nowMs` and before `beforeMs`. */
  pump(nowMs: number, beforeMs: number): void
  /** Nothing more will ever be started. */
  ended(nowMs: number): boolean
  /** When the load itself is over, ms; Infinity if that depends on the answers. */
  readonly endMs: number
  /** Nothing due at or after `ms` is started. */
  limit(ms: number): void
  /** Nothing due before `ms` is started any more. */
  skip(ms: number): void
  /** From `fromMs` on the feed is another part of the load. */
  setShare(share: Share, fromMs: number): void
}

/** Open model: arrivals come when they come, whatever the target does. */
export class OpenFeed implements Feed {
  readonly schedule: Schedule
  readonly #fire: Fire

  constructor(schedule: Schedule, fire: Fire) {
    this.schedule = schedule
    this.#fire = fire
  }

  get next(): number {
    return this.schedule.next
  }

  get endMs(): number {
    return this.schedule.endMs
  }

  pump(nowMs: number, beforeMs: number): void {
    const { schedule } = this
    while (schedule.next <= nowMs && schedule.next < beforeMs) {
      const due = schedule.next
      const { n } = schedule
      schedule.pop()
      this.#fire(due, n)
    }
  }

  ended(nowMs: number): boolean {
    return this.schedule.next === Infinity && nowMs >= this.schedule.endMs
  }

  limit(ms: number): void {
    this.schedule.limit(ms)
  }

  skip(ms: number): void {
    this.schedule.skip(ms)
  }

  setShare(share: Share, fromMs: number): void {
    this.schedule.setShare(share, fromMs)
  }
}

/** What one thread carries of a closed load. */
export interface ClosedPart {
  connections: number
  /** Iterations after the warm-up; null: as many as the duration allows. */
  requests: number | null
}

/** Closed model: each virtual user starts its next iteration as soon as the last one has ended. */
export class ClosedFeed implements Feed {
  readonly next = -Infinity
  readonly #load: ClosedLoad
  readonly #outstanding: () => number
  readonly #fire: Fire
  readonly #share: Share
  #part: ClosedPart
  #numbers: UserNumbers
  #hasFired = false
  #left: number
  #endMs: number
  #fromMs = 0
  /** Parts that will follow, in the order of their instants. */
  #coming: { fromMs: number; share: Share }[] = []

  constructor(load: ClosedLoad, share: Share, outstanding: () => number, fire: Fire) {
    this.#load = load
    this.#outstanding = outstanding
    this.#fire = fire
    this.#share = share
    this.#part = closedPart(load, share)
    this.#numbers = new UserNumbers(share, load.connections, 0)
    this.#left = this.#part.requests ?? Infinity
    this.#endMs = load.durationMs ?? Infinity
  }

  get endMs(): number {
    return this.#endMs
  }

  pump(nowMs: number, beforeMs: number): void {
    if (nowMs < this.#fromMs || nowMs >= beforeMs || nowMs >= this.#endMs) return
    while (nowMs >= (this.#coming[0]?.fromMs ?? Infinity)) this.#become(this.#coming.shift()!)
    const warming = nowMs < this.#load.warmupMs
    let free = this.#part.connections - this.#outstanding()
    while (free-- > 0 && this.#left > 0) {
      if (!warming) this.#left--
      this.#hasFired = true
      this.#fire(nowMs, this.#numbers.next())
    }
  }

  ended(nowMs: number): boolean {
    return (this.#left === 0 && this.#coming.length === 0) || nowMs >= this.#endMs
  }

  limit(ms: number): void {
    this.#endMs = Math.min(this.#endMs, ms)
  }

  /** Users do not catch up: they go on when they may. */
  skip(ms: number): void {
    this.#fromMs = Math.max(this.#fromMs, ms)
    if (!this.#hasFired) this.#numbers = new UserNumbers(this.#share, this.#load.connections, ms)
  }

  setShare(share: Share, fromMs: number): void {
    this.#coming = [...this.#coming.filter((coming) => coming.fromMs < fromMs), { fromMs, share }]
  }

  /** Iterations that came with the former users and were not started go with them. */
  #become({ fromMs, share }: { fromMs: number; share: Share }): void {
    const part = closedPart(this.#load, share)
    const gained = (part.requests ?? 0) - (this.#part.requests ?? 0)
    this.#part = part
    this.#numbers = new UserNumbers(share, this.#load.connections, fromMs)
    this.#left = Math.max(0, this.#left + gained)
  }
}

/**
 * The virtual users of a closed load that a share holds: number i of N (1, 2, …) sits at (i − ½)/N of the unit range.
 * The total of iterations is divided among the users, the first ones taking the remainder: so the parts of all shares
 * add up to the load exactly, and nobody gets iterations without a user to execute them.
 */
export function closedPart(load: ClosedLoad, share: Share): ClosedPart {
  let connections = 0
  let requests = 0
  for (const { from, to } of share) {
    const first = usersBefore(from, load.connections)
    const end = usersBefore(to, load.connections)
    connections += end - first
    requests += iterationsOf(load, end) - iterationsOf(load, first)
  }
  return { connections, requests: load.requests === null ? null : requests }
}

/** Iterations of the first `users` users together. */
function iterationsOf({ connections, requests }: ClosedLoad, users: number): number {
  const total = requests ?? 0
  return users * Math.floor(total / connections) + Math.min(users, total % connections)
}
