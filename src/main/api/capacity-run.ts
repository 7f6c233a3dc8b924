import type { CapacityHold, CapacitySearch, CapacityView, HoldOutcome } from '../../shared/results/capacity.ts'
import { answer, holding, stopped } from '../../shared/results/capacity-words.ts'
import type { Api } from '../../shared/contract/contract.ts'
import type { RunView } from '../../shared/results/run.ts'
import { formatDuration } from '../../shared/duration.ts'
import { AppError } from '../../shared/errors.ts'
import type { Summary } from '../../shared/results/summary.ts'
import type { LoadSpec, TaskSpec } from '../../shared/task/task.ts'
import { isLive } from '../../shared/task/transition.ts'
import type { ApiParts } from './parts.ts'

/** The commands by which a hold is carried out: those that everybody has. */
export type HoldCommands = Pick<Api, 'task.start' | 'task.stop' | 'run.summary' | 'run.get'>

/** Connections open and code warms before anything is judged, ms. */
const SETTLE_MS = 3000
/** A threshold that has failed for so long will not hold in the end: the rest of the hold is spared, ms. */
const CLEARLY_FAILED_MS = 3000
/** How often a hold is looked at, ms. */
export const LOOK_EVERY_MS = 200

/**
 * One search for capacity. Each rate is a run of its own, with its own verdict: so a hold is judged like every run, on
 * this machine or on a cluster, and whoever doubts the answer opens the run.
 */
export class CapacityRun {
  readonly #parts: ApiParts
  readonly #commands: HoldCommands
  readonly #search: CapacitySearch
  #view: CapacityView
  readonly #lookEveryMs: number
  #holder: string | null = null
  #stopped = false

  constructor(parts: ApiParts, commands: HoldCommands, view: CapacityView, search: CapacitySearch, lookEveryMs: number) {
    this.#parts = parts
    this.#commands = commands
    this.#view = view
    this.#search = search
    this.#lookEveryMs = lookEveryMs
  }

  get view(): CapacityView {
    return this.#view
  }

  /** Searches to the end. Never rejects for what happens to a hold: that is an answer, too. */
  async run(spec: TaskSpec): Promise<CapacityView> {
    try {
      for (let rate = this.#search.next; rate !== null && !this.#stopped; rate = this.#search.next) await this.#hold(spec, rate)
      this.#tell(this.#stopped ? { status: 'stopped', rate: null, sentence: stopped(this.#search.bounds) } : { status: 'finished', rate: null, sentence: answer(this.#search.bounds, this.#view.holds) })
    } catch (error) {
      this.#tell({ status: 'failed', rate: null, sentence: { key: 'capacity.failed', params: { reason: (error as Error).message } } })
    } finally {
      if (this.#holder !== null) await this.#parts.tasks.delete(this.#holder).catch(() => undefined)
    }
    return this.#view
  }

  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#holder !== null) await this.#commands['task.stop']({ id: this.#holder }).catch(() => undefined)
  }

  async #hold(spec: TaskSpec, rate: number): Promise<void> {
    const taskId = await this.#prepare(spec, rate)
    const { runId } = await this.#commands['task.start']({ id: taskId })
    const hold: CapacityHold = { rate, runId, outcome: null, sentence: null, achievedRate: null, p50: null, p99: null, errorRate: null }
    this.#tell({ rate, holds: [...this.#view.holds, hold], sentence: holding(rate) })
    const { summary, cutShort } = await this.#end(taskId, runId)
    const outcome = outcomeOf(summary)
    if (summary.status === 'aborted' && !cutShort) this.#stopped = true
    else this.#search.record(outcome)
    this.#tell({ holds: [...this.#view.holds.slice(0, -1), { ...hold, ...figuresOf(summary), outcome: this.#stopped ? null : outcome, sentence: summary.sentence }], bounds: this.#search.bounds })
    if (summary.sentence.key.startsWith('verdict.no-response')) throw new AppError('cannot-start', summary.reason)
  }

  /** A task of its own carries the holds, so that the one that was asked for stays as it is. */
  async #prepare(spec: TaskSpec, rate: number): Promise<string> {
    const { abortOnFail: _, ...kept } = spec // a hold ends by what the search makes of it
    const held: TaskSpec = { ...kept, name: `${spec.name} · capacity`.slice(0, 200), load: loadOf(spec.load, rate, this.#view.holdMs), thresholds: this.#view.thresholds, tags: { ...spec.tags, capacity: this.#view.id } }
    if (this.#holder === null) this.#holder = (await this.#parts.tasks.create(held)).id
    else await this.#parts.tasks.update(this.#holder, held)
    return this.#holder
  }

  /** Waits for the end of a hold, and spares what is left of one that has clearly failed. */
  async #end(taskId: string, runId: string): Promise<{ summary: Summary; cutShort: boolean }> {
    for (let cutShort = false; ; await new Promise((resolve) => setTimeout(resolve, this.#lookEveryMs))) {
      const view = await this.#commands['run.get']({ id: runId }).catch(outOfReach)
      if (view?.run.endedAt != null && (await this.#isFree(taskId))) return { summary: await this.#commands['run.summary']({ id: runId }), cutShort }
      if (view === null || view.run.endedAt !== null || cutShort || !hasClearlyFailed(view)) continue
      cutShort = true
      await this.#commands['task.stop']({ id: taskId }).catch(outOfReach)
    }
  }

  /** Its state follows the run's end: only then can it be started anew. */
  async #isFree(taskId: string): Promise<boolean> {
    const task = await this.#parts.tasks.task(taskId).catch(outOfReach)
    return task !== null && !isLive(task.status)
  }

  #tell(change: Partial<CapacityView>): void {
    this.#view = { ...this.#view, ...change }
    this.#parts.tellCapacity(this.#view)
  }
}

/** The cluster may be gone for a while; its runs go on. */
function outOfReach(error: unknown): null {
  if (error instanceof AppError && error.code === 'store-unavailable') return null
  throw error
}

function loadOf({ connections, arrivals, maxInFlight, rate, stages }: LoadSpec, perSecond: number, holdMs: number): LoadSpec {
  const cap = rate === undefined && stages === undefined ? undefined : connections
  return {
    rate: perSecond, duration: formatDuration(holdMs), warmup: formatDuration(Math.min(SETTLE_MS, holdMs / 2)),
    ...(cap === undefined ? {} : { connections: cap }), ...(arrivals === undefined ? {} : { arrivals }), ...(maxInFlight === undefined ? {} : { maxInFlight }),
  }
}

function hasClearlyFailed({ elapsedMs, thresholds, run }: RunView): boolean {
  return run.status === 'running' && thresholds.some(({ failingSinceMs }) => failingSinceMs !== null && elapsedMs - failingSinceMs >= CLEARLY_FAILED_MS)
}

function outcomeOf({ verdict, status, reason }: Summary): HoldOutcome {
  if (status === 'failed') throw new AppError('cannot-start', reason)
  return verdict === 'not-trustworthy' ? 'untrusted' : verdict === 'failed' ? 'failed' : 'held'
}

function figuresOf({ rate, responseTime, ledger }: Summary): Pick<CapacityHold, 'achievedRate' | 'p50' | 'p99' | 'errorRate'> {
  return { achievedRate: rate.achieved, p50: responseTime.p50, p99: responseTime.p99, errorRate: ledger.completed === 0 ? null : ledger.failed / ledger.completed }
}
