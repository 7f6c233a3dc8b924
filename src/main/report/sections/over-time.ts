import type { Band } from '../../../shared/charts/bands.ts'
import { eventText } from '../../../shared/results/event-text.ts'
import { count, elapsed } from '../../../shared/format.ts'
import { errorChart } from '../charts/error-chart.ts'
import { heatChart } from '../charts/heat-chart.ts'
import { latencyChart } from '../charts/latency-chart.ts'
import { rateChart } from '../charts/rate-chart.ts'
import { html, type Markup } from '../markup.ts'
import { sceneOf, type ReportView } from '../view.ts'

const IN_LINE = 3

/** Rate, percentiles, heat map and errors, one above the other on one axis of time. @param window what is zoomed into. */
export function overTime(view: ReportView, window?: Band): Markup {
  const { words, data, seconds } = view
  if (seconds.length === 0) return html`<p class="note">${words('report.noSeconds')}</p>`
  const scene = sceneOf(view, window)
  const joined = scene.spanMs > 1000 && html`<p class="note">${words('report.joined', { seconds: count(scene.spanMs / 1000) })}</p>`
  const events = html`<span class="flags">${scene.flags.slice(0, IN_LINE).map(({ number, event }) => html`<span><b>${number}</b> ${elapsed(event.atMs)} ${eventText(event, words, nameIn(view))}</span>`)}</span>`
  return html`${joined}
    ${chart('rate', words('run.rate'), words('report.perSecond'), events, rateChart(scene), words('report.rateAlt'))}
    ${chart('latency', words('run.latency'), words('report.logScale'), null, latencyChart(scene), words('report.latencyAlt'))}
    ${chart('heat', words('run.heat'), words('run.heatSub'), null, heatChart(scene), words('report.heatAlt'))}
    ${data.summary.errors.length > 0 && chart('errors', words('run.errors'), words('run.errorsSub'), null, errorChart(scene), words('report.errorsAlt'))}
    <details class="card table-of" data-seconds=""><summary>${words('report.asTable')}</summary></details>`
}

/** Events name nodes by id. */
export function nameIn({ data: { summary } }: ReportView): (id: string) => string {
  const names = new Map(summary.nodes.map(({ id, name }) => [id, name]))
  return (id) => names.get(id) ?? id
}

function chart(id: string, title: string, sub: string, beside: Markup | null, drawn: Markup, label: string): Markup {
  return html`<section class="card chart" aria-labelledby="chart-${id}"><h3 id="chart-${id}">${title} <small>${sub}</small>${beside}</h3><div class="plot" data-plot="${id}" data-label="${label}">${drawn}</div></section>`
}
