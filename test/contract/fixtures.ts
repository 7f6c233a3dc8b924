import type { Lease, Manifest, NodeInfo } from '../../src/shared/cluster/cluster.ts'
import type { Run, RunTotals, RunView } from '../../src/shared/results/run.ts'
import type { Sample, Tally } from '../../src/shared/results/sample.ts'
import type { Distribution, Point, Summary } from '../../src/shared/results/summary.ts'
import { TASK_SCHEMA, type TaskSpec } from '../../src/shared/task/task.ts'

/** Plain data for contract and node tests: complete, valid, and dull. */

export function specOf(changes: Partial<TaskSpec> = {}): TaskSpec {
  return {
    schema: TASK_SCHEMA,
    name: 'checkout',
    load: { rate: 100, duration: '10s' },
    request: { method: 'GET', url: 'http://127.0.0.1:9/', headers: {} },
    checks: [],
    thresholds: [],
    transport: { protocol: 'auto', timeout: '10s', keepAlive: true, insecure: false, follow: false },
    tags: {},
    ...changes,
  }
}

export function nodeOf(id: string, changes: Partial<NodeInfo> = {}): NodeInfo {
  return {
    id, name: id, boot: `${id}-boot`, beat: 1, role: 'auto', priority: 1, version: '0.1.0', protocol: { major: 1, minor: 0 },
    cpuPercent: 10, memoryPercent: 10, memoryBytes: 8 * 2 ** 30, cores: 4, loopLagMs: 0, maxRate: null, startedPerSecond: 0, rttMs: 1,
    clockOffsetMs: 0, clockErrorMs: 0, drained: false, parked: false, maxEpoch: 0, work: [], ...changes,
  }
}

export function manifestOf(nodeId: string, lease: Lease, revision: number, changes: Partial<Manifest> = {}): Manifest {
  return { nodeId, boot: `${nodeId}-boot`, epoch: lease.epoch, token: lease.token, revision, orders: { drained: false, priority: null }, assignments: [], ...changes }
}

export function tallyOf(count: number): Tally {
  const none = new Uint8Array(0)
  return {
    planned: count, started: count, dropped: 0, completed: count, failed: 0, cancelled: 0, requests: count, bytesSent: 0, bytesReceived: 0,
    statuses: count === 0 ? {} : { 200: count }, errors: [], checks: [{ passed: count, failed: 0 }],
    response: none, service: none, lag: none, firstByte: none, connect: none, tls: none, dns: none,
  }
}

export function sampleOf(runId: string, second: number, changes: Partial<Sample> = {}): Sample {
  return {
    runId, second, tally: tallyOf(100), warmup: null, inFlight: 0, queued: 0, connections: 1,
    vitals: { processCpuPercent: 10, threadCpuPercent: 10, loopLagMs: 0, scheduleLagMs: 0, threads: 1 },
    problems: [], errorSamples: [], last: false, ...changes,
  }
}

export function pointOf(atMs: number): Point {
  return {
    atMs, warmup: false, target: 100, planned: 100, started: 100, completed: 100, failed: 0, dropped: 0, cancelled: 0,
    p50: 1, p90: 1, p95: 1, p99: 1, p999: 1, max: 1, serviceP50: 1, serviceP99: 1, lagP99: 0, inFlight: 0, queued: 0, connections: 1,
    bytesReceived: 0, errors: [], statuses: { 200: 100 }, heat: [], cpuPercent: 10, loopLagMs: 0, problems: [], nodes: [],
  }
}

export function openRunOf(id: string, taskId: string, changes: Partial<Run> = {}): Run {
  return {
    id, taskId, taskName: 'checkout', spec: specOf(), status: 'starting', verdict: null, sentence: null,
    startedAt: 1_700_000_000_000, endedAt: null, headline: null, tags: {}, ...changes,
  }
}

const TOTALS: RunTotals = {
  targetRate: null, achievedRate: 0, planned: 0, started: 0, completed: 0, failed: 0, dropped: 0, errorRate: null,
  p50: null, p90: null, p95: null, p99: null, p999: null, max: null, serviceP50: null, serviceP99: null, lagP99: null, inFlight: 0, bytesReceived: 0,
}

export function viewOf(run: Run): RunView {
  return {
    run, plannedMs: 10_000, plan: [], elapsedMs: 0, lane: null, sentence: { key: 'verdict.starting', params: {} }, tone: 'pending',
    thresholds: [], totals: TOTALS, recent: TOTALS, errors: [], statusCodes: {}, checks: [], steps: [], pending: null, events: [], nodes: [], deficitPerSecond: 0,
  }
}

const NO_TIMES: Distribution = { unit: 'ms', min: null, mean: null, p50: null, p75: null, p90: null, p95: null, p99: null, 'p99.9': null, 'p99.99': null, max: null }

export function summaryOf(runId: string, taskId: string, changes: Partial<Summary> = {}): Summary {
  return {
    schema: 'stampede.summary/1',
    version: '0.1.0',
    run: {
      id: runId, taskId, name: 'checkout', target: 'http://127.0.0.1:9/', method: 'GET', lane: 'http1', model: 'open',
      startedAt: '2023-11-14T22:13:20.000Z', endedAt: '2023-11-14T22:13:30.000Z', durationMs: 10_000,
    },
    status: 'finished', verdict: 'passed', reason: 'All 1 thresholds hold.', sentence: { key: 'verdict.passed', params: { n: 1 } }, imbalance: null,
    ledger: { planned: 1000, started: 1000, dropped: 0, lost: 0, completed: 1000, failed: 10, cancelled: 0 },
    requests: { sent: 1000, succeeded: 990, failed: 10, perSecond: 99.5 },
    rate: { target: 100, achieved: 99.5 },
    responseTime: { ...NO_TIMES, p99: 12.3 }, serviceTime: NO_TIMES, scheduleLag: NO_TIMES,
    phases: { dns: NO_TIMES, connect: NO_TIMES, tls: NO_TIMES, firstByte: NO_TIMES },
    bytes: { sent: 0, received: 0 }, statusCodes: { 200: 1000 }, errors: [], checks: [], thresholds: [], steps: [], nodes: [],
    health: { ok: true, problems: [] }, events: [], points: [], ...changes,
  }
}
