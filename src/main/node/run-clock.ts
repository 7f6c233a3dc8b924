import type { NodeInfo } from '../../shared/cluster.ts'
import { hasBegun, type ActiveRun } from './active-run.ts'
import { bootKey, type Boot } from './boot-key.ts'
import type { WorkNodeDriver } from './driver.ts'
import type { NodeBook } from './node-book.ts'

/** Two clocks that are further apart than this have been set, not measured badly, ms. */
const STEP_MS = 100

/**
 * Keeps the master's view of its runs in time when the clock of the cluster is set. What nodes send follows their own
 * clocks once it has begun; so it is the run's start that moves, on the clock that was set.
 */
export class RunClock {
  readonly #worker: Pick<WorkNodeDriver, 'steppedMs' | 'clusterNow' | 'elapsed'>
  readonly #book: Pick<NodeBook, 'find'>
  /** Runs of which it is known when they began, on the clock as it was when this term began. */
  readonly #known = new Set<ActiveRun>()
  /** Beat of each boot when it was first looked at: what was said by then may be older than a step. */
  readonly #firstBeats = new Map<string, number>()
  #followedMs: number

  constructor(worker: Pick<WorkNodeDriver, 'steppedMs' | 'clusterNow' | 'elapsed'>, book: Pick<NodeBook, 'find'>) {
    this.#worker = worker
    this.#book = book
    this.#followedMs = worker.steppedMs
  }

  follow(runs: Iterable<ActiveRun>): void {
    const steppedMs = this.#worker.steppedMs - this.#followedMs
    this.#followedMs += steppedMs
    for (const active of runs) move(active, this.#offBy(active, steppedMs))
  }

  /** This node knows best if it carries the run; otherwise whoever does says what may have happened before this term. */
  #offBy(active: ActiveRun, steppedMs: number): number {
    if (!hasBegun(active)) return steppedMs
    const elapsedMs = this.#worker.elapsed(active.run.id)
    if (elapsedMs !== null) return this.#worker.clusterNow() - active.startAt - elapsedMs
    if (this.#known.has(active)) return steppedMs
    const told = this.#toldStart(active)
    if (told !== null) this.#known.add(active)
    return told === null ? steppedMs : told - active.startAt
  }

  /** What a node has said in this term. */
  #sinceThen(part: Boot): NodeInfo | null {
    const info = this.#book.find(part.nodeId, part.boot)
    const key = bootKey(part)
    if (info !== null && !this.#firstBeats.has(key)) this.#firstBeats.set(key, info.beat)
    return info !== null && info.beat > (this.#firstBeats.get(key) ?? info.beat) ? info : null
  }

  /** In the middle of what its nodes say; null while none has said anything. */
  #toldStart({ run, parts }: ActiveRun): number | null {
    const told = parts.flatMap((part) => this.#sinceThen(part)?.work.find(({ runId }) => runId === run.id)?.startAt ?? [])
    return told.sort((a, b) => a - b)[Math.floor(told.length / 2)] ?? null
  }
}

function move(active: ActiveRun, byMs: number): void {
  if (Math.abs(byMs) <= STEP_MS) return
  active.openedAt += byMs
  if (hasBegun(active)) active.startAt += byMs
  for (const part of active.parts) part.askedAt += byMs
}
