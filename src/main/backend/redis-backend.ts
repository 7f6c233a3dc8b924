import { AppError } from '../../shared/errors.ts'
import type { ClusterState } from './cluster-state.ts'
import { isLoopback, parseRedisAddress } from './redis/address.ts'
import { connectRedis, type RedisLink } from './redis/connection.ts'
import { openRedisClusterState } from './redis-cluster-state.ts'
import { openRedisTaskStore } from './redis-task-store.ts'
import type { TaskStore } from './task-store.ts'

/** Which cluster, and how to get in. */
export interface RedisBackend {
  /** See `redis/address.ts`. */
  address: string
  /** Up to 32 lower-case letters, digits and hyphens; clusters of different namespaces never meet. */
  namespace: string
  /** Of the cluster. Empty only for a Redis that no other machine can reach. */
  secret: string
  /** Instead of the ones in the address. */
  username?: string
  password?: string
  /** PEM of the authority that signed the server's certificate, where the system does not know it. */
  ca?: string
  /** How Redis lists the connections. */
  name?: string
}

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
export async function openRedisBackend(redis: RedisBackend, options: { now?: () => number; onNotice: (text: string) => void }): Promise<RedisParts> {
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
function refuseWithoutSecret({ address, secret }: RedisBackend): void {
  if (secret !== '' || isLoopback(parseRedisAddress(address))) return
  throw new AppError('cannot-start', 'A cluster over a Redis that other machines can reach needs a secret.', {
    hint: 'Give the same one to every node: --secret-file FILE or STAMPEDE_SECRET. To make one: openssl rand -hex 32',
  })
}
