import { AppError } from '../../shared/errors.ts'
import type { ClusterState } from './cluster-state.ts'
import { followLiveRuns, type LiveRuns } from './live-runs.ts'
import { MemoryClusterState } from './memory-cluster-state.ts'
import type { RedisAccess } from '../../shared/cluster/redis-access.ts'
import { openSqliteTaskStore } from './sqlite-task-store.ts'
import type { LocalTaskStore, TaskStore } from './task-store.ts'
import type { Tell } from './tell.ts'

export interface Backend {
  cluster: ClusterState
  /** Follows the cluster: any node that becomes master finds them. */
  tasks: TaskStore
  live: LiveRuns
  /** Of this machine, in a cluster as well: its settings, and the results of the clusters it was in. */
  local: LocalTaskStore
  mode: 'local' | 'redis'
  /** Where Redis is, without user and password; null on a single machine. */
  address: string | null
  namespace: string | null
  /** What could not be had, in words for the user; more may follow in `tasks.notices()`. */
  notices: string[]
  close(): Promise<void>
}

export interface BackendOptions {
  /** File of tasks and runs; its folder is made if needed. `:memory:` keeps nothing. */
  storePath: string
  now?: () => number
  /** The cluster to take part in; without it, this machine is a cluster of its own. */
  redis?: RedisAccess
  /** Something that the user should know of Redis, now or later on. */
  onNotice?: Tell
}

/**
 * What survives and what travels between nodes. A local store that cannot be opened does not keep anybody from testing:
 * what belongs there then lives as long as the process, and a notice says so. Throws `cannot-start` for a store that a
 * newer version has written; for a cluster, what `openRedisBackend` throws.
 */
export async function openBackend(options: BackendOptions): Promise<Backend> {
  const clock = options.now === undefined ? {} : { now: options.now }
  const { local, notices } = openStore(options.storePath, clock)
  try {
    return options.redis === undefined ? aloneWith(local, notices, clock) : await inCluster(options.redis, local, notices, options)
  } catch (error) {
    await local.close()
    throw error
  }
}

function aloneWith(local: LocalTaskStore, notices: string[], clock: { now?: () => number }): Backend {
  const cluster = new MemoryClusterState(clock)
  const live = followLiveRuns(cluster)
  const close = async (): Promise<void> => {
    live.close()
    await cluster.close()
    await local.close()
  }
  return { cluster, tasks: local, live, local, mode: 'local', address: null, namespace: null, notices, close }
}

/** What speaks to Redis is loaded only here: a run on one machine never pays for it. */
async function inCluster(redis: RedisAccess, local: LocalTaskStore, notices: string[], options: BackendOptions): Promise<Backend> {
  const onNotice = options.onNotice ?? (() => undefined)
  const [{ openRedisBackend }, { RunKeeper }] = await Promise.all([import('./redis-backend.ts'), import('./run-keeper.ts')])
  const { cluster, tasks, link } = await openRedisBackend(redis, { onNotice, ...(options.now === undefined ? {} : { now: options.now }) })
  for (const notice of link.notices) onNotice(notice)
  const live = followLiveRuns(cluster)
  const keeper = new RunKeeper({ live, tasks, local, onNotice })
  const close = async (): Promise<void> => {
    await keeper.close()
    live.close()
    await cluster.close()
    link.close()
    await local.close()
  }
  return { cluster, tasks, live, local, mode: 'redis', address: link.label, namespace: redis.namespace, notices, close }
}

function openStore(path: string, clock: { now?: () => number }): { local: LocalTaskStore; notices: string[] } {
  try {
    return { local: openSqliteTaskStore(path, clock), notices: [] }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store-unavailable') throw error
    return { local: openSqliteTaskStore(':memory:', clock), notices: [`${error.message} Nothing of this session will be stored.`] }
  }
}
