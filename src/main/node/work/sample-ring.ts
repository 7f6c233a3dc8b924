import type { ReportBatch } from '../../../shared/cluster/cluster.ts'
import type { Sample } from '../../../shared/results/sample.ts'

/** Seconds kept at most while the cluster state does not take them: five minutes. What is older is lost, and shown as a gap. */
const CAPACITY = 300
/** For how long samples are kept beyond acceptance, for a cluster state that loses its last moments, ms (`protocol.md` §6.1). */
const KEPT_BEYOND_MS = 10_000

interface Kept {
  entry: ReportBatch['entries'][number]
  /** Since when the cluster state has it, monotonic ms; null: it has not, or has lost it again. */
  acceptedAt: number | null
}

/** One run's samples on their way to the cluster state: numbered without holes, sent again until accepted. */
export class SampleRing {
  readonly #runId: string
  #kept: Kept[] = []
  #lastSeq = 0
  #isComplete = false
  #accepted = 0

  constructor(runId: string) {
    this.#runId = runId
  }

  push(sample: Sample): void {
    this.#kept.push({ entry: { seq: ++this.#lastSeq, sample }, acceptedAt: null })
    this.#isComplete = sample.last
    if (this.#kept.length > CAPACITY) this.#kept.shift()
  }

  /** Number of the newest sample; 0: there is none. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** Its last sample is there: nothing more will come. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  /** What is to be sent now; null when everything is accepted. */
  batch(nodeId: string, boot: string): ReportBatch | null {
    const entries = this.#kept.filter(({ entry }) => entry.seq > this.#accepted).map(({ entry }) => entry)
    const first = this.#kept[0]
    return entries.length === 0 || first === undefined ? null : { runId: this.#runId, nodeId, boot, entries, ringFrom: first.entry.seq }
  }

  /** Whether the cluster state had, when it was last heard of, more than `seq`: it has lost some. */
  isBehind(seq: number): boolean {
    return seq < this.#accepted
  }

  /** The last number that the cluster state has at `at`, monotonic ms. A lower one than before means that it lost some: they are sent again. */
  acceptedUpTo(seq: number, at: number): void {
    this.#accepted = seq
    for (const kept of this.#kept) kept.acceptedAt = kept.entry.seq > seq ? null : (kept.acceptedAt ?? at)
    this.#kept = this.#kept.filter(({ acceptedAt }) => acceptedAt === null || at - acceptedAt < KEPT_BEYOND_MS)
  }

  get allAccepted(): boolean {
    return this.#accepted >= this.#lastSeq
  }
}
