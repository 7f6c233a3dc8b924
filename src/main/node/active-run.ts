import type { Assignment, AssignmentPhase, NodeInfo, Share, WorkReport } from '../../shared/cluster.ts'
import type { Run } from '../../shared/contract.ts'
import { rateAt, withRate, type LoadPlan } from '../../shared/load.ts'
import type { RunEvent } from '../../shared/summary.ts'
import type { Task, TaskEvent } from '../../shared/task.ts'

/** What of the run one node carries. */
export interface Part {
  nodeId: string
  boot: string
  name: string
  share: Share
  /** What the node said last. */
  report: WorkReport | null
  /** Its last sample has been taken. */
  lastTaken: boolean
  /** When it was given up, ms of the run. */
  lostAtMs: number | null
}

/** What the user has ordered last, until all nodes have carried it out. */
export interface Order {
  kind: 'start' | 'rate' | 'stop'
  toRate?: number
  /** Revision of the manifests that say so; null until they are written. */
  revision: number | null
}

/** All that the master knows of a run that it leads, besides what was measured. Plain data: a successor goes on with it. */
export interface ActiveRun {
  run: Run
  load: LoadPlan
  /** Revision of the task when the last order was taken. */
  orderNo: number
  phase: AssignmentPhase
  /** Cluster clock. */
  openedAt: number
  /** Cluster clock; 0 before all nodes are ready. */
  startAt: number
  stopAtMs: number | null
  parts: Part[]
  order: Order | null
  /** Not yet committed. */
  events: RunEvent[]
}

/** From the last node being ready to the first arrival, ms: enough for an order to arrive on one machine. */
const START_LEAD_MS = 10
/** From an order to the common instant at which it takes effect, ms. */
const ORDER_LEAD_MS = 50

/** `wall`: for people to read; `now`: the cluster's clock, which does not jump. */
export function openRun(task: Task, runId: string, load: LoadPlan, parts: Part[], now: number, wall = Date.now()): ActiveRun {
  const run: Run = {
    id: runId, taskId: task.id, taskName: task.spec.name, spec: task.spec, status: 'starting', verdict: null, sentence: null,
    startedAt: wall, endedAt: null, headline: null, tags: task.spec.tags,
  }
  return { run, load, orderNo: task.revision, phase: 'prepare', openedAt: now, startAt: 0, stopAtMs: null, parts, order: { kind: 'start', revision: null }, events: [] }
}

export function partOf(node: NodeInfo, share: Share): Part {
  return { nodeId: node.id, boot: node.boot, name: node.name, share, report: null, lastTaken: false, lostAtMs: null }
}

/** Whole milliseconds of the run; 0 before its start. */
export function elapsedOf(active: ActiveRun, now: number): number {
  return active.startAt === 0 ? 0 : Math.max(0, Math.round(now - active.startAt))
}

export function hasBegun(active: ActiveRun): boolean {
  return active.startAt !== 0
}

/** Passes the start barrier: all nodes begin at one instant. */
export function begin(active: ActiveRun, now: number, wall = Date.now()): void {
  active.phase = 'run'
  active.startAt = Math.ceil(now) + START_LEAD_MS
  active.run = { ...active.run, startedAt: wall + START_LEAD_MS }
  active.order = { kind: 'start', revision: null }
}

/** The course changes at one instant a little ahead; N stays continuous and the shares stay as they are. */
export function changeRate(active: ActiveRun, rate: number, orderNo: number, now: number): void {
  active.orderNo = orderNo
  if (active.load.model === 'closed') return
  const atMs = elapsedOf(active, now) + ORDER_LEAD_MS
  const { profile } = active.load
  active.load = { ...active.load, profile: withRate(profile, atMs, rate) }
  active.order = { kind: 'rate', toRate: rate, revision: null }
  active.events.push({ atMs, kind: 'rate-changed', detail: { from: rateAt(profile, atMs), to: rate } })
}

export function stop(active: ActiveRun, orderNo: number, now: number): void {
  active.orderNo = orderNo
  active.phase = 'stop'
  active.stopAtMs = hasBegun(active) ? elapsedOf(active, now) + ORDER_LEAD_MS : 0
  active.run = { ...active.run, status: 'stopping' }
  active.order = { kind: 'stop', revision: null }
  active.events.push({ atMs: elapsedOf(active, now), kind: 'stop-requested', detail: {} })
}

export function assignmentOf(active: ActiveRun, part: Part): Assignment {
  const { run, load, orderNo, phase, startAt, stopAtMs } = active
  return { taskId: run.taskId, runId: run.id, orderNo, spec: run.spec, load, share: part.share, shareFromMs: 0, phase, startAt, stopAtMs }
}

/** Parts from which something is still to come. */
export function present(active: ActiveRun): Part[] {
  return active.parts.filter((part) => part.lostAtMs === null)
}

/** Why the run cannot go on; null while it can. */
export function problemOf(active: ActiveRun): NonNullable<WorkReport['problem']> | null {
  return active.parts.find((part) => part.report?.problem !== undefined)?.report?.problem ?? null
}

export function allReady(active: ActiveRun): boolean {
  return present(active).every((part) => part.report?.phase === 'armed')
}

/** Parts that have not carried out the last order. */
export function waitingFor(active: ActiveRun, epoch: number): Part[] {
  const { order } = active
  return order === null ? [] : present(active).filter((part) => !hasObeyed(part, order, epoch))
}

function hasObeyed(part: Part, order: Order, epoch: number): boolean {
  const { report, lastTaken } = part
  if (lastTaken) return true
  if (report === null || order.revision === null || report.epoch !== epoch || report.revision < order.revision) return false
  if (order.kind === 'start') return report.phase === 'run' || report.phase === 'drain' || report.phase === 'stop'
  return order.kind === 'rate' || report.phase === 'stop'
}

/** All nodes have carried out the last order. A stop is another matter: it is done when the last samples are in. */
export function isObeyed(active: ActiveRun, epoch: number): boolean {
  const { order } = active
  return order !== null && order.kind !== 'stop' && order.revision !== null && active.phase !== 'prepare' && waitingFor(active, epoch).length === 0
}

export function settle(active: ActiveRun): void {
  if (active.order?.kind === 'start') active.run = { ...active.run, status: 'running' }
  active.order = null
}

/** Everything that will ever come from this part has come. */
export function isDone(active: ActiveRun, part: Part): boolean {
  if (part.lastTaken || part.lostAtMs !== null) return true
  return part.report?.phase === 'stop' && (part.report.problem !== undefined || !hasBegun(active))
}

/** What becomes of a run and its task once all parts are done. */
export function outcomeOf(active: ActiveRun): Extract<TaskEvent, { type: 'finished' | 'failed' | 'aborted' }> {
  const problem = problemOf(active)
  if (problem !== null) return { type: 'failed', reason: problem.hint === undefined ? problem.message : `${problem.message} ${problem.hint}` }
  const lost = active.parts.filter((part) => part.lostAtMs !== null)
  if (!hasBegun(active) && lost.length > 0) return { type: 'failed', reason: `${namesOf(lost)} did not get ready in time.` }
  if (lost.length === active.parts.length) return { type: 'aborted', reason: `Nothing more was heard of ${namesOf(lost)}.` }
  return { type: 'finished' }
}

function namesOf(parts: readonly Part[]): string {
  return parts.map((part) => part.name).join(', ')
}
