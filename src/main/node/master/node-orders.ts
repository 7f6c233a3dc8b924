import type { Manifest, NodeOrders } from '../../../shared/cluster/cluster.ts'
import { bootKey } from '../boot-key.ts'

const NONE: NodeOrders = { drained: false, priority: null }

/** What users want of nodes themselves. Stands in their manifests, so that the next master knows it; ends with the node's process. */
export class NodeOrderBook {
  readonly #orders: Map<string, NodeOrders>
  /** Counts changes. */
  version = 0

  constructor(manifests: readonly Manifest[]) {
    this.#orders = new Map(manifests.map((manifest) => [bootKey(manifest), manifest.orders]))
  }

  of(nodeId: string, boot: string): NodeOrders {
    return this.#orders.get(bootKey({ nodeId, boot })) ?? NONE
  }

  change(nodeId: string, boot: string, changes: Partial<NodeOrders>): void {
    this.version += 1
    this.#orders.set(bootKey({ nodeId, boot }), { ...this.of(nodeId, boot), ...changes })
  }
}
