import { createHash } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import type { Task } from '../../../shared/task/task.ts'
import { pendingTasks } from '../lua/pending-tasks.lua.ts'
import { swapTask } from '../lua/swap-task.lua.ts'
import { pairsOf, textOf } from './replies.ts'
import { deletedShape, taskShape } from './shapes.ts'
import type { RedisSpace } from './space.ts'
import type { Vault } from './vault.ts'

/** Somebody else's write makes a change begin anew; with this many in a row something is wrong. */
const ATTEMPTS = 100
const WANTS: ReadonlySet<Task['status']> = new Set(['pending-run', 'pending-rate-change', 'pending-stop'])

/** A task that can still be brought back. */
export interface Deleted {
  task: Task
  deletedAt: number
}

/** Where a task stands: among the tasks, among the deleted ones, or nowhere. */
export interface Standing {
  task: Task | null
  deleted: Deleted | null
}

/** The tasks of a cluster in Redis: read, decided upon here, and written if nobody else has written meanwhile. */
export class StoredTasks {
  readonly #space: RedisSpace
  readonly #vault: Vault

  constructor(space: RedisSpace, vault: Vault) {
    this.#space = space
    this.#vault = vault
  }

  async all(): Promise<Task[]> {
    return pairsOf(await this.#space.ask((redis) => redis.call('HGETALL', this.#keyOf('tasks')))).flatMap(([id, sealed]) => this.#open(id, textOf(sealed)) ?? [])
  }

  async one(id: string): Promise<Task | null> {
    return this.#open(id, textOf(await this.#space.ask((redis) => redis.hget(this.#keyOf('tasks'), id))))
  }

  async pending(): Promise<Task[]> {
    return pairsOf(await this.#space.run(pendingTasks)).flatMap(([id, sealed]) => this.#open(id, textOf(sealed)) ?? []).filter(({ status }) => WANTS.has(status))
  }

  /** `decide` may be asked more than once; whatever it throws ends the change. */
  async change(id: string, decide: (now: Standing) => Standing): Promise<Standing> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const read = textOf(await this.#space.ask((redis) => redis.hget(this.#keyOf('tasks'), id)))
      const known = this.#openDeleted(id, textOf(await this.#space.ask((redis) => redis.hget(this.#keyOf('deleted'), id))))
      const wanted = decide({ task: this.#open(id, read), deleted: known })
      if (await this.#swap(id, read, wanted)) return wanted
    }
    throw new AppError('conflict', 'This task is being changed by too many at once.', { hint: 'Try again.' })
  }

  /** Those deleted before this instant cannot be brought back any more. */
  async purge(before: number): Promise<void> {
    const all = pairsOf(await this.#space.ask((redis) => redis.call('HGETALL', this.#keyOf('deleted'))))
    const due = all.filter(([id, sealed]) => (this.#openDeleted(id, textOf(sealed))?.deletedAt ?? 0) < before).map(([id]) => id)
    if (due.length > 0) await this.#space.ask((redis) => redis.hdel(this.#keyOf('deleted'), ...due))
  }

  async #swap(id: string, read: string, { task, deleted }: Standing): Promise<boolean> {
    const outcome = await this.#space.run(swapTask, [
      id, read === '' ? '' : createHash('sha1').update(read).digest('hex'),
      task === null ? '' : this.#vault.seal('task', `store/task/${id}`, task), task !== null && WANTS.has(task.status) ? '1' : '',
      deleted === null ? '' : this.#vault.seal('task', `store/deleted/${id}`, deleted),
    ])
    return outcome === 'done'
  }

  #open(id: string, sealed: string): Task | null {
    return this.#vault.open<Task>('task', `store/task/${id}`, sealed, taskShape, (task) => task.id === id)
  }

  #openDeleted(id: string, sealed: string): Deleted | null {
    return this.#vault.open<Deleted>('task', `store/deleted/${id}`, sealed, deletedShape, ({ task }) => task.id === id)
  }

  #keyOf(name: 'tasks' | 'deleted'): string {
    return `${this.#space.prefix}store:${name}`
  }
}
