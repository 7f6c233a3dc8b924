import { bucketCounts, coefficientOfVariation, percentOff } from './statistics.ts'

/** How well a constant rate was held, judged by the arrivals that the target recorded. */
export interface Punctuality {
  /** Arrivals in all against rate × duration, % off. */
  totalOff: number
  /** The whole second, the first one included, that is furthest off, in %. */
  worstSecondOff: number
  /** Coefficient of variation of the arrivals per 10 ms, buckets counted from the first arrival, first and last second left out. */
  cv: number
  /** The same, averaged over ten positions of the buckets' borders: free of where the first arrival happened to fall. */
  cvAnyBorder: number
}

const BUCKET_MS = 10
const POSITIONS = 10

/** @param arrivals ms, ascending. @param rate per second. */
export function punctualityOf(arrivals: Float64Array, rate: number, seconds: number): Punctuality {
  const first = arrivals[0] ?? NaN
  // The first of N even arrivals is due half a gap after the start (`load.ts`), so this is where the seconds begin.
  const start = first - 500 / rate
  const perSecond = bucketCounts(arrivals, start, 1000, seconds)
  const cvFrom = (fromMs: number): number => coefficientOfVariation(bucketCounts(arrivals, fromMs, BUCKET_MS, ((seconds - 2) * 1000) / BUCKET_MS))
  const shifts = Array.from({ length: POSITIONS }, (_, position) => (position * 1000) / rate / POSITIONS)
  return {
    totalOff: percentOff(arrivals.length, rate * seconds),
    worstSecondOff: Math.max(...perSecond.map((count) => percentOff(count, rate))),
    cv: cvFrom(first + 1000),
    cvAnyBorder: shifts.reduce((sum, shift) => sum + cvFrom(first + 1000 + shift), 0) / POSITIONS,
  }
}
