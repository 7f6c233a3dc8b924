import type { RunAggregate } from '../../shared/aggregate.ts'
import type { RunNode, RunView } from '../../shared/contract.ts'
import { planBorders, profileDuration } from '../../shared/load.ts'
import { judgeLive } from '../../shared/summarize.ts'
import type { RunEvent, Summary, Verdict } from '../../shared/summary.ts'
import { elapsedOf, hasBegun, waitingFor, type ActiveRun, type Part } from './active-run.ts'

interface Moment {
  events: readonly RunEvent[]
  /** Requests waiting for a connection. */
  queued: number
  now: number
  epoch: number
}

/** What every screen shows of a run besides its points. */
export function viewOf(active: ActiveRun, aggregate: RunAggregate, moment: Moment): RunView {
  const nodes = active.parts.map(({ nodeId, name }) => ({ id: nodeId, name, share: 0 }))
  const verdict = hasBegun(active) ? judgeLive(aggregate, nodes, moment.queued) : { sentence: { key: 'verdict.starting', params: {} }, tone: 'pending' as const }
  return {
    run: active.run,
    ...courseOf(active),
    elapsedMs: elapsedOf(active, moment.now),
    lane: active.parts[0]?.report?.lane ?? null,
    ...verdict,
    thresholds: aggregate.thresholds(),
    totals: aggregate.totals(),
    recent: aggregate.recent(),
    errors: aggregate.errors(),
    statusCodes: aggregate.statusCodes(),
    checks: aggregate.checks(),
    pending: pendingOf(active, moment.epoch),
    events: [...moment.events],
    nodes: active.parts.map(nodeOf),
    deficitPerSecond: 0,
  }
}

function nodeOf({ nodeId, name, share, report, lostAtMs }: Part): RunNode {
  return { id: nodeId, name, share: lostAtMs === null ? share.reduce((sum, { from, to }) => sum + to - from, 0) : 0, phase: report?.phase ?? null, lostAtMs }
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
  return { ...view, run: { ...view.run, headline }, elapsedMs: summary.run.durationMs, sentence: summary.sentence, tone: toneOf(summary), recent: view.totals, pending: null }
}

const TONES: Record<Verdict, RunView['tone']> = { passed: 'ok', failed: 'bad', 'no-thresholds': 'plain', 'not-trustworthy': 'warn' }

function toneOf({ status, verdict, ledger, statusCodes }: Summary): RunView['tone'] {
  const unanswered = ledger.completed > 0 && Object.keys(statusCodes).length === 0
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
  return { order: order.kind, waitingFor: names, of: parts.length, ...(order.toRate === undefined ? {} : { toRate: order.toRate }) }
}
