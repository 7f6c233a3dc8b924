import type { Timings } from '../timings.ts'

/** One heartbeat that was answered. Times are of this node's monotonic clock, ms. */
export interface Answered {
  askedAt: number
  at: number
  /** Its number, and the one before it that the cluster state knew of; null: it did not say. */
  beat: number
  heardBefore: number | null
  /** False: the answer is too old to say anything, or the cluster's clock was set meanwhile. */
  isSteady: boolean
}

/** Between two heartbeats there may be this much more than there should be, ms. */
const TOLERATED_MS = 1500

/**
 * For how long this node has watched the cluster state without a break: each of its own heartbeats got through in time, none
 * was forgotten, and the cluster's clock was not set. Only so far back does it trust what the state says of when others
 * were heard: whoever was not heard during an outage, or by a state that went back to an older copy, is not to blame.
 */
export class Vigil {
  readonly #gapMs: number
  /** Since when; null: a break. */
  #since: number | null = null
  #askedAt = -Infinity
  #beat = 0

  constructor({ heartbeatMs }: Pick<Timings, 'heartbeatMs'>) {
    this.#gapMs = heartbeatMs + TOLERATED_MS
  }

  hear({ askedAt, at, beat, heardBefore, isSteady }: Answered): void {
    const isUnbroken = isSteady && (heardBefore ?? Infinity) >= this.#beat && askedAt - this.#askedAt <= this.#gapMs
    if (!isUnbroken) this.#since = null
    if (isSteady) this.#since ??= at
    this.#askedAt = askedAt
    this.#beat = beat
  }

  /** This node cannot know how long it saw nothing: its machine slept. */
  break(): void {
    this.#since = null
  }

  lastsMs(at: number): number {
    return this.#since === null || at - this.#askedAt > this.#gapMs ? 0 : at - this.#since
  }
}
