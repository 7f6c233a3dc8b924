import { changeText, metricName, metricValue } from '../../../shared/compare/change-text.ts'
import type { Comparison } from '../../../shared/compare/compare.ts'
import { errorLabel } from '../../../shared/results/error-label.ts'
import { bytes, count, elapsed, latency, percent, rate } from '../../../shared/format.ts'
import { problemText } from '../../../shared/locales/problem-text.ts'
import { translate } from '../../../shared/locales/translate.ts'
import type { Language } from '../../../shared/locales/texts.ts'
import { maskUrl } from '../../../shared/task/masking.ts'
import type { Summary } from '../../../shared/results/summary.ts'
import { thresholdLabel, thresholdValue } from '../../../shared/results/threshold-labels.ts'
import { reportWords, type ReportWords } from '../words.ts'

const MARKS = { passed: '✅', failed: '❌', 'no-thresholds': '⬜', 'not-trustworthy': '⚠️' } as const
const MOST_ERRORS = 5

/** The run as a comment on a pull request: the answer, the thresholds, the figures, what failed. */
export function markdownOf(summary: Summary, baseline: Comparison | null, language: Language): string {
  const words = reportWords(language)
  const { run } = summary
  const word = summary.status === 'failed' ? words('report.could-not-run') : words(`report.${summary.verdict}`)
  const parts = [
    `### ${summary.status === 'failed' ? '❌' : MARKS[summary.verdict]} ${plain(run.name)}: ${word}`,
    plain(translate(language, summary.sentence)),
    `${code(`${run.method} ${maskUrl(run.target)}`)}, ${elapsed(run.durationMs)}, ${words('report.run', { id: run.id })}`,
    thresholdRows(summary, words),
    figures(summary, baseline, words, language),
    errorRows(summary, words, language),
    summary.health.ok ? words('report.say.trust') : `⚠️ ${words('report.say.doubt')}`,
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function thresholdRows({ thresholds }: Summary, words: ReportWords): string {
  if (thresholds.length === 0) return ''
  return table(['', words('report.threshold'), words('report.measured')], thresholds.map((result) => [result.ok ? '✅' : '❌', plain(thresholdLabel(result.expression, words)), thresholdValue(result)]))
}

function figures(summary: Summary, baseline: Comparison | null, words: ReportWords, language: Language): string {
  if (baseline !== null) {
    const rows = baseline.metrics.map((metric) => {
      const [before, now] = metric.figures
      return [metricName(metric.metric, words), metricValue(metric.unit, before?.value ?? null), metricValue(metric.unit, now?.value ?? null), now === undefined ? '–' : changeText(metric, now, words)]
    })
    const warnings = baseline.warnings.map((warning) => `⚠️ ${plain(translate(language, warning))}`)
    return [...warnings, table([words('report.metric'), words('report.baseline', { run: baseline.runs[0]?.id.slice(-8) ?? '' }), words('report.thisRun'), words('report.change')], rows)].join('\n\n')
  }
  const { ledger, rate: { achieved, target }, responseTime: time } = summary
  return table([words('report.metric'), ''], [
    [words('report.meanRate'), target === null ? rate(achieved) : `${rate(achieved)} / ${rate(target)}`],
    ['p50', latency(time.p50)], ['p90', latency(time.p90)], ['p95', latency(time.p95)], ['p99', latency(time.p99)], ['max', latency(time.max)],
    [words('report.errors'), `${percent(ledger.completed === 0 ? null : ledger.failed / ledger.completed)} (${words('report.errorsOf', { failed: count(ledger.failed), completed: count(ledger.completed) })})`],
    [words('report.received'), bytes(summary.bytes.received)],
  ])
}

function errorRows({ errors }: Summary, words: ReportWords, language: Language): string {
  if (errors.length === 0) return ''
  return table([words('report.error'), words('report.count'), words('report.first')], errors.slice(0, MOST_ERRORS).map((group) => [plain(problemText(language, errorLabel(group, words))), count(group.count), elapsed(group.firstAtMs)]))
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

/** Text from outside: no markup, no mention, no cell of a table of its own. */
function plain(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\`*_{}[\]<>#|~]/g, '\\$&').replace(/@/g, '@\u200b').slice(0, 500)
}

function code(text: string): string {
  return `\`${text.replace(/[`|\r\n]/g, ' ')}\``
}
