import { AppError } from '../../shared/errors.ts'
import type { ClusterState } from './cluster-state.ts'
import { followLiveRuns, type LiveRuns } from './live-runs.ts'
import { MemoryClusterState } from './memory-cluster-state.ts'
import { openSqliteTaskStore } from './sqlite-task-store.ts'
import type { TaskStore } from './task-store.ts'

export interface Backend {
  cluster: ClusterState
  tasks: TaskStore
  live: LiveRuns
  /** What could not be had, in words for the user; more may follow in `tasks.notices()`. */
  notices: string[]
  close(): Promise<void>
}

export interface BackendOptions {
  /** File of tasks and runs; its folder is made if needed. `:memory:` keeps nothing. */
  storePath: string
  now?: () => number
}

/**
 * What survives and what travels between nodes, for a single machine. A store that cannot be opened does not keep
 * anybody from testing: tasks and runs then live as long as the process, and a notice says so. Throws `cannot-start`
 * for a store that a newer version has written.
 */
export function openBackend(options: BackendOptions): Backend {
  const clock = options.now === undefined ? {} : { now: options.now }
  const { tasks, notices } = openStore(options.storePath, clock)
  const cluster = new MemoryClusterState(clock)
  const live = followLiveRuns(cluster)
  const close = async (): Promise<void> => {
    live.close()
    await cluster.close()
    await tasks.close()
  }
  return { cluster, tasks, live, notices, close }
}

function openStore(path: string, clock: { now?: () => number }): { tasks: TaskStore; notices: string[] } {
  try {
    return { tasks: openSqliteTaskStore(path, clock), notices: [] }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store-unavailable') throw error
    return { tasks: openSqliteTaskStore(':memory:', clock), notices: [`${error.message} Nothing of this session will be stored.`] }
  }
}
