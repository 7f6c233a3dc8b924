import type { NodeInfo } from '../../../shared/cluster/cluster.ts'
import type { ClusterState } from '../../backend/cluster-state.ts'
import type { WorkNodeDriver } from '../driver.ts'
import type { Term } from './leadership.ts'
import { succession, type Sighting } from './successor.ts'
import type { Timings } from '../timings.ts'

export interface Leaving {
  cluster: ClusterState
  worker: WorkNodeDriver
  /** The term that this node is in now; null: it is not master. */
  term: () => Term | null
  timings: Timings
}

/** Every node tells of itself once a second: whoever has not within this time is not there to take over, ms. */
const LISTEN_MS = 1200

/**
 * Hands over what a node has before it leaves: the mastership to the best of the others, then its work to all of them.
 * Resolves when that is done, or with the signal. Where nobody is left there is nobody to hand over to.
 */
export async function leaveInOrder({ cluster, worker, term, timings }: Leaving, signal: AbortSignal): Promise<void> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), timings.leaveMs)
  const until = AbortSignal.any([signal, late.signal])
  try {
    if (!(await hasOthers(cluster, worker.info.id))) return
    const held = term()
    if (held !== null) await handOver(cluster, held, worker.info.id, until)
    if (!until.aborted) await worker.drain(until)
  } catch {
    // Out of reach: nobody can be told. The others find out by the silence.
  } finally {
    clearTimeout(timer)
  }
}

async function hasOthers(cluster: ClusterState, id: string): Promise<boolean> {
  return (await cluster.nodes()).some((info) => info.id !== id && info.role !== 'sentinel')
}

async function handOver(cluster: ClusterState, term: Term, id: string, signal: AbortSignal): Promise<void> {
  const sightings = await watchNodes(cluster, signal)
  if (signal.aborted || term.signal.aborted) return
  const { deputies, considered } = succession(sightings, id)
  if (deputies.length === 0) return
  await cluster.sentinels.handover(term.lease, deputies, considered, 'The master leaves.')
  term.fenced()
}

/** Two looks, far enough apart to see whose beat goes on. */
async function watchNodes(cluster: ClusterState, signal: AbortSignal): Promise<Sighting[]> {
  const before = new Map((await cluster.nodes()).map((info) => [info.id, info]))
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LISTEN_MS)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    }, { once: true })
  })
  return (await cluster.nodes()).map((info) => ({ info, silentMs: hasMoved(before.get(info.id), info) ? 0 : Infinity }))
}

function hasMoved(before: NodeInfo | undefined, info: NodeInfo): boolean {
  return before?.boot !== info.boot || before.beat !== info.beat
}
