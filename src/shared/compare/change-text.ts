import { change as changeOf, latency, percent, rate } from '../format.ts'
import type { ComparisonTextKey } from '../locales/comparison.ts'
import type { Words } from '../locales/words.ts'
import type { ComparedFigure, ComparedMetric, Comparison, Metric } from './compare.ts'

type ComparisonWords = Words<ComparisonTextKey>

/** `p99`, `Achieved rate`. */
export function metricName(metric: Metric, words: ComparisonWords): string {
  switch (metric) {
    case 'rate':
    case 'errors':
    case 'mean':
    case 'min':
    case 'max':
      return words(`metric.${metric}`)
    default:
      return metric
  }
}

/** `112 ms`, `0.42%`, `11,964 req/s`: by the one formatter. */
export function metricValue(unit: ComparedMetric['unit'], value: number | null): string {
  if (unit === 'ms') return latency(value)
  return unit === 'share' ? percent(value) : rate(value)
}

/** `+31%`, `+0.04 points`. */
export function changeFigure(unit: ComparedMetric['unit'], change: number | null, words: ComparisonWords): string {
  if (change === null) return '–'
  return unit === 'share' ? words('change.points', { points: pointsOf(change) }) : changeOf(change)
}

/** `+31%, beyond noise (±6%)`. */
export function changeText({ unit }: Pick<ComparedMetric, 'unit'>, { change, noise, verdict }: ComparedFigure, words: ComparisonWords): string {
  const figure = changeFigure(unit, change, words)
  if (noise === null || change === null || verdict === 'not-judged') return figure
  return words(verdict === 'within-noise' ? 'change.within' : 'change.beyond', { change: figure, noise: noiseFigure(unit, noise) })
}

/** `6%`, `0.3`. */
export function noiseFigure(unit: ComparedMetric['unit'], noise: number): string {
  return unit === 'share' ? pointsOf(noise).replace('+', '') : changeOf(noise).replace('+', '')
}

/** What is to be said of all figures together. */
export function comparisonText({ verdict, metrics }: Comparison, words: ComparisonWords): string {
  const worse = metrics.filter(({ figures }) => figures.some((figure) => figure.verdict === 'worse')).map(({ metric }) => metricName(metric, words))
  return verdict === 'worse' ? words('comparison.worse', { metrics: worse.join(', ') }) : words(`comparison.${verdict}`)
}

/** Percentage points of a difference of shares, two significant digits. */
function pointsOf(difference: number): string {
  const points = Number((Math.abs(difference) * 100).toPrecision(2))
  if (points < 0.005) return '0'
  return `${difference < 0 ? '−' : '+'}${points}`
}
