import type { Band } from '../../../shared/charts/bands.ts'
import { count, elapsed, latency } from '../../../shared/format.ts'
import { html } from '../markup.ts'
import { table } from '../sections/table.ts'
import type { ReportView } from '../view.ts'

/** The charts' other form, written when it is opened: most readers never do. */
export function secondsTable(details: HTMLDetailsElement, { seconds, words }: ReportView, window: Band | undefined): void {
  if (!details.open || details.querySelector('table') !== null) return
  const heads = [words('chart.time'), words('chart.targetRate'), words('chart.completed'), words('chart.failed'), words('chart.dropped'), 'p50', 'p95', 'p99', 'max', words('chart.serviceP99')]
  const seen = seconds.filter(({ atMs }) => window === undefined || (atMs > window.fromMs && atMs <= window.toMs))
  const rows = seen.map((point) => [
    elapsed(point.atMs), count(point.target), count(point.completed), count(point.failed), count(point.dropped), latency(point.p50), latency(point.p95), latency(point.p99), latency(point.max), latency(point.serviceP99),
  ])
  details.insertAdjacentHTML('beforeend', html`${table(words('report.asTable'), heads, rows)}`.text.replace('<div class="scroll">', `<div class="scroll" tabindex="0" role="group" aria-label="${html`${words('report.asTable')}`.text}">`).replace(' data-sortable=""', ''))
}
