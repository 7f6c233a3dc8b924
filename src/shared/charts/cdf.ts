import type { Histogram } from '../results/histogram.ts'

/** How large a part of the answers took at most so long. */
export interface Cdf {
  /** Times in ms, even on the logarithm, from the shortest to the longest of all. */
  x: number[]
  /** For each histogram the part at each time, 0 … 1. */
  shares: number[][]
}

/** Of several runs on one grid of times; empty when nothing was recorded. */
export function cdfOf(histograms: readonly Histogram[], steps = 400): Cdf {
  const [low, high] = [Math.min(...histograms.map(({ min }) => min ?? Infinity)), Math.max(...histograms.map(({ max }) => max ?? 0))]
  if (!(high > 0)) return { x: [], shares: [] }
  const from = Math.max(low, 1)
  const times = Array.from({ length: steps }, (_, i) => (i === steps - 1 ? Math.max(high, from) : from * (high / from) ** (i / (steps - 1))))
  return { x: times.map((us) => us / 1000), shares: histograms.map((histogram) => sharesAt(histogram, times)) }
}

function sharesAt(histogram: Histogram, times: readonly number[]): number[] {
  const shares: number[] = []
  let below = 0
  histogram.forEach((middle, count) => {
    // The middle of a slot may lie beyond the longest time in it.
    const us = Math.min(middle, histogram.max ?? middle)
    while (shares.length < times.length && (times[shares.length] ?? Infinity) < us) shares.push(below / histogram.count)
    below += count
  })
  while (shares.length < times.length) shares.push(histogram.count === 0 ? 0 : 1)
  return shares
}
