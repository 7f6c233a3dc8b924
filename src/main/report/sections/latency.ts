import { count, latency } from '../../../shared/format.ts'
import type { Distribution } from '../../../shared/results/summary.ts'
import { distributionChart } from '../charts/distribution-chart.ts'
import { html, type Markup } from '../markup.ts'
import type { ReportView } from '../view.ts'
import { card, table, type Cell } from './table.ts'

const ROWS = ['min', 'mean', 'p50', 'p75', 'p90', 'p95', 'p99', 'p99.9', 'p99.99', 'max'] as const satisfies readonly (keyof Distribution)[]
const PHASES = ['dns', 'connect', 'tls', 'firstByte'] as const
const PHASE_COLUMNS = ['p50', 'p95', 'p99', 'max'] as const

/** How the answers are spread, and the figures to it. */
export function latencySection(view: ReportView): Markup {
  const { data: { summary }, seconds, words } = view
  const drawn = distributionChart(seconds, summary.responseTime, words)
  const note = words(summary.run.model === 'open' ? 'report.timesNote' : 'report.closedNote')
  const rows = ROWS.map((name) => [name, sorted(summary.responseTime[name]), sorted(summary.serviceTime[name]), sorted(summary.scheduleLag[name])])
  const heads = [words('report.percentile'), words('report.responseTime'), words('report.serviceTime'), words('report.lag')]
  return html`<div class="pair">
    ${drawn !== null && card('distribution', words('report.distribution'), html`<div class="plot">${drawn}</div>`, words('report.responses'))}
    ${card('percentiles', words('report.percentiles'), html`${table(words('report.percentiles'), heads, rows)}<p class="note">${note}</p>`)}
  </div>${phases(view)}${streams(view)}`
}

function phases({ data: { summary }, words }: ReportView): Markup | null {
  const seen = PHASES.filter((phase) => summary.phases[phase].p50 !== null)
  if (seen.length === 0) return null
  const rows = seen.map((phase) => [words(`phase.${phase}`), ...PHASE_COLUMNS.map((name) => sorted(summary.phases[phase][name]))])
  return card('phases', words('report.phases'), table(words('report.phases'), [words('report.phase'), ...PHASE_COLUMNS], rows))
}

/** Only of answers that are streams. */
function streams({ data: { summary: { stream } }, words }: ReportView): Markup | null {
  if (stream === undefined) return null
  const rows = (['firstChunk', 'gap'] as const).map((name) => [words(`stream.${name}`), ...PHASE_COLUMNS.map((column) => sorted(stream[name][column]))])
  return card('streams', words('report.streams'), table(words('report.streams'), [words('report.phase'), ...PHASE_COLUMNS], rows), words('report.pieces', { count: count(stream.chunks) }))
}

export function sorted(ms: number | null): Cell {
  return { shown: latency(ms), by: ms }
}
