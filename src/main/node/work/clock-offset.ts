interface Measured {
  offsetMs: number
  errorMs: number
}

/** What is beyond the errors of two measurements, and this, is no drift: the cluster's clock was set, ms. */
const STEP_MS = 100

/** How far the cluster's clock is ahead of this machine's, from the heartbeats' round trips (Cristian's algorithm). */
export class ClockOffset {
  readonly #samples: Measured[] = []
  readonly #kept: number
  /** While nothing newer is known. */
  #last: Measured = { offsetMs: 0, errorMs: 0 }

  constructor(kept = 16) {
    this.#kept = kept
  }

  /** All in ms: this machine's clock before and after the round trip, the cluster's in between. Answers with how far the cluster's clock was set, 0 if it was not. */
  add(sentAt: number, clusterNow: number, receivedAt: number): number {
    const sample = { offsetMs: clusterNow - (sentAt + receivedAt) / 2, errorMs: (receivedAt - sentAt) / 2 }
    const step = this.#samples.length === 0 ? 0 : sample.offsetMs - this.best.offsetMs
    const isStep = Math.abs(step) > sample.errorMs + this.best.errorMs + STEP_MS
    if (isStep) this.reset()
    this.#samples.push(sample)
    if (this.#samples.length > this.#kept) this.#samples.shift()
    return isStep ? step : 0
  }

  /** The clocks have come apart: what was measured before says nothing. */
  reset(): void {
    this.#last = this.best
    this.#samples.length = 0
  }

  /** Of the shortest recent round trip: the one that can be least wrong. */
  get best(): Measured {
    return this.#samples.reduce((best, sample) => (sample.errorMs < best.errorMs ? sample : best), this.#samples[0] ?? this.#last)
  }
}
