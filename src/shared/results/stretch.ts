import { roundedRate } from '../format.ts'
import { ErrorGroups } from './error-groups.ts'
import { addHeat, BINS, quantileOfHeat } from './heat.ts'
import type { ChartPoint, ErrorGroup } from './summary.ts'

const SECOND_MS = 1000

/**
 * What a stretch of a run came to, from the seconds that charts draw. Counts are exact. Histograms of single seconds are not
 * kept: percentiles are estimated from the cells of the heat map, and lie between the lowest and the highest of the seconds.
 */
export interface Stretch {
  /** Ends of the first and the last second, ms of the run. */
  fromMs: number
  toMs: number
  /** Percentiles are those of a single second, and exact. */
  exact: boolean
  /** Means per second. */
  targetRate: number
  achievedRate: number
  completed: number
  failed: number
  dropped: number
  /** 0 … 1; null when nothing was completed. */
  errorRate: number | null
  /** Response time, ms; null when nothing was recorded. */
  p50: number | null
  p90: number | null
  p95: number | null
  p99: number | null
  max: number | null
  /** Of the second in which it was highest: that of the whole stretch is no higher. */
  mostServiceP99: number | null
  mostLagP99: number | null
  mostInFlight: number
  /** Failures by group, most frequent first, without samples. */
  errors: ErrorGroup[]
}

/** Null without seconds. */
export function stretchOf(points: readonly ChartPoint[]): Stretch | null {
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined) return null
  const sum = (of: (point: ChartPoint) => number): number => points.reduce((total, point) => total + of(point), 0)
  const [completed, failed] = [sum((point) => point.completed), sum((point) => point.failed)]
  const cells = cellsOf(points)
  return {
    fromMs: first.atMs - SECOND_MS,
    toMs: last.atMs,
    exact: points.length === 1,
    targetRate: roundedRate(sum((point) => point.target) / points.length),
    achievedRate: roundedRate(completed / points.length),
    completed,
    failed,
    dropped: sum((point) => point.dropped),
    errorRate: completed === 0 ? null : failed / completed,
    p50: estimate(points, cells, 0.5, 'p50'),
    p90: estimate(points, cells, 0.9, 'p90'),
    p95: estimate(points, cells, 0.95, 'p95'),
    p99: estimate(points, cells, 0.99, 'p99'),
    max: highest(points, 'max'),
    mostServiceP99: highest(points, 'serviceP99'),
    mostLagP99: highest(points, 'lagP99'),
    mostInFlight: highest(points, 'inFlight') ?? 0,
    errors: failuresOf(points),
  }
}

type Time = 'p50' | 'p90' | 'p95' | 'p99' | 'max' | 'serviceP99' | 'lagP99' | 'inFlight'

/** No percentile of all can lie outside of those of the parts. */
function estimate(points: readonly ChartPoint[], cells: Float64Array, quantile: number, name: Time): number | null {
  const [low, high] = [lowest(points, name), highest(points, name)]
  if (low === null || high === null) return null
  return Math.min(Math.max(quantileOfHeat(cells, quantile) ?? low, low), high)
}

/** Responses in each bin of the heat map. */
function cellsOf(points: readonly ChartPoint[]): Float64Array {
  const cells = new Float64Array(BINS)
  for (const { heat } of points) addHeat(heat, cells)
  return cells
}

function highest(points: readonly ChartPoint[], name: Time): number | null {
  return points.reduce<number | null>((most, { [name]: value }) => (value === null || (most !== null && most >= value) ? most : value), null)
}

function lowest(points: readonly ChartPoint[], name: Time): number | null {
  return points.reduce<number | null>((least, { [name]: value }) => (value === null || (least !== null && least <= value) ? least : value), null)
}

function failuresOf(points: readonly ChartPoint[]): ErrorGroup[] {
  const groups = new ErrorGroups()
  for (const { atMs, errors } of points) groups.add(errors, atMs - SECOND_MS)
  return groups.list()
}
