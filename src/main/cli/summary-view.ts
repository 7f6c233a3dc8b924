import { bytes, bytesPerSecond, count, elapsed, latency, percent, rate } from '../../shared/format.ts'
import { changeText, metricValue } from '../../shared/compare/change-text.ts'
import type { Comparison } from '../../shared/compare/compare.ts'
import { comparisonText, type ComparisonTextKey } from '../../shared/locales/comparison.ts'
import { translate, type Language } from '../../shared/locales/translate.ts'
import { wordsIn, type Words } from '../../shared/locales/words.ts'
import type { Distribution, Summary } from '../../shared/results/summary.ts'
import { eventLine, isWorthTelling } from './event-words.ts'
import { thresholdValue } from './live-view.ts'
import { nodeRows } from './node-table.ts'
import { fit, pad, painter } from './terminal.ts'
import { words, type Word } from './words.ts'

type Paint = ReturnType<typeof painter>

/** The summary on stdout: the answer first, then the figures (`ux.md` §6). */
export function renderSummary(summary: Summary, language: Language, color: boolean, baseline: Comparison | null = null): string {
  const paint = painter(process.stdout, color)
  const word = words(language)
  const row = (label: Word | '', ...cells: string[]): string => `   ${paint('dim', pad(label === '' ? '' : word(label), 12))}${cells.join('')}`
  const lines = [
    '',
    headline(summary, language, paint),
    '',
    ` ${paint('bold', summary.run.name)}  ${summary.run.method} ${summary.run.target}  ${elapsed(summary.run.durationMs)}  ${paint('dim', `run ${summary.run.id}`)}`,
    row('requests', pad(count(summary.requests.sent), 14), `${rate(summary.rate.achieved)} ${word('mean')}${ofPlan(summary, word)}`),
    row('ledger', ledger(summary, word)),
    row('received', pad(bytes(summary.bytes.received), 14), bytesPerSecond((summary.bytes.received * 1000) / Math.max(1, summary.run.durationMs))),
    row('errors', pad(count(summary.requests.failed), 14), percent(errorRatio(summary))),
    '',
    row('latency', paint('dim', summary.run.model === 'open' ? word('responseNote') : word('closedNote'))),
    ...distribution(summary, word, paint, baseline === null ? null : { baseline, words: wordsIn(language, comparisonText) }),
    ...(baseline?.warnings ?? []).map((warning) => row('', paint('yellow', '▲ '), translate(language, warning))),
    ...streamRows(summary, row, word),
    ...stepRows(summary, row, word, paint),
    '',
    ...errorRows(summary, row, word),
    ...thresholdRows(summary, row, paint),
    ...checkRows(summary, row, paint),
    ...nodeRows(summary, word).map((text, index) => row(index === 0 ? 'nodes' : '', text)),
    ...summary.events.filter(isWorthTelling).map((event, index) => row(index === 0 ? 'events' : '', eventLine(event, language))),
    row('sender', sender(summary, word, paint)),
    row('lane', summary.run.lane),
    '',
  ]
  return `${lines.join('\n')}\n`
}

function headline(summary: Summary, language: Language, paint: Paint): string {
  const word = words(language)
  const text = translate(language, summary.sentence)
  if (summary.status === 'failed') return ` ${paint('red', `✕ ${word('FAILED')}`)}   ${text}`
  switch (summary.verdict) {
    case 'not-trustworthy': return ` ${paint('yellow', `▲ ${word('UNTRUSTED')}`)}   ${text}`
    case 'failed': return ` ${paint('red', `✕ ${word('FAILED')}`)}   ${text}`
    case 'passed': return ` ${paint('green', `✓ ${word('PASSED')}`)}   ${text}`
    case 'no-thresholds': return ` ${paint('cyan', `■ ${summary.status === 'aborted' ? word('ABORTED') : word('FINISHED')}`)}   ${text}`
  }
}

function ofPlan(summary: Summary, word: (word: Word) => string): string {
  const { planned, started } = summary.ledger
  return summary.run.model === 'open' && planned > 0 ? `, ${percent(started / planned)} ${word('ofPlan')}` : ''
}

function ledger({ ledger: entry, imbalance }: Summary, word: (word: Word) => string): string {
  const parts: [Word, number][] = [['planned', entry.planned], ['started', entry.started], ['completed', entry.completed], ['dropped', entry.dropped], ['lost', entry.lost], ['cancelled', entry.cancelled]]
  const shown = parts.filter(([, value], index) => index < 3 || value > 0).map(([name, value]) => `${word(name)} ${count(value)}`)
  return shown.join('  ') + (imbalance === null ? '' : `  ▲ ${imbalance}`)
}

function errorRatio(summary: Summary): number | null {
  return summary.ledger.completed === 0 ? null : summary.ledger.failed / summary.ledger.completed
}

const ROWS = ['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'] as const satisfies readonly (keyof Distribution)[]

interface Against {
  baseline: Comparison
  words: Words<ComparisonTextKey>
}

/** Response and service time side by side: the gap between them is the time spent waiting to be sent. Then the baseline, and what the change means. */
function distribution({ responseTime, serviceTime }: Summary, word: (word: Word) => string, paint: Paint, against: Against | null): string[] {
  const base = against === null ? '' : `  ${word('baseline')} ${against.baseline.runs[0]?.id.slice(-8) ?? ''}`
  const head = `   ${' '.repeat(12)}${pad('', 8)}${pad(word('latency'), 14)}${paint('dim', `${pad(`${word('service')} (${word('serviceNote')})`, against === null ? 0 : 34)}${base}`)}`
  return [head, ...ROWS.map((name) => `   ${' '.repeat(12)}${pad(name, 8)}${pad(latency(responseTime[name]), 14)}${paint('dim', pad(latency(serviceTime[name]), against === null ? 0 : 36))}${against === null ? '' : changeOf(name, against, paint)}`)]
}

function changeOf(name: (typeof ROWS)[number], { baseline, words }: Against, paint: Paint): string {
  const metric = baseline.metrics.find((one) => one.metric === name)
  const [before, now] = metric?.figures ?? []
  if (metric === undefined || before === undefined || now === undefined) return ''
  const text = `${pad(metricValue(metric.unit, before.value), 10)}${changeText(metric, now, words)}`
  return now.verdict === 'worse' ? paint('red', text) : now.verdict === 'better' ? paint('green', text) : text
}

/** Of answers that are streams: how many pieces, how long until the first one, and from one to the next. */
function streamRows({ stream }: Summary, row: Row, word: (word: Word) => string): string[] {
  if (stream === undefined) return []
  const times = (distribution: Distribution): string => (['p50', 'p95', 'p99', 'max'] as const).map((name) => `${name} ${latency(distribution[name])}`).join('  ')
  return ['', row('stream', pad(`${count(stream.chunks)} ${word('pieces')}`, 22)), row('', pad(word('firstPiece'), 22), times(stream.firstChunk)), row('', pad(word('gapOfPieces'), 22), times(stream.gap))]
}

type Row = (label: Word | '', ...cells: string[]) => string

/** What each step did, where there are several. */
function stepRows({ steps }: Summary, row: Row, word: (word: Word) => string, paint: Paint): string[] {
  if (steps.length < 2) return []
  const width = Math.min(32, Math.max(10, ...steps.map(({ name }) => name.length)))
  const cells = (name: string, requests: string, failed: string, p50: string, p99: string, service: string): string => `${pad(fit(name, width), width + 2)}${pad(requests, 12)}${pad(failed, 10)}${pad(p50, 12)}${pad(p99, 12)}${service}`
  const head = cells('', word('requests'), word('failed'), 'p50', 'p99', `p99 ${word('service')}`)
  return ['', row('steps', paint('dim', head)), ...steps.map(({ name, requests, failed, responseTime, serviceTime }) => row('', cells(name, count(requests), count(failed), latency(responseTime.p50), latency(responseTime.p99), latency(serviceTime.p99))))]
}

function errorRows(summary: Summary, row: Row, word: (word: Word) => string): string[] {
  const rows = summary.errors.slice(0, 8).map((group, index) =>
    row(index === 0 ? 'errors' : '', pad(fit(`${group.kind === 'check' ? '' : `${group.kind}: `}${group.message}`, 46), 48), pad(count(group.count), 10), `${word('first')} ${elapsed(group.firstAtMs)}`))
  return rows.length === 0 ? [] : [...rows, '']
}

function thresholdRows(summary: Summary, row: Row, paint: Paint): string[] {
  return summary.thresholds.map((threshold, index) =>
    row(index === 0 ? 'thresholds' : '', `${threshold.ok ? paint('green', '✓') : paint('red', '✕')} ${pad(threshold.expression, 22)} ${thresholdValue(threshold)}`))
}

function checkRows(summary: Summary, row: Row, paint: Paint): string[] {
  return summary.checks.map((check, index) =>
    row(index === 0 ? 'checks' : '', `${check.failed === 0 ? paint('green', '✓') : paint('red', '✕')} ${pad(check.expression, 22)} ${count(check.passed)}${check.failed === 0 ? '' : ` / ✕ ${count(check.failed)}`}`))
}

function sender(summary: Summary, word: (word: Word) => string, paint: Paint): string {
  const cpu = Math.max(0, ...summary.points.map((point) => point.cpuPercent))
  const state = summary.health.ok ? paint('green', `✓ ${word('keptUp')}`) : paint('yellow', `▲ ${word('gaveWay')}`)
  const problems = summary.health.problems.slice(0, 3).map((problem) => `; ${problem.detail}`).join('')
  return `${state}: ${word('lag')} p99 ${latency(summary.scheduleLag.p99)}, ${word('cpuMax')} ${Math.round(cpu)}%${problems}`
}
