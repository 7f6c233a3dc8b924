import type { Point } from '../summary.ts'

/**
 * The seconds of a run → the columns that line charts draw. Pure. `spanMs`: how long one of them is, where several were
 * joined for a long run; a second by default.
 */

/** Below this many responses a second's p99 is noise: drawn as dots. Below 20 only the maximum is shown (ux.md §8). */
export const FEW_FOR_P99 = 100
export const FEW_FOR_ANY = 20

export type Column = (number | null)[]

/** x in ms of the run; columns hold null where there is a gap. */
export interface Columns<Key extends string> {
  x: number[]
  columns: Record<Key, Column>
}

/**
 * A second is drawn at its middle, as its figures are means over it; the first and the last reach to the edges of
 * their seconds, so that a line of one point has a length. A missing second is a gap, never a bridge.
 */
function drawn<Key extends string>(points: readonly Point[], spanMs: number, picks: Record<Key, (point: Point) => number | null>): Columns<Key> {
  const steps = withEdges(withGaps(points, spanMs), spanMs)
  const keys = Object.keys(picks) as Key[]
  const columns = Object.fromEntries(keys.map((key) => [key, steps.map(({ point }) => (point === null ? null : picks[key](point)))]))
  return { x: steps.map(({ x }) => x), columns: columns as Record<Key, Column> }
}

interface Step {
  x: number
  point: Point | null
}

function withGaps(points: readonly Point[], spanMs: number): Step[] {
  const steps: Step[] = []
  let lastMs: number | undefined
  for (const point of points) {
    if (lastMs !== undefined && point.atMs - lastMs > 1.5 * spanMs) steps.push({ x: lastMs + spanMs / 2, point: null })
    steps.push({ x: point.atMs - spanMs / 2, point })
    lastMs = point.atMs
  }
  return steps
}

function withEdges(steps: Step[], spanMs: number): Step[] {
  const [first, last] = [steps[0], steps.at(-1)]
  if (first === undefined || last === undefined) return steps
  return [{ x: first.x - spanMs / 2, point: first.point }, ...steps, { x: last.x + spanMs / 2, point: last.point }]
}

const ifEnough = (least: number, pick: (point: Point) => number | null) => (point: Point): number | null => (point.completed >= least ? pick(point) : null)

export function latencyColumns(points: readonly Point[], spanMs = 1000): Columns<'p50' | 'p95' | 'p99' | 'service'> {
  return drawn(points, spanMs, {
    p50: ifEnough(FEW_FOR_ANY, (point) => point.p50),
    p95: ifEnough(FEW_FOR_ANY, (point) => point.p95),
    p99: ifEnough(FEW_FOR_P99, (point) => point.p99),
    service: ifEnough(FEW_FOR_P99, (point) => point.serviceP99),
  })
}

/** Single marks, one per second: the maximum, and p99 where it rests on few samples. */
export function latencyDots(points: readonly Point[], spanMs = 1000): { x: number; max: number | null; fewP99: number | null }[] {
  return points.map((point) => ({
    x: point.atMs - spanMs / 2,
    max: point.max,
    fewP99: point.completed >= FEW_FOR_ANY && point.completed < FEW_FOR_P99 ? point.p99 : null,
  }))
}

/** Per second of the run. */
export function rateColumns(points: readonly Point[], spanMs = 1000): Columns<'achieved' | 'failed' | 'target'> {
  return drawn(points, spanMs, { achieved: (point) => point.completed, failed: (point) => point.failed, target: (point) => point.target })
}

/** Half of the lowest p50 (half of the responses are below it, and the heat map shows them) and the highest maximum, ms; null without any. */
export function latencyRange(points: readonly Point[]): { low: number; high: number } | null {
  let low = Infinity
  let high = 0
  for (const { p50, max } of points) {
    if (p50 !== null && p50 > 0) low = Math.min(low, p50 / 2)
    if (max !== null) high = Math.max(high, max)
  }
  return high > 0 ? { low: Math.min(low, high), high } : null
}
