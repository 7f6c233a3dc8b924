import { expect, test } from 'vitest'
import { tileChange } from '../../../../src/renderer/src/views/run/tile-changes.ts'
import { compareRuns } from '../../../../src/shared/compare/compare.ts'
import { comparisonText } from '../../../../src/shared/locales/comparison.ts'
import type { ComparisonTextKey } from '../../../../src/shared/locales/comparison.ts'
import { specOf } from '../../../contract/fixtures.ts'
import { syntheticSummary } from '../../../main/report/report-run.ts'
import { NO_TOTALS } from '../../synthetic-run.ts'

const words = (key: ComparisonTextKey, params: Record<string, string | number> = {}): string => comparisonText[key].en.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name]))
const base = { ...NO_TOTALS, completed: 1000, achievedRate: 1000, errorRate: 0.004, p50: 5.8, p95: 36.9, p99: 85.5 }

test('while it runs, a figure is told against the baseline without a judgement, but a change too small for any', () => {
  const now = { ...base, p99: 112, p50: 5.9, errorRate: 0.0142 }
  expect(tileChange('p99', now, base, null, words)).toEqual({ figure: '+31%', words: '+31%', verdict: 'not-judged' })
  expect(tileChange('p50', now, base, null, words)).toMatchObject({ figure: '+2%', verdict: 'within-noise' })
  expect(tileChange('rate', now, base, null, words)).toMatchObject({ figure: '0%', verdict: 'within-noise' })
  expect(tileChange('errors', now, base, null, words)).toMatchObject({ figure: '+1 points', verdict: 'not-judged' })
})

test('before the first answer there is nothing to compare', () => {
  expect(tileChange('p99', NO_TOTALS, base, null, words)).toBeNull()
  expect(tileChange('rate', NO_TOTALS, base, null, words)).toBeNull()
})

test('once it has ended, the seconds of both runs judge', () => {
  const run = syntheticSummary(120)
  const judged = compareRuns([run, { ...run, responseTime: { ...run.responseTime, p50: run.responseTime.p50! * 4 } }].map((summary) => ({ summary, spec: specOf() })))
  expect(tileChange('p50', base, base, judged, words)).toMatchObject({ figure: '+300%', verdict: 'worse' })
  expect(tileChange('p50', base, base, judged, words)?.words).toContain('beyond noise')
  expect(tileChange('p95', base, base, judged, words)).toMatchObject({ figure: '0%', verdict: 'within-noise' })
})
