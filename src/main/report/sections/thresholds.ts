import { changeText, metricName, metricValue } from '../../../shared/compare/change-text.ts'
import { METRICS, type ComparedMetric, type Comparison } from '../../../shared/compare/compare.ts'
import { elapsed } from '../../../shared/format.ts'
import type { ThresholdResult } from '../../../shared/results/summary.ts'
import { parseThreshold } from '../../../shared/task/threshold.ts'
import { thresholdLabel, thresholdValue } from '../../../shared/results/threshold-labels.ts'
import { html, type Markup } from '../markup.ts'
import type { ReportView } from '../view.ts'
import { card, table } from './table.ts'

/** What was wanted, what was measured, and how that stands against the baseline. */
export function thresholds(view: ReportView): Markup {
  const { data: { summary, baseline }, words } = view
  if (summary.thresholds.length === 0 && baseline === null) return html`<p class="note">${words('report.noThresholds')}</p>`
  const heads = [words('report.threshold'), words('report.measured'), words('report.failingSince'), ...(baseline === null ? [] : [words('report.baseline', { run: shortRun(baseline) }), words('report.change')])]
  return html`${summary.thresholds.length > 0 && html`<section class="card plain" aria-label="${words('report.threshold')}">${table(words('report.threshold'), heads, summary.thresholds.map((result) => rowOf(result, view)))}</section>`}${baseline !== null && against(view, baseline)}`
}

function rowOf(result: ThresholdResult, { data: { baseline }, words }: ReportView): Markup[] {
  const { expression, ok, failingSinceMs } = result
  const word = words(ok ? 'threshold.holds' : 'threshold.fails')
  const metric = baseline === null ? null : metricOf(expression, baseline)
  const [before, now] = metric?.figures ?? []
  return [
    html`<span class="mark ${ok ? 'ok' : 'bad'}" role="img" aria-label="${word}">${ok ? '✓' : '✕'}</span>${thresholdLabel(expression, words)}`,
    html`<b class="${ok ? '' : 'bad'}">${thresholdValue(result)}</b>`,
    html`${failingSinceMs === null ? '–' : elapsed(failingSinceMs)}`,
    ...(baseline === null ? [] : [html`${metric === null ? '–' : metricValue(metric.unit, before?.value ?? null)}`, html`${metric === null || now === undefined ? '–' : changeText(metric, now, words)}`]),
  ]
}

/** Which compared figure a threshold speaks of; null for those that are not compared. */
function metricOf(expression: string, { metrics }: Comparison): ComparedMetric | null {
  const parsed = parseThreshold(expression)
  if (!parsed.ok) return null
  const { threshold } = parsed
  const name = !('stat' in threshold) ? threshold.metric : threshold.metric !== 'response' ? null : typeof threshold.stat === 'number' ? `p${threshold.stat}` : threshold.stat
  // A threshold on the rate is in percent of the target, the compared figure is the rate itself.
  return name === 'rate' ? null : (metrics.find(({ metric }) => metric === METRICS.find((known) => known === name)) ?? null)
}

/** Every figure against the baseline. */
function against(view: ReportView, baseline: Comparison): Markup {
  const { words, sentence } = view
  const rows = baseline.metrics.map((metric) => {
    const [before, now] = metric.figures
    const tone = now?.verdict === 'worse' ? 'bad' : now?.verdict === 'better' ? 'ok' : ''
    return [
      metricName(metric.metric, words),
      metricValue(metric.unit, before?.value ?? null),
      metricValue(metric.unit, now?.value ?? null),
      html`${now === undefined ? '–' : html`<span class="${tone}">${tone !== '' && html`<span aria-hidden="true">${tone === 'bad' ? '✕ ' : '✓ '}</span>`}${changeText(metric, now, words)}</span>`}`,
    ]
  })
  const notes = baseline.warnings.map((warning) => html`<p class="note">▲ ${sentence(warning)}</p>`)
  return card('against', words('report.compared'), html`${notes}${table(words('report.compared'), [words('report.metric'), words('report.baseline', { run: shortRun(baseline) }), words('report.thisRun'), words('report.change')], rows)}`)
}

function shortRun({ runs }: Comparison): string {
  return runs[0]?.id.slice(-8) ?? ''
}
