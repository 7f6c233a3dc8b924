import type { RunView } from '../../../shared/results/run.ts'
import { resultOf, type RunState } from '../../../shared/results/run-state.ts'
import { sendingEndMs } from '../../../shared/task/run-rates.ts'
import type { Point, RunEvent, Summary } from '../../../shared/results/summary.ts'
import type { Task, TaskReport } from '../../../shared/task/task.ts'
import type { AggregateCommit, Snapshot } from '../../backend/cluster-state.ts'
import { elapsedOf, hasBegun, isAdrift, isDone, partCarried, PREPARE_LIMIT_MS, type ActiveRun, type Part } from './active-run.ts'
import type { Result } from './collector.ts'
import type { MasterDeps } from '../driver.ts'
import { graceOf, timeoutOf } from './grace.ts'
import { inherit } from './inherited-run.ts'
import type { RememberedRun } from '../master/master-memory.ts'
import { aheadUntil } from './run-ahead.ts'
import { RunArchive } from './run-archive.ts'
import { RunCount, type SavedCount } from './run-count.ts'
import { outcomeOf } from './run-outcome.ts'
import { endedView, viewOf } from './run-view.ts'
import { giveUp, latestShare } from './tenure.ts'

/** How long after its due end a node's last sample is waited for, ms. */
const OVERDUE_MS = 10_000
/** Seconds kept for a cluster state that loses its data. */
const REMEMBERED_POINTS = 600

interface SavedLead extends RunState, SavedCount {
  active: ActiveRun
  /** Cluster clock. */
  savedAt: number
}

/**
 * A run that this master leads: what was ordered, what was counted, and what of it the cluster state and the task store
 * already know.
 */
export class RunLead {
  readonly active: ActiveRun
  readonly archive: RunArchive
  /** As known last; null until it was asked for. */
  task: Task | null = null
  readonly #deps: MasterDeps
  readonly #onMove: () => void
  readonly #count: RunCount
  readonly #events: RunEvent[]
  /** Seconds closed and not yet committed. */
  #points: Point[] = []
  /** Of what the cluster state has of it; a number is never used for a second attempt. */
  #revision: number
  #attempt: number
  #cursor: string
  #moved = true
  #final: { view: RunView; summary: Summary } | null = null
  #committed: Omit<AggregateCommit, 'expectRevision' | 'revision' | 'points' | 'events'> | null = null
  #remembered: Point[] = []

  /** `onMove`: there is something to commit. */
  constructor(active: ActiveRun, deps: MasterDeps, onMove: () => void, former?: { saved: SavedLead; revision: number; cursor: string }) {
    this.active = active
    this.#deps = deps
    this.#onMove = onMove
    this.#events = former?.saved.events ?? []
    this.#revision = this.#attempt = former?.revision ?? 0
    this.#cursor = former?.cursor ?? ''
    this.#count = new RunCount(active, former?.saved)
    this.archive = new RunArchive(active.run, deps.tasks, deps.onNotice)
  }

  /** Goes on with what a former master committed; null for a run that has ended. */
  static restore({ revision, cursor, state }: Snapshot['aggregates'][number], deps: MasterDeps, onMove: () => void): RunLead | null {
    const saved = JSON.parse(state) as SavedLead
    const { active } = saved
    if (active.run.endedAt !== null) return null
    const now = deps.workDriver.clusterNow()
    inherit(active, deps.term.snapshot.manifests)
    for (const part of active.parts) if (part.standing === 'joining') part.askedAt = now // it may hear of it only now
    active.events.push({ atMs: elapsedOf(active, now), kind: 'master-changed', detail: { node: deps.workDriver.info.name, epoch: deps.term.lease.epoch, afterMs: Math.max(0, Math.round(now - saved.savedAt)) } })
    active.ledSinceMs = elapsedOf(active, now)
    const lead = new RunLead(active, deps, onMove, { saved, revision, cursor })
    lead.#count.follow()
    lead.#recall({ runId: active.run.id, cursor, state })
    return lead
  }

  /** What this very process knew of it in its last term. */
  #recall(committed: Pick<AggregateCommit, 'runId' | 'cursor' | 'state'>): void {
    const former = this.#deps.former?.runs.find(({ run }) => run.id === committed.runId)
    if (former === undefined) return
    this.task = former.task
    this.#remembered = former.aggregate.points
    this.#committed = { ...committed, view: former.aggregate.view, summary: null }
  }

  /** The run is so far at least, ms: beginning of the newest second of which a sample was taken. */
  get toldMs(): number {
    return this.#count.toldMs
  }

  get moved(): boolean {
    return this.#moved
  }

  /** An order was given or carried out. */
  readonly touch = (): void => {
    this.#moved = true
    this.#count.follow()
    this.#onMove()
  }

  /** Parts whose nodes may be executing something of it. */
  carried(): Part[] {
    return hasBegun(this.active) ? this.active.parts.filter((part) => ((part.standing === 'in' || part.standing === 'leaving') && !isDone(this.active, part)) || isAdrift(part)) : []
  }

  /** False: samples before it were passed over, which {@link readAgain} may find. */
  take(result: Result, now: number): boolean {
    return this.#count.take(result, now)
  }

  /** All samples that are there come again, from the first on. */
  readAgain(): void {
    this.#count.readAgain()
  }

  /** Closes what is complete. Answers with how many seconds that were. */
  closeSeconds(now: number): number {
    const { seconds, points } = this.#count.close(now)
    this.#points.push(...points)
    return seconds
  }

  /** As {@link RunAggregate.recentErrorRate}. */
  get recentErrorRate(): number | null {
    return this.#count.aggregate.recentErrorRate()
  }

  get isFailing(): boolean {
    return this.#count.aggregate.isFailing
  }

  /** It is to be stopped, as more fails than is let go on; said once. */
  tellErrorLimit(errorRate: number, limit: number): void {
    const { events } = this.active
    if ([...this.#events, ...events].some(({ kind }) => kind === 'error-limit')) return
    events.push({ atMs: this.#count.aggregate.atMs, kind: 'error-limit', detail: { errorRate, limit } })
    this.touch()
  }

  /** Nothing more is expected of a node: it is out of the run until it is heard again. */
  lose(part: Part, now: number, reason?: string): void {
    const { active } = this
    const atMs = elapsedOf(active, now)
    if (part.standing === 'out') return isAdrift(part) ? giveUp(part, atMs, aheadUntil(active, part, atMs)) : undefined
    const share = partCarried(part)
    if (share > 0 && hasBegun(active)) active.freed.push({ node: part.name, share: latestShare(part), atMs })
    Object.assign(part, { standing: 'out', lostAtMs: atMs, goal: null })
    giveUp(part, atMs, aheadUntil(active, part, atMs))
    this.#count.aggregate.loseNode(part.id, atMs)
    active.events.push({ atMs, kind: 'node-lost', detail: { node: part.name, share, ...(reason === undefined ? {} : { reason }) } })
    this.touch()
  }

  /** A node that was given up is heard again. It carries nothing. */
  regain(part: Part, now: number): void {
    Object.assign(part, { standing: 'in', lostAtMs: null })
    this.#count.aggregate.regainNode(part.id)
    this.active.events.push({ atMs: elapsedOf(this.active, now), kind: 'node-joined', detail: { node: part.name, share: 0 } })
    this.touch()
  }

  /** The manifests of this revision are in force: what they order has happened. */
  written(revision: number): void {
    const { active } = this
    if (active.order?.revision === null) active.order.revision = revision
    for (const change of active.changes) change.told ??= { epoch: this.#deps.term.lease.epoch, revision }
    if (active.staged.length === 0) return
    active.events.push(...active.staged.splice(0))
    this.touch()
  }

  /** A run never hangs: whoever should have told its last long ago is given up. */
  giveUpOverdue(now: number): void {
    if (now < this.#dueEnd() + OVERDUE_MS) return
    for (const part of this.active.parts) if (!isDone(this.active, part)) this.lose(part, now)
  }

  /** Writes state, view, seconds and events down, in the cluster state first. False when this master is deposed. */
  async record(cursor = this.#cursor): Promise<boolean> {
    const events = [...this.active.events.splice(0), ...this.#count.takeEvents()].sort((a, b) => a.atMs - b.atMs)
    const points = this.#points.splice(0)
    this.#events.push(...events)
    this.#moved = false
    const state = JSON.stringify(this.#save())
    const revision = ++this.#attempt
    const commit = { runId: this.active.run.id, cursor, state, view: this.#final?.view ?? this.#view(), summary: this.#final?.summary ?? null }
    const committed = await this.#deps.cluster.commitAggregate(this.#deps.term.lease, { ...commit, expectRevision: this.#revision, revision, points, events }).catch((error: unknown) => {
      this.#takeBack(points, events)
      throw error
    })
    if (!committed.ok || committed.value !== 'done') return false
    this.#revision = revision
    this.#cursor = cursor
    this.#committed = commit
    this.#remembered = [...this.#remembered, ...points].slice(-REMEMBERED_POINTS)
    if (this.#final === null) await this.archive.append(points, events, state)
    return true
  }

  /** Nobody knows whether they were written: if they were, the next attempt will find that and end the term. */
  #takeBack(points: readonly Point[], events: readonly RunEvent[]): void {
    this.#points.unshift(...points)
    this.#events.splice(this.#events.length - events.length, events.length)
    this.active.events.unshift(...events)
    this.#moved = true
  }

  /** What the next term of this process puts back should the cluster state have lost it. */
  memory(): RememberedRun | null {
    if (this.#committed === null || this.task === null) return null
    return { task: this.task, run: this.active.run, aggregate: { ...this.#committed, points: this.#remembered, events: this.#events } }
  }

  /** Ends it: nothing more will come. What is to be committed and stored afterwards is final. */
  end(now: number): { summary: Summary; event: TaskReport } {
    const { active } = this
    const wasStopped = this.#count.end(now)
    active.events.push(...this.#count.takeEvents())
    const outcome = outcomeOf(active)
    const { type: status } = outcome
    const summary = resultOf({ ...this.#stateWithoutCount(), events: [...this.#events, ...active.events] }, this.#count.aggregate, [], {
      status,
      ...(outcome.type === 'failed' ? { failure: outcome.reason } : {}),
      allowSaturated: this.#deps.allowSaturated,
      complete: !wasStopped && active.parts.every((part) => part.lastTaken),
    })
    active.run = { ...active.run, status, verdict: summary.verdict, sentence: summary.sentence, endedAt: Date.parse(summary.run.endedAt) }
    active.order = null
    this.#final = { summary, view: endedView(this.#view(), summary) }
    return { summary, event: outcome }
  }

  #view(): RunView {
    const moment = { events: this.#events, queued: this.#count.queued, now: this.#deps.workDriver.clusterNow(), epoch: this.#deps.term.lease.epoch }
    return viewOf(this.active, this.#count.aggregate, moment)
  }

  #save(): SavedLead {
    return { ...this.#stateWithoutCount(), ...this.#count.save(), active: this.active, savedAt: this.#deps.workDriver.clusterNow() }
  }

  #stateWithoutCount(): Omit<RunState, 'aggregate'> {
    const { run, load, parts } = this.active
    const nodes = parts.map((part) => ({ id: part.id, name: part.name, share: partCarried(part) }))
    return { version: this.#deps.version, run, load, lane: parts.find(({ report }) => report?.lane !== undefined)?.report?.lane?.lane ?? '', nodes, events: this.#events }
  }

  /** When the last answer is due at the latest, cluster clock; Infinity where only the answers decide. */
  #dueEnd(): number {
    const { openedAt, startAt, run, load, stopAtMs } = this.active
    if (!hasBegun(this.active)) return openedAt + PREPARE_LIMIT_MS - OVERDUE_MS
    const planned = sendingEndMs(load, null) + timeoutOf(run.spec)
    return startAt + Math.min(planned, stopAtMs === null ? Infinity : stopAtMs + graceOf(run.spec))
  }
}
