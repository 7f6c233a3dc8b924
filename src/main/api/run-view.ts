import type { Run, RunTotals, RunView } from '../../shared/results/run.ts'
import { masked } from '../../shared/task/mask-spec.ts'
import { planBorders, profileDuration, withRate, type LoadProfile } from '../../shared/task/load.ts'
import type { RunEvent, Summary, Verdict } from '../../shared/results/summary.ts'
import type { Sentence } from '../../shared/locales/sentence.ts'
import type { Task, TaskSpec } from '../../shared/task/task.ts'
import { taskLoad } from '../../shared/task/task-load.ts'

/** The live screen's view of runs that nobody executes now: those of the store, and those that have not begun. */

const NOTHING: RunTotals = {
  targetRate: null,
  achievedRate: 0,
  planned: 0,
  started: 0,
  completed: 0,
  failed: 0,
  dropped: 0,
  errorRate: null,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
  p999: null,
  max: null,
  serviceP50: null,
  serviceP99: null,
  lagP99: null,
  inFlight: 0,
  bytesReceived: 0,
}

const TONES: Record<Verdict, RunView['tone']> = { passed: 'ok', failed: 'bad', 'no-thresholds': 'plain', 'not-trustworthy': 'warn' }

/** @param summary null when the run was closed without one. */
export function viewOfStored(run: Run, summary: Summary | null): RunView {
  if (summary === null) return { ...empty(run), tone: run.endedAt === null ? 'pending' : 'plain' }
  const totals = totalsOf(summary)
  return {
    ...empty(run),
    ...course(run.spec, summary.events),
    elapsedMs: summary.run.durationMs,
    lane: { lane: summary.run.lane, reason: '' },
    sentence: summary.sentence,
    tone: summary.status === 'finished' ? TONES[summary.verdict] : 'bad',
    thresholds: summary.thresholds,
    totals,
    recent: totals,
    errors: summary.errors,
    statusCodes: summary.statusCodes,
    checks: summary.checks,
    steps: run.spec.steps === undefined ? [] : summary.steps,
    ...(summary.stream === undefined ? {} : { stream: summary.stream }),
    events: summary.events,
    nodes: summary.nodes.map(({ id, name, share, lostAtMs }) => ({ id, name, share, phase: 'stop', lostAtMs })),
  }
}

/** A run that was asked for and that the master has not opened yet. */
export function viewOfPending(task: Task, runId: string): RunView {
  const { id: taskId, spec, updatedAt } = task
  const run: Run = { id: runId, taskId, taskName: spec.name, spec, status: 'starting', verdict: null, sentence: null, startedAt: updatedAt, endedAt: null, headline: null, tags: spec.tags }
  return { ...empty(run), tone: 'pending', pending: { order: 'start', waitingFor: [], of: 1 } }
}

/** As everybody may see it. */
export function maskedView(view: RunView): RunView {
  return { ...view, run: masked(view.run) }
}

function empty(run: Run): RunView {
  return {
    run,
    ...course(run.spec, []),
    elapsedMs: run.endedAt === null ? 0 : run.endedAt - run.startedAt,
    lane: null,
    sentence: run.sentence ?? STARTING,
    tone: 'plain',
    thresholds: [],
    totals: NOTHING,
    recent: NOTHING,
    errors: [],
    statusCodes: {},
    checks: [],
    steps: [],
    pending: null,
    events: [],
    nodes: [],
    deficitPerSecond: 0,
  }
}

const STARTING: Sentence = { key: 'verdict.starting', params: {} }

/** The plan with every change of rate that was made. */
function course(spec: TaskSpec, events: readonly RunEvent[]): Pick<RunView, 'plan' | 'plannedMs'> {
  const { load } = taskLoad(spec)
  if (load.model === 'closed') return { plan: [], plannedMs: load.durationMs }
  const profile = events.reduce(changed, load.profile)
  return { plan: planBorders(profile), plannedMs: profileDuration(profile) }
}

function changed(profile: LoadProfile, { kind, atMs, detail }: RunEvent): LoadProfile {
  return kind === 'rate-changed' && typeof detail['to'] === 'number' ? withRate(profile, atMs, detail['to']) : profile
}

function totalsOf({ ledger, rate, responseTime, serviceTime, scheduleLag, bytes }: Summary): RunTotals {
  return {
    ...NOTHING,
    targetRate: rate.target,
    achievedRate: rate.achieved,
    planned: ledger.planned,
    started: ledger.started,
    completed: ledger.completed,
    failed: ledger.failed,
    dropped: ledger.dropped,
    errorRate: ledger.completed === 0 ? null : ledger.failed / ledger.completed,
    p50: responseTime.p50,
    p90: responseTime.p90,
    p95: responseTime.p95,
    p99: responseTime.p99,
    p999: responseTime['p99.9'],
    max: responseTime.max,
    serviceP50: serviceTime.p50,
    serviceP99: serviceTime.p99,
    lagP99: scheduleLag.p99,
    bytesReceived: bytes.received,
  }
}
