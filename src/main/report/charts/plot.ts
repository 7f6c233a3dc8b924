import type { Band } from '../../../shared/charts/bands.ts'
import { flagPlaces, type Flag } from '../../../shared/charts/flag-places.ts'
import { plotBox, type Inset, type PlotBox } from '../../../shared/charts/plot-box.ts'
import { timeTicks } from '../../../shared/charts/ticks.ts'
import { elapsed } from '../../../shared/format.ts'
import { html, Markup, type Part } from '../markup.ts'

/** The frame of every chart over time of the report, as SVG text: the same geometry as on the screens, drawn without a browser. */
export interface Plot {
  width: number
  height: number
  box: PlotBox
  fromMs: number
  toMs: number
  xOf: (ms: number) => number
  /** 0 at the foot, 1 at the top. */
  yOf: (part: number) => number
}

/** Width of a chart in its own units; the page scales it. */
export const WIDTH = 974
/** An image that is read on paper needs no more. */
const DIGITS = 1

export function plotOf(height: number, inset: Inset, { fromMs, toMs }: Band): Plot {
  const box = plotBox(WIDTH, height, inset)
  return {
    width: WIDTH, height, box, fromMs, toMs,
    xOf: (ms) => box.left + ((ms - fromMs) / (toMs - fromMs)) * box.width,
    yOf: (part) => box.top + box.height * (1 - part),
  }
}

/** @param id of the chart, for its clip and for the script. */
export function svg(plot: Plot, id: string, label: string, content: Part): Markup {
  const { width, height, box } = plot
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}" data-chart="${id}" data-left="${box.left}" data-plot="${box.width}" data-from="${plot.fromMs}" data-to="${plot.toMs}"><clipPath id="clip-${id}"><rect x="${box.left}" y="${box.top - 2}" width="${box.width}" height="${box.height + 4}"/></clipPath>${content}<line class="cross" y1="${box.top}" y2="${box.top + box.height}" hidden=""/></svg>`
}

/** Grid and labels of both axes. */
export function axes(plot: Plot, levels: readonly { part: number; label: string }[]): Markup {
  const { box, width, height, xOf, yOf } = plot
  const times = timeTicks(plot.fromMs, plot.toMs)
  const grid = [...times.map((ms) => `M${px(xOf(ms))} ${px(box.top)}v${px(box.height)}`), ...levels.map(({ part }) => `M${px(box.left)} ${px(yOf(part))}h${px(box.width)}`)]
  return html`<path class="grid" d="${grid.join('')}"/>${times.map((ms) => html`<text x="${px(xOf(ms))}" y="${height - 5}" text-anchor="${xOf(ms) > width - 18 ? 'end' : 'middle'}">${elapsed(ms)}</text>`)}${levels.map(({ part, label }) => html`<text x="${box.left - 8}" y="${px(yOf(part) + 4)}" text-anchor="end">${label}</text>`)}`
}

/** Stretches in which the generator was ill, hatched. */
export function hatching(plot: Plot, bands: readonly Band[], id: string): Markup {
  const { box, xOf } = plot
  const rects = bands.flatMap(({ fromMs, toMs }) => {
    const [from, to] = [Math.max(xOf(fromMs), box.left), Math.min(xOf(toMs), box.left + box.width)]
    return to > from ? [html`<rect x="${px(from)}" y="${px(box.top)}" width="${px(to - from)}" height="${px(box.height)}" fill="url(#hatch-${id})"/>`] : []
  })
  if (rects.length === 0) return new Markup('')
  return html`<pattern id="hatch-${id}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch" width="6" height="6"/><path class="hatch-line" d="M0 0v6"/></pattern>${rects}`
}

/** Dashed lines of the events; with their numbers where there is room. */
export function eventLines(plot: Plot, flags: readonly Flag[], numbers: boolean): Markup {
  const { box, xOf } = plot
  const seen = flags.filter(({ event }) => event.atMs >= plot.fromMs && event.atMs <= plot.toMs)
  const places = numbers ? flagPlaces(seen, xOf) : new Map<number, number>()
  return html`<path class="event" d="${seen.map(({ event }) => `M${px(xOf(event.atMs))} ${px(box.top)}v${px(box.height)}`).join('')}"/>${[...places].map(([number, aside]) => {
    const at = seen.find((flag) => flag.number === number)?.event.atMs ?? 0
    const x = xOf(at) + aside
    return html`<rect class="flag" x="${px(x - 7)}" y="${box.top - 14}" width="14" height="13" rx="3"/><text class="flag-number" x="${px(x)}" y="${box.top - 4}" text-anchor="middle">${number}</text>`
  })}`
}

/** A line through the columns of `columns.ts`; null is a gap. */
export function linePath({ xOf, yOf }: Plot, xs: readonly number[], column: readonly (number | null)[], heightOf: (value: number) => number): string {
  let path = ''
  let pen = 'M'
  xs.forEach((ms, i) => {
    const value = column[i] ?? null
    if (value === null) pen = 'M'
    else {
      path += `${pen}${px(xOf(ms))} ${px(yOf(heightOf(value)))}`
      pen = 'L'
    }
  })
  return path
}

/** The same closed down to the foot, piece by piece. */
export function areaPath(plot: Plot, xs: readonly number[], column: readonly (number | null)[], heightOf: (value: number) => number): string {
  const foot = px(plot.yOf(0))
  return linePath(plot, xs, column, heightOf)
    .split('M')
    .filter((piece) => piece !== '')
    .map((piece) => {
      const corners = piece.split('L')
      const [first, last] = [corners[0]?.split(' ')[0], corners.at(-1)?.split(' ')[0]]
      return `M${piece}L${last} ${foot}L${first} ${foot}Z`
    })
    .join('')
}

/** Round marks of one size as one path, for a stroke with round ends. */
export function dotPath(places: readonly (readonly [x: number, y: number])[]): string {
  return places.map(([x, y]) => `M${px(x)} ${px(y)}h0`).join('')
}

export function px(value: number): string {
  return String(Number(value.toFixed(DIGITS)))
}
