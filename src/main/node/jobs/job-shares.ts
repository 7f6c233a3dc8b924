import type { JobPart, Manifest, NodeInfo, Share } from '../../../shared/cluster/cluster.ts'
import { bootKey } from '../boot-key.ts'
import { firstShares } from '../run/sharing.ts'
import type { Strategy } from '../strategies.ts'

/**
 * Who does which part of a job: by the strategy's weights, over all nodes that can be given work. Divided anew when
 * other nodes are there; pieces that are done are left out by whoever gets them. Nothing has to shrink before something
 * else grows: a piece that is done twice counts once.
 */
export class JobShares {
  readonly #strategy: Strategy
  #nodes = ''
  readonly #shares = new Map<string, Map<string, Share>>()

  /** `manifests`: of a former master, whose division stands as long as the same nodes are there. */
  constructor(strategy: Strategy, manifests: readonly Manifest[]) {
    this.#strategy = strategy
    const carrying = manifests.filter(({ jobs = [] }) => jobs.length > 0)
    this.#nodes = keyOf(carrying)
    for (const { nodeId, jobs = [] } of carrying) for (const { jobId, share } of jobs) this.#of(jobId).set(nodeId, share)
  }

  /** Divides what is open among those that are there. */
  divide(jobIds: readonly string[], nodes: readonly NodeInfo[]): void {
    const key = keyOf(nodes.map(({ id: nodeId, boot }) => ({ nodeId, boot })))
    if (key !== this.#nodes) this.#shares.clear()
    this.#nodes = key
    for (const jobId of this.#shares.keys()) if (!jobIds.includes(jobId)) this.#shares.delete(jobId)
    if (nodes.length === 0) return
    for (const jobId of jobIds) if (!this.#shares.has(jobId)) this.#divide(jobId, nodes)
  }

  partsOf(nodeId: string): JobPart[] {
    return [...this.#shares].flatMap(([jobId, shares]) => {
      const share = shares.get(nodeId) ?? []
      return share.length === 0 ? [] : [{ jobId, share }]
    })
  }

  #divide(jobId: string, nodes: readonly NodeInfo[]): void {
    const weights = this.#strategy(nodes)
    const shares = firstShares(nodes.map((_, index) => ({ weight: weights[index] ?? 0, cap: 1 })))
    nodes.forEach(({ id }, index) => this.#of(jobId).set(id, shares[index] ?? []))
  }

  #of(jobId: string): Map<string, Share> {
    const shares = this.#shares.get(jobId) ?? new Map<string, Share>()
    this.#shares.set(jobId, shares)
    return shares
  }
}

function keyOf(nodes: readonly { nodeId: string; boot: string }[]): string {
  return nodes.map(bootKey).sort().join('\n')
}
