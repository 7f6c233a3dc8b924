import type { LiveRuns } from './live-runs.ts'
import type { LocalTaskStore, TaskStore } from './task-store.ts'

export interface RunKeeperParts {
  live: LiveRuns
  /** Of the cluster. */
  tasks: TaskStore
  /** Of this machine. */
  local: LocalTaskStore
  onNotice: (text: string) => void
}

/** How often a run that could not be kept, or whose end was not seen, is tried again, ms. */
const RETRY_MS = 5000

/**
 * Keeps a copy of every run of the cluster that ends while this process watches, so that a machine has its results also
 * without the cluster. Best effort: a run never waits for it, and each is kept once.
 */
export class RunKeeper {
  readonly #parts: RunKeeperParts
  readonly #seen = new Set<string>()
  readonly #kept = new Set<string>()
  readonly #stopWatching: () => void
  readonly #timer: NodeJS.Timeout
  #work: Promise<void> = Promise.resolve()
  #complained = false

  constructor(parts: RunKeeperParts) {
    this.#parts = parts
    this.#stopWatching = parts.live.watch((runId) => this.#see(runId))
    this.#timer = setInterval(() => this.#lookAgain(), RETRY_MS).unref()
  }

  /** Keeps what has ended, and stops. */
  async close(): Promise<void> {
    this.#stopWatching()
    clearInterval(this.#timer)
    this.#lookAgain()
    await this.#work
  }

  #see(runId: string): void {
    if (this.#kept.has(runId)) return
    this.#seen.add(runId)
    if (this.#hasEnded(runId)) this.#queue(runId)
  }

  #lookAgain(): void {
    for (const runId of this.#seen) if (this.#hasEnded(runId)) this.#queue(runId)
  }

  /** Also one that the cluster has forgotten: its end came while this machine slept or was cut off. */
  #hasEnded(runId: string): boolean {
    const view = this.#parts.live.view(runId)
    return view === null || view.run.endedAt !== null
  }

  #queue(runId: string): void {
    this.#work = this.#work.then(() => this.#keep(runId)).catch(() => undefined) // out of reach: looked at again
  }

  async #keep(runId: string): Promise<void> {
    if (this.#kept.has(runId)) return
    const { live, tasks, local } = this.#parts
    const run = live.view(runId)?.run ?? (await tasks.run(runId))
    const summary = (await tasks.summary(runId)) ?? live.summary(runId)
    if (run !== null && summary === null) return // the task store lags behind: looked at again
    if (run !== null && summary !== null) await local.keepRun(run, summary).catch((error: unknown) => this.#complain(error))
    this.#kept.add(runId)
    this.#seen.delete(runId)
  }

  #complain(error: unknown): never {
    if (!this.#complained) this.#parts.onNotice(`Runs of the cluster are not kept on this machine: ${error instanceof Error ? error.message : String(error)}`)
    this.#complained = true
    throw error
  }
}
