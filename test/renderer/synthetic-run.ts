import { BINS, binHighMs, binLowMs } from '../../src/shared/results/heat.ts'
import type { RunTotals, RunView } from '../../src/shared/results/run.ts'
import type { ErrorGroup, Point, StepPoint } from '../../src/shared/results/summary.ts'
import type { TaskSpec } from '../../src/shared/task/task.ts'

/** A plausible run, always the same: a ramp to 8,000/s, a change to 12,000/s, a target that bends under it. For the gallery and tests of the screens. */

export const PLAN: [number, number][] = [[0, 0], [30_000, 8000], [100_000, 8000], [100_000, 12_000], [300_000, 12_000]]
const NODES = [['desk', 0.12], ['w1', 0.3], ['w2', 0.3], ['w3', 0.28]] as const

export const SPEC: TaskSpec = {
  schema: 'stampede.task/1',
  name: 'checkout-api',
  load: { stages: [{ duration: '30s', target: 8000 }, { duration: '4m30s', target: 8000 }] },
  request: { method: 'POST', url: 'https://staging.shop.test/v1/orders?shop=12', headers: { 'content-type': 'application/json', accept: 'application/json', authorization: 'Bearer eyJhbGciOi', 'x-request-source': 'load-test' }, body: '{\n  "user": "4711",\n  "items": [{ "sku": "A-1029", "qty": 2 }],\n  "note": "load test"\n}' },
  checks: ['status in 200-201', 'duration < 500ms', 'body contains "id"'],
  thresholds: ['p99<100ms', 'errors<1%', 'rate>=95%'],
  transport: { protocol: 'auto', timeout: '2s', keepAlive: true, insecure: false, follow: false },
  tags: {},
}

/** Mulberry32: the same numbers in every run. */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function targetAt(second: number): number {
  if (second < 30) return 8000 * (second / 30)
  return second < 100 ? 8000 : 12_000
}

/** @param saturated from 151 s on one generator gives way. */
export function points(seconds: number, saturated = false): Point[] {
  const rand = random(7)
  return Array.from({ length: seconds }, (_, i) => pointAt(i + 1, rand, saturated))
}

/** The same seconds of a task with three steps, the last one the slowest, the failures all its own. */
export function withSteps(seconds: readonly Point[]): Point[] {
  return seconds.map((point) => ({ ...point, steps: [0.3, 0.6, 1].map((part) => stepOf(point, part)) }))
}

function stepOf(point: Point, part: number): StepPoint {
  const { completed, failed, p50, p90, p95, p99, p999, max, serviceP99, heat } = point
  const of = (ms: number | null): number | null => (ms === null ? null : ms * part)
  return { completed, failed: part === 1 ? failed : 0, p50: of(p50), p90: of(p90), p95: of(p95), p99: of(p99), p999: of(p999), max: of(max), serviceP99: of(serviceP99), heat: heat.map((value, i) => (i % 2 === 0 ? Math.max(0, value + Math.round(Math.log10(part) * 8)) : value)) }
}

function pointAt(second: number, rand: () => number, saturated: boolean): Point {
  const hot = Math.min(Math.max((second - 100) / 35, 0), 1)
  const blip = second > 138 && second < 146
  const sat = saturated && second > 151
  const target = targetAt(second - 0.5)
  const dip = second > 139 && second < 143 ? 0.74 : 1
  const completed = Math.round(target * (sat ? 0.925 : 0.998) * dip * (1 + (rand() - 0.5) * 0.006))
  const noise = (): number => 1 + (rand() - 0.5) * 0.14
  const p50 = (4.1 + 2 * hot + (second < 4 ? 12 - 3 * second : 0) + (sat ? 1.4 : 0)) * noise()
  const p95 = (14 + 26 * hot + (blip ? 24 : 0) + (sat ? 10 : 0)) * noise()
  const p99 = (31 + 80 * hot + (blip ? 90 : 0) + (sat ? 50 : 0)) * noise()
  const failed = second < 104 ? (rand() < 0.2 ? 1 : 0) : Math.round((blip ? 210 : 50 * hot) * noise())
  const errors = [
    { kind: 'check' as const, status: 503, message: '503 Service Unavailable', count: Math.round(failed * (blip ? 0.62 : 0.7)) },
    { kind: 'timeout' as const, status: 0, message: 'no answer within 2 s', count: Math.round(failed * 0.26) },
    { kind: 'reset' as const, status: 0, message: 'connection reset by the server', count: blip ? Math.round(failed * 0.12) : 0 },
  ].filter(({ count }) => count > 0)
  return {
    atMs: second * 1000,
    warmup: false,
    target,
    planned: Math.round(target),
    started: completed,
    completed,
    failed,
    dropped: 0,
    cancelled: 0,
    p50,
    p90: p95 * 0.6,
    p95,
    p99,
    p999: p99 * 1.8,
    max: p99 * (2 + rand() * 1.6),
    serviceP50: p50 * 0.97,
    serviceP99: p99 * (sat ? 0.6 : 0.82),
    lagP99: sat ? 41 : 0.31,
    inFlight: Math.round(412 * noise()),
    queued: 0,
    connections: 640,
    bytesReceived: completed * 1200,
    errors,
    statuses: { 201: completed - failed, 503: errors[0]?.count ?? 0 },
    heat: heatOf(completed, p50, p95, p99, rand),
    cpuPercent: sat ? 97 : 71,
    loopLagMs: sat ? 38.2 : 0.9,
    problems: sat ? ['cpu', 'schedule-lag'] : [],
    nodes: NODES.map(([id, share], k) => ({
      id,
      started: Math.round(completed * share),
      completed: Math.round(completed * share * (sat && id === 'w3' ? 0.75 : 1)),
      cpuPercent: sat && id === 'w3' ? 97 : [38, 61, 64, 71][k] ?? 50,
      loopLagMs: sat && id === 'w3' ? 38.2 : [0.4, 0.6, 0.7, 0.9][k] ?? 0.5,
      lagP99: sat && id === 'w3' ? 41 : [0.22, 0.28, 0.31, 0.3][k] ?? 0.3,
    })),
  }
}

/** Three log-normal humps: hits, slower ones, a tail. */
function heatOf(count: number, p50: number, p95: number, p99: number, rand: () => number): number[] {
  const humps = [[0.92, Math.log10(p50), 0.16], [0.055, Math.log10(p95 * 0.8), 0.2], [0.025, Math.log10(p99 * 0.8), 0.16]] as const
  const cells: number[] = []
  for (let bin = 0; bin < BINS; bin++) {
    const [low, high] = [Math.log10(binLowMs(bin)), Math.log10(binHighMs(bin))]
    const part = humps.reduce((sum, [weight, mean, width]) => sum + weight * (normal((high - mean) / width) - normal((low - mean) / width)), 0)
    const n = Math.round(count * part * (1 + (rand() - 0.5) * 0.2))
    if (n > 0) cells.push(bin, n)
  }
  return cells
}

function normal(x: number): number {
  return 1 / (1 + Math.exp(-1.702 * x))
}

const GROUPS: ErrorGroup[] = [
  {
    kind: 'check', status: 503, message: '503 Service Unavailable', count: 5204, firstAtMs: 104_300,
    samples: [{ kind: 'check', status: 503, message: '503 Service Unavailable', atMs: 188_114, method: 'POST', url: 'https://staging.shop.test/v1/orders', responseTimeMs: 12.4, head: 'HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\n', body: '{"error":"pool exhausted","max":200}' }],
  },
  { kind: 'timeout', status: 0, message: 'no answer within 2 s', count: 1893, firstAtMs: 112_000, samples: [] },
  { kind: 'reset', status: 0, message: 'connection reset by the server', count: 221, firstAtMs: 139_200, samples: [] },
  { kind: 'check', status: 0, message: 'body contains "id"', count: 103, firstAtMs: 140_100, samples: [] },
]

export const NO_TOTALS: RunTotals = { targetRate: null, achievedRate: 0, planned: 0, started: 0, completed: 0, failed: 0, dropped: 0, errorRate: null, p50: null, p90: null, p95: null, p99: null, p999: null, max: null, serviceP50: null, serviceP99: null, lagP99: null, inFlight: 0, bytesReceived: 0 }

const RECENT: RunTotals = { ...NO_TOTALS, targetRate: 12_000, achievedRate: 11_964, planned: 60_000, started: 59_820, completed: 59_820, failed: 251, errorRate: 0.0042, p50: 6.12, p90: 22.8, p95: 40.6, p99: 112, p999: 201, max: 251, serviceP50: 5.94, serviceP99: 96.1, lagP99: 0.31, inFlight: 412, bytesReceived: 7e7 }

/** The running view at 03:12. */
export function runView(now: number): RunView {
  return {
    run: { id: 'r1', taskId: 't1', taskName: SPEC.name, spec: SPEC, status: 'running', verdict: null, sentence: null, startedAt: now - 192_000, endedAt: null, headline: null, tags: {} },
    plannedMs: 300_000,
    plan: PLAN,
    elapsedMs: 192_000,
    lane: { lane: 'http1', reason: 'plain HTTP/1.1 over TLS' },
    sentence: { key: 'live.failing', params: { name: 'p99', expression: 'p99<100ms', since: '02:18', value: '112 ms' } },
    tone: 'bad',
    thresholds: [
      { expression: 'p99<100ms', value: 112, unit: 'ms', ok: false, failingSinceMs: 138_000 },
      { expression: 'errors<1%', value: 0.42, unit: '%', ok: true, failingSinceMs: null },
      { expression: 'rate>=95%', value: 99.7, unit: '%', ok: true, failingSinceMs: null },
    ],
    totals: { ...RECENT, planned: 1_768_000, started: 1_765_012, completed: 1_772_330, failed: 7421 },
    recent: RECENT,
    errors: GROUPS,
    statusCodes: { 201: 1_765_012, 503: 5204 },
    checks: SPEC.checks.map((expression) => ({ expression, passed: 1_765_000, failed: 12 })),
    steps: [],
    pending: null,
    events: [
      { atMs: 100_000, kind: 'rate-changed', detail: { from: 8000, rate: 12_000 } },
      { atMs: 140_000, kind: 'node-lost', detail: { name: 'w4' } },
    ],
    nodes: NODES.map(([id, share]) => ({ id, name: id, share, phase: 'run', lostAtMs: null })),
    deficitPerSecond: 0,
  }
}
