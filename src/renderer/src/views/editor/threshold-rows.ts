import { formatThreshold, parseThreshold, type Threshold } from '../../../../shared/task/threshold.ts'
import { formatTime } from '../../../../shared/quantity.ts'

/** A threshold as metric, comparison and value; `text`: one that the list of metrics does not offer. */
export interface ThresholdRow {
  metric: string
  operator: '<' | '<=' | '>' | '>='
  value: string
}

/** Offered metrics; others (`p99.99`, `min` …) are shown as their text. */
export const METRICS = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'max', 'mean', 'service.p99', 'lag.p99', 'errors', 'rate', 'checks'] as const

const SHARES = new Set(['errors', 'rate', 'checks'])
const FIRST: Record<string, Pick<ThresholdRow, 'operator' | 'value'>> = {
  errors: { operator: '<', value: '1' },
  rate: { operator: '>=', value: '95' },
  checks: { operator: '>', value: '99' },
}

export function newThreshold(metric: string): ThresholdRow {
  return { metric, ...(FIRST[metric] ?? { operator: '<', value: '200' }) }
}

/** `%` for shares, `ms` for times that are written without a unit. */
export function thresholdUnit({ metric, value }: ThresholdRow): string {
  if (SHARES.has(metric)) return value.trim().endsWith('%') ? '' : '%'
  return /^[\d.]*$/.test(value.trim()) ? 'ms' : ''
}

export function thresholdText(row: ThresholdRow): string {
  return `${row.metric}${row.operator}${row.value.trim()}${thresholdUnit(row)}`
}

export function thresholdRow(expression: string): ThresholdRow {
  const parsed = parseThreshold(expression)
  if (!parsed.ok) return { metric: expression, operator: '<', value: '' }
  const { threshold } = parsed
  return { metric: metricOf(threshold), operator: threshold.operator, value: valueOf(threshold) }
}

function metricOf(threshold: Threshold): string {
  return /^[^<>]+/.exec(formatThreshold(threshold))?.[0] ?? ''
}

function valueOf(threshold: Threshold): string {
  if (!('stat' in threshold)) return String(threshold.limit)
  return formatTime(threshold.limit).replace(/(\d)ms$/, '$1')
}
