import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { ClusterView, NodeRow } from '../../../shared/contract.ts'
import { useBridge } from '../bridge/index.ts'

/** The nodes and who leads them. */
export const useCluster = defineStore('cluster', () => {
  const bridge = useBridge()
  const nodes = shallowRef<NodeRow[]>([])
  const view = shallowRef<ClusterView | null>(null)
  const names = computed(() => new Map(nodes.value.map((row) => [row.info.id, row.info.name])))

  async function load(): Promise<void> {
    const [rows, cluster] = await Promise.all([bridge.invoke('node.list', {}), bridge.invoke('cluster.get', {})])
    nodes.value = rows
    view.value = cluster
  }

  function listen(): () => void {
    return bridge.on('node:changed', (rows) => (nodes.value = rows))
  }

  /** The name of a node, or the head of its id when it is no longer known. */
  function nameOf(id: string): string {
    return names.value.get(id) ?? id.slice(0, 8)
  }

  return { nodes, view, load, listen, nameOf }
})
