import { exact, formatTime, parseTime } from '../quantity.ts'
import { didYouMean, show } from '../suggest.ts'
import type { Problem } from '../errors.ts'

/**
 * Threshold: what a whole run must be like to pass.
 *
 *     p99<200ms · p99.9<1s · min, mean, max · service.p99<100ms · lag.p99<2ms
 *     errors<1% · rate>=95% · checks>99%
 *
 * k6's strings are read too: `http_req_duration:p(95)<500` (ms; here it is the response time from the intended
 * instant, so stricter than k6's), `http_req_failed:rate<0.01`, `checks:rate>0.99`.
 */
export type Threshold =
  | { metric: 'response' | 'service' | 'lag'; stat: Stat; operator: Bound; limit: number }
  | { metric: 'errors' | 'rate' | 'checks'; operator: Bound; limit: number }

/** A percentile (0 < p ≤ 100) or one of the named figures of a distribution. */
export type Stat = number | 'min' | 'mean' | 'max'
export type Bound = '<' | '<=' | '>' | '>='
export type ParsedThreshold = { ok: true; threshold: Threshold } | { ok: false; problem: Problem }

/** What thresholds are judged by. Null: nothing measured, or the figure does not exist in this run. */
export interface ThresholdFigures {
  responseMs(stat: Stat): number | null
  serviceMs(stat: Stat): number | null
  lagMs(stat: Stat): number | null
  /** Failed of completed, 0 … 1. */
  errorRate: number | null
  /** Achieved of target, 0 … (1 = held). Null in the closed model. */
  rateOfTarget: number | null
  /** Passed of all checks, 0 … 1. */
  checksRate: number | null
}

export interface Judgement {
  /** In `unit`. */
  value: number | null
  unit: 'ms' | '%'
  /** False also when there is no value: nothing has been shown to hold. A live view waits for one. */
  ok: boolean
}

const EXAMPLE = 'Write for example: p99<200ms, errors<1%, rate>=95% or checks>99%.'
const TIMES = { '': 'response', response: 'response', service: 'service', lag: 'lag' } as const
const SHARES = ['errors', 'rate', 'checks'] as const
const K6: Record<string, string> = { http_req_duration: '', http_req_failed: 'errors', checks: 'checks' }

/** `problem.path` is empty: the caller knows where the expression stands. */
export function parseThreshold(text: string): ParsedThreshold {
  const match = /^([a-z_][\w.]{0,60})(?:\s*:\s*([\w.()]{1,20}))?\s*(<=|>=|<|>)\s*([^<>=]{1,40})$/i.exec(text.trim())
  if (match === null) return refuse(`${show(text)} is no threshold.`, EXAMPLE)
  const [, name = '', k6Stat, operator, limit = ''] = match
  if (k6Stat !== undefined) return parseK6(name, k6Stat, operator as Bound, limit)
  const share = SHARES.find((metric) => metric === name.toLowerCase())
  return share === undefined ? parseLatency(name, operator as Bound, limit) : parseShare(share, operator as Bound, limit)
}

/** Canonical text, e.g. `service.p99<200ms`; k6's strings become ours. */
export function formatThreshold(threshold: Threshold): string {
  if (!('stat' in threshold)) return `${threshold.metric}${threshold.operator}${threshold.limit}%`
  const { metric, stat, operator, limit } = threshold
  const figure = typeof stat === 'number' ? `p${stat}` : stat
  return `${metric === 'response' ? '' : `${metric}.`}${figure}${operator}${formatTime(limit)}`
}

export function judge(threshold: Threshold, figures: ThresholdFigures): Judgement {
  const value = valueOf(threshold, figures)
  const unit = 'stat' in threshold ? 'ms' : '%'
  return { value, unit, ok: value !== null && holds(value, threshold.operator, threshold.limit) }
}

function valueOf(threshold: Threshold, figures: ThresholdFigures): number | null {
  switch (threshold.metric) {
    case 'response': return figures.responseMs(threshold.stat)
    case 'service': return figures.serviceMs(threshold.stat)
    case 'lag': return figures.lagMs(threshold.stat)
    case 'errors': return percent(figures.errorRate)
    case 'rate': return percent(figures.rateOfTarget)
    case 'checks': return percent(figures.checksRate)
  }
}

function holds(value: number, operator: Bound, limit: number): boolean {
  switch (operator) {
    case '<': return value < limit
    case '<=': return value <= limit
    case '>': return value > limit
    case '>=': return value >= limit
  }
}

function parseLatency(name: string, operator: Bound, limit: string): ParsedThreshold {
  const [, group = '', figure = ''] = /^(?:(response|service|lag)\.)?(.+)$/i.exec(name) ?? []
  const stat = parseStat(figure)
  if (stat === null) return refuse(`${show(name)} is no figure of a run.`, didYouMean(name, ['p50', 'p95', 'p99', 'p99.9', 'min', 'mean', 'max', 'service.p99', 'lag.p99', ...SHARES]))
  const ms = parseTime(limit)
  if (ms === null) return refuse(`${show(limit)} is no time.`, `Write ${name}${operator}${/^[\d.]+$/.test(limit) ? `${limit}ms` : '200ms'}; units are us, ms, s and m.`)
  return accept({ metric: TIMES[group.toLowerCase() as keyof typeof TIMES], stat, operator, limit: ms })
}

function parseShare(metric: (typeof SHARES)[number], operator: Bound, limit: string): ParsedThreshold {
  const number = /^(\d{1,6}(?:\.\d{1,6})?)\s*%$/.exec(limit)?.[1]
  if (number === undefined) return refuse(`${show(limit)} is no percentage.`, `Write for example: ${metric}${operator}${metric === 'errors' ? 1 : 99}%`)
  if (Number(number) > 100 && metric !== 'rate') return refuse(`${metric} cannot exceed 100 %.`, `Write a limit from 0% to 100%.`)
  return accept({ metric, operator, limit: Number(number) })
}

function parseK6(name: string, figure: string, operator: Bound, limit: string): ParsedThreshold {
  const ours = Object.hasOwn(K6, name) ? K6[name] : undefined
  const number = /^\d{1,9}(?:\.\d{1,9})?$/.test(limit) ? Number(limit) : null
  if (ours === undefined) return refuse(`k6's ${show(name)} has no counterpart here.`, `Known: ${Object.keys(K6).join(', ')}.`)
  if (number === null) return refuse(`${show(limit)} is no plain number, which k6's thresholds take.`, EXAMPLE)
  if (ours === '') {
    const stat = parseStat(figure)
    return stat === null ? refuse(`${show(figure)} is no figure of ${name}.`, 'Known: p(95), min, med, avg, max.') : accept({ metric: 'response', stat, operator, limit: number })
  }
  if (figure !== 'rate') return refuse(`${name} is judged by its rate, not by ${show(figure)}.`, `Write ${name}:rate${operator}${limit}.`)
  if (number > 1) return refuse(`k6's rates go from 0 to 1; ${limit} is more.`, `Write ${name}:rate${operator}${exact(number / 100)} or ${ours}${operator}${limit}%.`)
  return accept({ metric: ours as 'errors' | 'checks', operator, limit: exact(number * 100) })
}

/** `p99.9`, `p(95)`, `median`, `avg` …; null when it names no figure. */
function parseStat(text: string): Stat | null {
  const word = text.toLowerCase()
  if (word === 'min' || word === 'max' || word === 'mean') return word
  if (word === 'avg') return 'mean'
  if (word === 'med' || word === 'median') return 50
  const number = /^p(?:(\d{1,3}(?:\.\d{1,4})?)|\((\d{1,3}(?:\.\d{1,4})?)\))$/.exec(word)
  const percentile = Number(number?.[1] ?? number?.[2])
  return percentile > 0 && percentile <= 100 ? percentile : null
}

function percent(ratio: number | null): number | null {
  return ratio === null ? null : exact(ratio * 100)
}

function accept(threshold: Threshold): ParsedThreshold {
  return { ok: true, threshold }
}

function refuse(message: string, hint: string): ParsedThreshold {
  return { ok: false, problem: { path: '', message, hint } }
}
