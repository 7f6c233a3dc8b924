import { addHeat, BINS } from '../results/heat.ts'
import type { ChartPoint } from '../results/summary.ts'

/** One cell of the heat map: a stretch of seconds × a bin of latency. */
export interface HeatCell {
  fromMs: number
  toMs: number
  /** Of `heat.ts`: which latencies. */
  bin: number
  count: number
}

/** Tokens of the colour stops, few to many. */
export const HEAT_STOPS = ['heat-0', 'heat-1', 'heat-2', 'heat-3', 'heat-4']
const LEAST_PX = 3

/** Cells of the seconds, which come in order; several seconds share a column when one would be under 3 px. `pointMs`: how long one of the points is. */
export function heatCells(points: readonly ChartPoint[], msPerPx: number, pointMs = 1000): HeatCell[] {
  const spanMs = Math.max(Math.ceil((LEAST_PX * msPerPx) / pointMs), 1) * pointMs
  const [first, last] = [points[0], points.at(-1)]
  if (first === undefined || last === undefined) return []
  const from = columnOf(first.atMs, pointMs, spanMs)
  // A place for every cell: hours of a run are summed while it goes on.
  const counts = new Float64Array((columnOf(last.atMs, pointMs, spanMs) - from + 1) * BINS)
  for (const { atMs, heat } of points) addHeat(heat, counts, (columnOf(atMs, pointMs, spanMs) - from) * BINS)
  return cellsOf(counts, from, spanMs)
}

/** The count of the cell with the most responses; 0 without cells. */
export function fullestCell(cells: readonly HeatCell[]): number {
  let most = 0
  for (const { count } of cells) most = Math.max(most, count)
  return most
}

function columnOf(atMs: number, pointMs: number, spanMs: number): number {
  return Math.floor((atMs - pointMs) / spanMs)
}

function cellsOf(counts: Float64Array, from: number, spanMs: number): HeatCell[] {
  const cells: HeatCell[] = []
  for (let place = 0; place < counts.length; place++) {
    const count = counts[place] ?? 0
    const column = from + Math.floor(place / BINS)
    if (count > 0) cells.push({ fromMs: column * spanMs, toMs: (column + 1) * spanMs, bin: place % BINS, count })
  }
  return cells
}
