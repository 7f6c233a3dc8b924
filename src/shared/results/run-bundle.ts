import { z } from 'zod'
import { AppError } from '../errors.ts'
import { FORBIDDEN_KEYS } from '../plain-input.ts'
import { parseTaskSpec } from '../task/task-schema.ts'
import type { Run } from './run.ts'
import type { Summary } from './summary.ts'

/** A stored run as a file (`.stampede`): to look at on another machine, with its task, its points and its verdict. */
export interface RunBundle {
  schema: 'stampede.run/1'
  run: Run
  summary: Summary
}

/** The door for runs that come as files. */
export const BUNDLE_SCHEMA: RunBundle['schema'] = 'stampede.run/1'

const text = z.string().max(65_536)
const count = z.number()
const figure = z.number().nullable()
const sentence = z.looseObject({ key: z.string().max(200), params: z.record(z.string(), z.union([text, count])) })
const event = z.looseObject({ atMs: count, kind: z.string().max(100), detail: z.record(z.string(), z.union([text, count, z.boolean(), z.null()])) })
const group = z.looseObject({ kind: z.string().max(100), status: count, message: text, count })
const point = z.looseObject({
  atMs: count, warmup: z.boolean(), target: count, planned: count, started: count, completed: count, failed: count, dropped: count,
  p50: figure, p90: figure, p95: figure, p99: figure, max: figure, inFlight: count, errors: z.array(group).max(1000), statuses: z.record(z.string(), count), heat: z.array(count).max(4096),
  problems: z.array(z.string()).max(100), nodes: z.array(z.looseObject({ id: text, started: count, completed: count })).max(1000),
})
const distribution = z.looseObject({ unit: z.literal('ms'), p50: figure, p90: figure, p95: figure, p99: figure, max: figure })

const bundle = z.strictObject({
  schema: z.literal(BUNDLE_SCHEMA),
  run: z.looseObject({
    id: z.string().regex(/^[\w.:-]{1,128}$/), taskId: z.string().regex(/^[\w.:-]{1,128}$/), taskName: text, spec: z.unknown(), status: z.enum(['finished', 'failed', 'aborted']),
    verdict: z.enum(['passed', 'failed', 'no-thresholds', 'not-trustworthy']).nullable(), startedAt: count, endedAt: count, tags: z.record(z.string(), text),
  }),
  summary: z.looseObject({
    schema: z.literal('stampede.summary/1'), run: z.looseObject({ id: text, durationMs: count }), status: z.enum(['finished', 'failed', 'aborted']), sentence,
    ledger: z.record(z.string(), count), rate: z.looseObject({ target: figure, achieved: count }), responseTime: distribution, serviceTime: distribution, scheduleLag: distribution,
    statusCodes: z.record(z.string(), count), errors: z.array(group).max(10_000), checks: z.array(z.looseObject({ expression: text, passed: count, failed: count })),
    thresholds: z.array(z.looseObject({ expression: text, value: figure, ok: z.boolean() })), nodes: z.array(z.looseObject({ id: text, name: text, share: count })).max(10_000),
    health: z.looseObject({ ok: z.boolean(), problems: z.array(z.looseObject({ atMs: count, untilMs: count, node: text, kind: z.string() })) }), events: z.array(event).max(100_000), points: z.array(point).max(1_000_000),
  }),
})

/** Judges what a file says. Throws AppError `bad-input` for anything that is no run of this product. */
export function parseRunBundle(written: string): RunBundle {
  const parsed = bundle.safeParse(jsonOf(written))
  if (!parsed.success) throw new AppError('bad-input', 'This file holds no run of Stampede.', { hint: 'Open a .stampede file that was exported from the history.' })
  const spec = parseTaskSpec(parsed.data.run.spec)
  if (!spec.ok) throw new AppError('bad-input', 'The task in this file has problems.', { problems: spec.problems })
  return parsed.data as unknown as RunBundle
}

/** Keys that could play tricks are dropped, as if they were not there. */
function jsonOf(written: string): unknown {
  try {
    return JSON.parse(written, (key, value: unknown) => (FORBIDDEN_KEYS.has(key) ? undefined : value))
  } catch {
    return null
  }
}
