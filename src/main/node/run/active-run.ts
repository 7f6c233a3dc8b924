import type { Assignment, NodeInfo, Share, WorkReport } from '../../../shared/cluster/cluster.ts'
import type { AssignmentPhase } from '../../../shared/results/run.ts'
import type { Run } from '../../../shared/results/run.ts'
import { rateAt, withRate, type LoadPlan, type LoadProfile } from '../../../shared/task/load.ts'
import { sendingEndMs } from '../../../shared/task/run-rates.ts'
import { measure } from '../../../shared/cluster/split.ts'
import type { RunEvent } from '../../../shared/results/summary.ts'
import type { Task } from '../../../shared/task/task.ts'
import { formerShare, latestFromMs, latestShare, type Holder, type Stamp } from './tenure.ts'

/** What of the run one boot of a node carries. */
export interface Part extends Holder {
  /** In the run's counts: the node's id; of a node that was started anew with a number. */
  id: string
  nodeId: string
  boot: string
  name: string
  /**
   * `in`: carries its share. `joining`: gets ready while the run goes on. `leaving`: gives its share up, ends what it has
   * begun and tells the rest. `out`: nothing is expected of it; if it lives, it sends nothing.
   */
  standing: 'in' | 'joining' | 'leaving' | 'out'
  /** What it is to get ready for while it joins. */
  asked: Share
  /** When it was asked to get ready, cluster clock. */
  askedAt: number
  /** What it is to have although others must give for it, as a part of all arrivals. */
  goal: number | null
  /** Its first arrivals are due at this instant of the run or later. */
  fromMs: number
  /** What the node said last. */
  report: WorkReport | null
  /** Arrivals of the whole run that it may have executed ahead of a new course, of which it had heard late. */
  executed: number
  /** Number of the last sample of it that was taken; 0: none. */
  taken: number
  /** Its last sample has been taken. */
  lastTaken: boolean
  /** When it was given up, ms of the run; null for one that is back. */
  lostAtMs: number | null
  /** Its process has ended: it will not be back. */
  isGone: boolean
}

/** What the user has ordered last, until all nodes have carried it out. */
export interface Order {
  kind: 'start' | 'rate' | 'stop'
  toRate?: number
  /** Revision of the manifests that say so; null until they are written. */
  revision: number | null
}

export interface CourseChange {
  /** When the new course came into force, ms of the run. */
  atMs: number
  before: LoadProfile
  /** The manifests that said so first; null: not written yet. */
  told: Stamp | null
}

/** All that the master knows of a run that it leads, besides what was measured. Plain data: a successor goes on with it. */
export interface ActiveRun {
  run: Run
  load: LoadPlan
  /** Revision of the task when the last order was taken. */
  orderNo: number
  /** As ordered last; null: as the task says. */
  wantedRate: number | null
  phase: Extract<AssignmentPhase, 'prepare' | 'run' | 'stop'>
  /** Cluster clock. */
  openedAt: number
  /** Cluster clock; 0 before all nodes are ready. */
  startAt: number
  stopAtMs: number | null
  /** When its master began to lead it, ms of the run. */
  ledSinceMs: number
  parts: Part[]
  order: Order | null
  /** The last changes of its course: a node that hears of one late was on the former until then. */
  changes: CourseChange[]
  /** Among how many nodes the first shares were made. */
  sharers: number
  /** What nodes gave up and nobody has taken yet, with their names, and when, ms of the run. */
  freed: { node: string; share: Share; atMs: number }[]
  /** Part of all arrivals that nobody can take, as told last. */
  deficit: number
  /** Of what is not in force yet: with the manifests that say so they become {@link events}. */
  staged: RunEvent[]
  /** Not yet committed. */
  events: RunEvent[]
}

/** Changes of the course that are remembered. */
const KEPT_CHANGES = 8
/** A run of which nobody carries anything is over after so long under one master: nodes may come back, or others join, ms. */
const ABANDONED_AFTER_MS = 15_000
/** How long a run may take until somebody is ready for it, ms. */
export const PREPARE_LIMIT_MS = 30_000
/** What a node that was given up has to tell is waited for so long at the end of a run, ms. */
const WAITS_FOR_LOST_MS = 10_000

/** `wall`: for people to read; `now`: the cluster's clock, which does not jump. */
export function openRun(task: Task, runId: string, load: LoadPlan, parts: Part[], now: number, wall: number = Date.now()): ActiveRun {
  const run: Run = {
    id: runId, taskId: task.id, taskName: task.spec.name, spec: task.spec, status: 'starting', verdict: null, sentence: null,
    startedAt: wall, endedAt: null, headline: null, tags: task.spec.tags,
  }
  return {
    run, load, orderNo: task.revision, wantedRate: null, phase: 'prepare', openedAt: now, startAt: 0, stopAtMs: null, ledSinceMs: 0, parts,
    order: { kind: 'start', revision: null }, changes: [], sharers: parts.length, freed: [], deficit: 0, staged: [], events: [],
  }
}

/** A node that is to carry a share from the start. */
export function partOf(node: Pick<NodeInfo, 'id' | 'boot' | 'name'>, share: Share, askedAt: number): Part {
  return {
    id: node.id, nodeId: node.id, boot: node.boot, name: node.name, standing: 'in', tenures: [{ share, fromMs: 0, sureMs: null, told: null }],
    asked: share, askedAt, goal: null, fromMs: 0, report: null, executed: 0, taken: 0, lastTaken: false, lostAtMs: null, isGone: false,
  }
}

/** A node that is to get ready while the run goes on. */
export function joinerOf(active: ActiveRun, node: Pick<NodeInfo, 'id' | 'boot' | 'name'>, asked: Share, goal: number | null, askedAt: number): Part {
  const former = active.parts.filter(({ nodeId }) => nodeId === node.id).length
  const [id, name] = former === 0 ? [node.id, node.name] : [`${node.id}.${former + 1}`, `${node.name} (${former + 1})`]
  return { ...partOf(node, [], askedAt), id, name, standing: 'joining', tenures: [], asked, goal }
}

/** Whole milliseconds of the run; 0 before its start. */
export function elapsedOf(active: ActiveRun, now: number): number {
  return active.startAt === 0 ? 0 : Math.max(0, Math.round(now - active.startAt))
}

export function hasBegun(active: ActiveRun): boolean {
  return active.startAt !== 0
}

/** Passes the start barrier: all nodes begin at one instant. */
export function begin(active: ActiveRun, now: number, leadMs: number, wall: number = Date.now()): void {
  startFrom(active, Math.ceil(now) + leadMs)
  active.run = { ...active.run, startedAt: wall + leadMs }
}

/**
 * Goes on from the start that a node has heard of. Its master had no time to write it down, or that was lost: the others
 * hear of it late, and so of the same one. False if nobody has.
 */
export function adopt(active: ActiveRun): boolean {
  const startAt = present(active).find(({ report }) => report?.startAt !== undefined)?.report?.startAt
  if (startAt === undefined) return false
  startFrom(active, startAt)
  return true
}

function startFrom(active: ActiveRun, startAt: number): void {
  Object.assign(active, { phase: 'run', startAt, order: { kind: 'start', revision: null } } satisfies Partial<ActiveRun>)
}

/** The course changes at one instant a little ahead; N stays continuous and the shares stay as they are. */
export function changeRate(active: ActiveRun, rate: number, orderNo: number, now: number, leadMs: number): void {
  active.orderNo = Math.max(active.orderNo, orderNo)
  active.wantedRate = rate
  if (active.load.model === 'closed') return
  const atMs = elapsedOf(active, now) + leadMs
  const { profile } = active.load
  active.load = { ...active.load, profile: withRate(profile, atMs, rate) }
  active.changes = [...active.changes, { atMs, before: profile, told: null }].slice(-KEPT_CHANGES)
  active.order = { kind: 'rate', toRate: rate, revision: null }
  active.staged.push({ atMs, kind: 'rate-changed', detail: { from: rateAt(profile, atMs), to: rate } })
}

export function stop(active: ActiveRun, orderNo: number, now: number, leadMs: number): void {
  active.orderNo = Math.max(active.orderNo, orderNo)
  active.phase = 'stop'
  // Where everybody hears of it before the start, nobody begins.
  active.stopAtMs = hasBegun(active) ? Math.max(0, Math.round(now - active.startAt) + leadMs) : 0
  active.run = { ...active.run, status: 'stopping' }
  active.order = { kind: 'stop', revision: null }
  active.staged.push({ atMs: elapsedOf(active, now), kind: 'stop-requested', detail: {} })
}

/** A share that was taken from a node is out of force there a moment before its engine is stopped: both cuts could differ by a hair. */
export const AFTER_LAST_MS = 1

export function assignmentOf(active: ActiveRun, part: Part): Assignment {
  const { run, load, orderNo, startAt, stopAtMs } = active
  const former = hasBegun(active) ? formerShare(part, -Infinity) : []
  return {
    taskId: run.taskId, runId: run.id, orderNo, spec: run.spec, load,
    share: part.standing === 'joining' ? part.asked : latestShare(part), shareFromMs: latestFromMs(part),
    ...(former.length === 0 ? {} : { former }),
    startAt, ...phaseOf(active, part, stopAtMs),
  }
}

function phaseOf(active: ActiveRun, part: Part, stopAtMs: number | null): Pick<Assignment, 'phase' | 'stopAtMs'> {
  if (active.phase === 'stop') return { phase: 'stop', stopAtMs }
  switch (part.standing) {
    case 'in': return { phase: active.phase, stopAtMs }
    case 'joining': return { phase: 'prepare', stopAtMs }
    case 'leaving': return { phase: 'stop', stopAtMs: latestFromMs(part) + AFTER_LAST_MS }
    case 'out': return part.lostAtMs === null || part.tenures.length === 0 || active.phase === 'prepare' ? { phase: 'stop', stopAtMs: 0 } : { phase: active.phase, stopAtMs }
    default: return part.standing satisfies never
  }
}

/** Parts that belong into the manifests: also of nodes that are given up, which must not go on if they live. */
export function assigned(active: ActiveRun): Part[] {
  return active.parts.filter((part) => part.standing !== 'out' || !part.lastTaken)
}

/** Parts that carry the run. */
export function present(active: ActiveRun): Part[] {
  return active.parts.filter(({ standing }) => standing === 'in' || standing === 'leaving')
}

/** A node said something of this run that it had not said before. */
export function isNews(part: Part, { epoch, revision, phase, lane, problem }: WorkReport): boolean {
  const known = part.report
  return known === null || known.epoch !== epoch || known.revision !== revision || known.phase !== phase || (known.lane === undefined) !== (lane === undefined) || known.problem?.message !== problem?.message
}

export function isReady({ report }: Part): boolean {
  return report?.phase === 'armed'
}

/** Parts that have not carried out the last order. */
export function waitingFor(active: ActiveRun, epoch: number): Part[] {
  const { order } = active
  return order === null ? [] : active.parts.filter((part) => part.standing === 'in' && !hasObeyed(part, order, epoch))
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
  if (part.lastTaken || part.standing === 'out' || part.standing === 'joining') return true
  return part.report?.phase === 'stop' && (part.report.problem !== undefined || !hasBegun(active) || hasToldAll(part))
}

/** Its node was stopped before it had begun, or had begun anew after a sleep: there is no last sample of it, and nothing is missing. */
export function hasToldAll({ report, taken }: Part): boolean {
  return report?.phase === 'stop' && report.samples !== undefined && taken >= report.samples
}

/** Whoever got ready for it has been lost, for no reason of the run's: others may, or the same started anew. */
export function awaitsNodes(active: ActiveRun): boolean {
  return !hasBegun(active) && active.phase === 'prepare' && active.parts.every(({ standing, report }) => standing === 'out' && report?.problem === undefined)
}

/** The run is over: nothing more comes of it, and nobody is getting ready to go on with it. */
export function isOver(active: ActiveRun, now: number): boolean {
  if (!active.parts.every((part) => isDone(active, part))) return false
  if (awaitsNodes(active)) return now - active.openedAt >= PREPARE_LIMIT_MS
  const elapsedMs = elapsedOf(active, now)
  if (active.parts.some((part) => hasBegun(active) && mayReturn(part, elapsedMs))) return false
  if (!hasBegun(active) || active.phase === 'stop' || elapsedMs >= sendingEndMs(active.load, active.stopAtMs)) return true
  if (active.parts.some(({ standing, lastTaken, report }) => standing === 'in' && (lastTaken || report?.problem !== undefined))) return true
  const lastLossMs = Math.max(active.ledSinceMs, ...active.parts.map(({ lostAtMs }) => lostAtMs ?? 0))
  return !active.parts.some(({ standing }) => standing === 'joining') && elapsedMs - lastLossMs >= ABANDONED_AFTER_MS
}

/** It carried something, was given up lately, and may live. */
function mayReturn({ standing, lastTaken, isGone, lostAtMs, report, tenures }: Part, elapsedMs: number): boolean {
  return standing === 'out' && !lastTaken && !isGone && lostAtMs !== null && tenures.length > 0 && report?.problem === undefined && elapsedMs - lostAtMs < WAITS_FOR_LOST_MS
}

/** A former master gave it up and had no time to write that down: whether it follows an older order is not known yet. */
export function isAdrift({ standing, lastTaken, tenures }: Part): boolean {
  return standing === 'out' && !lastTaken && tenures.at(-1)?.sureMs === null
}

/** Until when shares are still to change hands, ms of the run; 0 if none is. */
export function movingUntil(active: ActiveRun, nowMs: number): number {
  return active.parts.reduce((last, part) => (latestFromMs(part) > nowMs ? Math.max(last, latestFromMs(part)) : last), 0)
}

/** Part of all arrivals that a node carries, 0 … 1. */
export function partCarried(part: Part): number {
  return part.standing === 'in' || part.standing === 'leaving' ? measure(latestShare(part)) : 0
}
