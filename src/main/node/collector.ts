import type { Sample } from '../../shared/sample.ts'

/** A node's second that is missing holds the others' up for this long, ms. */
const LATE_AFTER_MS = 3000

/** Which part of a run's nodes have said their last. */
export interface PartState {
  nodeId: string
  /** No sample of it is to be waited for: it has sent its last one, or it is lost. */
  done: boolean
}

/** What the collector remembers between masters. */
export interface CollectorState {
  /** First second not closed yet. */
  next: number
  /** Last number taken per `node#boot`: a successor reads again what was not committed, and counts it once. */
  taken: Record<string, number>
  /** Newest second per node. */
  newest: Record<string, number>
}

/**
 * Collector: says which samples are new, and when a second of a run is complete: when all nodes have sent it, or when
 * it is late, that is when the first node sent it 3 s ago. Pure bookkeeping; counting is the aggregate's business.
 */
export class Collector {
  readonly #state: CollectorState
  /** When the first sample of a second came, ms. */
  readonly #firstAt = new Map<number, number>()

  constructor(state: CollectorState = { next: 0, taken: {}, newest: {} }) {
    this.#state = state
  }

  /** False for a sample that was taken before. */
  take(result: { nodeId: string; boot: string; seq: number; sample: Sample }, now: number): boolean {
    const { nodeId, boot, seq, sample } = result
    const key = `${nodeId}#${boot}`
    const last = this.#state.taken[key] ?? 0
    if (seq <= last) return false
    this.#state.taken[key] = seq
    this.#state.newest[nodeId] = Math.max(this.newestOf(nodeId), sample.second)
    if (!this.#firstAt.has(sample.second)) this.#firstAt.set(sample.second, now)
    return true
  }

  /** Newest second of a node that was taken; -1 before the first. */
  newestOf(nodeId: string): number {
    return this.#state.newest[nodeId] ?? -1
  }

  /** Seconds that are complete now, in order. Each is given out once. */
  complete(parts: readonly PartState[], now: number): number[] {
    const seconds: number[] = []
    while (this.#isComplete(this.#state.next, parts, now)) {
      this.#firstAt.delete(this.#state.next)
      seconds.push(this.#state.next++)
    }
    return seconds
  }

  save(): CollectorState {
    return structuredClone(this.#state)
  }

  #isComplete(second: number, parts: readonly PartState[], now: number): boolean {
    if (second > this.#last) return false
    const waitingFor = parts.some(({ nodeId, done }) => !done && this.newestOf(nodeId) < second)
    return !waitingFor || now - this.#heardAt(second, now) >= LATE_AFTER_MS
  }

  get #last(): number {
    return Math.max(-1, ...Object.values(this.#state.newest))
  }

  /** When a second, or the first one after it, was first heard of; a successor counts from its own first look. */
  #heardAt(second: number, now: number): number {
    const times = [...this.#firstAt].filter(([heard]) => heard >= second).map(([, at]) => at)
    if (times.length === 0) this.#firstAt.set(second, now)
    return times.length === 0 ? now : Math.min(...times)
  }
}
