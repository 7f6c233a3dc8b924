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

/** Cells of the seconds; several seconds share a column when one would be under 3 px. `pointMs`: how long one of the points is. */
export function heatCells(points: readonly ChartPoint[], msPerPx: number, pointMs = 1000): HeatCell[] {
  const spanMs = Math.max(Math.ceil((LEAST_PX * msPerPx) / pointMs), 1) * pointMs
  const columns = new Map<number, Map<number, number>>()
  for (const { atMs, heat } of points) {
    const column = Math.floor((atMs - pointMs) / spanMs)
    const bins = columns.get(column) ?? new Map<number, number>()
    columns.set(column, bins)
    for (let i = 0; i + 1 < heat.length; i += 2) bins.set(heat[i] ?? 0, (bins.get(heat[i] ?? 0) ?? 0) + (heat[i + 1] ?? 0))
  }
  return [...columns].flatMap(([column, bins]) =>
    [...bins].map(([bin, count]) => ({ fromMs: column * spanMs, toMs: (column + 1) * spanMs, bin, count })),
  )
}
