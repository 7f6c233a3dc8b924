import type { Run } from '../../../shared/results/run.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Point, RunEvent, Summary } from '../../../shared/results/summary.ts'
import type { TaskReport } from '../../../shared/task/task.ts'
import type { TaskStore } from '../../backend/task-store.ts'
import type { NodeNotice } from '../driver.ts'

/**
 * A run on its way into the task store, best effort: a store that fails never disturbs the run. What it could not take
 * is kept and offered again with the next second, so a disk that comes back loses nothing.
 */
export class RunArchive {
  readonly #tasks: TaskStore
  readonly #notify: (notice: NodeNotice) => void
  readonly #run: Run
  #opened = false
  #points: Point[] = []
  #events: RunEvent[] = []
  #ending: { summary: Summary; event: TaskReport } | null = null
  #failing = false

  constructor(run: Run, tasks: TaskStore, notify: (notice: NodeNotice) => void) {
    this.#run = run
    this.#tasks = tasks
    this.#notify = notify
  }

  /** Resolves whether the store has everything. */
  async append(points: readonly Point[], events: readonly RunEvent[], state?: string): Promise<boolean> {
    this.#points.push(...points)
    this.#events.push(...events)
    return this.#attempt(() => this.#store(state))
  }

  /** The result, and the task's last state. Resolves whether the store has both; otherwise call {@link retry} later. */
  async close(summary: Summary, event: TaskReport): Promise<boolean> {
    this.#ending = { summary, event }
    return this.retry()
  }

  async retry(): Promise<boolean> {
    return this.#attempt(async () => {
      await this.#store()
      if (this.#ending === null) return
      await this.#close(this.#ending.summary)
      await this.#end(this.#ending.event)
    })
  }

  async #store(state?: string): Promise<void> {
    if (!this.#opened) await this.#tasks.openRun(this.#run)
    this.#opened = true
    const points = this.#points.length
    const events = this.#events.length
    await this.#tasks.appendPoints(this.#run.id, this.#points, this.#events, state)
    this.#points.splice(0, points)
    this.#events.splice(0, events)
  }

  /** A store that has lost the run gets it again: the result must not be lost as well. */
  async #close(summary: Summary): Promise<void> {
    const close = (): Promise<void> => this.#tasks.closeRun(this.#run.id, summary)
    await close().catch(async (error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'not-found') throw error
      await this.#tasks.openRun(this.#run)
      await close()
    })
  }

  /** Somebody may have ended the task already: a former attempt whose outcome was not heard of. Or it has begun another run since, maybe while this was under way. */
  async #end(event: TaskReport): Promise<void> {
    await this.#tasks.change(this.#run.taskId, { ...event, runId: this.#run.id }).catch((error: unknown) => {
      if (!(error instanceof AppError) || (error.code !== 'conflict' && error.code !== 'not-found')) throw error
    })
  }

  async #attempt(step: () => Promise<void>): Promise<boolean> {
    try {
      await step()
      this.#recover()
      return true
    } catch (error) {
      this.#complain(error)
      return false
    }
  }

  #complain(error: unknown): void {
    if (this.#failing) return
    this.#failing = true
    const why = error instanceof Error ? error.message : String(error)
    this.#notify({ id: `storage:${this.#run.id}`, level: 'bad', text: `The run "${this.#run.taskName}" goes on, but is not stored: ${why}` })
  }

  #recover(): void {
    if (!this.#failing) return
    this.#failing = false
    this.#notify({ id: `storage:${this.#run.id}`, level: 'info', text: `The run "${this.#run.taskName}" is stored again, without a gap.` })
  }
}
