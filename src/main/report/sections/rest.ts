import { eventText } from '../../../shared/results/event-text.ts'
import { bytes, count, elapsed, latency, percent } from '../../../shared/format.ts'
import type { Summary } from '../../../shared/results/summary.ts'
import { html, type Markup } from '../markup.ts'
import { moment } from '../moment.ts'
import type { ReportView } from '../view.ts'
import type { ReportWords } from '../words.ts'
import { nameIn } from './over-time.ts'
import { card, table } from './table.ts'

/** Of a node, where the run has kept it. */
type Node = Summary['nodes'][number] & { version?: string; cores?: number; memoryBytes?: number; clockOffsetMs?: number }

/** Who sent the load, and whether that can be believed. */
export function generators(view: ReportView): Markup {
  const { data: { summary }, words } = view
  const heads = [words('report.node'), words('report.share'), words('report.started'), `req/s`, `CPU ${words('report.mean')}`, words('report.loopLag')]
  const seconds = Math.max(summary.run.durationMs, 1) / 1000
  const rows = summary.nodes.map(({ name, share, started, completed, cpuPercent, loopLagMsP99, lostAtMs }) => [
    html`${name}${lostAtMs !== null && html` <small class="warn">▲ ${words('report.lostAt', { time: elapsed(lostAtMs) })}</small>`}`,
    { shown: percent(share), by: share },
    { shown: count(started), by: started },
    { shown: count(completed / seconds), by: completed },
    { shown: `${Math.round(cpuPercent)}%`, by: cpuPercent },
    { shown: latency(loopLagMsP99), by: loopLagMsP99 },
  ])
  return card('generators', words('run.generators'), html`${summary.nodes.length > 0 && table(words('run.generators'), heads, rows)}${trust(view)}<p class="note">${ledger(summary, words)}</p>`)
}

function trust({ data: { summary }, seconds, words }: ReportView): Markup {
  const { health: { ok, problems }, scheduleLag } = summary
  const cpu = Math.round(seconds.reduce((most, { cpuPercent }) => Math.max(most, cpuPercent), 0))
  const list = problems.length > 0 && html`<ul>${problems.map(({ atMs, untilMs, node, detail }) => html`<li>${words('report.until', { from: elapsed(atMs), to: elapsed(untilMs), node, detail })}</li>`)}</ul>`
  if (!ok) return html`<p class="trust"><b class="warn">▲ ${words('report.distrust')}</b></p>${list}`
  return html`<p class="trust"><span class="ok" aria-hidden="true">✓ </span>${words('report.trust', { lag: latency(scheduleLag.p99), cpu: `${cpu}%` })}</p>${problems.length > 0 && html`<p class="trust">${words('report.troubles')}</p>${list}`}`
}

const LEDGER = ['planned', 'started', 'dropped', 'lost', 'completed', 'failed', 'cancelled'] as const

function ledger({ ledger: entry, imbalance }: Pick<Summary, 'ledger' | 'imbalance'>, words: ReportWords): string {
  const figures = Object.fromEntries(LEDGER.map((name) => [name, count(entry[name])]))
  return `${words('report.ledger', figures)} ${imbalance === null ? words('report.balanced') : words('report.imbalance', { what: imbalance })}`
}

/** All of them, numbered as on the charts. */
export function events(view: ReportView): Markup {
  const { data: { summary }, words } = view
  const rows = summary.events.map((event, i) => [html`<b class="number">${i + 1}</b>`, { shown: elapsed(event.atMs), by: event.atMs }, eventText(event, words, nameIn(view))])
  return card('events', words('report.events'), rows.length === 0 ? html`<p class="note">${words('report.noEvents')}</p>` : table(words('report.events'), ['#', words('report.time'), words('report.event')], rows))
}

/** The task in three forms to be run again. */
export function task({ data: { task: texts }, words }: ReportView): Markup {
  if (texts === null) return card('task', words('report.task'), html`<p class="note">${words('report.noTask')}</p>`)
  const forms = [[words('report.taskFile'), texts.yaml], [words('report.asCurl'), texts.curl], [words('report.asCommand'), texts.command]] as const
  return card('task', words('report.task'), html`${forms.map(([name, text], i) => text !== null && html`<details${i === 0 && html` open=""`}><summary>${name}</summary><div class="copyable"><button type="button" class="js" data-copy="">${words('report.copy')}</button><pre>${text}</pre></div></details>`)}${[texts.yaml, texts.curl, texts.command].some((text) => text?.includes('•••') === true) && html`<p class="note">${words('report.masked')}</p>`}`)
}

/** What made the report, where, and what else it holds. */
export function about({ data: { summary, note, tags, madeAt, zone }, words }: ReportView): Markup {
  const machines = (summary.nodes as readonly Node[]).filter(({ version }) => version !== undefined)
  const tagged = Object.entries(tags).map(([name, value]) => `${name}=${value}`).join(', ')
  return card('about', words('report.about'), html`
    ${note !== '' && html`<p>${words('report.note')}: ${note}</p>`}${tagged !== '' && html`<p>${words('report.tags')}: ${tagged}</p>`}
    <p>${words('report.version', { version: summary.version, lane: summary.run.lane })}, ${words('report.made', { time: moment(madeAt, zone) })}. ${words('report.zone', { zone })}</p>
    ${machines.map(({ name, version = '', cores = 0, memoryBytes = 0, clockOffsetMs = 0 }) => html`<p>${words('report.machine', { name, version, cores, memory: bytes(memoryBytes), offset: latency(clockOffsetMs) })}</p>`)}
    <p class="note">${words('report.dataNote')}</p><p class="js"><button type="button" data-download="">${words('report.download')}</button></p>`)
}
