import { AppError } from '../../shared/errors.ts'
import type { ClusterState } from './cluster-state.ts'
import type { RedisAccess } from '../../shared/cluster/redis-access.ts'
import { isLoopback, parseRedisAddress } from './redis/address.ts'
import { connectRedis, type RedisLink } from './redis/connection.ts'
import { openRedisClusterState } from './redis-cluster-state.ts'
import { openRedisTaskStore } from './redis-task-store.ts'
import type { TaskStore } from './task-store.ts'
import type { Tell } from './tell.ts'

/** Cluster state and task store over one pair of connections, which belongs to them. */
export interface RedisParts {
  cluster: ClusterState
  tasks: TaskStore
  link: RedisLink
}

/**
 * Opens both. Throws AppError `bad-input` for an address or namespace that is none, and `cannot-start`, in words that
 * say what to do, for a Redis that cannot be used, another secret, or none where others could reach Redis as well.
 */
export async function openRedisBackend(redis: RedisAccess, options: { now?: () => number; onNotice: Tell }): Promise<RedisParts> {
  const { namespace, secret, name, ...login } = redis
  refuseWithoutSecret(redis)
  const link = await connectRedis({ ...login, ...(name === undefined ? {} : { name: name.replace(/[^\x21-\x7e]/g, '-') }) })
  try {
    const cluster = await openRedisClusterState(link, { namespace, secret, onNotice: options.onNotice })
    const tasks = openRedisTaskStore(link, { namespace, secret, ...(options.now === undefined ? {} : { now: options.now }) })
    return { cluster, tasks, link }
  } catch (error) {
    link.close()
    throw error
  }
}

/** Without one, whoever reaches Redis could have this machine send load to wherever they like. */
function refuseWithoutSecret({ address, secret }: RedisAccess): void {
  if (secret !== '' || isLoopback(parseRedisAddress(address))) return
  throw new AppError('cannot-start', 'A cluster over a Redis that other machines can reach needs a secret.', {
    hint: 'Give the same one to every node: --secret-file FILE or STAMPEDE_SECRET. To make one: openssl rand -hex 32',
  })
}
