import type { Band } from '../../../shared/charts/bands.ts'
import type { Flag } from '../../../shared/charts/flag-places.ts'
import type { LatencyScale } from '../../../shared/charts/latency-scale.ts'
import type { Point } from '../../../shared/results/summary.ts'
import type { ReportWords } from '../words.ts'

/** What all charts of a report share. */
export interface ChartScene {
  seconds: readonly Point[]
  /** How long one of them is, ms. */
  spanMs: number
  /** What of the run is shown. */
  window: Band
  scale: LatencyScale
  thresholds: readonly { label: string; ms: number }[]
  flags: readonly Flag[]
  bands: readonly Band[]
  words: ReportWords
}
