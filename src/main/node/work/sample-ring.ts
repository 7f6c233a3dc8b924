import type { ReportBatch } from '../../../shared/cluster.ts'
import type { Sample } from '../../../shared/sample.ts'

/** Seconds kept at most while the cluster state does not take them: five minutes. What is older is lost, and shown as a gap. */
const CAPACITY = 300
/** Seconds kept beyond acceptance, for a cluster state that loses its last moments. */
const KEPT_BEYOND = 10

/** One run's samples on their way to the cluster state: numbered without holes, sent again until accepted. */
export class SampleRing {
  readonly #runId: string
  #entries: ReportBatch['entries'] = []
  #lastSeq = 0
  #accepted = 0

  constructor(runId: string) {
    this.#runId = runId
  }

  push(sample: Sample): void {
    this.#entries.push({ seq: ++this.#lastSeq, sample })
    if (this.#entries.length > CAPACITY) this.#entries.shift()
  }

  /** Number of the newest sample; 0: there is none. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** What is to be sent now; null when everything is accepted. */
  batch(nodeId: string, boot: string): ReportBatch | null {
    const entries = this.#entries.filter((entry) => entry.seq > this.#accepted)
    const first = this.#entries[0]
    return entries.length === 0 || first === undefined ? null : { runId: this.#runId, nodeId, boot, entries, ringFrom: first.seq }
  }

  /** Whether the cluster state had, when it was last heard of, more than `seq`: it has lost some. */
  isBehind(seq: number): boolean {
    return seq < this.#accepted
  }

  /** The last number that the cluster state has. A lower one than before means that it lost some: they are sent again. */
  acceptedUpTo(seq: number): void {
    this.#accepted = seq
    this.#entries = this.#entries.filter((entry) => entry.seq > seq - KEPT_BEYOND)
  }

  get allAccepted(): boolean {
    return this.#accepted >= this.#lastSeq
  }
}
