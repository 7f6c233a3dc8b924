import { answersOf } from './answers.ts'
import type { RunAggregate } from './aggregate.ts'
import { toBase64 } from '../base64.ts'
import type { Run } from './run.ts'
import { distributionOf } from './figures.ts'
import { significant } from '../format.ts'
import { translate } from '../locales/translate.ts'
import { arrivalsBetween } from '../task/load.ts'
import { imbalanceOf } from './node-total.ts'
import type { Ledger, Point, RunEvent, Summary } from './summary.ts'
import type { Sentence } from '../locales/sentence.ts'
import { gaveWay, liveVerdict, verdictOf, type Evidence, type Judged, type Tone } from './verdict.ts'

/** Beyond the rounding of an instant, far below the time between two arrivals. */
const HAIR_MS = 1e-6

/** What the aggregate does not know of its run. */
export interface SummaryMeta {
  version: string
  run: Pick<Run, 'id' | 'taskId' | 'taskName' | 'spec' | 'startedAt'>
  lane: string
  /** `failed`: it could not be carried out, for `failure`; `aborted`: ended before its time. */
  status: Summary['status']
  failure?: string
  nodes: readonly { id: string; name: string; share: number }[]
  events: readonly RunEvent[]
  points: readonly Point[]
  /** Judge although the generator gave way. */
  allowSaturated?: boolean
  /** Every node has told all that it did: then what was planned must be what the profile holds. Default: not checked. */
  complete?: boolean
}

/** The summary of a run that has ended ({@link RunAggregate.end} was called). All rounding of times happens here and in the aggregate, nowhere after. */
export function summarize(aggregate: RunAggregate, meta: SummaryMeta): Summary {
  const { run } = meta
  const ledger = aggregate.ledger()
  const imbalance = imbalanceOf(ledger) ?? (meta.complete === true ? shortOfProfile(aggregate, meta, ledger) : null)
  const judged = judge(aggregate, meta, imbalance)
  const { targetRate, achievedRate } = aggregate.rates()
  const { requests, bytesSent, bytesReceived } = aggregate.sent()
  return {
    schema: 'stampede.summary/1',
    version: meta.version,
    run: {
      id: run.id, taskId: run.taskId, name: run.taskName, target: run.spec.request.url, method: run.spec.request.method,
      startedAt: iso(run.startedAt), endedAt: iso(run.startedAt + aggregate.atMs), durationMs: Math.round(aggregate.atMs),
      lane: meta.lane, model: aggregate.load.model,
    },
    status: meta.status,
    verdict: judged.verdict,
    reason: translate('en', judged.sentence),
    sentence: judged.sentence,
    imbalance,
    ledger,
    requests: { sent: requests, succeeded: ledger.completed - ledger.failed, failed: ledger.failed, perSecond: achievedRate },
    rate: { target: targetRate, achieved: achievedRate },
    responseTime: distributionOf(aggregate.time('response')),
    histogram: toBase64(aggregate.time('response').encode()),
    serviceTime: distributionOf(aggregate.time('service')),
    scheduleLag: distributionOf(aggregate.time('lag')),
    phases: { dns: distributionOf(aggregate.time('dns')), connect: distributionOf(aggregate.time('connect')), tls: distributionOf(aggregate.time('tls')), firstByte: distributionOf(aggregate.time('firstByte')) },
    bytes: { sent: bytesSent, received: bytesReceived },
    statusCodes: aggregate.statusCodes(),
    errors: aggregate.errors(),
    checks: aggregate.checks(),
    thresholds: aggregate.thresholds(),
    ...streamOf(aggregate),
    steps: run.spec.steps === undefined ? [{ name: run.taskName, requests, failed: ledger.failed, responseTime: distributionOf(aggregate.time('response')), serviceTime: distributionOf(aggregate.time('service')) }] : aggregate.steps(),
    nodes: nodesOf(aggregate, meta),
    health: healthOf(aggregate, meta),
    events: [...meta.events],
    points: [...meta.points],
  }
}

/** The verdict line of a run that goes on. `queued`: of the last closed second. */
export function judgeLive(aggregate: RunAggregate, meta: Pick<SummaryMeta, 'nodes' | 'events'>, queued: number): { sentence: Sentence; tone: Tone } {
  return liveVerdict({ ...evidenceOf(aggregate, meta, null), queued })
}

function judge(aggregate: RunAggregate, meta: SummaryMeta, imbalance: string | null): Judged {
  if (meta.status === 'failed') return { verdict: 'no-thresholds', sentence: { key: 'verdict.could-not-run', params: { reason: meta.failure ?? '–' } }, tone: 'bad' }
  return verdictOf(evidenceOf(aggregate, meta, imbalance), { allowSaturated: meta.allowSaturated === true, stopped: meta.status === 'aborted' })
}

function evidenceOf(aggregate: RunAggregate, { nodes, events }: Pick<SummaryMeta, 'nodes' | 'events'>, imbalance: string | null): Evidence {
  return {
    totals: aggregate.totals(),
    queued: 0,
    thresholds: aggregate.thresholds(),
    errors: aggregate.errors(),
    responses: answersOf(aggregate.totals(), aggregate.errors(), aggregate.statusCodes()),
    health: aggregate.health().map((range) => ({ ...range, node: nameOf(nodes, range.node) })),
    fromMs: aggregate.load.warmupMs,
    toMs: aggregate.atMs,
    lost: {
      count: aggregate.ledger().lost,
      nodes: [...new Set(events.filter(({ kind }) => kind === 'node-lost').map(({ detail }) => String(detail['node'])))],
      capped: events.some(({ kind, detail }) => kind === 'deficit' && detail['perSecond'] !== 0),
    },
    overload: aggregate.overload,
    errorLimit: errorLimitOf(events),
    imbalance,
  }
}

function errorLimitOf(events: readonly RunEvent[]): Evidence['errorLimit'] {
  const detail = events.find(({ kind }) => kind === 'error-limit')?.detail
  return detail === undefined ? null : { errorRate: Number(detail['errorRate']), limit: Number(detail['limit']) }
}

/** All nodes together must have planned exactly the arrivals that the profile holds. One due at the very end of the warm-up may count on either side. */
function shortOfProfile(aggregate: RunAggregate, meta: SummaryMeta, ledger: Ledger): string | null {
  const { load } = aggregate
  const planned = ledger.planned - aggregate.overload
  if (load.model === 'closed' || meta.status !== 'finished' || aggregate.stoppedAtMs !== null) return null
  const held = (fromMs: number): number => {
    const { first, end } = arrivalsBetween(load.profile, fromMs, Infinity)
    return end - first
  }
  if (planned <= held(load.warmupMs - HAIR_MS) && planned >= held(load.warmupMs + HAIR_MS)) return null
  return `the profile holds ${held(load.warmupMs)} arrivals, the nodes planned ${planned}`
}

/** Figures of streamed answers, where there are any. */
export function streamOf(aggregate: RunAggregate): Pick<Summary, 'stream'> {
  const stream = aggregate.stream()
  return stream == null ? {} : { stream }
}

function nodesOf(aggregate: RunAggregate, { nodes }: SummaryMeta): Summary['nodes'] {
  return nodes.map(({ id, name, share }) => {
    const node = aggregate.nodes().get(id)
    const { started, completed } = node?.counts ?? { started: 0, completed: 0 }
    return {
      id, name, share, started, completed,
      cpuPercent: node === undefined || node.seconds === 0 ? 0 : significant(node.cpuSum / node.seconds),
      loopLagMsP99: significant(node?.loopLagMs ?? 0),
      lostAtMs: node?.lostAtMs ?? null,
    }
  })
}

function healthOf(aggregate: RunAggregate, { nodes }: SummaryMeta): Summary['health'] {
  const problems = aggregate.health().map(({ atMs, untilMs, node, kind, detail }) => ({ atMs, untilMs, node: nameOf(nodes, node), kind, detail }))
  return { ok: !gaveWay(problems, aggregate.load.warmupMs, aggregate.atMs), problems }
}

function nameOf(nodes: SummaryMeta['nodes'], id: string): string {
  return nodes.find((node) => node.id === id)?.name ?? id
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
