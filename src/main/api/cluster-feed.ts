import type { Api, Events } from '../../shared/contract/contract.ts'
import type { ClusterState } from '../backend/cluster-state.ts'
import type { EventHub } from './event-hub.ts'

/** Heartbeats come each second. */
const EVERY_MS = 1000
/** At rest nobody needs to know the CPU to the second; whoever looks at the nodes asks. */
const REST_MS = 5000

type Fact = 'node:changed' | 'cluster:changed'

/**
 * Tells how the nodes are and who leads: at once when one comes or goes, else each second (each five while `isAtRest`), and
 * only while somebody listens.
 */
export function feedCluster(cluster: Pick<ClusterState, 'watch'>, api: Pick<Api, 'node.list' | 'cluster.get'>, hub: EventHub, isAtRest: () => boolean): () => void {
  let rested = 0
  const told = new Map<Fact, string>()
  const tell = <F extends Fact>(fact: F, news: Events[F], alike = JSON.stringify(news)): void => {
    if (told.get(fact) !== alike) hub.emit(fact, news)
    told.set(fact, alike)
  }
  const look = async (): Promise<void> => {
    if (!hub.hears('node:changed') && !hub.hears('cluster:changed')) return
    const [rows, view] = await Promise.all([api['node.list']({}), api['cluster.get']({})])
    tell('node:changed', rows)
    tell('cluster:changed', view)
  }
  const lookNow = (): void => void look().catch((error: unknown) => process.emitWarning(error as Error))
  const tick = (): void => {
    rested = isAtRest() ? (rested + EVERY_MS) % REST_MS : 0
    if (rested === 0) lookNow()
  }
  const timer = setInterval(tick, EVERY_MS).unref()
  const unwatch = cluster.watch('nodes', lookNow)
  return () => {
    clearInterval(timer)
    unwatch()
  }
}
