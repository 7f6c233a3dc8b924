import type { WorkReport } from '../../../shared/cluster/cluster.ts'
import { hasBegun, type ActiveRun, type Part } from './active-run.ts'
import { bootKey } from '../boot-key.ts'
import type { WorkNodeDriver } from '../driver.ts'
import type { NodeBook } from '../master/node-book.ts'

/** Two clocks that are further apart than this have been set, not measured badly, ms. */
const STEP_MS = 100
/** Starts that are told differ by what each node's clock may be wrong by over a bad link, ms. */
const DRIFT_MS = 500
/** What a node says of a run is not older than this when it is heard: a beat, the way, and the time between two looks, ms. */
const HEARD_WITHIN_MS = 2000
/** Whoever has not said by then how far a run is will not, ms. */
const ASKED_FOR_MS = 4000
/** Beats of one node come one after the other for so long at least, each so long after the one before, and their ways may differ by so much, ms. */
const BEATS = { lastMs: 1500, apartMs: 500, waysMs: 500 }

type Worker = Pick<WorkNodeDriver, 'steppedMs' | 'clusterNow' | 'hasTime' | 'elapsed'>

/** A run, and how far it is at least by the samples of it that were taken, ms; -Infinity: none was. */
interface Counted {
  active: ActiveRun
  toldMs: number
}

/** How far a run was by the word of a node, and when that was heard, monotonic ms. */
interface Beat {
  elapsedMs: number
  at: number
}

interface Heard extends Required<Pick<WorkReport, 'startAt' | 'elapsedMs'>> {
  /** Not heard before. */
  isNews: boolean
  /** The first word of it that is known in this term: nobody knows how old it is. */
  isFirst: boolean
  /** It came as long after those before as it was said after them: none was held up on its way. Two could be, by as much as it takes. */
  isFresh: boolean
}

/**
 * Keeps the master's view of its runs in time when the clock of the cluster is set. What nodes send follows their own
 * clocks once it has begun; so it is the run's start that moves, on the clock that was set.
 */
export class RunClock {
  readonly #worker: Worker
  readonly #book: Pick<NodeBook, 'find'>
  readonly #monotonic: () => number
  /** Runs of which it was heard in this term how far they are. */
  readonly #known = new WeakSet<ActiveRun>()
  /** Since when it is asked how far they are, monotonic ms. */
  readonly #askedSince = new WeakMap<ActiveRun, number>()
  /** What each boot said last, which is news once, and the first of those before that came in step with it. */
  readonly #heard = new Map<string, Beat & { beat: number; first: Beat; isFresh: boolean }>()
  #followedMs: number

  constructor(worker: Worker, book: Pick<NodeBook, 'find'>, monotonic: () => number) {
    this.#worker = worker
    this.#book = book
    this.#monotonic = monotonic
    this.#followedMs = worker.steppedMs
  }

  /** Whether it can be told at which instant of a run something is to happen. */
  knows(active: ActiveRun): boolean {
    if (!this.#worker.hasTime()) return false
    if (!hasBegun(active) || this.#known.has(active) || this.#worker.elapsed(active.run.id) !== null) return true
    return this.#monotonic() - (this.#askedSince.get(active) ?? Infinity) > ASKED_FOR_MS
  }

  follow(runs: Iterable<Counted>): void {
    if (!this.#worker.hasTime()) return
    const steppedMs = this.#worker.steppedMs - this.#followedMs
    this.#followedMs += steppedMs
    for (const { active, toldMs } of runs) {
      move(active, steppedMs)
      if (hasBegun(active)) this.#correct(active, toldMs)
    }
  }

  /** This node knows best if it carries the run; otherwise whoever does says what happened, before this term as well. */
  #correct(active: ActiveRun, toldMs: number): void {
    const elapsedMs = this.#worker.elapsed(active.run.id)
    if (elapsedMs !== null) return move(active, this.#worker.clusterNow() - elapsedMs - active.startAt)
    if (!this.#askedSince.has(active)) this.#askedSince.set(active, this.#monotonic())
    const told = active.parts.flatMap((part) => this.#toldBy(active, part) ?? [])
    this.#hear(active, told)
    // Nobody is ahead of the run, nor are the samples, whatever the clock says.
    const leastMs = Math.max(toldMs, ...told.map((each) => each.elapsedMs))
    if (this.#elapsed(active) < leastMs) move(active, this.#worker.clusterNow() - leastMs - active.startAt)
  }

  /** A start that was told by a clock which was set since contradicts how far the run was then: that is less exact, but true. */
  #hear(active: ActiveRun, told: readonly Heard[]): void {
    const now = this.#worker.clusterNow()
    const isKnown = this.#known.has(active)
    const start = middleOf(told.filter(({ isNews, isFirst, startAt, elapsedMs }) => isNews && !isFirst && isWithin(now - startAt, elapsedMs)).map(({ startAt }) => startAt))
    if (start !== null && (!isKnown || Math.abs(start - active.startAt) > DRIFT_MS)) move(active, start - active.startAt)
    const fresh = told.filter((each) => each.isNews && each.isFresh && !this.#isHeldUp(active, each)).map(({ elapsedMs }) => elapsedMs)
    if (start !== null) this.#known.add(active)
    if (isKnown || start !== null || fresh.length === 0) return
    const elapsedMs = Math.max(...fresh)
    if (!isWithin(this.#elapsed(active), elapsedMs)) move(active, now - elapsedMs - HEARD_WITHIN_MS / 4 - active.startAt)
    this.#known.add(active)
  }

  /** By the start that it knows as well it would be further: its words came late together. A clock that was set since it will tell of. */
  #isHeldUp(active: ActiveRun, { startAt, elapsedMs }: Heard): boolean {
    return Math.abs(startAt - active.startAt) <= DRIFT_MS && this.#elapsed(active) > elapsedMs + HEARD_WITHIN_MS
  }

  #toldBy({ run }: ActiveRun, part: Part): Heard | null {
    const info = this.#book.find(part.nodeId, part.boot)
    const { startAt, elapsedMs } = info?.work.find(({ runId }) => runId === run.id) ?? {}
    if (info === null || startAt === undefined || elapsedMs === undefined) return null
    const key = `${run.id} ${bootKey(part)}`
    const before = this.#heard.get(key)
    if (before?.beat === info.beat) return { startAt, elapsedMs, isNews: false, isFirst: false, isFresh: before.isFresh }
    const heard = { elapsedMs, at: this.#monotonic() }
    const first = before !== undefined && heard.at - before.at >= BEATS.apartMs && isInStep(before, heard) && isInStep(before.first, heard) ? before.first : heard
    const isFresh = heard.at - first.at >= BEATS.lastMs
    this.#heard.set(key, { ...heard, beat: info.beat, first, isFresh })
    return { startAt, elapsedMs, isNews: true, isFirst: before === undefined, isFresh }
  }

  #elapsed({ startAt }: ActiveRun): number {
    return this.#worker.clusterNow() - startAt
  }
}

function isInStep(before: Beat, heard: Beat): boolean {
  return Math.abs(heard.at - before.at - (heard.elapsedMs - before.elapsedMs)) <= BEATS.waysMs
}

/** A run that was so far when a node said so is as far now. */
function isWithin(elapsedMs: number, toldMs: number): boolean {
  return elapsedMs >= toldMs - STEP_MS && elapsedMs <= toldMs + HEARD_WITHIN_MS
}

function middleOf(values: number[]): number | null {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null
}

function move(active: ActiveRun, byMs: number): void {
  if (Math.abs(byMs) <= STEP_MS) return
  active.openedAt += byMs
  if (hasBegun(active)) active.startAt += byMs
  for (const part of active.parts) part.askedAt += byMs
}
