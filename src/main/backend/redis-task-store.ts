import { ulid } from 'ulid'
import { z } from 'zod'
import type { RunFilter } from '../../shared/results/run-filter.ts'
import type { Run } from '../../shared/results/run.ts'
import { AppError } from '../../shared/errors.ts'
import type { Point, RunEvent, Summary } from '../../shared/results/summary.ts'
import type { Task, TaskEvent, TaskSpec } from '../../shared/task/task.ts'
import { isLive, transition } from '../../shared/task/transition.ts'
import { Envelopes } from './envelope.ts'
import type { RedisLink } from './redis/connection.ts'
import { textOf } from './redis/replies.ts'
import { RedisSpace } from './redis/space.ts'
import { StoredRuns } from './redis/stored-runs.ts'
import { StoredTasks, type Standing } from './redis/stored-tasks.ts'
import { Vault } from './redis/vault.ts'
import type { TaskStore } from './task-store.ts'

export interface RedisTaskStoreOptions {
  /** As of the cluster state. */
  namespace: string
  secret: string
  now?: () => number
}

/** How long a deleted task can be brought back, ms. */
const UNDO_MS = 24 * 3_600_000
/** Of what it has to say about itself. */
const KEPT_NOTICES = 20

/**
 * Tasks and runs of a cluster, next to its cluster state: whoever becomes master finds them. Nothing in it belongs to a
 * process: any master sees to what is pending, and a run whose master died is nobody's orphan, since its successor goes
 * on with it. The connection belongs to the caller. Throws AppError `bad-input` for a namespace that is none.
 */
export function openRedisTaskStore(link: RedisLink, options: RedisTaskStoreOptions): TaskStore {
  return new RedisTaskStore(link, options)
}

class RedisTaskStore implements TaskStore {
  readonly #space: RedisSpace
  readonly #vault: Vault
  readonly #tasks: StoredTasks
  readonly #runs: StoredRuns
  readonly #now: () => number
  readonly #notices: string[] = []

  constructor(link: RedisLink, { namespace, secret, now = Date.now }: RedisTaskStoreOptions) {
    this.#space = new RedisSpace(link, namespace)
    this.#vault = new Vault(new Envelopes(secret, namespace), (text) => this.#note(text))
    this.#tasks = new StoredTasks(this.#space, this.#vault)
    this.#runs = new StoredRuns(this.#space, this.#vault)
    this.#now = now
  }

  async tasks(): Promise<Task[]> {
    const byChange = (one: Task, other: Task): number => other.updatedAt - one.updatedAt || (one.id < other.id ? 1 : -1)
    return (await this.#tasks.all()).sort(byChange)
  }

  task(id: string): Promise<Task | null> {
    return this.#tasks.one(id)
  }

  async create(spec: TaskSpec): Promise<Task> {
    const now = this.#now()
    const task: Task = { id: ulid(now), spec, status: 'draft', revision: 1, runId: null, wantedRate: null, reason: null, createdAt: now, updatedAt: now }
    await this.#tasks.change(task.id, () => ({ task, deleted: null }))
    return task
  }

  update(id: string, spec: TaskSpec): Promise<Task> {
    return this.#write(id, (standing) => {
      const task = idle(id, standing, 'changed')
      return { ...task, spec, revision: task.revision + 1, updatedAt: this.#now() }
    })
  }

  async delete(id: string): Promise<void> {
    const now = this.#now()
    await this.#tasks.change(id, (standing) => ({ task: null, deleted: { task: idle(id, standing, 'deleted'), deletedAt: now } }))
    await this.#tasks.purge(now - UNDO_MS)
  }

  restore(id: string): Promise<Task> {
    return this.#write(id, ({ task, deleted }) => task ?? existing(id, deleted?.task ?? null))
  }

  async putBack(task: Task): Promise<void> {
    await this.#tasks.change(task.id, (standing) => (standing.deleted === null && (standing.task?.revision ?? 0) < task.revision ? { task, deleted: null } : standing))
  }

  change(id: string, event: TaskEvent): Promise<Task> {
    return this.#write(id, ({ task }) => transition(existing(id, task), event, this.#now()))
  }

  async pending(): Promise<Task[]> {
    const byChange = (one: Task, other: Task): number => one.updatedAt - other.updatedAt || (one.id < other.id ? -1 : 1)
    return (await this.#tasks.pending()).sort(byChange)
  }

  runs(filter: RunFilter): Promise<Run[]> {
    return this.#runs.list(filter)
  }

  run(id: string): Promise<Run | null> {
    return this.#runs.one(id)
  }

  openRun(run: Run): Promise<void> {
    return this.#runs.open(run)
  }

  /** Without the state: what a successor goes on with is in the cluster state, and no run here belongs to a process that could die. */
  appendPoints(runId: string, points: Point[], events: RunEvent[]): Promise<void> {
    return this.#runs.append(runId, points, events)
  }

  points(runId: string): Promise<Point[]> {
    return this.#runs.points(runId)
  }

  events(runId: string): Promise<RunEvent[]> {
    return this.#runs.events(runId)
  }

  closeRun(runId: string, summary: Summary): Promise<void> {
    return this.#runs.close(runId, summary)
  }

  summary(runId: string): Promise<Summary | null> {
    return this.#runs.summary(runId)
  }

  annotateRun(id: string, notes: Parameters<TaskStore['annotateRun']>[1]): Promise<Run> {
    return this.#runs.annotate(id, notes)
  }

  deleteRun(id: string): Promise<void> {
    return this.#runs.delete(id)
  }

  /** None: what a dead master led is led on by its successor. */
  async closeOrphans(): Promise<string[]> {
    return []
  }

  async setting(key: string): Promise<string | null> {
    const sealed = textOf(await this.#space.ask((redis) => redis.hget(`${this.#space.prefix}store:settings`, key)))
    return this.#vault.open<string>('setting', `store/setting/${key}`, sealed, z.string())
  }

  async setSetting(key: string, value: string): Promise<void> {
    await this.#space.ask((redis) => redis.hset(`${this.#space.prefix}store:settings`, key, this.#vault.seal('setting', `store/setting/${key}`, value)))
  }

  notices(): string[] {
    return [...this.#notices]
  }

  /** Nothing to give up: the connection is the caller's, and what is stored is the cluster's. */
  async close(): Promise<void> {}

  async #write(id: string, decide: (standing: Standing) => Task): Promise<Task> {
    const { task } = await this.#tasks.change(id, (standing) => ({ task: decide(standing), deleted: null }))
    return existing(id, task)
  }

  #note(text: string): void {
    if (this.#notices.length < KEPT_NOTICES) this.#notices.push(text)
  }
}

function existing(id: string, task: Task | null): Task {
  if (task === null) throw new AppError('not-found', `There is no task ${id}.`)
  return task
}

function idle(id: string, { task }: Standing, what: 'changed' | 'deleted'): Task {
  const found = existing(id, task)
  if (isLive(found.status)) throw new AppError('conflict', `"${found.spec.name}" is running and cannot be ${what}.`, { hint: 'Stop it first.' })
  return found
}
