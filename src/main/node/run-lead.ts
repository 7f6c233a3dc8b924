import { RunAggregate } from '../../shared/aggregate.ts'
import type { RunView } from '../../shared/contract.ts'
import { arrivalsBetween, profileDuration } from '../../shared/load.ts'
import { resultOf, type RunState } from '../../shared/run-state.ts'
import { sendingEndMs } from '../../shared/run-rates.ts'
import type { Sample } from '../../shared/sample.ts'
import { countOwned } from '../../shared/split.ts'
import type { Point, RunEvent, Summary } from '../../shared/summary.ts'
import type { TaskEvent } from '../../shared/task.ts'
import { elapsedOf, hasBegun, isDone, outcomeOf, present, type ActiveRun, type Part } from './active-run.ts'
import { Collector, type CollectorState } from './collector.ts'
import type { MasterDeps } from './driver.ts'
import { graceOf, timeoutOf } from './grace.ts'
import { RunArchive } from './run-archive.ts'
import { endedView, viewOf } from './run-view.ts'

/** How long after its due end a node's last sample is waited for, ms. */
const OVERDUE_MS = 10_000
/** How long a node may take to get ready, ms. */
const PREPARE_LIMIT_MS = 30_000

interface SavedLead extends RunState {
  active: ActiveRun
  collector: CollectorState
}

/**
 * A run that this master leads: what was ordered, what was counted, and what of it the cluster state and the task store
 * already know.
 */
export class RunLead {
  readonly active: ActiveRun
  readonly archive: RunArchive
  readonly #deps: MasterDeps
  readonly #onMove: () => void
  readonly #aggregate: RunAggregate
  readonly #collector: Collector
  readonly #events: RunEvent[]
  /** Seconds closed and not yet committed. */
  #points: Point[] = []
  #cursor: string
  #moved = true
  #queued = 0
  #final: { view: RunView; summary: Summary } | null = null

  /** `onMove`: there is something to commit. */
  constructor(active: ActiveRun, deps: MasterDeps, onMove: () => void, former?: { saved: SavedLead; cursor: string }) {
    this.active = active
    this.#deps = deps
    this.#onMove = onMove
    this.#events = former?.saved.events ?? []
    this.#cursor = former?.cursor ?? ''
    this.#aggregate = former === undefined ? new RunAggregate(active.run.spec, active.load) : RunAggregate.restore(active.run.spec, active.load, former.saved.aggregate)
    this.#collector = new Collector(former?.saved.collector)
    this.archive = new RunArchive(active.run, deps.tasks, deps.onNotice)
  }

  /** Goes on with what a former master committed; null for a run that has ended. */
  static restore(state: string, cursor: string, deps: MasterDeps, onMove: () => void): RunLead | null {
    const saved = JSON.parse(state) as SavedLead
    const { active } = saved
    if (active.run.endedAt !== null) return null
    active.events.push({ atMs: elapsedOf(active, deps.now()), kind: 'master-changed', detail: { node: deps.workDriver.info.name, epoch: deps.term.lease.epoch } })
    return new RunLead(active, deps, onMove, { saved, cursor })
  }

  get moved(): boolean {
    return this.#moved
  }

  /** An order was given or carried out. */
  readonly touch = (): void => {
    this.#moved = true
    this.#aggregate.setLoad(this.active.load)
    if (this.active.stopAtMs !== null) this.#aggregate.stop(this.active.stopAtMs)
    this.#onMove()
  }

  take(result: { nodeId: string; boot: string; seq: number; sample: Sample }, now: number): void {
    const before = this.#collector.newestOf(result.nodeId)
    const part = this.active.parts.find(({ nodeId, boot }) => nodeId === result.nodeId && boot === result.boot)
    if (part === undefined || !this.#collector.take(result, now)) return
    const { sample } = result
    this.#miss(part, (before + 1) * 1000, sample.second * 1000)
    this.#aggregate.add(part.nodeId, sample)
    this.#queued = sample.queued
    if (sample.last) part.lastTaken = true
  }

  /** Closes what is complete. Answers with how many seconds that were. */
  closeSeconds(now: number): number {
    const parts = this.active.parts.map((part) => ({ nodeId: part.nodeId, done: isDone(this.active, part) }))
    const points = this.#collector.complete(parts, now).map((second) => this.#aggregate.closeSecond(second))
    this.#points.push(...points.filter((point) => !this.#isIdleTail(point)))
    return points.length
  }

  /** Nothing more is expected of a node that fell silent. */
  lose(part: Part): void {
    if (isDone(this.active, part)) return
    part.lostAtMs = elapsedOf(this.active, this.#deps.now())
    this.#aggregate.loseNode(part.nodeId, part.lostAtMs)
    this.active.events.push({ atMs: part.lostAtMs, kind: 'node-lost', detail: { node: part.name } })
    this.touch()
  }

  /** A run never hangs: whoever should have told its last long ago is given up. */
  giveUpOverdue(now: number): void {
    if (now < this.#dueEnd() + OVERDUE_MS) return
    for (const part of present(this.active)) this.lose(part)
  }

  /** Writes state, view, seconds and events down, in the cluster state first. False when this master is deposed. */
  async record(cursor = this.#cursor): Promise<boolean> {
    const events = [...this.active.events.splice(0), ...this.#aggregate.takeEvents().map((event) => this.#named(event))].sort((a, b) => a.atMs - b.atMs)
    const points = this.#points.splice(0)
    this.#events.push(...events)
    this.#moved = false
    const runId = this.active.run.id
    const state = JSON.stringify(this.#save())
    const view = this.#final?.view ?? this.#view()
    const committed = await this.#deps.cluster.commitAggregate(this.#deps.term.lease, { runId, expectCursor: this.#cursor, cursor, state, points, events, view, summary: this.#final?.summary ?? null })
    if (!committed.ok || committed.value !== 'done') return false
    this.#cursor = cursor
    if (this.#final === null) await this.archive.append(points, events, state)
    return true
  }

  /** Ends it: nothing more will come. What is to be committed and stored afterwards is final. */
  end(now: number): { summary: Summary; event: TaskEvent } {
    const { active } = this
    this.#missLost()
    this.#aggregate.end(elapsedOf(active, now))
    const outcome = outcomeOf(active)
    const { type: status } = outcome
    const summary = resultOf(this.#stateWithoutCount(), this.#aggregate, [], {
      status,
      ...(outcome.type === 'failed' ? { failure: outcome.reason } : {}),
      allowSaturated: this.#deps.allowSaturated,
      complete: active.stopAtMs === null && active.parts.every((part) => part.lastTaken),
    })
    active.run = { ...active.run, status, verdict: summary.verdict, sentence: summary.sentence, endedAt: Date.parse(summary.run.endedAt) }
    active.order = null
    this.#final = { summary, view: endedView(this.#view(), summary) }
    return { summary, event: outcome }
  }

  #view(): RunView {
    return viewOf(this.active, this.#aggregate, { events: this.#events, queued: this.#queued, now: this.#deps.now(), epoch: this.#deps.term.lease.epoch })
  }

  #save(): SavedLead {
    return { ...this.#stateWithoutCount(), aggregate: this.#aggregate.serialize(), active: this.active, collector: this.#collector.save() }
  }

  #stateWithoutCount(): Omit<RunState, 'aggregate'> {
    const { run, load, parts } = this.active
    const nodes = parts.map(({ nodeId, name, share }) => ({ id: nodeId, name, share: share.reduce((sum, { from, to }) => sum + to - from, 0) }))
    return { version: this.#deps.version, run, load, lane: parts[0]?.report?.lane?.lane ?? '', nodes, events: this.#events }
  }

  /** When the last answer is due at the latest, cluster clock; Infinity where only the answers decide. */
  #dueEnd(): number {
    const { openedAt, startAt, run, load, stopAtMs } = this.active
    if (!hasBegun(this.active)) return stopAtMs === null ? openedAt + PREPARE_LIMIT_MS - OVERDUE_MS : this.#deps.now()
    const planned = sendingEndMs(load, null) + timeoutOf(run.spec)
    return startAt + Math.min(planned, stopAtMs === null ? Infinity : stopAtMs + graceOf(run.spec))
  }

  /** Only answers were waited for, and none came: a second without anything in it is no point on a chart. */
  #isIdleTail({ atMs, started, completed, dropped, cancelled }: Point): boolean {
    return atMs - 1000 >= sendingEndMs(this.active.load, this.active.stopAtMs) && started + completed + dropped + cancelled === 0
  }

  #missLost(): void {
    for (const part of this.active.parts) {
      if (part.lostAtMs !== null && !part.lastTaken) this.#miss(part, (this.#collector.newestOf(part.nodeId) + 1) * 1000, sendingEndMs(this.active.load, this.active.stopAtMs))
    }
  }

  /** The aggregate knows nodes by id, people by name. */
  #named(event: RunEvent): RunEvent {
    const name = this.active.parts.find(({ nodeId }) => nodeId === event.detail['node'])?.name
    return name === undefined ? event : { ...event, detail: { ...event.detail, node: name } }
  }

  /** Arrivals of a part in a stretch of which nothing will be heard. */
  #miss(part: Part, fromMs: number, toMs: number): void {
    const { load } = this.active
    if (load.model === 'closed' || toMs <= fromMs || !hasBegun(this.active)) return
    const { first, end } = arrivalsBetween(load.profile, Math.max(fromMs, load.warmupMs), Math.min(toMs, profileDuration(load.profile)))
    if (end > first) this.#aggregate.missArrivals(part.nodeId, countOwned(part.share, first, end))
  }
}
