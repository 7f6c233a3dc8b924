import type { Comparison } from '../../../src/shared/compare/compare.ts'
import type { ReportInput } from '../../../src/main/report/data.ts'
import type { Distribution, Point, Summary } from '../../../src/shared/results/summary.ts'
import { summaryOf } from '../../contract/fixtures.ts'
import { points, runView } from '../../renderer/synthetic-run.ts'

const times = (p50: number): Distribution => ({ unit: 'ms', min: 1.18, mean: 11.9, p50, p75: 9.1, p90: 22.8, p95: 40.2, p99: 112, 'p99.9': 231, 'p99.99': 402, max: 488 })

/** The run of the screens' gallery as a finished one, of any length: its last seconds repeat. */
export function syntheticSummary(seconds: number, changes: Partial<Summary> = {}): Summary {
  const view = runView(0)
  const known = points(Math.min(seconds, 300))
  const all: Point[] = Array.from({ length: seconds }, (_, i) => ({ ...(known[i < 300 ? i : 150 + (i % 150)] as Point), atMs: (i + 1) * 1000 }))
  const completed = all.reduce((sum, point) => sum + point.completed, 0)
  const failed = all.reduce((sum, point) => sum + point.failed, 0)
  return summaryOf('01J9K4ABCDEFGH', 't1', {
    run: { ...summaryOf('01J9K4ABCDEFGH', 't1').run, name: 'checkout-api', target: 'https://staging.shop.test/v1/orders?shop=12', method: 'POST', durationMs: seconds * 1000, startedAt: '2026-11-23T14:02:11.000Z', endedAt: new Date(Date.parse('2026-11-23T14:02:11.000Z') + seconds * 1000).toISOString() },
    verdict: 'failed', sentence: { key: 'verdict.failed', params: { name: 'p99', value: '112 ms', expression: 'p99<100ms' } },
    ledger: { planned: completed, started: completed, dropped: 0, lost: 0, completed, failed, cancelled: 0 },
    requests: { sent: completed, succeeded: completed - failed, failed, perSecond: 10_200 }, rate: { target: 10_233, achieved: 10_200 },
    responseTime: times(6.04), serviceTime: times(5.94), scheduleLag: { ...times(0.02), p95: 0.11, p99: 0.31, max: 2.4 },
    phases: { dns: times(1), connect: times(2), tls: times(8), firstByte: times(5.2) },
    bytes: { sent: 1e9, received: 4.44e10 }, statusCodes: { 201: completed - failed, 503: failed }, errors: view.errors.map((group) => ({ ...group })), checks: view.checks,
    thresholds: view.thresholds, events: view.events,
    steps: [{ name: 'checkout-api', requests: completed, failed, responseTime: times(6.04), serviceTime: times(5.94) }],
    nodes: view.nodes.map(({ id, name, share }, i) => ({ id, name, share, started: Math.round(completed * share), completed: Math.round(completed * share), cpuPercent: [38, 61, 64, 71][i] ?? 50, loopLagMsP99: 0.6, lostAtMs: null })),
    points: all, ...changes,
  })
}

export function reportInput(summary: Summary, changes: Partial<ReportInput> = {}): ReportInput {
  return {
    summary, baseline: null as Comparison | null, note: '', tags: { git: '8f21c' }, language: 'en', madeAt: Date.parse('2026-11-23T14:10:00.000Z'), zone: 'UTC',
    task: { yaml: 'name: checkout-api\nload: { rate: 12000/s, duration: 5m }\n', curl: "curl -X POST 'https://staging.shop.test/v1/orders'", command: 'stampede run https://staging.shop.test/v1/orders -r 12000 -d 5m' }, ...changes,
  }
}
