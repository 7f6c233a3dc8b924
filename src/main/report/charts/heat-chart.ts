import { fullestCell, heatCells, type HeatCell } from '../../../shared/charts/heat-cells.ts'
import { heightOn } from '../../../shared/charts/latency-scale.ts'
import { TIME_INSET } from '../../../shared/charts/plot-box.ts'
import { pointsWithin } from '../../../shared/charts/point-at.ts'
import { timeTick } from '../../../shared/tick-label.ts'
import { countShort } from '../../../shared/format.ts'
import { binHighMs, binLowMs } from '../../../shared/results/heat.ts'
import { html, type Markup } from '../markup.ts'
import { axes, eventLines, plotOf, px, svg, type Plot } from './plot.ts'
import type { ChartScene } from './scene.ts'

const HEIGHT = 190
/** Colours of the map, few to many: classes h0 … h15, in the style sheet. */
export const SHADES = 16

/** How many responses took how long: colour is the logarithm of the count. */
export function heatChart(scene: ChartScene): Markup {
  const plot = plotOf(HEIGHT, TIME_INSET, scene.window)
  const { fromMs, toMs } = scene.window
  const seen = pointsWithin(scene.seconds, fromMs, toMs, scene.spanMs)
  const cells = heatCells(seen, (toMs - fromMs) / plot.box.width, scene.spanMs)
  const peak = Math.max(fullestCell(cells), 2)
  const levels = scene.scale.ticks.map((ms) => ({ part: heightOn(scene.scale, ms), label: timeTick(ms) }))
  return svg(plot, 'heat', scene.words('report.heatAlt'), html`${axes(plot, levels)}<g clip-path="url(#clip-heat)">${shaded(plot, scene, cells, Math.log(peak))}</g>${eventLines(plot, scene.flags, false)}${legend(plot, peak)}`)
}

/** One path per colour: a cell is a stroke as thick as its row, neighbours of one colour are one stroke. */
function shaded(plot: Plot, { scale }: ChartScene, cells: readonly HeatCell[], most: number): Markup {
  const shades = Map.groupBy(cells, ({ count }) => Math.round((Math.log(count) / most) * (SHADES - 1)))
  const first = cells[0]
  const thick = first === undefined ? 0 : rowHeight(plot, scale, first)
  return html`${[...shades].sort(([a], [b]) => a - b).map(([shade, group]) => html`<path class="cell h${shade}" stroke-width="${px(thick + 0.2)}" d="${strokes(plot, scale, group)}"/>`)}`
}

function strokes(plot: Plot, scale: ChartScene['scale'], cells: readonly HeatCell[]): string {
  const rows = Map.groupBy(cells, ({ bin }) => bin)
  return [...rows].map(([bin, row]) => rowStrokes(plot, scale, bin, row)).join('')
}

function rowStrokes({ xOf, yOf }: Plot, scale: ChartScene['scale'], bin: number, row: readonly HeatCell[]): string {
  const joined: { fromMs: number; toMs: number }[] = []
  for (const { fromMs, toMs } of row.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1)
    if (last?.toMs === fromMs) last.toMs = toMs
    else joined.push({ fromMs, toMs })
  }
  const middle = Math.sqrt(binLowMs(bin) * binHighMs(bin))
  // What lies beyond the scale would pile up on its border.
  if (middle < scale.min || middle > scale.max) return ''
  const y = px(yOf(heightOn(scale, middle)))
  return joined.map(({ fromMs, toMs }) => `M${px(xOf(fromMs))} ${y}h${px(xOf(toMs) - xOf(fromMs))}`).join('')
}

/** Rows are equally high on a logarithmic scale. */
function rowHeight({ box }: Plot, scale: ChartScene['scale'], { bin }: HeatCell): number {
  return (box.height * Math.log(binHighMs(bin) / binLowMs(bin))) / Math.log(scale.max / scale.min)
}

function legend({ box }: Plot, peak: number): Markup {
  const [x, foot, step] = [box.left + box.width + 14, box.top + box.height - 4, 4]
  return html`${Array.from({ length: SHADES }, (_, shade) => html`<path class="cell h${shade}" stroke-width="${step + 0.2}" d="M${x} ${foot - shade * step}h8"/>`)}<text x="${x + 13}" y="${foot + 3}">1</text><text x="${x + 13}" y="${foot - SHADES * step + 8}">${countShort(peak)}</text>`
}
