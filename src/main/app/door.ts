import type { ConnectionStep } from '../../shared/contract/contract.ts'
import type { ClusterState } from '../backend/cluster-state.ts'
import type { RedisAccess } from '../../shared/cluster/redis-access.ts'
import type { TaskStore } from '../backend/task-store.ts'

/** A cluster as seen by one short command, which gives orders but is no node. */
export interface Door {
  cluster: ClusterState
  tasks: TaskStore
  /** Of Redis, without user and password. */
  address: string
  /** What is to be known of this Redis. */
  notices: string[]
  close(): Promise<void>
}

/** Throws what `openRedisBackend` throws. */
export async function openDoor(redis: RedisAccess, onNotice: (text: string) => void): Promise<Door> {
  const { openRedisBackend } = await import('../backend/redis-backend.ts')
  const { cluster, tasks, link } = await openRedisBackend({ ...redis, name: 'stampede-command' }, { onNotice })
  const close = async (): Promise<void> => {
    await cluster.close()
    link.close()
  }
  return { cluster, tasks, address: link.label, notices: link.notices, close }
}

/** Tries the way into a cluster step by step, and changes nothing. Throws `bad-input` for an address that is none. */
export async function probeDoor({ address, namespace, secret, username = '', password, ca = '' }: RedisAccess): Promise<ConnectionStep[]> {
  const { probeRedis } = await import('../backend/redis/probe.ts')
  return probeRedis({ address, namespace, username, password: password ?? null, secret: secret === '' ? null : secret, ca })
}
