import type { ChartPoint } from '../results/summary.ts'
import { latencyRange } from './columns.ts'
import { decadeTicks, decadesAround, linearTicks } from './ticks.ts'

/** The vertical scale of latency, ms. */
export interface LatencyScale {
  log: boolean
  min: number
  max: number
  ticks: number[]
}

/** Shared by percentiles and heat map, so that a level has one height on both. `thresholds`: ms, kept in view. */
export function latencyScale(points: readonly Pick<ChartPoint, 'p50' | 'max'>[], kind: 'log' | 'linear', thresholds: readonly number[]): LatencyScale {
  const found = latencyRange(points) ?? { low: 1, high: 1000 }
  const low = Math.min(found.low, ...thresholds)
  // Room above a threshold: its label stands on the line.
  const high = Math.max(found.high, ...thresholds.map((ms) => ms * 1.5))
  if (kind === 'linear') return { log: false, min: 0, max: high * 1.08, ticks: linearTicks(high * 1.08) }
  const { min, max } = decadesAround(low, high)
  return { log: true, min, max, ticks: decadeTicks(min, max) }
}

/** 0 at the foot of the plot, 1 at its top; clamped. */
export function heightOn(scale: LatencyScale, ms: number): number {
  const part = scale.log ? Math.log(Math.max(ms, scale.min) / scale.min) / Math.log(scale.max / scale.min) : (ms - scale.min) / (scale.max - scale.min)
  return Math.min(Math.max(part, 0), 1)
}
