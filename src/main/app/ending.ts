import type { Api } from '../../shared/contract/contract.ts'
import type { Backend } from '../backend/index.ts'

/** How long a run may take to end in order when the product is closed, ms; then its load is cut. */
const ENDING_MS = 7000
/** Nodes tell of themselves each second: whoever has not in this time is not there to go on, ms. */
const LISTEN_MS = 1500

/**
 * What is to become of live runs when this process leaves. A cluster goes on without it. Where nobody would be left to
 * carry them, every live run is asked to stop, and its end is waited for, so that its result is stored.
 */
export async function endRuns(backend: Backend, thisNode: string, api: Api): Promise<void> {
  const { live } = backend
  const isLive = (): boolean => live.views().some(({ run }) => run.endedAt === null)
  if (!isLive() || (await hasOthers(backend, thisNode))) return
  const ended = new Promise<void>((resolve) => void live.watch(() => { if (!isLive()) resolve() }))
  const going = live.views().filter(({ run }) => run.endedAt === null)
  await Promise.allSettled(going.map(({ run }) => api['task.stop']({ id: run.taskId })))
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, ENDING_MS).unref())])
}

/** A search for capacity would begin another run when one is stopped. */
export async function endSearches(api: Api): Promise<void> {
  const searches = await api['capacity.list']({}).catch(() => [])
  await Promise.allSettled(searches.filter(({ status }) => status === 'running').map(({ id }) => api['capacity.stop']({ id })))
}

/** Whether another load node is there: one whose beat goes on while it is watched. */
async function hasOthers({ mode, cluster }: Backend, thisNode: string): Promise<boolean> {
  if (mode === 'local') return false
  const others = async (): Promise<Map<string, number>> => new Map((await cluster.nodes()).filter(({ id, role }) => id !== thisNode && role !== 'sentinel').map(({ id, beat }) => [id, beat]))
  try {
    const before = await others()
    if (before.size === 0) return false
    await new Promise((resolve) => setTimeout(resolve, LISTEN_MS))
    return [...(await others())].some(([id, beat]) => before.get(id) !== beat)
  } catch {
    return true // out of reach: nobody can be asked, and nobody could be told to stop
  }
}
