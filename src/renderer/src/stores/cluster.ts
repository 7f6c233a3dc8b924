import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef } from 'vue'
import type { ClusterView, ElectionView, NodeRow } from '../../../shared/contract/contract.ts'
import { useBridge } from '../bridge/index.ts'

/** Values of a node's CPU that its small trend shows. */
const TREND_LENGTH = 12

/** The nodes, who leads them, and how it came to that. */
export const useCluster = defineStore('cluster', () => {
  const bridge = useBridge()
  const nodes = shallowRef<NodeRow[]>([])
  const view = shallowRef<ClusterView | null>(null)
  const elections = shallowRef<ElectionView[]>([])
  /** When rows and view came, on this screen's clock: spans that they tell go on from here, ms since the epoch. */
  const receivedAt = ref(Date.now())
  /** CPU of each node in the last seconds, oldest first, in percent. */
  const trends = shallowReactive(new Map<string, readonly number[]>())
  /** Nodes of stored runs, which may be long gone. */
  const former = shallowReactive(new Map<string, string>())
  const names = computed(() => new Map(nodes.value.map((row) => [row.info.id, row.info.name])))
  /** Nodes that can carry load. */
  const working = computed(() => nodes.value.filter(({ info, state }) => info.role !== 'sentinel' && state !== 'lost' && state !== 'incompatible').length)
  /** What all nodes together send now, per second. */
  const sentPerSecond = computed(() => nodes.value.reduce((sum, { info, silentMs }) => sum + (silentMs === null ? info.startedPerSecond : 0), 0))
  const epoch = computed(() => view.value?.master?.epoch ?? null)

  async function load(): Promise<void> {
    const [rows, cluster] = await Promise.all([bridge.invoke('node.list', {}), bridge.invoke('cluster.get', {})])
    takeNodes(rows)
    takeView(cluster)
  }

  /** The log is only asked for where it is shown, and when somebody else leads. */
  async function loadElections(): Promise<void> {
    elections.value = await bridge.invoke('cluster.elections', {})
  }

  function takeNodes(rows: NodeRow[]): void {
    for (const { info } of nodes.value) former.set(info.id, info.name)
    nodes.value = rows
    receivedAt.value = Date.now()
    for (const { info, silentMs } of rows) if (silentMs === null) trends.set(info.id, [...(trends.get(info.id) ?? []), info.cpuPercent].slice(-TREND_LENGTH))
    for (const id of trends.keys()) if (!names.value.has(id)) trends.delete(id)
  }

  function takeView(cluster: ClusterView): void {
    view.value = cluster
    receivedAt.value = Date.now()
  }

  function listen(): () => void {
    const stops = [bridge.on('node:changed', takeNodes), bridge.on('cluster:changed', takeView)]
    return () => stops.forEach((stop) => stop())
  }

  function remember(nodes: readonly { id: string; name: string }[]): void {
    for (const { id, name } of nodes) former.set(id, name)
  }

  /** The name of a node, or the head of its id when it is not known. */
  function nameOf(id: string): string {
    return names.value.get(id) ?? former.get(id) ?? (id.length > 20 ? id.slice(0, 8) : id)
  }

  return {
    nodes,
    view,
    elections,
    receivedAt,
    trends,
    epoch,
    working,
    sentPerSecond,
    load,
    loadElections,
    listen,
    remember,
    nameOf,
    drain: (id: string) => bridge.invoke('node.drain', { id }),
    resume: (id: string) => bridge.invoke('node.resume', { id }),
    setPriority: (id: string, priority: number) => bridge.invoke('node.setPriority', { id, priority }),
    makeMaster: (id: string, reason: string) => bridge.invoke('node.makeMaster', { id, reason }),
    changeOver: () => bridge.invoke('cluster.changeOver', {}),
    markLost: (id: string) => bridge.invoke('node.markLost', { id }),
  }
})
