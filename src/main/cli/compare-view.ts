import { changeFigure, comparisonText, metricName, metricValue, noiseFigure } from '../../shared/compare/change-text.ts'
import type { Change, ComparedFigure, ComparedMetric, Comparison } from '../../shared/compare/compare.ts'
import { elapsed, rate } from '../../shared/format.ts'
import { comparisonText as texts } from '../../shared/locales/comparison.ts'
import { translate, type Language } from '../../shared/locales/translate.ts'
import { wordsIn } from '../../shared/locales/words.ts'
import { fit, pad, painter } from './terminal.ts'

const MARKS: Record<Change, string> = { better: '✓', worse: '✕', 'within-noise': '=', 'not-judged': ' ' }
const LETTERS = 'ABCD'

/** metric | A | B | change | verdict; with three or four runs one block of change and verdict for each. */
export function compareView(comparison: Comparison, language: Language, color: boolean): string {
  const words = wordsIn(language, texts)
  const paint = painter(process.stdout, color)
  const verdict = (change: Change, text: string): string => (change === 'worse' ? paint('red', text) : change === 'better' ? paint('green', text) : text)
  const changeOf = (metric: ComparedMetric, { change, noise, verdict: found }: ComparedFigure): string => {
    const bound = noise === null || found === 'not-judged' ? '' : ` ±${noiseFigure(metric.unit, noise)}`
    return `${pad(changeFigure(metric.unit, change, words), 8)}${pad(bound, 9)} ${verdict(found, pad(`${MARKS[found]} ${words(`change.${found}`)}`, 14))}`
  }
  const heads = comparison.runs.map((_, i) => pad(LETTERS[i] ?? '', 14))
  const rows = comparison.metrics.map((metric) => ` ${pad(metricName(metric.metric, words), 15)}${metric.figures.map(({ value }) => pad(metricValue(metric.unit, value), 14)).join('')}${metric.figures.slice(1).map((figure) => changeOf(metric, figure)).join('  ')}`)
  return `${[
    '',
    ...comparison.runs.map((run, i) => ` ${paint('bold', LETTERS[i] ?? '')}  ${run.id.slice(-8)}  ${run.startedAt.slice(0, 19).replace('T', ' ')}  ${fit(visible(run.name), 24)}  ${run.targetRate === null ? '' : `${rate(run.targetRate)}  `}${elapsed(run.durationMs)}  ${visible(run.method)} ${fit(visible(run.target), 60)}`),
    '',
    ...comparison.warnings.map((warning) => ` ${paint('yellow', '▲')} ${visible(translate(language, warning))}`),
    ...comparison.differences.map(({ path, values }) => ` ${paint('dim', path)}  ${values.map((value) => fit(value ?? '–', 40)).join(' → ')}`),
    ...(comparison.warnings.length + comparison.differences.length > 0 ? [''] : []),
    ` ${pad('', 15)}${heads.join('')}`,
    ...rows,
    '',
    ` ${verdict(comparison.verdict === 'worse' || comparison.verdict === 'better' ? comparison.verdict : 'not-judged', comparisonText(comparison, words))}`,
    '',
  ].join('\n')}\n`
}

/** A file of results may come from anybody: nothing in it may move the cursor. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd')
}
