import { chartText } from '../../shared/locales/charts.ts'
import { comparisonText } from '../../shared/locales/comparison.ts'
import { reportText } from '../../shared/locales/report.ts'
import { runText } from '../../shared/locales/run.ts'
import type { Language } from '../../shared/locales/texts.ts'
import { wordsIn, type Words } from '../../shared/locales/words.ts'

const TEXTS = { ...runText, ...chartText, ...comparisonText, ...reportText }

export type ReportWords = Words<keyof typeof TEXTS>

/** The words of the screens, and those that only a report has. */
export function reportWords(language: Language): ReportWords {
  return wordsIn(language, TEXTS)
}
