import type { ChartPoint } from '../results/summary.ts'

/**
 * The seconds of a run → the columns that line charts draw. Pure. `spanMs`: how long one of them is, where several were
 * joined for a long run; a second by default. `most`: of more steps than that, neighbours are drawn by their lowest and
 * highest; a chart needs no more than two for each of its pixels.
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
function drawn<Key extends string>(points: readonly ChartPoint[], spanMs: number, most: number, picks: Record<Key, (point: ChartPoint) => number | null>): Columns<Key> {
  const steps = withEdges(withGaps(points, spanMs), spanMs)
  const keys = Object.keys(picks) as Key[]
  const columns = Object.fromEntries(keys.map((key) => [key, steps.map(({ point }) => (point === null ? null : picks[key](point)))]))
  return thinned({ x: steps.map(({ x }) => x), columns: columns as Record<Key, Column> }, most)
}

/** Of each stretch of neighbours two steps: in every column its extremes, in their order. A gap within one ends it. */
function thinned<Key extends string>(all: Columns<Key>, most: number): Columns<Key> {
  const { x } = all
  if (x.length <= most) return all
  const keys = Object.keys(all.columns) as Key[]
  const thin: Columns<Key> = { x: [], columns: Object.fromEntries(keys.map((key) => [key, [] as Column])) as Record<Key, Column> }
  const width = Math.ceil((2 * x.length) / most)
  const isGap = (i: number): boolean => keys.every((key) => all.columns[key][i] === null)
  for (let from = 0; from < x.length;) {
    let to = from + 1
    while (to < Math.min(from + width, x.length) && isGap(to) === isGap(from)) to++
    const ends = to - from === 1 ? [from] : [from, to - 1]
    thin.x.push(...ends.map((i) => x[i] ?? 0))
    for (const key of keys) thin.columns[key].push(...extremes(all.columns[key], from, to).slice(0, ends.length))
    from = to
  }
  return thin
}

function extremes(column: Column, from: number, to: number): [number | null, number | null] {
  let [low, high] = [from, from]
  for (let i = from; i < to; i++) {
    const value = column[i] ?? null
    if (value === null) continue
    if (value < (column[low] ?? Infinity)) low = i
    if (value > (column[high] ?? -Infinity)) high = i
  }
  return [column[Math.min(low, high)] ?? null, column[Math.max(low, high)] ?? null]
}

interface Step {
  x: number
  point: ChartPoint | null
}

function withGaps(points: readonly ChartPoint[], spanMs: number): Step[] {
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

const ifEnough = (least: number, pick: (point: ChartPoint) => number | null) => (point: ChartPoint): number | null => (point.completed >= least ? pick(point) : null)

export function latencyColumns(points: readonly ChartPoint[], spanMs = 1000, most = Infinity): Columns<'p50' | 'p95' | 'p99' | 'service'> {
  return drawn(points, spanMs, most, {
    p50: ifEnough(FEW_FOR_ANY, (point) => point.p50),
    p95: ifEnough(FEW_FOR_ANY, (point) => point.p95),
    p99: ifEnough(FEW_FOR_P99, (point) => point.p99),
    service: ifEnough(FEW_FOR_P99, (point) => point.serviceP99),
  })
}

/** Single marks, one per second: the maximum, and p99 where it rests on few samples. Beyond `most` of them the highest of neighbours. */
export function latencyDots(points: readonly ChartPoint[], spanMs = 1000, most = Infinity): Dot[] {
  const width = Math.max(Math.ceil(points.length / most), 1)
  const dots: Dot[] = []
  points.forEach((point, i) => {
    const dot = { x: point.atMs - spanMs / 2, max: point.max, fewP99: point.completed >= FEW_FOR_ANY && point.completed < FEW_FOR_P99 ? point.p99 : null }
    const last = dots.at(-1)
    if (last === undefined || i % width === 0) dots.push(dot)
    else dots[dots.length - 1] = { x: (dot.max ?? 0) > (last.max ?? 0) ? dot.x : last.x, max: higher(dot.max, last.max), fewP99: higher(dot.fewP99, last.fewP99) }
  })
  return dots
}

export interface Dot {
  x: number
  max: number | null
  fewP99: number | null
}

function higher(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other)
}

/** Per second of the run. */
export function rateColumns(points: readonly ChartPoint[], spanMs = 1000, most = Infinity): Columns<'achieved' | 'failed' | 'target'> {
  return drawn(points, spanMs, most, { achieved: (point) => point.completed, failed: (point) => point.failed, target: (point) => point.target })
}

/** Half of the lowest p50 (half of the responses are below it, and the heat map shows them) and the highest maximum, ms; null without any. */
export function latencyRange(points: readonly Pick<ChartPoint, 'p50' | 'max'>[]): { low: number; high: number } | null {
  let low = Infinity
  let high = 0
  for (const { p50, max } of points) {
    if (p50 !== null && p50 > 0) low = Math.min(low, p50 / 2)
    if (max !== null) high = Math.max(high, max)
  }
  return high > 0 ? { low: Math.min(low, high), high } : null
}
