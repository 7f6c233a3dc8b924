import type { ClusterState } from '../../src/main/backend/cluster-state.ts'
import type { TaskStore } from '../../src/main/backend/task-store.ts'
import type { Task, TaskEvent } from '../../src/shared/task/task.ts'
import { specOf } from '../contract/fixtures.ts'
import type { User } from './faults.ts'
import type { Fleet } from './fleet.ts'

const INSIST_EVERY_MS = 1000

/** What the user wanted, from when on. */
export interface Wish {
  at: number
  /** When it was seen to be carried out: until then it waits for the task to be ready for it, or for a master. Infinity: not yet. */
  carriedOutAt: number
  /** Arrivals per second; 0: no load. */
  rate: number
}

/**
 * Whoever sits at a console: orders as the api does, looks what has become of it, and orders again what got lost on
 * the way. Sits next to Redis, so that only its outages are in the way.
 */
export class SimulatedUser implements User {
  readonly wishes: Wish[] = []
  /** All runs asked for, oldest first. */
  readonly runs: string[] = []
  taskId = ''
  /** How often a stop was wanted: a later one takes back the start that was to follow an earlier one. */
  stops = 0
  readonly #fleet: Fleet
  readonly #specRate: number
  readonly #durationMs: number
  readonly #leavesRecords: boolean
  #going = false
  #rate: number

  /** `leavesRecords`: a stop also leaves a record that nodes obey without a master, as `stop --all` does. */
  constructor(fleet: Fleet, rate: number, durationMs: number, leavesRecords: boolean) {
    this.#fleet = fleet
    this.#leavesRecords = leavesRecords
    this.#specRate = rate
    this.#rate = rate
    this.#durationMs = durationMs
  }

  get rate(): number {
    return this.#going ? this.#rate : 0
  }

  async begin(): Promise<void> {
    const { id } = await this.#tasks.create(specOf({ load: { rate: this.#specRate, duration: `${this.#durationMs / 1000}s` } }))
    this.taskId = id
    this.start()
    this.#look()
  }

  start(): void {
    this.#going = true
    this.#rate = this.#specRate
    this.runs.push(`run-${this.runs.length + 1}`)
    this.#wish()
  }

  stop(): void {
    this.stops += 1
    this.#going = false
    this.#wish()
  }

  changeRate(rate: number): void {
    if (!this.#going) return
    this.#rate = rate
    this.#wish()
  }

  stopAndStart(pauseMs: number): void {
    if (!this.#going) return
    this.stop()
    const { stops } = this
    this.#fleet.time.after(pauseMs, () => (this.stops === stops ? this.start() : undefined), null)
  }

  task(): Promise<Task | null> {
    return this.#tasks.task(this.taskId)
  }

  get #tasks(): TaskStore {
    return this.#fleet.redis.tasks
  }

  get #cluster(): ClusterState {
    return this.#fleet.redis.cluster
  }

  #wish(): void {
    this.wishes.push({ at: this.#fleet.time.now, carriedOutAt: Infinity, rate: this.rate })
    void this.#insist()
  }

  #look(): void {
    void this.#insist()
    this.#fleet.time.after(INSIST_EVERY_MS, () => this.#look(), null)
  }

  async #insist(): Promise<void> {
    try {
      const task = await this.task()
      const event = task && this.#missing(task)
      if (event !== null) await this.#order(event)
      else if (task !== null && !task.status.startsWith('pending')) this.#noteCarriedOut()
    } catch {
      // Redis is away, or the task is not ready for it: looked at again
    }
  }

  #noteCarriedOut(): void {
    for (const wish of this.wishes) wish.carriedOutAt = Math.min(wish.carriedOutAt, this.#fleet.time.now)
  }

  /** What has to be ordered so that the task comes to be as it is wanted. */
  #missing({ status, runId, wantedRate }: Task): TaskEvent | null {
    const live = !['draft', 'finished', 'failed', 'aborted'].includes(status)
    const run = this.runs.at(-1)!
    // An order that was lost with the data of Redis has to be given again, also that to stop a former run.
    if (live && (!this.#going || runId !== run)) return status === 'pending-stop' ? null : { type: 'stop' }
    if (!this.#going) return null
    if (runId !== run) return { type: 'start', runId: run }
    return live && (wantedRate ?? this.#specRate) !== this.#rate ? { type: 'change-rate', rate: this.#rate } : null
  }

  /** As the api: the store, and a nudge. */
  async #order(event: TaskEvent): Promise<void> {
    const task = await this.#tasks.change(this.taskId, event)
    if (event.type === 'stop' && this.#leavesRecords) {
      await this.#cluster.stop({ taskId: this.taskId, orderNo: task.revision })
      if (task.runId !== null) this.#fleet.invariants.stopRecorded(task.runId)
    }
    await this.#cluster.request({ id: `${event.type}-${task.revision}`, op: 'look' })
  }
}
