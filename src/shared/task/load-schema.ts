import { z } from 'zod'
import { parseDuration } from '../duration.ts'
import { countMeta, durationMeta, rateMeta } from './field-meta.ts'
import { field, readCount, readDuration, readRate } from './task-fields.ts'
import { show } from '../suggest.ts'
import type { Refuse } from './task-fields.ts'
import type { Problem } from '../errors.ts'
import type { LoadSpec, StageSpec } from './task.ts'

/** The load of a task: its fields, which of them exclude each other, and whether anything would be due at all. */

const MAX_STAGES = 1000

const stageObject = z.strictObject({
  duration: field(readDuration(0), durationMeta('Length of the stage; 0s jumps.', ['30s', '0s'])),
  target: field((value, refuse) => readRate(value, refuse, 0), rateMeta('Iterations per second at its end, reached in a straight line from the stage before (from 0 at first).', 0)),
})

/** `30s:500`, as on the command line, is a stage too. */
const stage = z.preprocess((value) => {
  const short = typeof value === 'string' ? /^([^:]*):([^:]*)$/.exec(value) : null
  return short === null ? value : { duration: short[1], target: short[2] }
}, stageObject)

export const loadShape = {
  rate: field((value, refuse) => readRate(value, refuse), rateMeta('Iterations per second over the whole fleet, held exactly (open model).', 0.1)).optional(),
  stages: z.array(stage).min(1).max(MAX_STAGES).meta({ description: 'Instead of rate and duration: a course of the rate.' }).optional(),
  connections: field(readCount(1, 1_000_000, 'connections'), countMeta('Without a rate: virtual users, each with one iteration at a time (closed model). With a rate or stages: the most connections.', 1_000_000, [10])).optional(),
  duration: field(readDuration(1), durationMeta('Length of the run.', ['30s', '5m', '1h30m'])).optional(),
  requests: field(readCount(1, 1e12, 'requests'), countMeta('Total number of iterations; with a rate instead of duration.', 1e12, [1000])).optional(),
  ramp: field(readDuration(0), durationMeta('Linear rise from 0 to the rate at the start, within the duration.', ['5s'])).optional(),
  warmup: field(readDuration(0), durationMeta('Runs before, at the first rate, and is kept out of the result.', ['10s'])).optional(),
  arrivals: z.enum(['uniform', 'poisson']).meta({ description: 'Spacing of arrivals; default uniform.' }).optional(),
  maxInFlight: field(readCount(1, 10_000_000, 'iterations in flight'), countMeta('Bound on iterations waiting or in flight; beyond it they are dropped and counted.', 10_000_000, [1000])).optional(),
}

/** Which fields go together; the cures are in {@link loadConflicts}. */
export const loadObject = z.strictObject(loadShape).meta({
  description: 'How much to send: a rate, or stages, or connections alone.',
  examples: [{ rate: '500/s', duration: '30s' }, { connections: 50, requests: 10_000 }],
  oneOf: [
    { title: 'A rate', required: ['rate'], not: { anyOf: [{ required: ['stages'] }, { required: ['duration', 'requests'] }] }, anyOf: [{ required: ['duration'] }, { required: ['requests'] }] },
    { title: 'Stages', required: ['stages'], not: { anyOf: ['rate', 'duration', 'requests', 'ramp'].map((key) => ({ required: [key] })) } },
    { title: 'Connections alone', required: ['connections'], not: { anyOf: ['rate', 'stages', 'ramp', 'arrivals', 'maxInFlight'].map((key) => ({ required: [key] })) }, anyOf: [{ required: ['duration'] }, { required: ['requests'] }] },
  ],
})
export const stageKeys = Object.keys(stageObject.shape)

/** Fields that exclude or need each other; looks at their presence only, so that it speaks also when a value is wrong. */
export function loadConflicts(load: Record<string, unknown>): Problem[] {
  const has = (key: keyof LoadSpec): boolean => Object.hasOwn(load, key)
  const found: (Problem | false)[] = has('stages') ? stageConflicts(has) : has('rate') ? rateConflicts(has) : closedConflicts(has)
  return found.filter((problem) => problem !== false)
}

function stageConflicts(has: (key: keyof LoadSpec) => boolean): (Problem | false)[] {
  return [
    has('rate') && problem('load.rate', 'rate and stages exclude each other.', 'Keep one: rate for a constant load, stages for a course.'),
    has('duration') && problem('load.duration', 'Stages have their own durations.', 'Remove it.'),
    has('requests') && problem('load.requests', 'Stages have their own lengths, which give the count.', 'Remove it.'),
    has('ramp') && problem('load.ramp', 'Every stage is a ramp already.', 'Remove it; add a stage, for example 30s:500.'),
  ]
}

function rateConflicts(has: (key: keyof LoadSpec) => boolean): (Problem | false)[] {
  return [
    !has('duration') && !has('requests') && problem('load.duration', 'Nothing says when to end.', 'Add duration: 30s, or requests: 1000.'),
    has('duration') && has('requests') && problem('load.requests', 'rate and duration give the count already.', 'Remove requests, or duration.'),
    has('ramp') && !has('duration') && has('requests') && problem('load.ramp', 'A ramp needs a duration.', 'Write duration instead of requests.'),
  ]
}

function closedConflicts(has: (key: keyof LoadSpec) => boolean): (Problem | false)[] {
  if (!has('connections')) return [problem('load', 'Nothing says how much to send.', 'Write for example load: { rate: 500/s, duration: 30s }, or stages, or connections.')]
  const open = (key: keyof LoadSpec): Problem | false => has(key) && problem(`load.${key}`, `${key} needs a rate or stages; connections alone send as fast as the target answers.`, 'Add a rate, or remove it.')
  return [!has('duration') && !has('requests') && problem('load.duration', 'Nothing says when to end.', 'Add duration: 30s, or requests: 1000.'), open('ramp'), open('arrivals'), open('maxInFlight')]
}

/** What the values of a well-formed load say together. */
export function loadInconsistencies(load: LoadSpec): Problem[] {
  const length = ms(load.duration)
  if (load.ramp !== undefined && ms(load.ramp) > length) return [problem('load.ramp', `The ramp (${load.ramp}) is longer than the run (${load.duration}).`, 'Shorten it, or lengthen the duration.')]
  const planned = load.stages !== undefined ? dueInStages(load.stages) : load.rate === undefined || load.duration === undefined ? Infinity : (load.rate * (length - ms(load.ramp) / 2)) / 1000
  if (planned >= 0.5) return []
  const path = load.stages === undefined ? 'load.duration' : 'load.stages'
  return [problem(path, 'Not a single iteration would be due.', load.stages === undefined ? `At ${load.rate} req/s one takes ${1 / (load.rate ?? 1)} s; lengthen the duration.` : 'Give a stage a duration and a target above 0.')]
}

function dueInStages(stages: readonly StageSpec[]): number {
  let from = 0
  let due = 0
  for (const { duration, target } of stages) {
    due += ((from + target) / 2) * (ms(duration) / 1000)
    from = target
  }
  return due
}

function ms(duration: string | undefined): number {
  return duration === undefined ? 0 : (parseDuration(duration) ?? 0)
}

function problem(path: string, message: string, hint: string): Problem {
  return { path, message, hint }
}

/** A rate as a screen, the command line or a script gives it: number or text. `problem.path` is empty. */
export function parseRate(value: unknown): { ok: true; rate: number } | { ok: false; problem: Problem } {
  let found: Problem = problem('', `${show(value)} is no rate.`, 'Write 500, 500/s, 30000/m or 12k.')
  const refuse: Refuse = (message, hint) => void (found = problem('', message, hint))
  const rate = readRate(value, refuse)
  return rate === undefined ? { ok: false, problem: found } : { ok: true, rate }
}
