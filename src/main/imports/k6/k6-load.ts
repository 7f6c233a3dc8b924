import { formatDuration, parseDuration } from '../../../shared/duration.ts'
import { exact } from '../../../shared/quantity.ts'
import { list, number, record, text } from '../foreign.ts'
import type { LoadSpec, StageSpec } from '../../../shared/task/task.ts'
import type { Foreign } from '../foreign.ts'
import type { ImportNotes } from '../import-notes.ts'

/**
 * The load of k6's options. Its arrival rates are rates here, its virtual users connections. Virtual users that come and
 * go have no counterpart: the most of them are taken for the whole length, and that is told.
 */

const DEFAULT_ITERATIONS_DURATION = '10m'

/** Null where the options say nothing of load. */
export function k6Load(options: Foreign, notes: ImportNotes): LoadSpec | null {
  const scenarios = Object.entries(record(options['scenarios']))
  const [first, ...others] = scenarios
  for (const [name] of others) notes.skip(`scenarios.${name}`, 'one-scenario')
  const load = first === undefined ? shortcut(options, notes) : scenario(first[0], record(first[1]), notes)
  const rps = number(options['rps'])
  if (load === null || rps === undefined || rps <= 0 || load.rate !== undefined || load.stages !== undefined) return load
  // A bound on what virtual users send is, as long as they can, the rate; requests and rate together need no duration.
  const { duration, requests, connections } = load
  return { rate: rps, ...(connections === undefined ? {} : { connections }), ...(duration === undefined ? { requests: requests ?? 1 } : { duration }) }
}

/** `vus`, `duration`, `iterations`, `stages` without a scenario. */
function shortcut(options: Foreign, notes: ImportNotes): LoadSpec | null {
  const vus = number(options['vus'])
  const iterations = number(options['iterations'])
  const stages = stagesOf(options['stages'])
  if (stages.length > 0) return rampingUsers('stages', stages, vus ?? 1, notes)
  const duration = durationOf(options['duration'])
  if (vus === undefined && iterations === undefined && duration === undefined) return null
  return closed(vus ?? 1, duration, iterations)
}

function scenario(name: string, options: Foreign, notes: ImportNotes): LoadSpec | null {
  const at = `scenarios.${name}`
  for (const key of ['startTime', 'exec', 'env', 'gracefulStop', 'gracefulRampDown', 'options']) if (isSaid(options[key])) notes.skip(`${at}.${key}`, 'unsupported')
  const vus = number(options['vus']) ?? 1
  const iterations = number(options['iterations']) ?? 1
  switch (options['executor']) {
    case 'constant-vus': return closed(vus, durationOf(options['duration']), undefined)
    case 'shared-iterations': return closed(vus, durationOf(options['maxDuration']), iterations)
    case 'per-vu-iterations': return closed(vus, durationOf(options['maxDuration']), iterations * vus)
    case 'ramping-vus': return rampingUsers(`${at}.stages`, stagesOf(options['stages']), number(options['startVUs']) ?? 1, notes)
    case 'constant-arrival-rate': return { rate: perSecond(number(options['rate']) ?? 1, options), duration: durationOf(options['duration']) ?? '1m', ...bound(options) }
    case 'ramping-arrival-rate': return rampingRate(options)
  }
  notes.skip(at, 'executor', { executor: text(options['executor']) ?? '?' })
  return null
}

function closed(connections: number, duration: string | undefined, requests: number | undefined): LoadSpec {
  const end = duration ?? (requests === undefined ? DEFAULT_ITERATIONS_DURATION : undefined)
  return { connections, ...(end === undefined ? {} : { duration: end }), ...(requests === undefined ? {} : { requests }) }
}

/** k6's users, with their courses, are connections here. */
function rampingUsers(at: string, stages: readonly StageSpec[], startVus: number, notes: ImportNotes): LoadSpec {
  const most = Math.max(startVus, ...stages.map(({ target }) => target))
  const changes = new Set([startVus, ...stages.map(({ target }) => target)]).size > 1
  if (changes) notes.skip(at, 'ramping-users', { most })
  const ms = stages.reduce((sum, { duration }) => sum + (parseDuration(duration) ?? 0), 0)
  return { connections: Math.max(1, most), duration: formatDuration(Math.max(1, ms)) }
}

function rampingRate(options: Foreign): LoadSpec {
  const start = perSecond(number(options['startRate']) ?? 0, options)
  const stages = stagesOf(options['stages']).map(({ duration, target }) => ({ duration, target: perSecond(target, options) }))
  return { stages: [...(start > 0 ? [{ duration: '0s', target: start }] : []), ...stages], ...bound(options) }
}

/** A user of k6 carries one iteration at a time, so the most users are the most iterations in flight. */
function bound(options: Foreign): Pick<LoadSpec, 'maxInFlight'> {
  const most = number(options['maxVUs']) ?? number(options['preAllocatedVUs'])
  return most === undefined || most < 1 ? {} : { maxInFlight: most }
}

function perSecond(rate: number, options: Foreign): number {
  const unitMs = parseDuration(durationOf(options['timeUnit']) ?? '1s') ?? 1000
  return exact((rate * 1000) / Math.max(1, unitMs))
}

function stagesOf(value: unknown): StageSpec[] {
  return list(value).map(record).map(({ duration, target }) => ({ duration: durationOf(duration) ?? '0s', target: number(target) ?? 0 }))
}

/** k6 writes days and fractions as Go does; a number means milliseconds there. */
function durationOf(value: unknown): string | undefined {
  if (typeof value === 'number' && value > 0) return formatDuration(value)
  const written = typeof value === 'string' ? /^(?:(\d+(?:\.\d+)?)d)?([^]*)$/.exec(value.trim()) : null
  if (written === null) return undefined
  const rest = written[2] === '' ? 0 : parseDuration((written[2] ?? '').replace(/(\d)(?:\.\d+)?[uµn]s$/, '$1ms'))
  const ms = rest === null ? null : rest + Number(written[1] ?? 0) * 86_400_000
  return ms === null || ms === 0 ? undefined : formatDuration(ms)
}

/** `k6 inspect` prints what nobody has said as null, false or nothing. */
export function isSaid(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '' || value === 0) return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}
