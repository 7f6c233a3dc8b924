import { significant } from '../format.ts'
import type { Histogram } from './histogram.ts'
import type { Distribution } from './summary.ts'
import type { Stat } from '../task/threshold.ts'

/** Figures of a histogram in ms, unrounded: what thresholds are judged by. */
export function statMs(histogram: Histogram, stat: Stat): number | null {
  const us = typeof stat === 'number' ? histogram.percentile(stat) : histogram[stat]
  return us === null ? null : us / 1000
}

/** The same with 3 significant digits: what is shown. */
export function shownMs(histogram: Histogram, stat: Stat): number | null {
  return significant(statMs(histogram, stat))
}

export function distributionOf(histogram: Histogram): Distribution {
  const ms = (stat: Stat): number | null => shownMs(histogram, stat)
  return { unit: 'ms', min: ms('min'), mean: ms('mean'), p50: ms(50), p75: ms(75), p90: ms(90), p95: ms(95), p99: ms(99), 'p99.9': ms(99.9), 'p99.99': ms(99.99), max: ms('max') }
}

/** Value of a threshold as shown: 3 significant digits, percentages with 6, as 99.97 is not 100. */
export function roundedFigure(value: number | null, unit: 'ms' | '%'): number | null {
  if (value === null) return null
  return unit === 'ms' ? significant(value) : Number(value.toPrecision(6))
}
