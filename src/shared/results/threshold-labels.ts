import { latency, percent } from '../format.ts'
import type { ThresholdResult } from './summary.ts'
import type { RunTextKey } from '../locales/run.ts'
import type { Words } from '../locales/words.ts'
import { parseThreshold, type Threshold } from '../task/threshold.ts'

/** `p99<100ms` → `p99 < 100 ms`, as people read it. */
export function thresholdLabel(expression: string, t: Words<RunTextKey>): string {
  const parsed = parseThreshold(expression)
  if (!parsed.ok) return expression
  const { threshold } = parsed
  return `${metricName(threshold, t)} ${spoken(threshold.operator)} ${'stat' in threshold ? wholeTime(threshold.limit) : `${String(threshold.limit)}%`}`
}

/** The metric's name alone: `p99`, `service p99`, `errors`. */
function metricName(threshold: Threshold, t: Words<RunTextKey>): string {
  if (!('stat' in threshold)) return t(`threshold.${threshold.metric}`)
  const stat = typeof threshold.stat === 'number' ? `p${String(threshold.stat)}` : threshold.stat
  return threshold.metric === 'response' ? stat : t(`threshold.${threshold.metric}`, { stat })
}

/** The measured value in the threshold's unit: `112 ms`, `0.42%`. */
export function thresholdValue({ value, unit }: ThresholdResult): string {
  if (value === null) return '–'
  if (unit === 'ms') return latency(value)
  return unit === '%' ? percent(value / 100) : `${String(Number(value.toPrecision(3)))}${unit}`
}

/** Thresholds on response time, for the dotted lines of the latency chart. */
export function latencyThresholds(results: readonly ThresholdResult[], t: Words<RunTextKey>): { label: string; ms: number }[] {
  return results.flatMap(({ expression }) => {
    const parsed = parseThreshold(expression)
    if (!parsed.ok || !('stat' in parsed.threshold) || parsed.threshold.metric !== 'response') return []
    return [{ label: thresholdLabel(expression, t), ms: parsed.threshold.limit }]
  })
}

function spoken(operator: string): string {
  return operator.replace('<=', '≤').replace('>=', '≥')
}

/** A limit as someone wrote it: `100 ms`, `1.5 s`; no zeros for precision. */
function wholeTime(ms: number): string {
  if (ms >= 1000) return `${String(Number((ms / 1000).toPrecision(6)))} s`
  return ms < 1 ? `${String(Number((ms * 1000).toPrecision(6)))} µs` : `${String(Number(ms.toPrecision(6)))} ms`
}
