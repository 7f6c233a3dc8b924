import { bytes, bytesPerSecond, count, countShort, elapsed, latency, percent, rate } from '../../../shared/format.ts'
import type { Summary } from '../../../shared/results/summary.ts'
import { thresholdLabel } from '../../../shared/results/threshold-labels.ts'
import { html, type Markup } from '../markup.ts'
import { moment } from '../moment.ts'
import type { ReportView } from '../view.ts'
import type { ReportWords } from '../words.ts'

type Figures = Omit<Summary, 'points'>

/** What was run, when, by how many; then the answer in words and in six figures. */
export function head(view: ReportView): Markup {
  const { data: { summary, zone }, words } = view
  const { run, nodes } = summary
  const span = words('report.span', { from: moment(run.startedAt, zone), to: moment(run.endedAt, zone), duration: elapsed(run.durationMs) })
  const generators = nodes.length === 1 ? words('report.generator') : words('report.generators', { count: nodes.length })
  return html`<header>
    <h1>${run.name}</h1>
    <p class="meta"><b class="mono">${run.method} ${run.target}</b><span>${span}</span><span>${generators}</span><span>${words('report.run', { id: run.id })}</span></p>
  </header>${verdict(view)}`
}

const MARKS = { passed: ['✓', 'ok'], failed: ['✕', 'bad'], 'no-thresholds': ['■', 'plain'], 'not-trustworthy': ['▲', 'warn'] } as const

function verdict({ data: { summary }, language, words, sentence }: ReportView): Markup {
  const [mark, tone] = summary.status === 'failed' ? (['✕', 'bad'] as const) : MARKS[summary.verdict]
  return html`<section class="verdict ${tone}" aria-labelledby="verdict"><h2 id="verdict"><span aria-hidden="true">${mark}</span> ${wordOf(summary, words)}</h2><p>${[sentence(summary.sentence), ...sentences(summary, words)].join(language === 'zh-CN' ? '' : ' ')}</p></section>`
}

function wordOf({ status, verdict: word }: Figures, words: ReportWords): string {
  if (status === 'failed') return words('report.could-not-run')
  return word === 'no-thresholds' && status === 'aborted' ? words('report.aborted') : words(`report.${word}`)
}

/** What the verdict's own sentence leaves open: when it began, what was sent, and whether it can be believed. */
function sentences(summary: Figures, words: ReportWords): string[] {
  const { rate: { target, achieved }, ledger, responseTime, health } = summary
  if (ledger.completed === 0) return []
  const failing = summary.thresholds.find(({ ok, failingSinceMs }) => !ok && failingSinceMs !== null)
  const said = [
    failing !== undefined && words('report.say.since', { threshold: thresholdLabel(failing.expression, words), time: elapsed(failing.failingSinceMs) }),
    target === null ? words('report.say.closed', { achieved: rate(achieved) }) : words('report.say.rate', { achieved: rate(achieved), target: rate(target) }),
    words('report.say.latency', { p50: latency(responseTime.p50), p99: latency(responseTime.p99) }),
    ledger.failed === 0 ? words('report.say.noErrors') : words('report.say.errors', { errors: percent(ledger.failed / ledger.completed) }),
    ledger.dropped > 0 && words('report.say.dropped', { dropped: count(ledger.dropped) }),
    ledger.lost > 0 && words('report.say.lost', { lost: count(ledger.lost) }),
    health.ok ? words('report.say.trust') : words('report.say.doubt'),
  ]
  return said.filter((sentence) => sentence !== false)
}

/** Six figures, each with what to measure it by. */
export function tiles({ data: { summary }, words }: ReportView): Markup {
  const { ledger, rate: { target, achieved }, responseTime: time, bytes: { received }, run } = summary
  const answered = ledger.completed > 0
  const seconds = Math.max(run.durationMs, 1) / 1000
  return html`<dl class="tiles">
    ${tile(words('report.meanRate'), 'accent', answered ? rate(achieved) : '–', target === null || target === 0 ? words('report.requests', { count: count(summary.requests.sent) }) : words('report.ofTarget', { percent: percent(achieved / target), target: rate(target) }))}
    ${tile('p50', 'p50', latency(time.p50), `min ${latency(time.min)}`)}
    ${tile('p95', 'p95', latency(time.p95), `p90 ${latency(time.p90)}`)}
    ${tile('p99', 'p99', latency(time.p99), `p99.9 ${latency(time['p99.9'])}, max ${latency(time.max)}`)}
    ${tile(words('report.errors'), 'bad', percent(answered ? ledger.failed / ledger.completed : null), words('report.errorsOf', { failed: count(ledger.failed), completed: countShort(ledger.completed) }))}
    ${tile(words('report.received'), null, bytesPerSecond(received / seconds), words('report.inAll', { bytes: bytes(received) }))}
  </dl>`
}

function tile(name: string, colour: string | null, figure: string, beneath: string): Markup {
  const [, number = figure, unit = ''] = /^([<>]?[\d.,–−+]+)\s*(.*)$/.exec(figure) ?? []
  return html`<div><dt>${colour !== null && html`<i class="key ${colour}" aria-hidden="true"></i>`}${name}</dt><dd class="figure">${number}${unit !== '' && html` <small>${unit}</small>`}</dd><dd class="beneath">${beneath}</dd></div>`
}
