import { Histogram } from '../../src/shared/results/histogram.ts'
import type { ErrorTally, HealthProblem, Sample, Tally } from '../../src/shared/results/sample.ts'
import { TASK_SCHEMA, type TaskSpec } from '../../src/shared/task/task.ts'

/** Builders of samples as an engine would make them. */

export interface Told {
  planned?: number
  started?: number
  dropped?: number
  cancelled?: number
  /** Response times in µs: one per completed iteration. */
  response?: number[]
  errors?: ErrorTally[]
  statuses?: Record<string, number>
  checks?: { passed: number; failed: number }[]
}

/** Everything that is not told follows: started = completed + cancelled, planned = started + dropped, all answered by 200. */
export function tally(told: Told = {}): Tally {
  const response = told.response ?? []
  const failed = (told.errors ?? []).reduce((sum, { count }) => sum + count, 0)
  const completed = response.length
  const cancelled = told.cancelled ?? 0
  const dropped = told.dropped ?? 0
  const started = told.started ?? completed + cancelled
  return {
    planned: told.planned ?? started + dropped, started, dropped, completed, failed, cancelled,
    requests: started, bytesSent: started * 50, bytesReceived: completed * 100,
    statuses: told.statuses ?? (completed - failed > 0 ? { 200: completed - failed } : {}),
    errors: told.errors ?? [],
    checks: told.checks ?? [{ passed: completed - failed, failed: 0 }],
    response: encoded(response), service: encoded(response), lag: encoded(response.map(() => 50)), firstByte: encoded(response),
    connect: encoded([]), tls: encoded([]), dns: encoded([]),
  }
}

export function sample(second: number, told: Told = {}, more: Partial<Sample> = {}): Sample {
  return {
    runId: 'run', second, tally: tally(told), warmup: null, inFlight: 0, queued: 0, connections: 1,
    vitals: { processCpuPercent: 20, threadCpuPercent: 15, loopLagMs: 0.5, scheduleLagMs: 0.05, threads: 1 },
    problems: [], errorSamples: [], last: false, ...more,
  }
}

export function spec(load: TaskSpec['load'], thresholds: string[] = []): TaskSpec {
  return {
    schema: TASK_SCHEMA, name: 'shop', load, checks: [], thresholds, tags: {},
    request: { method: 'GET', url: 'http://127.0.0.1:8080/', headers: {} },
    transport: { protocol: 'auto', timeout: '10s', keepAlive: true, insecure: false, follow: false },
  }
}

export const times = (n: number, us: number): number[] => new Array<number>(n).fill(us)

export const cpu: HealthProblem = { kind: 'cpu', detail: 'engine thread at 99 % of a core' }

function encoded(values: number[]): Uint8Array {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram.encode()
}
