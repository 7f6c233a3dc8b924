import { ulid } from 'ulid'
import type { RunFilter } from '../../shared/results/run-filter.ts'
import type { Run } from '../../shared/results/run.ts'
import { AppError } from '../../shared/errors.ts'
import type { Point, RunEvent, Summary } from '../../shared/results/summary.ts'
import type { Task, TaskEvent, TaskSpec } from '../../shared/task/task.ts'
import { masked } from '../../shared/task/mask-spec.ts'
import { isLive, transition } from '../../shared/task/transition.ts'
import { closedRun } from './closed-run.ts'
import { filteredRuns } from './filtered-runs.ts'
import { closeOrphans } from './orphans.ts'
import { thisProcess, type Owner } from './owner.ts'
import { SqliteDatabase } from './sqlite-database.ts'
import { runOf, taskOf } from './sqlite-rows.ts'
import type { LocalTaskStore } from './task-store.ts'

export interface SqliteTaskStoreOptions {
  now?: () => number
  /** Which process the store speaks for; tests play several. */
  owner?: Owner
}

/** How long a deleted task can be brought back, ms. */
const UNDO_MS = 24 * 3_600_000
const DEFAULT_LIMIT = 200

/** Opens or makes the file. Throws `store-unavailable`, or `cannot-start` for a file of a newer version. */
export function openSqliteTaskStore(path: string, options: SqliteTaskStoreOptions = {}): LocalTaskStore {
  const now = options.now ?? Date.now
  return new SqliteTaskStore(new SqliteDatabase(path, now), now, options.owner ?? thisProcess(now()))
}

class SqliteTaskStore implements LocalTaskStore {
  readonly #database: SqliteDatabase
  readonly #now: () => number
  readonly #owner: string

  constructor(database: SqliteDatabase, now: () => number, owner: Owner) {
    this.#database = database
    this.#now = now
    this.#owner = JSON.stringify(owner)
  }

  async tasks(): Promise<Task[]> {
    return this.#database.all('SELECT * FROM tasks WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC').map(taskOf)
  }

  async task(id: string): Promise<Task | null> {
    const row = this.#database.get('SELECT * FROM tasks WHERE id = ? AND deleted_at IS NULL', id)
    return row === undefined ? null : taskOf(row)
  }

  async create(spec: TaskSpec): Promise<Task> {
    const now = this.#now()
    const task: Task = { id: ulid(now), spec, status: 'draft', revision: 1, runId: null, wantedRate: null, reason: null, createdAt: now, updatedAt: now }
    this.#insert(task)
    return task
  }

  async update(id: string, spec: TaskSpec): Promise<Task> {
    return this.#database.transaction(() => {
      const task = this.#idle(id, 'changed')
      return this.#write({ ...task, spec, revision: task.revision + 1, updatedAt: this.#now() })
    })
  }

  async delete(id: string): Promise<void> {
    this.#database.transaction(() => {
      this.#idle(id, 'deleted')
      this.#database.run('DELETE FROM tasks WHERE deleted_at < ?', this.#now() - UNDO_MS)
      this.#database.run('UPDATE tasks SET deleted_at = ? WHERE id = ?', this.#now(), id)
    })
  }

  async restore(id: string): Promise<Task> {
    this.#database.run('UPDATE tasks SET deleted_at = NULL WHERE id = ?', id)
    return this.#existing(id)
  }

  async putBack(task: Task): Promise<void> {
    this.#database.transaction(() => {
      const row = this.#database.get('SELECT revision, deleted_at FROM tasks WHERE id = ?', task.id)
      if (row === undefined) this.#insert(task)
      else if (row['deleted_at'] === null && (row['revision'] as number) < task.revision) this.#write(task)
    })
  }

  async change(id: string, event: TaskEvent): Promise<Task> {
    return this.#database.transaction(() => {
      const task = this.#write(transition(this.#existing(id), event, this.#now()))
      if (event.type === 'start') this.#database.run('UPDATE tasks SET owner = ? WHERE id = ?', this.#owner, id)
      return task
    })
  }

  async pending(): Promise<Task[]> {
    return this.#database
      .all(`SELECT * FROM tasks WHERE status IN ('pending-run', 'pending-rate-change', 'pending-stop') AND deleted_at IS NULL AND owner = ? ORDER BY updated_at, id`, this.#owner)
      .map(taskOf)
  }

  async runs(filter: RunFilter): Promise<Run[]> {
    return filteredRuns(async ({ taskId, before, limit }) => this.#database
      .all(
        'SELECT run FROM runs WHERE (?1 IS NULL OR task_id = ?1) AND (?2 IS NULL OR started_at < ?2) ORDER BY started_at DESC, id DESC LIMIT ?3',
        taskId ?? null, before ?? null, limit,
      )
      .map(runOf), filter, filter.limit ?? DEFAULT_LIMIT)
  }

  async run(id: string): Promise<Run | null> {
    const row = this.#database.get('SELECT run FROM runs WHERE id = ?', id)
    return row === undefined ? null : runOf(row)
  }

  async openRun(run: Run): Promise<void> {
    this.#database.run('INSERT INTO runs (id, task_id, started_at, owner, run) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING', run.id, run.taskId, run.startedAt, this.#owner, JSON.stringify(masked(run)))
  }

  async appendPoints(runId: string, points: Point[], events: RunEvent[], state?: string): Promise<void> {
    this.#database.transaction(() => {
      this.#append(runId, points, events)
      this.#database.run('UPDATE runs SET state = coalesce(?, state) WHERE id = ? AND ended_at IS NULL', state ?? null, runId)
      if (points.length > 0) this.#database.run(`UPDATE runs SET run = json_set(run, '$.status', 'running') WHERE id = ? AND ended_at IS NULL`, runId)
    })
  }

  async points(runId: string): Promise<Point[]> {
    return this.#database.all('SELECT point FROM points WHERE run_id = ? ORDER BY at_ms', runId).map((row) => JSON.parse(row['point'] as string) as Point)
  }

  async events(runId: string): Promise<RunEvent[]> {
    return this.#database.all('SELECT event FROM events WHERE run_id = ? ORDER BY id', runId).map((row) => JSON.parse(row['event'] as string) as RunEvent)
  }

  async closeRun(runId: string, summary: Summary): Promise<void> {
    this.#database.transaction(() => {
      const row = this.#database.get('SELECT run FROM runs WHERE id = ?', runId)
      if (row === undefined) throw new AppError('not-found', `There is no run ${runId}.`)
      this.#close(closedRun(runOf(row), summary), summary)
    })
  }

  async keepRun(run: Run, summary: Summary): Promise<boolean> {
    return this.#database.transaction(() => {
      if (this.#database.get('SELECT id FROM runs WHERE id = ?', run.id) !== undefined) return false
      this.#database.run('INSERT INTO runs (id, task_id, started_at, run) VALUES (?, ?, ?, ?)', run.id, run.taskId, run.startedAt, JSON.stringify(masked(run)))
      this.#append(run.id, summary.points, summary.events)
      this.#close(closedRun(masked(run), summary), summary)
      return true
    })
  }

  async summary(runId: string): Promise<Summary | null> {
    const row = this.#database.get('SELECT summary FROM runs WHERE id = ? AND summary IS NOT NULL', runId)
    return row === undefined ? null : { ...(JSON.parse(row['summary'] as string) as Summary), points: await this.points(runId) }
  }

  async annotateRun(id: string, notes: Parameters<LocalTaskStore['annotateRun']>[1]): Promise<Run> {
    return this.#database.transaction(() => {
      const row = this.#database.get('SELECT run FROM runs WHERE id = ?', id)
      if (row === undefined) throw new AppError('not-found', `There is no run ${id}.`)
      const run: Run = { ...runOf(row), ...notes }
      this.#database.run('UPDATE runs SET run = ? WHERE id = ?', JSON.stringify(run), id)
      return run
    })
  }

  async deleteRun(id: string): Promise<void> {
    this.#database.transaction(() => {
      const row = this.#database.get('SELECT ended_at FROM runs WHERE id = ?', id)
      if (row === undefined) throw new AppError('not-found', `There is no run ${id}.`)
      if (row['ended_at'] === null) throw new AppError('conflict', 'This run is still going.', { hint: 'Stop it first.' })
      for (const table of ['points', 'events']) this.#database.run(`DELETE FROM ${table} WHERE run_id = ?`, id)
      this.#database.run('DELETE FROM runs WHERE id = ?', id)
    })
  }

  async closeOrphans(): Promise<string[]> {
    return closeOrphans(this.#database, this, this.#now())
  }

  async setting(key: string): Promise<string | null> {
    return (this.#database.get('SELECT value FROM settings WHERE key = ?', key)?.['value'] as string | undefined) ?? null
  }

  async setSetting(key: string, value: string): Promise<void> {
    this.#database.run('INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', key, value)
  }

  notices(): string[] {
    return [...this.#database.notices]
  }

  /** What this process was still carrying is nobody's from now on. */
  async close(): Promise<void> {
    try {
      this.#database.run('UPDATE runs SET owner = NULL WHERE owner = ? AND ended_at IS NULL', this.#owner)
      this.#database.run('UPDATE tasks SET owner = NULL WHERE owner = ?', this.#owner)
    } catch {
      // a store that takes no more writes: the process will be found dead
    }
    this.#database.close()
  }

  #append(runId: string, points: Point[], events: RunEvent[]): void {
    for (const point of points) this.#database.run('INSERT OR REPLACE INTO points (run_id, at_ms, point) VALUES (?, ?, ?)', runId, point.atMs, JSON.stringify(point))
    for (const event of events) this.#database.run('INSERT INTO events (run_id, event) VALUES (?, ?)', runId, JSON.stringify(event))
  }

  #close(run: Run, summary: Summary): void {
    this.#database.run(
      'UPDATE runs SET run = ?, summary = ?, started_at = ?, ended_at = ?, state = NULL WHERE id = ?',
      JSON.stringify(run), JSON.stringify({ ...summary, points: [] }), run.startedAt, run.endedAt, run.id,
    )
  }

  #existing(id: string): Task {
    const row = this.#database.get('SELECT * FROM tasks WHERE id = ? AND deleted_at IS NULL', id)
    if (row === undefined) throw new AppError('not-found', `There is no task ${id}.`)
    return taskOf(row)
  }

  #idle(id: string, what: 'changed' | 'deleted'): Task {
    const task = this.#existing(id)
    if (isLive(task.status)) throw new AppError('conflict', `"${task.spec.name}" is running and cannot be ${what}.`, { hint: 'Stop it first.' })
    return task
  }

  #insert({ id, spec, status, revision, runId, wantedRate, reason, createdAt, updatedAt }: Task): void {
    this.#database.run(
      'INSERT INTO tasks (id, spec, status, revision, run_id, wanted_rate, reason, created_at, updated_at, owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      id, JSON.stringify(spec), status, revision, runId, wantedRate, reason, createdAt, updatedAt, runId === null ? null : this.#owner,
    )
  }

  #write(task: Task): Task {
    this.#database.run(
      'UPDATE tasks SET spec = ?, status = ?, revision = ?, run_id = ?, wanted_rate = ?, reason = ?, updated_at = ? WHERE id = ?',
      JSON.stringify(task.spec), task.status, task.revision, task.runId, task.wantedRate, task.reason, task.updatedAt, task.id,
    )
    return task
  }
}
