import type { NodeRow } from '../../shared/contract.ts'
import type { ClusterState } from '../backend/cluster-state.ts'
import type { EventHub } from './event-hub.ts'

/** Heartbeats come each second; a table of nodes read by eyes needs no more than this, ms. */
const EVERY_MS = 2000

/** Tells how the nodes are: at once when one comes or goes, else now and then, and only while somebody listens. */
export function feedNodes(cluster: Pick<ClusterState, 'watch'>, rows: () => Promise<NodeRow[]>, hub: EventHub): () => void {
  let told = ''
  const tell = async (): Promise<void> => {
    if (!hub.hears('node:changed')) return
    const current = await rows()
    const text = JSON.stringify(current)
    if (text !== told) hub.emit('node:changed', current)
    told = text
  }
  // Out of reach for a moment: the next look tells.
  const look = (): void => void tell().catch(() => undefined)
  const timer = setInterval(look, EVERY_MS).unref()
  const unwatch = cluster.watch('nodes', look)
  return () => {
    clearInterval(timer)
    unwatch()
  }
}
