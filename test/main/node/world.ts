import type { Topic } from '../../../src/main/backend/cluster-state.ts'
import { followLiveRuns } from '../../../src/main/backend/live-runs.ts'
import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import { openSqliteTaskStore } from '../../../src/main/backend/sqlite-task-store.ts'
import type { TaskStore } from '../../../src/main/backend/task-store.ts'
import type { NodeNotice } from '../../../src/main/node/driver.ts'
import { startNode, type NodeOptions, type RunningNode } from '../../../src/main/node/node.ts'
import type { RunView } from '../../../src/shared/results/run.ts'
import type { Task, TaskEvent, TaskSpec, TaskStatus } from '../../../src/shared/task/task.ts'
import { specOf } from '../../contract/fixtures.ts'
import { ScriptedEngine } from './scripted-engine.ts'

/** Nodes on one memory hub, each with an engine that the test plays. */
export class World {
  readonly cluster = new MemoryClusterState()
  readonly live = followLiveRuns(this.cluster)
  readonly notices: NodeNotice[] = []
  /** Every state that a task was in, in order. */
  readonly states: TaskStatus[] = []
  /** Thrown by whatever writes to the store, while set. */
  storeFailure: Error | null = null
  readonly store: TaskStore
  readonly #nodes: RunningNode[] = []
  readonly #cut = new Set<string>()
  #runs = 0

  constructor() {
    this.store = this.#watched(openSqliteTaskStore(':memory:'))
  }

  node(id: string, options: Partial<NodeOptions> & { role?: 'auto' | 'worker'; priority?: number; boot?: string } = {}): ScriptedEngine {
    const engine = new ScriptedEngine()
    const { role = 'auto', priority = 1, boot = `${id}-boot`, ...rest } = options
    this.#nodes.push(startNode({
      cluster: this.#linkOf(id),
      tasks: this.store,
      engine,
      vitals: async () => ({ cpuPercent: 10, memoryPercent: 10, memoryBytes: 8 * 2 ** 30, cores: 4, loopLagMs: 0 }),
      identity: { id, name: `${id}-name`, boot, role, priority, version: '0.1.0' },
      onNotice: (notice) => this.notices.push(notice),
      drivers: { strategy: 'even' },
      timings: { leaveMs: 500 },
      ...rest,
    }))
    return engine
  }

  /** The node reaches the cluster state no more, nor hears of it. */
  cut(id: string): void {
    this.#cut.add(id)
  }

  mend(id: string): void {
    this.#cut.delete(id)
  }

  async start(changes: Partial<TaskSpec> = {}): Promise<{ taskId: string; runId: string }> {
    const { id } = await this.store.create(specOf(changes))
    const runId = `run-${++this.#runs}`
    await this.order(id, { type: 'start', runId })
    return { taskId: id, runId }
  }

  /** What the api does with a user's order. */
  async order(taskId: string, event: TaskEvent): Promise<Task> {
    const task = await this.store.change(taskId, event)
    await this.cluster.request({ id: 'look', op: 'look' })
    return task
  }

  view(runId: string): RunView {
    const view = this.live.view(runId)
    if (view === null) throw new Error(`nothing is known of ${runId}`)
    return view
  }

  async close(): Promise<void> {
    this.#cut.clear()
    await Promise.all(this.#nodes.map((node) => node.close()))
    this.live.close()
    await this.store.close()
  }

  #linkOf(id: string): MemoryClusterState {
    return new Proxy(this.cluster, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        if (name === 'watch') return (topic: Topic, listener: () => void) => target.watch(topic, () => (this.#cut.has(id) ? undefined : listener()))
        return (...input: unknown[]) => (this.#cut.has(id) ? Promise.reject(new Error('Command timed out')) : (value as (...input: unknown[]) => unknown).apply(target, input))
      },
    })
  }

  /** The real store, with its writes watched and, if wanted, failing. */
  #watched(store: TaskStore): TaskStore {
    const writes: ReadonlySet<PropertyKey> = new Set(['appendPoints', 'openRun', 'closeRun', 'change'])
    return new Proxy(store, {
      get: (target, name) => async (...input: unknown[]) => {
        if (this.storeFailure !== null && writes.has(name)) throw this.storeFailure
        const result = await (Reflect.get(target, name, target) as (...input: unknown[]) => Promise<unknown>).apply(target, input)
        if (name === 'change') this.#note(result as Task)
        return result
      },
    })
  }

  #note({ status }: Task): void {
    if (this.states.at(-1) !== status) this.states.push(status)
  }
}

/** Waits for a condition; the test's own limit of time is the only one. */
export async function until<T>(condition: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const value = await condition()
    if (value) return value
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
