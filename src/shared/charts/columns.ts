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

type Figure = (point: ChartPoint) => number | null

/**
 * A second is drawn at its middle, as its figures are means over it; the first and the last reach to the edges of
 * their seconds, so that a line of one point has a length. A missing second is a gap, never a bridge.
 */
function drawn<Key extends string>(points: readonly ChartPoint[], spanMs: number, most: number, picks: Readonly<Record<Key, Figure>>): Columns<Key> {
  const steps = withEdges(withGaps(points, spanMs), spanMs)
  const columns = {} as Record<Key, Column>
  for (const key of Object.keys(picks) as Key[]) columns[key] = columnOf(steps, picks[key])
  return thinned({ x: timesOf(steps), columns }, most)
}

function timesOf(steps: readonly Step[]): number[] {
  const times: number[] = []
  for (const { x } of steps) times.push(x)
  return times
}

function columnOf(steps: readonly Step[], pick: Figure): Column {
  const column: Column = []
  for (const { point } of steps) column.push(point === null ? null : pick(point))
  return column
}

/** Of each stretch of neighbours two steps: in every column its extremes, in their order. A gap within one ends it. */
function thinned<Key extends string>({ x, columns }: Columns<Key>, most: number): Columns<Key> {
  if (x.length <= most) return { x, columns }
  const keys = Object.keys(columns) as Key[]
  const all = keys.map((key) => columns[key])
  const thin: Columns<Key> = { x: [], columns: Object.fromEntries(keys.map((key) => [key, [] as Column])) as Record<Key, Column> }
  const width = Math.ceil((2 * x.length) / most)
  for (let from = 0; from < x.length;) {
    const to = endOfStretch(all, from, Math.min(from + width, x.length))
    const single = to - from === 1
    thin.x.push(x[from] ?? 0)
    if (!single) thin.x.push(x[to - 1] ?? 0)
    for (const key of keys) {
      const [earlier, later] = extremes(columns[key], from, to)
      thin.columns[key].push(earlier)
      if (!single) thin.columns[key].push(later)
    }
    from = to
  }
  return thin
}

/** Behind the last of the steps from `from` on that are all gaps or all none, at most `most`. */
function endOfStretch(columns: readonly Column[], from: number, most: number): number {
  const gap = isGap(columns, from)
  let to = from + 1
  while (to < most && isGap(columns, to) === gap) to++
  return to
}

function isGap(columns: readonly Column[], i: number): boolean {
  for (const column of columns) if (column[i] !== null) return false
  return true
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

const ifEnough = (least: number, pick: Figure): Figure => (point) => (point.completed >= least ? pick(point) : null)

// What a line shows is written down once: a function made anew at each drawing is compiled anew at each drawing.
const LATENCY = {
  p50: ifEnough(FEW_FOR_ANY, (point) => point.p50),
  p95: ifEnough(FEW_FOR_ANY, (point) => point.p95),
  p99: ifEnough(FEW_FOR_P99, (point) => point.p99),
  service: ifEnough(FEW_FOR_P99, (point) => point.serviceP99),
}
const RATE = {
  achieved: (point: ChartPoint) => point.completed,
  failed: (point: ChartPoint) => point.failed,
  target: (point: ChartPoint) => point.target,
}

export function latencyColumns(points: readonly ChartPoint[], spanMs = 1000, most = Infinity): Columns<keyof typeof LATENCY> {
  return drawn(points, spanMs, most, LATENCY)
}

/** Per second of the run. */
export function rateColumns(points: readonly ChartPoint[], spanMs = 1000, most = Infinity): Columns<keyof typeof RATE> {
  return drawn(points, spanMs, most, RATE)
}

/** Single marks, one per second: the maximum, and p99 where it rests on few samples. Beyond `most` of them the highest of neighbours. */
export function latencyDots(points: readonly ChartPoint[], spanMs = 1000, most = Infinity): Dot[] {
  const width = Math.max(Math.ceil(points.length / most), 1)
  const dots: Dot[] = []
  for (let i = 0; i < points.length; i++) {
    const dot = dotOf(points[i] as ChartPoint, spanMs)
    const last = dots.at(-1)
    if (last === undefined || i % width === 0) dots.push(dot)
    else dots[dots.length - 1] = { x: (dot.max ?? 0) > (last.max ?? 0) ? dot.x : last.x, max: higher(dot.max, last.max), fewP99: higher(dot.fewP99, last.fewP99) }
  }
  return dots
}

function dotOf(point: ChartPoint, spanMs: number): Dot {
  return { x: point.atMs - spanMs / 2, max: point.max, fewP99: point.completed >= FEW_FOR_ANY && point.completed < FEW_FOR_P99 ? point.p99 : null }
}

export interface Dot {
  x: number
  max: number | null
  fewP99: number | null
}

function higher(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other)
}

/** Responses of the second with the most of them; 0 without any. */
export function mostCompleted(points: readonly ChartPoint[]): number {
  let most = 0
  for (const { completed } of points) most = Math.max(most, completed)
  return most
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
