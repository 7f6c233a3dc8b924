import { Redis } from 'ioredis'
import { followLiveRuns } from '../../../src/main/backend/live-runs.ts'
import { openRedisClusterState } from '../../../src/main/backend/redis-cluster-state.ts'
import { openRedisTaskStore } from '../../../src/main/backend/redis-task-store.ts'
import { connectRedis } from '../../../src/main/backend/redis/connection.ts'
import type { ClusterState } from '../../../src/main/backend/cluster-state.ts'
import type { TaskStore } from '../../../src/main/backend/task-store.ts'
import type { NodeNotice } from '../../../src/main/node/driver.ts'
import { startNode, type NodeOptions, type RunningNode } from '../../../src/main/node/node.ts'
import type { TaskSpec } from '../../../src/shared/task/task.ts'
import { specOf } from '../../contract/fixtures.ts'
import { startRedis, type RedisServer } from '../../support/redis.ts'
import { ScriptedEngine } from './scripted-engine.ts'
import { until } from './world.ts'

const SHARED = { namespace: 'world', secret: 'secret' }

export interface RedisNode {
  node: RunningNode
  engine: ScriptedEngine
  cluster: ClusterState
  /** Its connections break, as when its machine is gone. */
  disconnect(): void
}

/** Nodes over a real Redis, each with connections of its own and an engine that the test plays. */
export class RedisWorld {
  readonly redis: RedisServer
  /** Plain commands, as an operator's. */
  readonly hand: Redis
  readonly notices: NodeNotice[] = []
  readonly #ends: (() => Promise<void>)[] = []
  #runs = 0
  /** As an onlooker sees them. */
  cluster!: ClusterState
  store!: TaskStore
  live!: ReturnType<typeof followLiveRuns>

  private constructor(redis: RedisServer) {
    this.redis = redis
    this.hand = new Redis({ port: redis.port, retryStrategy: () => 100 })
    this.hand.on('error', () => undefined) // Redis is killed on purpose
  }

  static async start(options: Record<string, string> = {}): Promise<RedisWorld> {
    const world = new RedisWorld(await startRedis(options))
    const { cluster, tasks } = await world.#connect()
    world.cluster = cluster
    world.store = tasks
    world.live = followLiveRuns(cluster)
    return world
  }

  async node(id: string, options: Partial<NodeOptions> & { role?: 'auto' | 'worker'; priority?: number; boot?: string } = {}): Promise<RedisNode> {
    const { cluster, tasks, disconnect } = await this.#connect()
    const engine = new ScriptedEngine()
    const { role = 'auto', priority = 1, boot = `${id}-boot`, ...rest } = options
    const node = startNode({
      cluster, tasks, engine,
      vitals: async () => ({ cpuPercent: 10, memoryPercent: 10, memoryBytes: 8 * 2 ** 30, cores: 4, loopLagMs: 0 }),
      identity: { id, name: `${id}-name`, boot, role, priority, version: '0.1.0' },
      onNotice: (notice) => this.notices.push(notice),
      ...rest,
    })
    this.#ends.push(() => node.close(AbortSignal.abort()))
    return { node, engine, cluster, disconnect }
  }

  /** Waits until the master has these on its list: a run is divided among those. */
  async known(...ids: string[]): Promise<void> {
    await until(async () => (await this.hand.hmget(`{stampede:${SHARED.namespace}}:want`, ...ids)).every((manifest) => manifest !== null))
  }

  async start(changes: Partial<TaskSpec> = {}): Promise<{ taskId: string; runId: string }> {
    const { id: taskId } = await this.store.create(specOf(changes))
    const runId = `run-${++this.#runs}`
    await this.store.change(taskId, { type: 'start', runId })
    await this.cluster.request({ id: 'look', op: 'look' })
    return { taskId, runId }
  }

  async close(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end()
    this.live.close()
    this.hand.disconnect()
    await this.redis.stop()
  }

  async #connect(): Promise<{ cluster: ClusterState; tasks: TaskStore; disconnect: () => void }> {
    const link = await connectRedis({ address: this.redis.url })
    this.#ends.push(async () => link.close())
    return { cluster: await openRedisClusterState(link, SHARED), tasks: openRedisTaskStore(link, SHARED), disconnect: () => link.close() }
  }
}
