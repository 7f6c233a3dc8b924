import type { ClusterState, Topic } from '../../src/main/backend/cluster-state.ts'
import { MemoryClusterState } from '../../src/main/backend/memory-cluster-state.ts'
import type { TaskStore } from '../../src/main/backend/task-store.ts'
import { BORN, type VirtualTime } from '../main/node/virtual-time.ts'
import { MemoryTaskStore } from './memory-task-store.ts'

/** A call that the state has carried out. */
interface Step {
  of: 'cluster' | 'sentinels'
  method: string
  input: unknown[]
  /** Cluster clock. */
  at: number
}

type Method = (...input: unknown[]) => Promise<unknown>

/**
 * What a Redis server is to a cluster: cluster state and task store in one place, with a clock that can be set wrong,
 * and with restarts that keep the data, lose the last moments of it, or lose it all.
 */
export class SimulatedRedis {
  readonly cluster: ClusterState
  readonly tasks: TaskStore
  /** Connections are refused. */
  down = false
  /** By which its clock is wrong, ms. */
  clockOffMs = 0
  /** Some data has been lost at least once: totally, or the last moments. */
  lost = false
  rolledBack = false
  readonly #time: VirtualTime
  /** Takes promises away, to see whether that is found. */
  readonly #spoil: (state: ClusterState) => ClusterState
  readonly #store: MemoryTaskStore
  readonly #listeners = new Map<Topic, Set<() => void>>()
  readonly #connected = new Map<string, boolean>()
  #steps: Step[] = []
  #incarnations = 0
  #replayedAt: number | null = null
  #memory: MemoryClusterState
  #state: ClusterState

  constructor(time: VirtualTime, spoil: (state: ClusterState) => ClusterState = (state) => state) {
    this.#time = time
    this.#spoil = spoil
    this.#store = new MemoryTaskStore(() => this.now)
    this.tasks = this.#facadeOf(() => this.#store, (method, input) => method.apply(this.#store, input))
    ;[this.#memory, this.#state] = this.#born()
    this.cluster = this.#clusterFacade()
  }

  /** Its clock, ms since the epoch. */
  get now(): number {
    return this.#replayedAt ?? BORN + this.#time.now + this.clockOffMs
  }

  /** As the server sees the connection of this boot of a node. */
  setConnected(boot: string, connected: boolean): void {
    this.#connected.set(boot, connected)
    this.#memory.setConnected(boot, connected)
  }

  /** It starts again without its data. */
  loseAll(): void {
    this.lost = true
    this.#steps = []
    this.#incarnations++
    this.#store.goBackTo(null)
    ;[this.#memory, this.#state] = this.#born()
  }

  /** Remembers this moment; call what is returned to start again from here. */
  savePoint(): () => void {
    const tasks = this.#store.copy()
    const { length } = this.#steps
    const incarnation = this.#incarnations
    return () => {
      if (this.#incarnations !== incarnation) return
      this.rolledBack = true
      this.#store.goBackTo(tasks)
      this.#steps = this.#steps.slice(0, length)
      ;[this.#memory, this.#state] = this.#born()
      for (const { of, method, input, at } of this.#steps) {
        this.#replayedAt = at
        void (Reflect.get(this.#target(of), method) as Method).apply(this.#target(of), input)
      }
      this.#replayedAt = null
    }
  }

  #born(): [MemoryClusterState, ClusterState] {
    const memory = new MemoryClusterState({ now: () => this.now, incarnation: `incarnation-${this.#incarnations}` })
    for (const topic of this.#listeners.keys()) this.#listen(memory, topic)
    for (const [boot, connected] of this.#connected) memory.setConnected(boot, connected)
    return [memory, this.#spoil(memory)]
  }

  #listen(memory: MemoryClusterState, topic: Topic): void {
    memory.watch(topic, () => this.#listeners.get(topic)!.forEach((listener) => listener()))
  }

  #clusterFacade(): ClusterState {
    const sentinels = this.#facadeOf(() => this.#state.sentinels, (method, input, name) => this.#carryOut('sentinels', method, input, name))
    const watch = (topic: Topic, listener: () => void): (() => void) => {
      if (!this.#listeners.has(topic)) {
        this.#listeners.set(topic, new Set())
        this.#listen(this.#memory, topic)
      }
      this.#listeners.get(topic)!.add(listener)
      return () => this.#listeners.get(topic)!.delete(listener)
    }
    return this.#facadeOf(() => this.#state, (method, input, name) => this.#carryOut('cluster', method, input, name), { sentinels, watch })
  }

  /** Stands for whatever `target` is by now. */
  #facadeOf<T extends object>(target: () => T, call: (method: Method, input: unknown[], name: string) => Promise<unknown>, own: Record<string, unknown> = {}): T {
    const methods = new Map<PropertyKey, unknown>(Object.entries(own))
    return new Proxy({} as T, {
      get: (_, name) => {
        if (!methods.has(name)) methods.set(name, async (...input: unknown[]) => {
          if (this.down) throw new Error('connect ECONNREFUSED')
          return call(Reflect.get(target(), name) as Method, input, String(name))
        })
        return methods.get(name)
      },
    })
  }

  #carryOut(of: Step['of'], method: Method, input: unknown[], name: string): Promise<unknown> {
    this.#steps.push({ of, method: name, input, at: this.now })
    return method.apply(this.#target(of), input)
  }

  #target(of: Step['of']): object {
    return of === 'cluster' ? this.#state : this.#state.sentinels
  }
}
