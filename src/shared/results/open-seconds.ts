import { Histogram } from './histogram.ts'
import { clearSteps } from './step-total.ts'
import { OpenSecond, type MergedSecond, type SavedSecond, type SecondFrame, type SecondTimes } from './open-second.ts'

/** Histograms kept for seconds to come. */
const MOST_SPARE = 3

/** The seconds of a run that are not closed. Their histograms go from one to the next. */
export class OpenSeconds {
  readonly #open = new Map<number, OpenSecond>()
  readonly #spare: SecondTimes[] = []

  has(second: number): boolean {
    return this.#open.has(second)
  }

  /** Opened if it is not. */
  of(second: number): OpenSecond {
    const open = this.#open.get(second) ?? new OpenSecond(this.#times())
    this.#open.set(second, open)
    return open
  }

  /** Arrivals that the nodes say were due with them in a second. */
  dueIn(second: number): number {
    return this.#open.get(second)?.due ?? 0
  }

  /** Iterations of the result that were completed in all of them. */
  get completed(): number {
    return [...this.#open.values()].reduce((sum, { completed }) => sum + completed, 0)
  }

  /** A second of which nothing came is closed as well: it is a gap. */
  close(frame: SecondFrame): MergedSecond {
    const open = this.of(frame.second)
    const merged = open.close(frame)
    this.#open.delete(frame.second)
    if (this.#spare.length < MOST_SPARE) this.#spare.push(open.times)
    return merged
  }

  save(): [number, SavedSecond][] {
    return [...this.#open].map(([second, open]) => [second, open.save()])
  }

  static restore(saved: readonly (readonly [number, SavedSecond])[]): OpenSeconds {
    const seconds = new OpenSeconds()
    for (const [second, open] of saved) seconds.#open.set(second, OpenSecond.restore(open, seconds.#times()))
    return seconds
  }

  #times(): SecondTimes {
    const times = this.#spare.pop() ?? { response: new Histogram(), service: new Histogram(), lag: new Histogram(), steps: [] }
    clearSteps(times.steps)
    for (const histogram of [times.response, times.service, times.lag]) histogram.clear()
    return times
  }
}
