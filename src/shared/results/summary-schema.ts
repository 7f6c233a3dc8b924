import { z } from 'zod'
import { AppError, ERROR_KINDS } from '../errors.ts'
import type { Summary } from './summary.ts'

/**
 * The door for results in a file. What is read here may come from anybody: it must be what reports and comparisons take it
 * for. Unknown fields are let through, as a newer version may know more.
 */

const number = z.number()
const count = z.number().min(0)
const ms = z.number().min(0).nullable()
const text = z.string()
const counts = z.record(text, count)
const times = z.looseObject({ unit: z.literal('ms'), min: ms, mean: ms, p50: ms, p75: ms, p90: ms, p95: ms, p99: ms, 'p99.9': ms, 'p99.99': ms, max: ms })
const kind = z.enum(ERROR_KINDS)
const healthKind = z.enum(['cpu', 'loop-lag', 'schedule-lag', 'ports', 'sockets'])

const sample = z.looseObject({ kind, status: number, message: text, atMs: number, method: text, url: text, responseTimeMs: number, head: text, body: text })
const group = z.looseObject({ kind, status: number, message: text, count, firstAtMs: number, samples: z.array(sample) })
const point = z.looseObject({
  atMs: count, warmup: z.boolean(), target: count, planned: count, started: count, completed: count, failed: count, dropped: count, cancelled: count,
  p50: ms, p90: ms, p95: ms, p99: ms, p999: ms, max: ms, serviceP50: ms, serviceP99: ms, lagP99: ms, inFlight: count, queued: count, connections: count, bytesReceived: count,
  errors: z.array(z.looseObject({ kind, status: number, message: text, count })), statuses: counts, heat: z.array(count), cpuPercent: count, loopLagMs: count, problems: z.array(healthKind),
  nodes: z.array(z.looseObject({ id: text, started: count, completed: count, cpuPercent: number, loopLagMs: number, lagP99: ms })),
  steps: z.array(z.looseObject({ completed: count, failed: count, p50: ms, p90: ms, p95: ms, p99: ms, p999: ms, max: ms, serviceP99: ms, heat: z.array(count) })).optional(),
})
const event = z.looseObject({
  atMs: number,
  kind: z.enum(['rate-changed', 'node-joined', 'node-lost', 'node-drained', 'shares-moved', 'master-changed', 'gap', 'deficit', 'overload', 'threshold-crossed', 'threshold-recovered', 'stop-requested', 'error-limit', 'storage-failed', 'rows-limited', 'generator-problem']),
  detail: z.record(text, z.union([text, number, z.boolean(), z.null()])),
})

const summary = z.looseObject({
  schema: z.literal('stampede.summary/1'),
  version: text,
  run: z.looseObject({ id: text, taskId: text, name: text, target: text, method: text, startedAt: z.iso.datetime(), endedAt: z.iso.datetime(), durationMs: count, lane: text, model: z.enum(['open', 'closed']) }),
  status: z.enum(['finished', 'aborted', 'failed']),
  verdict: z.enum(['passed', 'failed', 'no-thresholds', 'not-trustworthy']),
  reason: text,
  sentence: z.looseObject({ key: text, params: z.record(text, z.union([text, number])) }),
  imbalance: text.nullable(),
  ledger: z.looseObject({ planned: count, started: count, dropped: count, lost: count, completed: count, failed: count, cancelled: count }),
  requests: z.looseObject({ sent: count, succeeded: count, failed: count, perSecond: count }),
  rate: z.looseObject({ target: count.nullable(), achieved: count }),
  responseTime: times, serviceTime: times, scheduleLag: times, histogram: text.optional(),
  phases: z.looseObject({ dns: times, connect: times, tls: times, firstByte: times }),
  bytes: z.looseObject({ sent: count, received: count }),
  statusCodes: counts,
  errors: z.array(group),
  checks: z.array(z.looseObject({ expression: text, passed: count, failed: count })),
  thresholds: z.array(z.looseObject({ expression: text, value: number.nullable(), unit: z.enum(['ms', '%', '/s', '']), ok: z.boolean(), failingSinceMs: number.nullable() })),
  steps: z.array(z.looseObject({ name: text, requests: count, responseTime: times })),
  nodes: z.array(z.looseObject({ id: text, name: text, share: number, started: count, completed: count, cpuPercent: number, loopLagMsP99: number, lostAtMs: number.nullable() })),
  health: z.looseObject({ ok: z.boolean(), problems: z.array(z.looseObject({ atMs: number, untilMs: number, node: text, kind: healthKind, detail: text })) }),
  events: z.array(event),
  points: z.array(point),
})

/** A summary as `--json` printed it. Throws AppError `bad-input` that says what is wrong with the text. @param name of the file, for the message. */
export function parseSummary(json: string, name: string): Summary {
  const read = summary.safeParse(parsed(json, name))
  if (read.success) return read.data as unknown as Summary
  const [issue] = read.error.issues
  const path = issue?.path.map(String).join('.') ?? ''
  throw new AppError('bad-input', `${name} holds no results of a run: ${path === '' ? '' : `${path}: `}${issue?.message ?? 'it is not as expected'}.`, { hint: 'Give a file that was written by --json or -o json=F.' })
}

function parsed(json: string, name: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new AppError('bad-input', `${name} is no JSON document.`, { hint: 'Give a file that was written by --json or -o json=F.' })
  }
}
