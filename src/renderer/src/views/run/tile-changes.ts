import { changeBetween, leastNoise, type Change, type ComparedFigure, type Comparison, type Metric } from '../../../../shared/compare/compare.ts'
import { changeFigure, changeText } from '../../../../shared/compare/change-text.ts'
import type { RunTotals } from '../../../../shared/results/run.ts'
import type { ComparisonTextKey } from '../../../../shared/locales/comparison.ts'
import type { Words } from '../../../../shared/locales/words.ts'

/** What a tile compares with the baseline. */
export type TileMetric = Extract<Metric, 'rate' | 'errors' | 'p50' | 'p95' | 'p99'>

export interface TileChange {
  /** `+31%`, `+0.04 points`. */
  figure: string
  /** With what is to be known of it. */
  words: string
  verdict: Change
}

const UNITS = { rate: '/s', errors: 'share', p50: 'ms', p95: 'ms', p99: 'ms' } as const satisfies Record<TileMetric, string>

/**
 * A figure of the run against the same one of its baseline. Once the run has ended it is judged by its seconds (`judged`);
 * while it goes, five seconds tell nothing but a change too small for any judgement. Null: nothing to compare.
 */
export function tileChange(metric: TileMetric, now: RunTotals, base: RunTotals, judged: Comparison | null, words: Words<ComparisonTextKey>): TileChange | null {
  const found = judged?.metrics.find((compared) => compared.metric === metric)?.figures[1] ?? unjudged(metric, now, base)
  if (found === null || found.change === null) return null
  const unit = UNITS[metric]
  return { figure: changeFigure(unit, found.change, words), words: changeText({ unit }, found, words), verdict: found.verdict }
}

function unjudged(metric: TileMetric, now: RunTotals, base: RunTotals): ComparedFigure | null {
  const [value, from] = [figureOf(metric, now), figureOf(metric, base)]
  if (value === null || from === null) return null
  const change = changeBetween(metric, from, value)
  const isSmall = change !== null && Math.abs(change) <= leastNoise(metric)
  return { value, change, noise: isSmall ? leastNoise(metric) : null, verdict: isSmall ? 'within-noise' : 'not-judged' }
}

function figureOf(metric: TileMetric, totals: RunTotals): number | null {
  if (totals.completed === 0) return null
  if (metric === 'rate') return totals.achievedRate
  return metric === 'errors' ? totals.errorRate : totals[metric]
}
