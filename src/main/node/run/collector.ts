import type { Poll } from '../../backend/cluster-state.ts'
import { bootKey } from '../boot-key.ts'

/** A node's second that is missing holds the others' up for this long, ms. */
const LATE_AFTER_MS = 3000

/** Which part of a run's nodes have said their last. */
export interface PartState {
  /** Samples are numbered per boot of a node, see `boot-key.ts`. */
  source: string
  /** No sample of it is to be waited for: it has sent its last one, or it is lost. */
  done: boolean
  /** Its first second: a node that joined later has none before. */
  fromSecond: number
}

/** What the collector remembers between masters. */
export interface CollectorState {
  /** First second not closed yet. */
  next: number
  /** Last number taken per source: a successor reads again what was not committed, and counts it once. */
  taken: Record<string, number>
  /** Newest second per source. */
  newest: Record<string, number>
}

export type Result = Poll['results'][number]

/**
 * Collector: says which samples are new, and when a second of a run is complete: when all nodes have sent it, or when
 * it is late, that is when the first node sent it 3 s ago. Pure bookkeeping; counting is the aggregate's business.
 */
export class Collector {
  readonly #state: CollectorState
  /** When the first sample of a second came, ms. */
  readonly #firstAt = new Map<number, number>()
  /** By source the first number that was passed over, and in which reading. */
  readonly #holes = new Map<string, { seq: number; reading: number }>()
  #reading = 0

  constructor(state: CollectorState = { next: 0, taken: {}, newest: {} }) {
    this.#state = state
  }

  /**
   * Null for a sample that was taken before; otherwise the seconds before it that are missing for good: lost on the way, or
   * never measured. `hole`: not taken, as numbers before it were passed over; {@link readAgain} tells whether they are there.
   */
  take(result: Result, now: number): { gap: { from: number; to: number } | null } | 'hole' | null {
    const { seq, sample, gapBefore } = result
    const source = bootKey(result)
    const last = this.#state.taken[source] ?? 0
    if (seq <= last) return null
    if (seq > last + 1 && !gapBefore && this.#isNewHole(source, last + 1)) return 'hole'
    const from = this.newestOf(source) + 1
    const isMissing = (gapBefore || last > 0) && sample.second > from
    this.#state.taken[source] = seq
    this.#state.newest[source] = Math.max(this.newestOf(source), sample.second)
    if (!this.#firstAt.has(sample.second)) this.#firstAt.set(sample.second, now)
    return { gap: isMissing ? { from, to: sample.second } : null }
  }

  /**
   * What is there is read from its beginning again. A cluster state that goes back a moment while its clock is set back may
   * put new samples before the place up to which it was read.
   */
  readAgain(): void {
    this.#reading += 1
  }

  /** Newest second of a source that was taken; -1 before the first. */
  newestOf(source: string): number {
    return this.#state.newest[source] ?? -1
  }

  /** End of the newest second that anybody has told, ms. */
  get endMs(): number {
    return (Math.max(-1, ...Object.values(this.#state.newest)) + 1) * 1000
  }

  /** Seconds that are complete now, in order. Each is given out once. */
  complete(parts: readonly PartState[], now: number): number[] {
    const waitedFor = parts.filter(({ done }) => !done)
    const last = this.endMs / 1000 - 1
    const seconds: number[] = []
    while (this.#state.next <= last && this.#isComplete(this.#state.next, waitedFor, now)) {
      this.#firstAt.delete(this.#state.next)
      seconds.push(this.#state.next++)
    }
    return seconds
  }

  save(): CollectorState {
    return structuredClone(this.#state)
  }

  /** What is passed over a second time is not there. */
  #isNewHole(source: string, seq: number): boolean {
    const known = this.#holes.get(source)
    if (known?.seq === seq) return known.reading === this.#reading
    this.#holes.set(source, { seq, reading: this.#reading })
    return true
  }

  #isComplete(second: number, waitedFor: readonly PartState[], now: number): boolean {
    const isMissing = waitedFor.some(({ source, fromSecond }) => second >= fromSecond && this.newestOf(source) < second)
    return !isMissing || now - this.#heardAt(second, now) >= LATE_AFTER_MS
  }

  /** When a second, or the first one after it, was first heard of; a successor counts from its own first look. */
  #heardAt(second: number, now: number): number {
    const times = [...this.#firstAt].filter(([heard]) => heard >= second).map(([, at]) => at)
    if (times.length === 0) this.#firstAt.set(second, now)
    return times.length === 0 ? now : Math.min(...times)
  }
}
