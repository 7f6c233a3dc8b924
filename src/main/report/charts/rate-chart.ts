import { rateColumns } from '../../../shared/charts/columns.ts'
import { RATE_INSET } from '../../../shared/charts/plot-box.ts'
import { shortTick } from '../../../shared/tick-label.ts'
import { linearTicks } from '../../../shared/charts/ticks.ts'
import { html, type Markup } from '../markup.ts'
import type { ChartScene } from './scene.ts'
import { areaPath, axes, dotPath, eventLines, hatching, linePath, plotOf, px, svg, type Plot } from './plot.ts'

const HEIGHT = 176
/** So few are seen better as marks. */
const FEW = 20

/** Achieved rate against its dashed target, failures at the foot. */
export function rateChart(scene: ChartScene): Markup {
  const plot = plotOf(HEIGHT, RATE_INSET, scene.window)
  const { x, columns } = rateColumns(scene.seconds, scene.spanMs)
  const peak = scene.seconds.reduce((most, { target, completed }) => Math.max(most, target * 1.15, completed * 1.05), 1)
  const part = (rate: number): number => rate / peak
  const open = scene.seconds.some(({ target }) => target > 0)
  const line = (column: (number | null)[]): string => linePath(plot, x, column, part)
  const marks = scene.seconds.length > FEW ? [] : scene.seconds.map(({ atMs, completed }) => [plot.xOf(atMs - scene.spanMs / 2), plot.yOf(part(completed))] as const)
  const levels = linearTicks(peak).map((value) => ({ part: part(value), label: shortTick(value) }))
  return svg(plot, 'rate', scene.words('report.rateAlt'), html`
    <linearGradient id="area-rate" x1="0" x2="0" y1="0" y2="1"><stop class="area-top" offset="0"/><stop class="area-foot" offset="1"/></linearGradient>
    ${axes(plot, levels)}${hatching(plot, scene.bands, 'rate')}
    <g clip-path="url(#clip-rate)">
      <path fill="url(#area-rate)" d="${areaPath(plot, x, columns.achieved, part)}"/>
      <path class="failed" d="${areaPath(plot, x, columns.failed, part)}"/>
      ${open && html`<path class="line target" d="${line(columns.target)}"/>`}
      <path class="line accent" d="${line(columns.achieved)}"/>
      <path class="dot accent" d="${dotPath(marks)}"/>
    </g>
    ${eventLines(plot, scene.flags, true)}${endLabels(plot, scene, peak, open)}`)
}

/** The two lines often end at one height: then their names stand beneath each other. */
function endLabels(plot: Plot, { seconds, words }: ChartScene, peak: number, open: boolean): Markup {
  const last = seconds.findLast(({ atMs }) => atMs <= plot.toMs + 1)
  const target = plot.yOf((last?.target ?? 0) / peak)
  const achieved = plot.yOf((last?.completed ?? 0) / peak)
  const x = plot.box.left + plot.box.width + 6
  const lower = open && Math.abs(achieved - target) < 14 ? target + 14 : achieved
  return html`${open && html`<text class="name" x="${x}" y="${px(target + 4)}">${words('chart.target')}</text>`}<text class="name strong accent" x="${x}" y="${px(lower + 4)}">${words('chart.achievedShort')}</text>`
}
