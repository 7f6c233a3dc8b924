import { colourRamp } from '../../../shared/charts/colour-ramp.ts'
import { HEAT_STOPS, type HeatCell } from '../../../shared/charts/heat-cells.ts'
import { heightOn, type LatencyScale } from '../../../shared/charts/latency-scale.ts'
import { BINS, binLowMs } from '../../../shared/results/heat.ts'
import { plotBox, TIME_INSET } from '../../../shared/charts/plot-box.ts'
import type { Painter } from './palette.ts'

const SHADES = 64

/** Paints cells on the logarithm of their count, with a hairline between columns where there is room. */
export function heatPainter(cells: readonly HeatCell[], scale: LatencyScale, fromMs: number, toMs: number): Painter {
  const most = Math.log(cells.reduce((peak, { count }) => Math.max(peak, count), 2))
  return (ctx, palette, width, height) => {
    const box = plotBox(width, height, TIME_INSET)
    const xOf = (ms: number): number => box.left + box.width * Math.min(Math.max((ms - fromMs) / (toMs - fromMs), 0), 1)
    const yOf = (ms: number): number => box.top + box.height * (1 - heightOn(scale, ms))
    const borders = Array.from({ length: BINS + 1 }, (_, bin) => yOf(binLowMs(bin)))
    const ramp = colourRamp(HEAT_STOPS.map(palette), SHADES)
    // Colour by colour: each change of it is parsed anew, which for thousands of cells costs more than to paint them.
    for (const [shade, group] of Map.groupBy(cells, ({ count }) => Math.round((Math.log(count) / most) * (SHADES - 1)))) {
      ctx.fillStyle = ramp[shade] ?? 'transparent'
      for (const { fromMs: from, toMs: to, bin } of group) {
        const [x, right, top, bottom] = [xOf(from), xOf(to), borders[bin + 1] ?? 0, borders[bin] ?? 0]
        const seam = right - x >= 5 ? 0.5 : 0
        ctx.fillRect(x, top, right - x - seam + (seam === 0 ? 0.3 : 0), Math.max(bottom - top - 0.25, 0.5))
      }
    }
  }
}
