import { matchesFilter } from '../../src/shared/results/run-filter.ts'
import type { RunFilter } from '../../src/shared/results/run-filter.ts'
import type { Run } from '../../src/shared/results/run.ts'
import { AppError } from '../../src/shared/errors.ts'
import type { Point, RunEvent, Summary } from '../../src/shared/results/summary.ts'
import type { Task, TaskEvent, TaskSpec } from '../../src/shared/task/task.ts'
import { isLive, transition } from '../../src/shared/task/transition.ts'
import { closedRun } from '../../src/main/backend/closed-run.ts'
import type { TaskStore } from '../../src/main/backend/task-store.ts'

interface StoredRun {
  run: Run
  points: Map<number, Point>
  events: RunEvent[]
  summary: Summary | null
}

/** All that a store holds. Values are never changed, only replaced, so that a copy is cheap. */
interface Contents {
  tasks: Map<string, Task & { deletedAt: number | null }>
  runs: Map<string, StoredRun>
  settings: Map<string, string>
}

const UNDO_MS = 24 * 3_600_000
const PENDING: readonly Task['status'][] = ['pending-run', 'pending-rate-change', 'pending-stop']

/** A task store that costs nothing, for schedules by the thousand. Like Redis it can lose its last moments, or everything. */
export class MemoryTaskStore implements TaskStore {
  readonly #now: () => number
  #contents: Contents = { tasks: new Map(), runs: new Map(), settings: new Map() }
  #ids = 0

  constructor(now: () => number) {
    this.#now = now
  }

  copy(): Contents {
    const { tasks, runs, settings } = this.#contents
    const copied = [...runs].map(([id, run]): [string, StoredRun] => [id, { ...run, points: new Map(run.points), events: [...run.events] }])
    return { tasks: new Map(tasks), runs: new Map(copied), settings: new Map(settings) }
  }

  /** Null: everything is lost. */
  goBackTo(copy: Contents | null): void {
    this.#contents = copy ?? { tasks: new Map(), runs: new Map(), settings: new Map() }
  }

  async tasks(): Promise<Task[]> {
    return this.#alive().sort((a, b) => b.updatedAt - a.updatedAt || (a.id < b.id ? 1 : -1))
  }

  async task(id: string): Promise<Task | null> {
    return this.#alive().find((task) => task.id === id) ?? null
  }

  async create(spec: TaskSpec): Promise<Task> {
    const now = this.#now()
    return this.#put({ id: `task-${++this.#ids}`, spec: copyOf(spec), status: 'draft', revision: 1, runId: null, wantedRate: null, reason: null, createdAt: now, updatedAt: now })
  }

  async putBack(task: Task): Promise<void> {
    const known = this.#contents.tasks.get(task.id)
    if (known === undefined || (known.deletedAt === null && known.revision < task.revision)) this.#put(task)
  }

  async update(id: string, spec: TaskSpec): Promise<Task> {
    const task = this.#idle(id, 'changed')
    return this.#put({ ...task, spec: copyOf(spec), revision: task.revision + 1, updatedAt: this.#now() })
  }

  async delete(id: string): Promise<void> {
    const task = this.#idle(id, 'deleted')
    const now = this.#now()
    for (const [old, { deletedAt }] of this.#contents.tasks) if (deletedAt !== null && deletedAt < now - UNDO_MS) this.#contents.tasks.delete(old)
    this.#contents.tasks.set(id, { ...task, deletedAt: now })
  }

  async restore(id: string): Promise<Task> {
    const task = this.#contents.tasks.get(id)
    if (task !== undefined) this.#contents.tasks.set(id, { ...task, deletedAt: null })
    return this.#existing(id)
  }

  async change(id: string, event: TaskEvent): Promise<Task> {
    return this.#put(transition(this.#existing(id), event, this.#now()))
  }

  async pending(): Promise<Task[]> {
    return this.#alive().filter(({ status }) => PENDING.includes(status)).sort((a, b) => a.updatedAt - b.updatedAt || (a.id < b.id ? -1 : 1))
  }

  async runs(filter: RunFilter): Promise<Run[]> {
    const runs = [...this.#contents.runs.values()].map(({ run }) => run)
    const wanted = runs.filter((run) => matchesFilter(run, filter))
    return wanted.sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1)).slice(0, filter.limit ?? 200)
  }

  async run(id: string): Promise<Run | null> {
    return this.#contents.runs.get(id)?.run ?? null
  }

  async openRun(run: Run): Promise<void> {
    if (!this.#contents.runs.has(run.id)) this.#contents.runs.set(run.id, { run, points: new Map(), events: [], summary: null })
  }

  async appendPoints(runId: string, points: Point[], events: RunEvent[]): Promise<void> {
    const stored = this.#contents.runs.get(runId)
    if (stored === undefined) return
    for (const point of points) stored.points.set(point.atMs, point)
    stored.events.push(...events)
    if (points.length > 0 && stored.summary === null) stored.run = { ...stored.run, status: 'running' }
  }

  async points(runId: string): Promise<Point[]> {
    return [...(this.#contents.runs.get(runId)?.points.values() ?? [])].sort((a, b) => a.atMs - b.atMs)
  }

  async events(runId: string): Promise<RunEvent[]> {
    return [...(this.#contents.runs.get(runId)?.events ?? [])]
  }

  async closeRun(runId: string, summary: Summary): Promise<void> {
    const stored = this.#contents.runs.get(runId)
    if (stored === undefined) throw new AppError('not-found', `There is no run ${runId}.`)
    stored.run = closedRun(stored.run, summary)
    stored.summary = { ...summary, points: [] }
  }

  async summary(runId: string): Promise<Summary | null> {
    const summary = this.#contents.runs.get(runId)?.summary ?? null
    return summary && { ...summary, points: await this.points(runId) }
  }

  async annotateRun(id: string, notes: Partial<Run>): Promise<Run> {
    const stored = this.#contents.runs.get(id)
    if (stored === undefined) throw new AppError('not-found', `There is no run ${id}.`)
    stored.run = { ...stored.run, ...notes }
    return stored.run
  }

  async deleteRun(id: string): Promise<void> {
    const run = await this.run(id)
    if (run === null) throw new AppError('not-found', `There is no run ${id}.`)
    if (run.endedAt === null) throw new AppError('conflict', 'This run is still going.', { hint: 'Stop it first.' })
    this.#contents.runs.delete(id)
  }

  /** The processes that carry these runs are virtual, and never die with the store. */
  async closeOrphans(): Promise<string[]> {
    return []
  }

  async setting(key: string): Promise<string | null> {
    return this.#contents.settings.get(key) ?? null
  }

  async setSetting(key: string, value: string): Promise<void> {
    this.#contents.settings.set(key, value)
  }

  notices(): string[] {
    return []
  }

  async close(): Promise<void> {
    this.goBackTo(null)
  }

  #alive(): Task[] {
    return [...this.#contents.tasks.values()].flatMap(({ deletedAt, ...task }) => (deletedAt === null ? [task] : []))
  }

  #existing(id: string): Task {
    const task = this.#alive().find((alive) => alive.id === id)
    if (task === undefined) throw new AppError('not-found', `There is no task ${id}.`)
    return task
  }

  #idle(id: string, what: 'changed' | 'deleted'): Task {
    const task = this.#existing(id)
    if (isLive(task.status)) throw new AppError('conflict', `"${task.spec.name}" is running and cannot be ${what}.`, { hint: 'Stop it first.' })
    return task
  }

  #put(task: Task): Task {
    this.#contents.tasks.set(task.id, { ...task, deletedAt: null })
    return task
  }
}

function copyOf(spec: TaskSpec): TaskSpec {
  return JSON.parse(JSON.stringify(spec)) as TaskSpec
}
