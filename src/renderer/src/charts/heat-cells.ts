import { binHighMs, binLowMs } from '../../../shared/heat.ts'
import type { Point } from '../../../shared/summary.ts'
import { heightOn, type LatencyScale } from './latency-scale.ts'
import { colourRamp, type Palette } from './palette.ts'
import type { PlotBox } from './plot-box.ts'

/** One cell of the heat map: a stretch of seconds × a bin of latency. */
export interface HeatCell {
  fromMs: number
  toMs: number
  lowMs: number
  highMs: number
  count: number
}

/** Tokens of the colour stops, few to many. */
export const HEAT_STOPS = ['heat-0', 'heat-1', 'heat-2', 'heat-3', 'heat-4']
const SHADES = 64
const LEAST_PX = 3

/** Cells of the seconds; several seconds share a column when one would be under 3 px. */
export function heatCells(points: readonly Point[], msPerPx: number): HeatCell[] {
  const spanMs = Math.max(Math.ceil((LEAST_PX * msPerPx) / 1000), 1) * 1000
  const columns = new Map<number, Map<number, number>>()
  for (const { atMs, heat } of points) {
    const column = Math.floor((atMs - 1000) / spanMs)
    const bins = columns.get(column) ?? new Map<number, number>()
    columns.set(column, bins)
    for (let i = 0; i + 1 < heat.length; i += 2) bins.set(heat[i] ?? 0, (bins.get(heat[i] ?? 0) ?? 0) + (heat[i + 1] ?? 0))
  }
  return [...columns].flatMap(([column, bins]) =>
    [...bins].map(([bin, count]) => ({ fromMs: column * spanMs, toMs: (column + 1) * spanMs, lowMs: binLowMs(bin), highMs: binHighMs(bin), count })),
  )
}

/** Paints cells on the logarithm of their count, with a hairline between columns where there is room. */
export function heatPainter(cells: readonly HeatCell[], box: PlotBox, scale: LatencyScale, fromMs: number, toMs: number) {
  const most = Math.log(cells.reduce((peak, { count }) => Math.max(peak, count), 2))
  const xOf = (ms: number): number => box.left + box.width * Math.min(Math.max((ms - fromMs) / (toMs - fromMs), 0), 1)
  const yOf = (ms: number): number => box.top + box.height * (1 - heightOn(scale, ms))
  return (ctx: CanvasRenderingContext2D, palette: Palette): void => {
    const ramp = colourRamp(HEAT_STOPS.map(palette), SHADES)
    for (const { fromMs: from, toMs: to, lowMs, highMs, count } of cells) {
      const [x, right, top, bottom] = [xOf(from), xOf(to), yOf(highMs), yOf(lowMs)]
      const seam = right - x >= 5 ? 0.5 : 0
      ctx.fillStyle = ramp[Math.round((Math.log(count) / most) * (SHADES - 1))] ?? 'transparent'
      ctx.fillRect(x, top, right - x - seam + (seam === 0 ? 0.3 : 0), Math.max(bottom - top - 0.25, 0.5))
    }
  }
}
