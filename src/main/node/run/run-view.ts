import { answersOf } from '../../../shared/results/answers.ts'
import type { RunAggregate } from '../../../shared/results/aggregate.ts'
import type { RunNode, RunView } from '../../../shared/results/run.ts'
import { roundedRate } from '../../../shared/format.ts'
import { planBorders, profileDuration, rateAt } from '../../../shared/task/load.ts'
import { judgeLive, streamOf } from '../../../shared/results/summarize.ts'
import type { RunEvent, Summary, Verdict } from '../../../shared/results/summary.ts'
import { elapsedOf, hasBegun, partCarried, waitingFor, type ActiveRun, type Part } from './active-run.ts'

interface Moment {
  events: readonly RunEvent[]
  /** Requests waiting for a connection. */
  queued: number
  now: number
  epoch: number
}

/** What every screen shows of a run besides its points. */
export function viewOf(active: ActiveRun, aggregate: RunAggregate, moment: Moment): RunView {
  const nodes = active.parts.map(nodeOf)
  const verdict = hasBegun(active) ? judgeLive(aggregate, { nodes, events: moment.events }, moment.queued) : { sentence: { key: 'verdict.starting', params: {} }, tone: 'pending' as const }
  return {
    run: active.run,
    ...courseOf(active),
    elapsedMs: elapsedOf(active, moment.now),
    lane: active.parts.find(({ report }) => report?.lane !== undefined)?.report?.lane ?? null,
    ...verdict,
    thresholds: aggregate.thresholds(),
    totals: aggregate.totals(),
    recent: aggregate.recent(),
    errors: aggregate.errors(),
    statusCodes: aggregate.statusCodes(),
    checks: aggregate.checks(),
    steps: aggregate.steps(),
    ...streamOf(aggregate),
    pending: pendingOf(active, moment.epoch),
    events: [...moment.events],
    nodes,
    deficitPerSecond: perSecond(active, active.deficit, moment.now),
  }
}

/** What a part of all arrivals comes to now, per second. */
export function perSecond(active: ActiveRun, part: number, now: number): number {
  const { load } = active
  return load.model === 'closed' ? 0 : roundedRate(part * rateAt(load.profile, elapsedOf(active, now)))
}

function nodeOf(part: Part): RunNode {
  return { id: part.id, name: part.name, share: partCarried(part), phase: part.report?.phase ?? null, lostAtMs: part.lostAtMs }
}

/** The same at the end: judged for good. */
export function endedView(view: RunView, summary: Summary): RunView {
  const { responseTime, ledger, rate } = summary
  const headline = {
    targetRate: rate.target,
    achievedRate: rate.achieved,
    p99: responseTime.p99,
    errorRate: ledger.completed === 0 ? 0 : ledger.failed / ledger.completed,
    durationMs: summary.run.durationMs,
  }
  return { ...view, run: { ...view.run, headline }, elapsedMs: summary.run.durationMs, sentence: summary.sentence, tone: toneOf(summary), recent: view.totals, pending: null, nodes: view.nodes.map((node) => ({ ...node, phase: 'stop' })) }
}

const TONES: Record<Verdict, RunView['tone']> = { passed: 'ok', failed: 'bad', 'no-thresholds': 'plain', 'not-trustworthy': 'warn' }

function toneOf({ status, verdict, ledger, errors, statusCodes }: Summary): RunView['tone'] {
  const unanswered = ledger.completed > 0 && answersOf(ledger, errors, statusCodes) === 0
  return status === 'failed' || (unanswered && verdict === 'no-thresholds') ? 'bad' : TONES[verdict]
}

function courseOf({ load }: ActiveRun): Pick<RunView, 'plan' | 'plannedMs'> {
  if (load.model === 'closed') return { plan: [], plannedMs: load.durationMs }
  return { plan: planBorders(load.profile), plannedMs: profileDuration(load.profile) }
}

function pendingOf(active: ActiveRun, epoch: number): RunView['pending'] {
  const { order, parts } = active
  if (order === null) return null
  const names = waitingFor(active, epoch).map((part) => part.name)
  return { order: order.kind, waitingFor: names, of: parts.filter(({ standing }) => standing === 'in').length, ...(order.toRate === undefined ? {} : { toRate: order.toRate }) }
}
