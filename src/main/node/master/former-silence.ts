import type { NodeInfo } from '../../../shared/cluster/cluster.ts'
import type { Heard } from '../../backend/cluster-state.ts'
import { bootKey } from '../boot-key.ts'
import type { WorkNodeDriver } from '../driver.ts'

/**
 * How long nodes had been silent before this master led, so that its term does not begin with another wait for those that
 * have been waited for already. It is the one place where liveness goes by a time stamp: of one clock, that of the cluster
 * state, and only as far back as this node has watched that clock and the state itself (`vigil.ts`).
 */
export class FormerSilence {
  readonly #heard: ReadonlyMap<string, Heard>
  readonly #worker: Pick<WorkNodeDriver, 'clusterNow' | 'watchedMs' | 'info'>

  constructor(heard: readonly Heard[], worker: Pick<WorkNodeDriver, 'clusterNow' | 'watchedMs' | 'info'>) {
    this.#heard = new Map(heard.map((each) => [bootKey(each), each]))
    this.#worker = worker
  }

  /** Of a node that still says what it said when the term began, ms; 0 for one that has said something since. */
  of({ id, boot, beat }: Pick<NodeInfo, 'id' | 'boot' | 'beat'>): number {
    const last = this.#heard.get(bootKey({ nodeId: id, boot }))
    if (last?.beat !== beat) return 0
    const { watchedMs, info } = this.#worker
    return Math.max(0, Math.min(this.#worker.clusterNow() - last.at - info.clockErrorMs, watchedMs))
  }
}
