import { bandsOf, type Band } from '../../shared/charts/bands.ts'
import { latencyScale } from '../../shared/charts/latency-scale.ts'
import { sentenceIn } from '../../shared/locales/sentence.ts'
import type { Language } from '../../shared/locales/texts.ts'
import type { Point } from '../../shared/results/summary.ts'
import type { Sentence } from '../../shared/locales/sentence.ts'
import { latencyThresholds } from '../../shared/results/threshold-labels.ts'
import type { ChartScene } from './charts/scene.ts'
import { secondsIn, type ReportData } from './data.ts'
import { reportWords, type ReportWords } from './words.ts'

/** A report as it is being written: its data, and in which language. */
export interface ReportView {
  data: ReportData
  seconds: readonly Point[]
  language: Language
  words: ReportWords
  /** What the engine has said in English: why requests failed. */
  said: (text: string) => string
  /** A sentence of the core. */
  sentence: (sentence: Sentence) => string
}

export function viewReport(data: ReportData, language: Language = data.language): ReportView {
  const said = (text: string): string => (language === 'en' ? text : (data.quotes[text] ?? text))
  return { data, seconds: secondsIn(data), language, words: reportWords(language), said, sentence: (sentence) => sentenceIn(language, sentence, said) }
}

/** What charts over time show; of the whole run unless zoomed. */
export function sceneOf({ data, seconds, words }: ReportView, window: Band = wholeRun(seconds)): ChartScene {
  const { summary } = data
  const thresholds = latencyThresholds(summary.thresholds, words)
  const { spanMs } = data.seconds
  return {
    seconds, spanMs, window, words, thresholds,
    scale: latencyScale(seconds, 'log', thresholds.map(({ ms }) => ms)),
    flags: summary.events.map((event, i) => ({ number: i + 1, event })),
    bands: bandsOf(seconds, spanMs),
  }
}

function wholeRun(seconds: readonly Point[]): Band {
  return { fromMs: 0, toMs: Math.max(seconds.at(-1)?.atMs ?? 0, 2000) }
}
