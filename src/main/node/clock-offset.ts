/** How far the cluster's clock is ahead of this machine's, from the heartbeats' round trips (Cristian's algorithm). */
export class ClockOffset {
  readonly #samples: { offsetMs: number; errorMs: number }[] = []
  readonly #kept: number

  constructor(kept = 16) {
    this.#kept = kept
  }

  /** All in ms: this machine's clock before and after the round trip, the cluster's in between. */
  add(sentAt: number, clusterNow: number, receivedAt: number): void {
    this.#samples.push({ offsetMs: clusterNow - (sentAt + receivedAt) / 2, errorMs: (receivedAt - sentAt) / 2 })
    if (this.#samples.length > this.#kept) this.#samples.shift()
  }

  /** The clocks have come apart: what was measured before says nothing. */
  reset(): void {
    this.#samples.length = 0
  }

  /** Of the shortest recent round trip: the one that can be least wrong. */
  get best(): { offsetMs: number; errorMs: number } {
    return this.#samples.reduce((best, sample) => (sample.errorMs < best.errorMs ? sample : best), this.#samples[0] ?? { offsetMs: 0, errorMs: 0 })
  }
}
