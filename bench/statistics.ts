/** The arithmetic of the benchmarks. No figure is ever a mean of rounds: a median, with the least and the greatest beside it. */
export interface Spread {
  /** NaN when nothing was measured. */
  median: number
  min: number
  max: number
  /** Rounds. */
  n: number
}

/** Of the finite values; NaN for none. The mean of the two middle ones when their number is even. */
export function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return NaN
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function spreadOf(values: readonly number[]): Spread {
  const finite = values.filter(Number.isFinite)
  const [min, max] = finite.length === 0 ? [NaN, NaN] : [Math.min(...finite), Math.max(...finite)]
  return { median: median(finite), min, max, n: finite.length }
}

/** Round by round, ours against theirs: neighbours in time share the machine's mood, medians of different times do not. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((value, round) => value / (theirs[round] ?? NaN))
}

/** How far off a figure is, in % of what it should be; without a sign. */
export function percentOff(actual: number, wanted: number): number {
  return (Math.abs(actual - wanted) / wanted) * 100
}

/**
 * Instants sorted into `buckets` spans of `widthMs`, the first of which begins at `fromMs`. Instants outside are left out.
 */
export function bucketCounts(instants: Iterable<number>, fromMs: number, widthMs: number, buckets: number): number[] {
  const counts = new Array<number>(buckets).fill(0)
  for (const instant of instants) {
    const bucket = Math.floor((instant - fromMs) / widthMs)
    if (bucket >= 0 && bucket < buckets) counts[bucket]! += 1
  }
  return counts
}

/** Standard deviation over mean: 0 for even spacing, 1/√mean for Poisson arrivals. NaN without counts. */
export function coefficientOfVariation(counts: readonly number[]): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length
  return Math.sqrt(variance) / mean
}
