import { comparisonText } from '../../shared/compare/change-text.ts'
import { compareRuns, type Comparison } from '../../shared/compare/compare.ts'
import { AppError } from '../../shared/errors.ts'
import { comparisonText as texts } from '../../shared/locales/comparison.ts'
import { wordsIn } from '../../shared/locales/words.ts'
import { compareView } from './compare-view.ts'
import { languageOf } from './context.ts'
import { EXIT } from './exit-codes.ts'
import { readRuns } from './run-source.ts'
import type { StoreFlags } from './store.ts'

export interface CompareFlags extends StoreFlags {
  failOn?: string
  lang?: string
  color?: boolean
}

/** `stampede compare A B [C D]`: the others against the first. */
export async function compare(wanted: readonly string[], flags: CompareFlags): Promise<number> {
  if (wanted.length < 2 || wanted.length > 4) throw new AppError('bad-input', 'Compare two to four runs.', { hint: 'Name each by its id, the name of its task (its newest run), or a file of results.' })
  if (flags.failOn !== undefined && flags.failOn !== 'worse') throw new AppError('bad-input', `--fail-on: "${flags.failOn}" is nothing to fail on.`, { hint: 'Write --fail-on worse.' })
  const comparison = compareRuns(await readRuns(wanted, flags))
  const language = languageOf(flags.lang)
  process.stdout.write(flags.json === true ? `${JSON.stringify(comparison)}\n` : compareView(comparison, language, flags.color !== false))
  return flags.failOn === undefined ? EXIT.passed : judged(comparison)
}

/** Runs that cannot be compared fail a gate as well: it was asked for a judgement and has none. */
function judged(comparison: Comparison): number {
  if (comparison.verdict !== 'not-comparable') return comparison.verdict === 'worse' ? EXIT.thresholdFailed : EXIT.passed
  process.stderr.write(`${comparisonText(comparison, wordsIn('en', texts))}\n`)
  return EXIT.badInput
}
