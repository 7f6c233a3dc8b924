import { randomUUID } from 'node:crypto'
import { openRedisClusterState, type RedisClusterState } from '../../src/main/backend/redis-cluster-state.ts'
import { openRedisTaskStore } from '../../src/main/backend/redis-task-store.ts'
import { connectRedis, type RedisLink } from '../../src/main/backend/redis/connection.ts'
import type { TaskStore } from '../../src/main/backend/task-store.ts'
import { startNode, type RunningNode } from '../../src/main/node/node.ts'
import { ArrivalCounts } from '../../test/support/arrival-counts.ts'
import { PretendedEngine, tallies } from '../../test/support/pretended-engine.ts'

export const NAMESPACE = 'fleet'
const SECRET = 'a secret for the benchmark only'

export interface Joined {
  link: RedisLink
  cluster: RedisClusterState
  tasks: TaskStore
}

/** So many nodes as the product joins them, each with adapters of its own, but over one pair of connections. */
export async function joinFleet(address: string, nodes = 1): Promise<Joined[]> {
  const link = await connectRedis({ address })
  link.subscriber.setMaxListeners(0)
  return Promise.all(Array.from({ length: nodes }, async () => {
    const cluster = await openRedisClusterState(link, { namespace: NAMESPACE, secret: SECRET })
    return { link, cluster, tasks: openRedisTaskStore(link, { namespace: NAMESPACE, secret: SECRET }) }
  }))
}

/** Requests per second behind the histograms of a worker. */
export const RATE = 100
/** Arrivals per second and worker: fewer, as every process of the fleet has to look at each of them. */
export const ARRIVALS = 20

const counts = new ArrivalCounts()
const seconds = tallies(RATE)

/** A node as the product starts it, but for its engine and its vitals. */
export function startFleetNode({ cluster, tasks }: Joined, name: string, role: 'auto' | 'worker'): RunningNode {
  return startNode({
    cluster,
    tasks,
    engine: new PretendedEngine(counts, seconds),
    vitals: async () => ({ cpuPercent: 31.4, memoryPercent: 44.2, memoryBytes: 8 * 2 ** 30, cores: 4, loopLagMs: 0.42 }),
    identity: { id: name, name, boot: randomUUID(), role, priority: role === 'auto' ? 5 : 0, version: '0.1.0' },
    drivers: { strategy: 'even' },
    onNotice: ({ level, text }) => {
      if (level !== 'info') process.stderr.write(`${name}: ${text}\n`)
    },
  })
}
