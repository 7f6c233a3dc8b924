import { expect, test } from 'vitest'
import { compareRuns } from '../../../src/shared/compare/compare.ts'
import type { Summary } from '../../../src/shared/results/summary.ts'
import { specOf } from '../../contract/fixtures.ts'
import { syntheticSummary } from '../../main/report/report-run.ts'

const run = syntheticSummary(60)
const against = (changes: Partial<Summary>): ReturnType<typeof compareRuns> => compareRuns([run, { ...run, ...changes }].map((summary) => ({ summary, spec: specOf() })))

test('another target, another model or another rate are no comparison, and nothing in them is called better or worse', () => {
  const other = (changes: Partial<Summary['run']>): Partial<Summary> => ({ run: { ...run.run, ...changes } })
  for (const [changes, key] of [[other({ target: 'https://other.test/' }), 'compare.targets'], [other({ method: 'GET' }), 'compare.targets'], [other({ model: 'closed' }), 'compare.models'], [{ rate: { target: 5000, achieved: 5000 } }, 'compare.rates']] as const) {
    const { comparable, verdict, warnings, metrics } = against({ ...changes, responseTime: { ...run.responseTime, p99: 500 } })
    expect({ comparable, verdict }).toEqual({ comparable: false, verdict: 'not-comparable' })
    expect(warnings[0]?.key).toBe(key)
    expect(metrics.every(({ figures }) => figures.every((figure) => figure.verdict === 'not-judged'))).toBe(true)
  }
})

test('a query that differs is the same target, and a rate that is 3 % off the same load', () => {
  expect(against({ run: { ...run.run, target: `${run.run.target}&page=2` }, rate: { target: 10_000, achieved: 9_950 } }).comparable).toBe(true)
})

test('a run that is not trustworthy is compared, and said to be none', () => {
  expect(against({ verdict: 'not-trustworthy' })).toMatchObject({ comparable: true, warnings: [{ key: 'compare.untrusted' }] })
})

test('what was set differently is told by its place', () => {
  const specs = [specOf({ request: { method: 'GET', url: 'http://h/', headers: { a: '1' } } }), specOf({ name: 'other', request: { method: 'GET', url: 'http://h/', headers: { a: '2' }, body: 'x' } })]
  expect(compareRuns(specs.map((spec) => ({ summary: run, spec }))).differences).toEqual([{ path: 'request.headers.a', values: ['1', '2'] }, { path: 'request.body', values: [null, 'x'] }])
})
