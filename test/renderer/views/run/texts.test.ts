import { expect, test } from 'vitest'
import { figureParts } from '../../../../src/renderer/src/components/figure.ts'
import { neverAnswered, runState, viewState } from '../../../../src/renderer/src/composables/run-state.ts'
import { verdictParts } from '../../../../src/renderer/src/views/run/verdict-parts.ts'
import { NO_TOTALS, runView } from '../../synthetic-run.ts'
import type { ErrorKind } from '../../../../src/shared/errors.ts'
import type { ErrorGroup } from '../../../../src/shared/results/summary.ts'

test('the verdict is cut after its first clause, never within a figure', () => {
  expect(verdictParts('p99 was 112 ms, the threshold is p99<100ms.')).toEqual({ lead: 'p99 was 112 ms,', rest: 'the threshold is p99<100ms.' })
  expect(verdictParts('It holds 99.7% so far.')).toEqual({ lead: 'It holds 99.7% so far.', rest: '' })
  expect(verdictParts('目前结果不可信：w3 过载。')).toEqual({ lead: '目前结果不可信：', rest: 'w3 过载。' })
})

test('figures are set in two sizes', () => {
  expect(figureParts('6.12 ms')).toEqual({ number: '6.12', unit: 'ms' })
  expect(figureParts('0.42%')).toEqual({ number: '0.42', unit: '%' })
  expect(figureParts('<0.01%')).toEqual({ number: '<0.01', unit: '%' })
  expect(figureParts('–')).toEqual({ number: '–', unit: '' })
})

test('a state never says stopped while a node still sends', () => {
  const view = runView(0)
  expect(viewState(view)).toMatchObject({ key: 'state.running' })
  expect(viewState({ ...view, pending: { order: 'stop', waitingFor: ['w3'], of: 4 } })).toMatchObject({ key: 'state.stoppingOf', params: { left: 1, of: 4 } })
  expect(viewState({ ...view, pending: { order: 'rate', waitingFor: ['a'], of: 1, toRate: 5 } })).toMatchObject({ key: 'state.changingRate' })
  expect(runState({ status: 'finished', verdict: 'not-trustworthy' })).toMatchObject({ shape: '▲' })
})

function failures(kind: ErrorKind, count: number): ErrorGroup {
  return { kind, status: 0, message: kind, count, firstAtMs: 0, samples: [] }
}

test('no answer at all is told from answers that all failed', () => {
  const view = runView(0)
  const totals = { ...NO_TOTALS, completed: 10, failed: 10 }
  expect(neverAnswered({ ...view, totals, statusCodes: {}, errors: [failures('refused', 10)] })).toBe(true)
  expect(neverAnswered({ ...view, totals, errors: [failures('check', 10)] })).toBe(false)
  expect(neverAnswered({ ...view, totals: NO_TOTALS, errors: [] })).toBe(false)
})
