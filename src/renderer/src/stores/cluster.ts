import { defineStore } from 'pinia'
import { computed, shallowReactive, shallowRef } from 'vue'
import type { ClusterView, NodeRow } from '../../../shared/contract.ts'
import { useBridge } from '../bridge/index.ts'

/** The nodes and who leads them. */
export const useCluster = defineStore('cluster', () => {
  const bridge = useBridge()
  const nodes = shallowRef<NodeRow[]>([])
  const view = shallowRef<ClusterView | null>(null)
  /** Nodes of stored runs, which may be long gone. */
  const former = shallowReactive(new Map<string, string>())
  const names = computed(() => new Map(nodes.value.map((row) => [row.info.id, row.info.name])))

  async function load(): Promise<void> {
    const [rows, cluster] = await Promise.all([bridge.invoke('node.list', {}), bridge.invoke('cluster.get', {})])
    nodes.value = rows
    view.value = cluster
  }

  function listen(): () => void {
    return bridge.on('node:changed', (rows) => (nodes.value = rows))
  }

  function remember(nodes: readonly { id: string; name: string }[]): void {
    for (const { id, name } of nodes) former.set(id, name)
  }

  /** The name of a node, or the head of its id when it is not known. */
  function nameOf(id: string): string {
    return names.value.get(id) ?? former.get(id) ?? (id.length > 20 ? id.slice(0, 8) : id)
  }

  return { nodes, view, load, listen, remember, nameOf }
})
