import { AppError } from '../../shared/errors.ts'
import type { Task } from '../../shared/task/task.ts'
import { isLive } from '../../shared/task/transition.ts'
import type { ApiParts } from './parts.ts'

type Parts = Pick<ApiParts, 'tasks' | 'cluster' | 'live' | 'newId'>

/** How long a master may take to pass a stop on before workers are told without one, ms. */
const MASTER_MAY_TAKE_MS = 1000
/** Between two attempts to deliver a stop while nobody can be reached, ms. */
const TRY_AGAIN_MS = 500

/**
 * Brings stops to the workers by whichever way is open: by the store and the master, so that all stop at one instant;
 * by a stop record, which workers obey without either; and while nobody can be reached at all, as soon as somebody can.
 */
export class Stops {
  readonly #parts: Parts
  readonly #queued = new Set<string>()
  #retry: NodeJS.Timeout | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Tasks whose stop could not be delivered yet. */
  get queued(): string[] {
    return [...this.#queued]
  }

  async stop(id: string): Promise<{ queued: boolean }> {
    try {
      await this.#deliver(id)
      return { queued: false }
    } catch (error) {
      if (!isOutOfReach(error)) throw error
      this.#queue(id)
      return { queued: true }
    }
  }

  /** Throws `store-unavailable` when it cannot even be learned what is going. */
  async stopAll(): Promise<{ stopped: string[]; queued: boolean }> {
    const live = (await this.#liveTasks()).map(({ id }) => id)
    const told = await Promise.all(live.map((id) => this.stop(id)))
    return { stopped: live, queued: told.some(({ queued }) => queued) }
  }

  /** Out of reach, those whose views are still known here. */
  async #liveTasks(): Promise<{ id: string }[]> {
    try {
      return (await this.#parts.tasks.tasks()).filter(({ status }) => isLive(status))
    } catch (error) {
      const known = this.#parts.live.views().filter(({ run }) => run.endedAt === null)
      if (!isOutOfReach(error) || known.length === 0) throw error
      return known.map(({ run }) => ({ id: run.taskId }))
    }
  }

  async #deliver(id: string): Promise<void> {
    const { tasks, cluster, newId } = this.#parts
    const task = await tasks.change(id, { type: 'stop' }).catch((error: unknown) => this.#withoutStore(error, id))
    if (task === null) return
    await cluster.request({ id: newId(), op: 'look' })
    setTimeout(() => void this.#insist(task).catch(() => this.#queue(id)), MASTER_MAY_TAKE_MS).unref()
  }

  /** A full disk must not keep a run going. */
  async #withoutStore(error: unknown, id: string): Promise<null> {
    if (!isOutOfReach(error)) throw error
    const task = await this.#parts.tasks.task(id)
    if (task === null) throw new AppError('not-found', `There is no task ${id}.`)
    await this.#parts.cluster.stop({ taskId: id, orderNo: task.revision + 1 })
    return null
  }

  /** No master has passed it on: workers are told without one. */
  async #insist({ id, runId, revision }: Task): Promise<void> {
    const status = runId === null ? undefined : this.#parts.live.view(runId)?.run.status
    if (status !== 'starting' && status !== 'running' && status !== undefined) return
    if ((await this.#parts.tasks.task(id))?.status === 'pending-stop') await this.#parts.cluster.stop({ taskId: id, orderNo: revision })
  }

  #queue(id: string): void {
    this.#queued.add(id)
    this.#retry ??= setInterval(() => void this.#deliverQueued(), TRY_AGAIN_MS).unref()
  }

  async #deliverQueued(): Promise<void> {
    for (const id of this.#queued) {
      const left = await this.#deliver(id).then(() => false, isOutOfReach)
      if (!left) this.#queued.delete(id)
    }
    if (this.#queued.size > 0) return
    clearInterval(this.#retry)
    this.#retry = undefined
  }
}

function isOutOfReach(error: unknown): boolean {
  return error instanceof AppError && error.code === 'store-unavailable'
}
