/** One arrival that was executed. */
export interface Sent {
  nodeId: string
  boot: string
  /** Virtual time, ms. */
  at: number
}

/** Enough for some seconds at any rate that is played. */
const RECENT = 1000

/** All that the simulated engines have sent, as a target with perfect memory would know it. */
export class Traffic {
  /** By number of the arrival, per run. */
  readonly #sent = new Map<string, Map<number, Sent>>()
  /** Of the last run, in the order in which it became known. */
  readonly #recent: { runId: string; arrival: number; at: number }[] = []
  /** Arrivals that were sent more than once. */
  readonly twice: { runId: string; arrival: number; first: Sent; second: Sent }[] = []
  /** Sent on time per whole second of the virtual time: what is late by a pause of its sender is no excess. */
  readonly #onTime = new Map<number, number>()

  note(runId: string, arrival: number, sent: Sent, late: boolean): void {
    const run = this.#sent.get(runId) ?? new Map<number, Sent>()
    this.#sent.set(runId, run)
    const first = run.get(arrival)
    if (first === undefined) run.set(arrival, sent)
    else this.twice.push({ runId, arrival, first, second: sent })
    this.#recent.push({ runId, arrival, at: sent.at })
    const second = Math.floor(sent.at / 1000)
    if (!late) this.#onTime.set(second, (this.#onTime.get(second) ?? 0) + 1)
  }

  of(runId: string): ReadonlyMap<number, Sent> {
    return this.#sent.get(runId) ?? new Map<number, Sent>()
  }

  /** Numbers of the arrivals that were sent in a stretch that has just passed, ascending. */
  lastOf(runId: string, from: number, to: number): number[] {
    const newest = this.#recent.slice(-RECENT)
    return newest.filter((sent) => sent.runId === runId && sent.at >= from && sent.at < to).map(({ arrival }) => arrival).sort((a, b) => a - b)
  }

  /** Whole seconds of the virtual time and what was sent on time in them. */
  get perSecond(): ReadonlyMap<number, number> {
    return this.#onTime
  }

  /** How much was sent at or after an instant. */
  since(at: number): number {
    return [...this.#sent.values()].reduce((all, run) => all + [...run.values()].filter((sent) => sent.at >= at).length, 0)
  }
}
