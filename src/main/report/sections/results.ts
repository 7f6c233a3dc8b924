import { familyOf } from '../../../shared/charts/error-families.ts'
import { errorLabel } from '../../../shared/results/error-label.ts'
import { count, elapsed, latency, percent } from '../../../shared/format.ts'
import { statusShares } from '../../../shared/results/status-shares.ts'
import type { ErrorGroup, ErrorGroup as Group, Summary } from '../../../shared/results/summary.ts'
import { html, type Markup } from '../markup.ts'
import type { ReportView } from '../view.ts'
import { sorted } from './latency.ts'
import { card, table } from './table.ts'

/** Groups that are shown; the rest is in the data. */
const MOST_GROUPS = 20

/** Runs stored by older versions do not know how many of a step failed. */
type Step = Omit<Summary['steps'][number], 'failed'> & { failed?: number }

/** Of several steps each by itself; of one the whole run says it already. */
export function steps({ data: { summary }, words }: ReportView): Markup | null {
  const all: readonly Step[] = summary.steps
  if (all.length < 2) return null
  const heads = [words('report.step'), words('report.stepRequests'), words('report.failedCount'), 'p50', 'p95', 'p99', 'max']
  const rows = all.map(({ name, requests, failed, responseTime: time }) => [name, { shown: count(requests), by: requests }, { shown: count(failed ?? null), by: failed ?? null }, sorted(time.p50), sorted(time.p95), sorted(time.p99), sorted(time.max)])
  return card('steps', words('report.steps'), table(words('report.steps'), heads, rows))
}

/** Checks and status codes, side by side. */
export function answers({ data: { summary }, words }: ReportView): Markup | null {
  const shares = statusShares({ statusCodes: summary.statusCodes, totals: { completed: summary.ledger.completed } as Parameters<typeof statusShares>[0]['totals'], errors: summary.errors })
  if (shares.length === 0 && summary.checks.length === 0) return null
  const total = Math.max(summary.ledger.completed, 1)
  const codes = shares.map(({ status, count: n }) => [status === 0 ? words('run.noResponse') : String(status), { shown: count(n), by: n }, { shown: percent(n / total), by: n }])
  const checks = summary.checks.map(({ expression, passed, failed }) => [html`<span class="mark ${failed === 0 ? 'ok' : 'bad'}" aria-hidden="true">${failed === 0 ? '✓' : '✕'}</span><code>${expression}</code>`, { shown: count(passed), by: passed }, { shown: count(failed), by: failed }])
  return html`<div class="pair">
    ${codes.length > 0 && card('codes', words('report.statusCodes'), table(words('report.statusCodes'), [words('report.status'), words('report.count'), words('report.share')], codes))}
    ${checks.length > 0 && card('checks', words('report.checks'), table(words('report.checks'), [words('report.check'), words('report.checkPassed'), words('report.failedCount')], checks))}
  </div>`
}

/** Failures by kind, with what some of them looked like. */
export function errors({ data: { summary }, words, said }: ReportView): Markup | null {
  if (summary.errors.length === 0) return null
  const total = summary.errors.reduce((sum, { count: n }) => sum + n, 0)
  const shown = summary.errors.slice(0, MOST_GROUPS)
  const rows = shown.map((group) => [
    html`<i class="key err-${familyOf(group.kind, group.status)}" aria-hidden="true"></i>${said(errorLabel(group, words))}`,
    group.kind,
    { shown: count(group.count), by: group.count },
    { shown: percent(group.count / total), by: group.count },
    { shown: elapsed(group.firstAtMs), by: group.firstAtMs },
  ])
  const more = summary.errors.length - shown.length
  return card('errors', words('report.errors'), html`${table(words('report.errors'), [words('report.error'), '', words('report.count'), words('report.share'), words('report.first')], rows)}${more > 0 && html`<p class="note">${words('report.moreErrors', { count: more })}</p>`}${samples(shown, words('report.samples'), said, nodeNames(summary.nodes))}`)
}

/** Where there are several, it is said which one saw it. */
function nodeNames(nodes: Summary['nodes']): ReadonlyMap<string, string> {
  return new Map(nodes.length > 1 ? nodes.map(({ id, name }) => [id, name]) : [])
}

function samples(groups: readonly ErrorGroup[], title: string, said: ReportView['said'], nodes: ReadonlyMap<string, string>): Markup | null {
  const known = groups.filter((group) => group.samples.length > 0)
  if (known.length === 0) return null
  return html`<details class="samples"><summary>${title}</summary>${known.map((group) => group.samples.map((sample) => sampleOf({ ...sample, message: said(sample.message) }, nodes.get(sample.nodeId ?? ''))))}</details>`
}

function sampleOf({ method, url, status, kind, responseTimeMs, atMs, head, body, message }: Group['samples'][number], node: string | undefined): Markup {
  return html`<article><p><b>${method}</b> <span class="mono">${url}</span> → <b class="bad">${status === 0 ? kind : status}</b> ${latency(responseTimeMs)}, ${elapsed(atMs)}${node !== undefined && `, ${node}`}</p><pre>${head.trim() === '' && body === '' ? message : [head.trim(), body].filter((part) => part !== '').join('\n\n')}</pre></article>`
}
