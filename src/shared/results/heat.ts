import type { Histogram } from './histogram.ts'

/**
 * Cells of the latency heat map: 8 per decade from 10 µs to 100 s, each 33 % wider than the one before. Coarse on
 * purpose: a second becomes a column of a few cells that can be stored and drawn for hours of run.
 */

const PER_DECADE = 8
const LOWEST_MS = 0.01
const DECADES = 7

/** Number of bins. The first also holds everything faster, the last everything slower. */
export const BINS = PER_DECADE * DECADES

export function binLowMs(bin: number): number {
  return LOWEST_MS * 10 ** (bin / PER_DECADE)
}

export function binHighMs(bin: number): number {
  return binLowMs(bin + 1)
}

/** Filled bins, ascending, as `[bin, count, bin, count, …]`. */
export function heatOf(histogram: Histogram): number[] {
  const cells: number[] = []
  histogram.forEach((us, count) => {
    const bin = binOf(us / 1000)
    const last = cells.length - 2
    if (cells[last] === bin) cells[last + 1] = (cells[last + 1] ?? 0) + count
    else cells.push(bin, count)
  })
  return cells
}

function binOf(ms: number): number {
  // The hair keeps a value on a bin's border from falling below it by rounding.
  return clampBin(Math.floor(Math.log10(ms / LOWEST_MS) * PER_DECADE + 1e-9))
}

/** Adds filled bins, as of `heatOf`, to counts with a place for each bin; those begin at `offset`. */
export function addHeat(heat: ArrayLike<number>, counts: Float64Array, offset = 0): void {
  // Bins of a file that somebody else has written may be any number.
  for (let i = 0; i + 1 < heat.length; i += 2) counts[offset + clampBin(Math.trunc(heat[i] ?? 0))]! += heat[i + 1] ?? 0
}

/** The nearest bin that there is. */
function clampBin(bin: number): number {
  return Math.min(BINS - 1, Math.max(0, bin))
}

/** What a part (0 … 1) of the responses took at most, ms: within a bin as if they lay evenly on its logarithm. `cells`: responses in each bin. Null without any. */
export function quantileOfHeat(cells: Float64Array, quantile: number): number | null {
  const total = cells.reduce((sum, count) => sum + count, 0)
  let below = 0
  for (const [bin, count] of cells.entries()) {
    if (count > 0 && below + count >= quantile * total) return binLowMs(bin + Math.max(quantile * total - below, 0) / count)
    below += count
  }
  return null
}
