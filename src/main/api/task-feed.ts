import type { Task } from '../../shared/task/task.ts'
import type { ClusterState } from '../backend/cluster-state.ts'
import type { TaskStore } from '../backend/task-store.ts'
import type { EventHub } from './event-hub.ts'

/** How often a list read by eyes is compared with the cluster's, ms; a nudge brings it sooner. */
const EVERY_MS = 2000

/**
 * In a cluster others change tasks as well: their commands, their master's reports. Tells of each task that is not what
 * it was at the last look, and looks only while somebody listens. Returns the way to stop.
 */
export function feedTasks(tasks: Pick<TaskStore, 'tasks'>, cluster: Pick<ClusterState, 'watch'>, hub: EventHub): () => void {
  let known: ReadonlyMap<string, number> | null = null
  let looking = false
  const look = async (): Promise<void> => {
    if (looking || !hub.hears('task:changed')) return
    looking = true
    const now = revisionsOf(await tasks.tasks().finally(() => (looking = false)))
    for (const id of known === null ? [] : changed(known, now)) hub.emit('task:changed', { id })
    known = now
  }
  // Out of reach for a moment: the next look tells.
  const attempt = (): void => void look().catch(() => undefined)
  const timer = setInterval(attempt, EVERY_MS).unref()
  const unwatch = cluster.watch('intents', attempt)
  return () => {
    clearInterval(timer)
    unwatch()
  }
}

function revisionsOf(tasks: readonly Task[]): ReadonlyMap<string, number> {
  return new Map(tasks.map(({ id, revision }) => [id, revision]))
}

/** Also those that came or went. */
function changed(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter((id) => before.get(id) !== now.get(id))
}
