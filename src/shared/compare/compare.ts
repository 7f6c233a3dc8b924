import { count, rate } from '../format.ts'
import type { Distribution, Summary } from '../results/summary.ts'
import type { Sentence } from '../locales/sentence.ts'
import type { TaskSpec } from '../task/task.ts'
import { errorNoise, percentileNoise, rateNoise, secondsOf, throughputNoise, type Seconds } from './noise.ts'
import { specDifferences, type SpecDifference } from './spec-differences.ts'

/** A run as it can be compared: `spec` where the store has it, a file of results has none. */
export interface ComparableRun {
  summary: Summary
  spec: TaskSpec | null
}

export type Change = 'better' | 'worse' | 'within-noise' | 'not-judged'

export const METRICS = ['rate', 'errors', 'min', 'mean', 'p50', 'p75', 'p90', 'p95', 'p99', 'p99.9', 'p99.99', 'max'] as const
export type Metric = (typeof METRICS)[number]

/** One figure of one run against that of the first. */
export interface ComparedFigure {
  value: number | null
  /** Relative, 0.31: 31 % more; of errors the difference of the shares. Null for the first run, and where a value is missing. */
  change: number | null
  /** What the change has to exceed, in the same terms; null: cannot be told. */
  noise: number | null
  verdict: Change
}

export interface ComparedMetric {
  metric: Metric
  /** `share`: 0 … 1. */
  unit: 'ms' | '/s' | 'share'
  figures: ComparedFigure[]
}

export interface ComparedRun {
  id: string
  name: string
  startedAt: string
  method: string
  target: string
  targetRate: number | null
  durationMs: number
  verdict: Summary['verdict']
}

/** `stampede.comparison/1`: runs against the first of them. */
export interface Comparison {
  schema: 'stampede.comparison/1'
  runs: ComparedRun[]
  /** Whether their figures mean the same; if not, nothing is called better or worse. */
  comparable: boolean
  /** Why not, and what else to know before the figures. */
  warnings: Sentence[]
  differences: SpecDifference[]
  metrics: ComparedMetric[]
  /** Of all runs and figures together. */
  verdict: 'better' | 'worse' | 'within-noise' | 'not-comparable'
}

/** Whatever the seconds say: from one run to the next, caches and neighbours move times by so much. */
const LATENCY_FLOOR = 0.03
const RATE_FLOOR = 0.01
const ERROR_FLOOR = 0.0005
/** Rates further apart than this are another load. */
const SAME_RATE = 0.05

/** @param runs two to four; the first is what the others are measured by. */
export function compareRuns(runs: readonly ComparableRun[]): Comparison {
  const seconds = runs.map(({ summary }) => secondsOf(summary.points))
  const { obstacles, remarks } = look(runs.map(({ summary }) => summary))
  const comparable = obstacles.length === 0
  const metrics = METRICS.map((metric) => compareMetric(metric, runs.map(({ summary }) => summary), seconds, comparable))
  return {
    schema: 'stampede.comparison/1',
    runs: runs.map(({ summary }) => comparedRun(summary)),
    comparable,
    warnings: [...obstacles, ...remarks],
    differences: specDifferences(runs.map(({ spec }) => spec)),
    metrics,
    verdict: comparable ? overall(metrics) : 'not-comparable',
  }
}

/** The figure of a run by the name of a metric. */
export function valueOf(metric: Metric, { ledger, rate: { achieved }, responseTime }: Summary): number | null {
  if (metric === 'rate') return ledger.completed === 0 ? null : achieved
  if (metric === 'errors') return ledger.completed === 0 ? null : ledger.failed / ledger.completed
  return responseTime[metric satisfies keyof Distribution]
}

function comparedRun({ run, rate: { target }, verdict }: Summary): ComparedRun {
  return { id: run.id, name: run.name, startedAt: run.startedAt, method: run.method, target: run.target, targetRate: target, durationMs: run.durationMs, verdict }
}

function compareMetric(metric: Metric, summaries: readonly Summary[], seconds: readonly Seconds[], comparable: boolean): ComparedMetric {
  const [base] = summaries
  const figures = summaries.map((summary, index) => {
    const value = valueOf(metric, summary)
    const from = base === undefined || index === 0 ? null : valueOf(metric, base)
    if (value === null || from === null) return { value, change: null, noise: null, verdict: 'not-judged' as const }
    return { value, ...judge(metric, summary.run.model, from, value, [seconds[0], seconds[index]], comparable) }
  })
  return { metric, unit: metric === 'rate' ? '/s' : metric === 'errors' ? 'share' : 'ms', figures }
}

/** Relative, 0.31: 31 % more; of errors the difference of the shares. Null where it cannot be said. */
export function changeBetween(metric: Metric, from: number, value: number): number | null {
  if (metric === 'errors') return value - from
  return from === 0 ? null : value / from - 1
}

/** What a change has to exceed whatever the seconds say. */
export function leastNoise(metric: Metric): number {
  return metric === 'errors' ? ERROR_FLOOR : metric === 'rate' ? RATE_FLOOR : LATENCY_FLOOR
}

function judge(metric: Metric, model: Summary['run']['model'], from: number, value: number, seconds: (Seconds | undefined)[], comparable: boolean): Omit<ComparedFigure, 'value'> {
  const change = changeBetween(metric, from, value)
  if (change === null) return { change, noise: null, verdict: 'not-judged' }
  const [one, other] = seconds
  const half = one === undefined || other === undefined ? null : noiseOf(metric, model, one, other)
  if (half === null) return { change, noise: null, verdict: 'not-judged' }
  const noise = Math.max(metric === 'errors' || metric === 'rate' ? half : Math.expm1(half), leastNoise(metric))
  if (!comparable) return { change, noise, verdict: 'not-judged' }
  return { change, noise, verdict: verdictOf(metric, change, noise) }
}

/** Of times downwards the interval is as wide in the logarithm: −6 % is as far as +6.4 %. */
function verdictOf(metric: Metric, change: number, noise: number): Change {
  const down = metric === 'rate' || metric === 'errors' ? noise : noise / (1 + noise)
  if (change <= noise && change >= -down) return 'within-noise'
  return change > 0 === (metric === 'rate') ? 'better' : 'worse'
}

function noiseOf(metric: Metric, model: Summary['run']['model'], one: Seconds, other: Seconds): number | null {
  if (metric === 'errors') return errorNoise(one, other)
  if (metric === 'rate') return model === 'open' ? rateNoise(one, other) : throughputNoise(one, other)
  // The mean follows a few, minimum and maximum are single answers: shown, not judged.
  return metric === 'min' || metric === 'mean' || metric === 'max' ? null : percentileNoise(one, other, Number(metric.slice(1)) / 100)
}

function overall(metrics: readonly ComparedMetric[]): Comparison['verdict'] {
  const verdicts = metrics.flatMap(({ figures }) => figures.map(({ verdict }) => verdict))
  return verdicts.includes('worse') ? 'worse' : verdicts.includes('better') ? 'better' : 'within-noise'
}

/** What keeps runs from being compared, and what only has to be known. */
function look(summaries: readonly Summary[]): { obstacles: Sentence[]; remarks: Sentence[] } {
  const [base, ...others] = summaries
  const obstacles: Sentence[] = []
  const remarks: Sentence[] = []
  if (base === undefined) return { obstacles, remarks }
  const differs = (pick: (summary: Summary) => unknown): Summary | undefined => others.find((other) => pick(other) !== pick(base))
  const place = differs(placeOf)
  if (place !== undefined) obstacles.push({ key: 'compare.targets', params: { one: placeOf(base), other: placeOf(place) } })
  if (differs(({ run }) => run.model) !== undefined) obstacles.push({ key: 'compare.models', params: {} })
  const rates = others.find((other) => !sameRate(base.rate.target, other.rate.target))
  if (rates !== undefined && base.rate.target !== null && rates.rate.target !== null) obstacles.push({ key: 'compare.rates', params: { one: rate(base.rate.target), other: rate(rates.rate.target) } })
  const silent = summaries.find(({ ledger }) => ledger.completed === 0)
  if (silent !== undefined) obstacles.push({ key: 'compare.nothing', params: { run: silent.run.id.slice(-8) } })
  for (const { verdict, run } of summaries) if (verdict === 'not-trustworthy') remarks.push({ key: 'compare.untrusted', params: { run: run.id.slice(-8) } })
  const short = summaries.filter(({ points }) => points.length < 10)
  if (short.length > 0) remarks.push({ key: 'compare.short', params: { seconds: count(Math.min(...short.map(({ points }) => points.length))) } })
  return { obstacles, remarks }
}

function sameRate(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return true
  return Math.abs(one - other) <= SAME_RATE * Math.max(one, other)
}

/** Without the query: a task may number its requests there. */
function placeOf({ run: { method, target } }: Summary): string {
  return `${method} ${target.split(/[?#]/)[0] ?? target}`
}
