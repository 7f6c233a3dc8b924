import { randomUUID } from 'node:crypto'
import { openRedisBackend, type RedisParts } from '../../src/main/backend/redis-backend.ts'
import type { NodeNotice } from '../../src/main/node/driver.ts'
import { startNode, type RunningNode } from '../../src/main/node/node.ts'
import type { RunView } from '../../src/shared/results/run.ts'
import type { Summary } from '../../src/shared/results/summary.ts'
import type { TaskEvent } from '../../src/shared/task/task.ts'
import { specOf } from '../contract/fixtures.ts'
import { ArrivalCounts } from './arrival-counts.ts'
import { PretendedEngine, tallies } from './pretended-engine.ts'
import { until } from './until.ts'

export const NAMESPACE = 'fire'

/** Whole nodes of this process over the product's own adapters on a real Redis; only their engines make no load. */
export class RedisFleet {
  readonly notices: NodeNotice[] = []
  readonly #address: string
  readonly #counts = new ArrivalCounts()
  readonly #seconds = tallies(50)
  /** The last second that {@link go} has waited for, ms of the run. */
  #reachedMs = 0
  readonly #nodes: { node: RunningNode; parts: RedisParts }[] = []

  constructor(address: string) {
    this.#address = address
  }

  async node(name: string, role: 'auto' | 'worker' = 'auto'): Promise<RunningNode> {
    const onNotice = (notice: NodeNotice): void => void this.notices.push(notice)
    const parts = await openRedisBackend({ address: this.#address, namespace: NAMESPACE, secret: 'secret' }, { onNotice: (text) => onNotice({ id: 'redis', level: 'warn', text }) })
    const node = startNode({
      ...parts,
      engine: new PretendedEngine(this.#counts, this.#seconds),
      vitals: async () => ({ cpuPercent: 10, memoryPercent: 10, memoryBytes: 2 ** 33, cores: 4, loopLagMs: 0 }),
      identity: { id: name, name, boot: randomUUID(), role, priority: role === 'auto' ? 5 : 0, version: '0.1.0' },
      drivers: { strategy: 'even' },
      onNotice,
    })
    this.#nodes.push({ node, parts })
    return node
  }

  /** What the first node sees of the cluster. */
  get parts(): RedisParts {
    const [first] = this.#nodes
    if (first === undefined) throw new Error('no node has joined')
    return first.parts
  }

  /** Starts a run over all nodes; resolves when it goes. */
  async start(rate: number, duration: string): Promise<{ taskId: string; runId: string }> {
    const { cluster, tasks } = this.parts
    await until('all nodes', async () => (await cluster.nodes()).length === this.#nodes.length)
    const { id: taskId } = await tasks.create(specOf({ load: { rate, duration } }))
    const runId = `run-${randomUUID()}`
    await this.order(taskId, { type: 'start', runId })
    await until('the run', async () => (await this.view(runId))?.run.status === 'running')
    return { taskId, runId }
  }

  /** What the api does with a user's order. */
  async order(taskId: string, event: TaskEvent): Promise<void> {
    await this.parts.tasks.change(taskId, event)
    await this.parts.cluster.request({ id: 'look', op: 'look' })
  }

  async view(runId: string): Promise<RunView | null> {
    return (await this.parts.cluster.views()).find(({ run }) => run.id === runId) ?? null
  }

  /** Ends of the seconds that were closed so far, ms of the run. */
  async seconds(runId: string): Promise<number[]> {
    return (await this.parts.cluster.live(runId, 0))?.points.map(({ atMs }) => atMs) ?? []
  }

  /** Waits for so many more seconds of the run. */
  async go(runId: string, seconds: number): Promise<void> {
    const goal = this.#reachedMs + seconds * 1000
    await until(`${seconds} more seconds`, async () => (this.#reachedMs = (await this.seconds(runId)).at(-1) ?? this.#reachedMs) >= goal)
  }

  /** Its result, from the task store. */
  result(runId: string): Promise<Summary> {
    return until('the result', () => this.parts.tasks.summary(runId), { withinMs: 60_000 })
  }

  async close(): Promise<void> {
    const hurry = AbortSignal.abort()
    await Promise.all(this.#nodes.map(({ node }) => node.close(hurry)))
    for (const { parts } of this.#nodes) {
      await parts.cluster.close()
      parts.link.close()
    }
  }
}
