import { decadesAround, decadeTicks, linearTicks } from '../../../shared/charts/ticks.ts'
import { shortTick, timeTick } from '../../../shared/tick-label.ts'
import { binHighMs, binLowMs } from '../../../shared/results/heat.ts'
import type { Distribution, Point } from '../../../shared/results/summary.ts'
import { html, type Markup } from '../markup.ts'
import type { ReportWords } from '../words.ts'
import { px } from './plot.ts'

const [WIDTH, HEIGHT] = [470, 268]
const BOX = { left: 46, top: 18, width: 408, height: 224 }
const MARKS = ['p50', 'p95', 'p99'] as const

/** How many responses of the whole run took how long, on a logarithmic axis. Null without any. */
export function distributionChart(seconds: readonly Point[], times: Distribution, words: ReportWords): Markup | null {
  const bins = binsOf(seconds.filter(({ warmup }) => !warmup))
  const filled = [...bins.keys()].sort((a, b) => a - b)
  const [first, last] = [filled[0], filled.at(-1)]
  if (first === undefined || last === undefined) return null
  const { min, max } = decadesAround(binLowMs(first), binHighMs(last))
  const xOf = (ms: number): number => BOX.left + (Math.log(Math.min(Math.max(ms, min), max) / min) / Math.log(max / min)) * BOX.width
  const peak = Math.max(...bins.values()) * 1.08
  const yOf = (count: number): number => BOX.top + BOX.height * (1 - count / peak)
  const bars = filled.map((bin) => `M${px(xOf(binLowMs(bin)))} ${px(yOf(0))}V${px(yOf(bins.get(bin) ?? 0))}H${px(xOf(binHighMs(bin)) - 0.8)}V${px(yOf(0))}z`)
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${words('report.distributionAlt')}">
    <path class="grid" d="${linearTicks(peak).map((count) => `M${BOX.left} ${px(yOf(count))}h${BOX.width}`).join('')}"/>
    ${linearTicks(peak).map((count) => html`<text x="${BOX.left - 8}" y="${px(yOf(count) + 4)}" text-anchor="end">${shortTick(count)}</text>`)}
    ${decadeTicks(min, max).map((ms) => html`<text x="${px(xOf(ms))}" y="${HEIGHT - 8}" text-anchor="middle">${timeTick(ms)}</text>`)}
    <path class="histogram" d="${bars.join('')}"/>${percentileMarks(times, xOf)}</svg>`
}

/** Names side by side where the percentiles are close. */
function percentileMarks(times: Distribution, xOf: (ms: number) => number): Markup {
  let free = 0
  return html`${MARKS.map((name) => {
    const value = times[name]
    if (value === null) return null
    const x = xOf(value)
    const at = Math.max(x, free)
    free = at + 27
    return html`<path class="percentile ${name}" d="M${px(x)} ${BOX.top}v${BOX.height}"/><text class="name strong ${name}" x="${px(at)}" y="12" text-anchor="middle">${name}</text>`
  })}`
}

function binsOf(seconds: readonly Point[]): Map<number, number> {
  const bins = new Map<number, number>()
  for (const { heat } of seconds) for (let i = 0; i + 1 < heat.length; i += 2) bins.set(heat[i] ?? 0, (bins.get(heat[i] ?? 0) ?? 0) + (heat[i + 1] ?? 0))
  return bins
}
