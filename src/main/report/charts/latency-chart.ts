import { latencyColumns, latencyDots } from '../../../shared/charts/columns.ts'
import { heightOn } from '../../../shared/charts/latency-scale.ts'
import { spread, TIME_INSET } from '../../../shared/charts/plot-box.ts'
import { timeTick } from '../../../shared/tick-label.ts'
import { html, type Markup } from '../markup.ts'
import { axes, dotPath, eventLines, hatching, linePath, plotOf, px, svg, type Plot } from './plot.ts'
import type { ChartScene } from './scene.ts'

const HEIGHT = 216
/** One mark per so many px: the highest. */
const MARK_PX = 3
const FEW = 20

/** Percentiles of response time per second, on a logarithmic scale; maxima as dots. */
export function latencyChart(scene: ChartScene): Markup {
  const plot = plotOf(HEIGHT, TIME_INSET, scene.window)
  const { x, columns } = latencyColumns(scene.seconds, scene.spanMs)
  const height = (ms: number): number => heightOn(scene.scale, ms)
  const line = (column: (number | null)[]): string => linePath(plot, x, column, height)
  const dots = latencyDots(scene.seconds, scene.spanMs)
  const levels = scene.scale.ticks.map((ms) => ({ part: height(ms), label: timeTick(ms) }))
  return svg(plot, 'latency', scene.words('report.latencyAlt'), html`
    ${axes(plot, levels)}${hatching(plot, scene.bands, 'latency')}${thresholdLines(plot, scene)}
    <g clip-path="url(#clip-latency)">
      <path class="dot max" d="${marks(plot, dots.map(({ x: ms, max }) => [ms, max] as const), height)}"/>
      <path class="line service" d="${line(columns.service)}"/>
      <path class="line p50" d="${line(columns.p50)}"/><path class="line p95" d="${line(columns.p95)}"/><path class="line p99 heavy" d="${line(columns.p99)}"/>
      <path class="dot few p99" d="${marks(plot, dots.map(({ x: ms, fewP99 }) => [ms, fewP99] as const), height)}"/>
      ${scene.seconds.length <= FEW && html`<path class="dot p50" d="${pointMarks(plot, scene, 'p50', height)}"/><path class="dot p95" d="${pointMarks(plot, scene, 'p95', height)}"/><path class="dot p99" d="${pointMarks(plot, scene, 'p99', height)}"/>`}
    </g>
    ${eventLines(plot, scene.flags, false)}${endLabels(plot, scene)}`)
}

function thresholdLines({ box, yOf }: Plot, { thresholds, scale }: ChartScene): Markup {
  return html`${thresholds.map(({ label, ms }) => html`<path class="threshold" d="M${box.left} ${px(yOf(heightOn(scale, ms)))}h${box.width}"/><text class="threshold-name" x="${box.left + 6}" y="${px(yOf(heightOn(scale, ms)) - 4)}">${label}</text>`)}`
}

function marks({ xOf, yOf }: Plot, values: readonly (readonly [ms: number, value: number | null])[], height: (ms: number) => number): string {
  const top = new Map<number, number>()
  for (const [ms, value] of values) {
    if (value === null) continue
    const x = Math.round(xOf(ms) / MARK_PX) * MARK_PX
    top.set(x, Math.min(top.get(x) ?? Infinity, yOf(height(value))))
  }
  return dotPath([...top])
}

/** Of a run of few seconds each second is marked, however few answers it had: never an empty frame. */
function pointMarks(plot: Plot, { seconds, spanMs }: ChartScene, name: 'p50' | 'p95' | 'p99', height: (ms: number) => number): string {
  return marks(plot, seconds.map((point) => [point.atMs - spanMs / 2, point[name]] as const), height)
}

function endLabels(plot: Plot, { seconds, scale, words }: ChartScene): Markup {
  const last = seconds.findLast(({ p50, atMs }) => p50 !== null && atMs <= plot.toMs + 1)
  if (last === undefined) return html``
  const wanted = [['max', last.max, 'plain'], ['p99', last.p99, 'p99'], ['p95', last.p95, 'p95'], ['p50', last.p50, 'p50'], [words('chart.service'), last.serviceP99, 'plain']] as const
  const labels = wanted.flatMap(([name, value, token]) => (value === null ? [] : [{ name, token, y: plot.yOf(heightOn(scale, value)) }]))
  const { left, width, top, height } = plot.box
  return html`${spread(labels, 13, top + 4, top + height - 4).map(({ name, token, y }) => html`<text class="name strong ${token}" x="${left + width + 6}" y="${px(y + 4)}">${name}</text>`)}`
}
