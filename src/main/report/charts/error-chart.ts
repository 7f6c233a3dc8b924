import { errorBars, type ErrorBar } from '../../../shared/charts/error-bars.ts'
import { ERROR_FAMILIES } from '../../../shared/charts/error-families.ts'
import { TIME_INSET } from '../../../shared/charts/plot-box.ts'
import { pointsWithin } from '../../../shared/charts/point-at.ts'
import { shortTick } from '../../../shared/tick-label.ts'
import { linearTicks } from '../../../shared/charts/ticks.ts'
import { html, type Markup } from '../markup.ts'
import { axes, eventLines, plotOf, px, svg, type Plot } from './plot.ts'
import type { ChartScene } from './scene.ts'

const HEIGHT = 130

/** Failures per second, stacked by family. */
export function errorChart(scene: ChartScene): Markup {
  const { fromMs, toMs } = scene.window
  const plot = plotOf(HEIGHT, TIME_INSET, scene.window)
  const seen = pointsWithin(scene.seconds, fromMs, toMs, scene.spanMs)
  const bars = errorBars(seen, (toMs - fromMs) / plot.box.width, scene.spanMs)
  const max = Math.max(bars.reduce((most, { total }) => Math.max(most, total), 0) * 1.15, 2)
  const levels = linearTicks(max, 3).map((value) => ({ part: value / max, label: shortTick(value) }))
  return svg(plot, 'errors', scene.words('report.errorsAlt'), html`${axes(plot, levels)}<g clip-path="url(#clip-errors)">${stacks(plot, bars, max)}</g>${eventLines(plot, scene.flags, false)}`)
}

/** One path per family, from the foot up. */
function stacks({ xOf, yOf }: Plot, bars: readonly ErrorBar[], max: number): Markup {
  const feet = bars.map(() => 0)
  return html`${ERROR_FAMILIES.map((family) => {
    const rects = bars.map(({ fromMs, toMs, perSecond }, i) => {
      const [foot, top] = [feet[i] ?? 0, (feet[i] ?? 0) + perSecond[family] / max]
      feet[i] = top
      if (top === foot) return ''
      const width = Math.max(xOf(toMs) - xOf(fromMs) - 1, 1)
      return `M${px(xOf(fromMs))} ${px(yOf(foot))}v${px(yOf(top) - yOf(foot))}h${px(width)}V${px(yOf(foot))}z`
    })
    return html`<path class="bar err-${family}" d="${rects.join('')}"/>`
  })}`
}
