import type { RunView } from '../../shared/results/run.ts'
import type { RunEvent, Point, Summary } from '../../shared/results/summary.ts'
import type { ClusterState } from './cluster-state.ts'

/**
 * What the api may know of runs that are live or have just ended, on whichever node the master is: the master commits
 * a view with each closed second and each change of state, and every node follows the cluster state. A run that is
 * not (or no longer) here is in the task store; between `task.start` and the master's first step it is in neither.
 */
export interface LiveRuns {
  /** As of the last commit; null when unknown here. */
  view(runId: string): RunView | null
  views(): RunView[]
  /** The result of a run that has ended, points included: here even if the task store could not keep it. */
  summary(runId: string): Summary | null
  /** Closed seconds after `afterMs` and all events; null when unknown here. */
  points(runId: string, afterMs: number): Promise<{ points: Point[]; events: RunEvent[] } | null>
  /** Tells which run's view moved. Returns the way to stop listening. */
  watch(listener: (runId: string) => void): () => void
}

/** Nudges may get lost: look by oneself as often as this, ms. */
const LOOK_EVERY_MS = 1000

/** Follows the cluster's views. `close` stops following. */
export function followLiveRuns(cluster: ClusterState): LiveRuns & { close(): void } {
  const follower = new Follower(cluster)
  return {
    view: (runId) => follower.view(runId),
    views: () => follower.views(),
    summary: (runId) => follower.summary(runId),
    points: (runId, afterMs) => cluster.live(runId, afterMs),
    watch: (listener) => follower.watch(listener),
    close: () => follower.close(),
  }
}

class Follower {
  readonly #cluster: ClusterState
  readonly #listeners = new Set<(runId: string) => void>()
  readonly #stopWatching: () => void
  readonly #timer: NodeJS.Timeout
  #runs = new Map<string, { view: RunView; text: string; summary: Summary | null }>()
  #looking = false
  #again = false

  constructor(cluster: ClusterState) {
    this.#cluster = cluster
    this.#stopWatching = cluster.watch('live', () => void this.#look())
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref()
    void this.#look()
  }

  view(runId: string): RunView | null {
    return this.#runs.get(runId)?.view ?? null
  }

  views(): RunView[] {
    return [...this.#runs.values()].map((run) => run.view)
  }

  summary(runId: string): Summary | null {
    return this.#runs.get(runId)?.summary ?? null
  }

  watch(listener: (runId: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    this.#stopWatching()
    clearInterval(this.#timer)
    this.#listeners.clear()
  }

  async #look(): Promise<void> {
    this.#again = true
    if (this.#looking) return
    this.#looking = true
    while (this.#again) {
      this.#again = false
      await this.#take().catch(() => undefined) // out of reach: what was known stays shown, the timer looks again
    }
    this.#looking = false
  }

  async #take(): Promise<void> {
    const before = this.#runs
    const views = await this.#cluster.views()
    const next = new Map(views.map((view) => [view.run.id, { view, text: JSON.stringify(view), summary: before.get(view.run.id)?.summary ?? null }]))
    for (const [runId, run] of next) if (run.view.run.endedAt !== null && run.summary === null) run.summary = await this.#result(runId)
    this.#runs = next
    for (const [runId, run] of next) if (before.get(runId)?.text !== run.text) this.#tell(runId)
  }

  async #result(runId: string): Promise<Summary | null> {
    const live = await this.#cluster.live(runId, 0)
    return live?.summary ? { ...live.summary, points: live.points } : null
  }

  #tell(runId: string): void {
    for (const listener of this.#listeners) listener(runId)
  }
}
