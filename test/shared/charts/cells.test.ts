import fc from 'fast-check'
import { expect, test } from 'vitest'
import { errorBars } from '../../../src/shared/charts/error-bars.ts'
import { familyOf } from '../../../src/shared/charts/error-families.ts'
import { heatCells } from '../../../src/shared/charts/heat-cells.ts'
import { heightOn, latencyScale } from '../../../src/shared/charts/latency-scale.ts'
import { planPoints, targetAt } from '../../../src/shared/charts/plan-line.ts'
import { spread } from '../../../src/shared/charts/plot-box.ts'
import { PLAN, points } from '../../renderer/synthetic-run.ts'

const seconds = points(192)

test('however narrow the columns, no response is lost from the heat map', () => {
  const all = seconds.reduce((sum, { heat }) => sum + heat.reduce((part, n, i) => part + (i % 2 === 1 ? n : 0), 0), 0)
  fc.assert(fc.property(fc.integer({ min: 1, max: 20_000 }), (msPerPx) => {
    expect(heatCells(seconds, msPerPx).reduce((sum, { count }) => sum + count, 0)).toBe(all)
  }), { numRuns: 30 })
})

test('bars of errors are means per second over their stretch', () => {
  const bars = errorBars(seconds, 800)
  const total = bars.reduce((sum, { total: perSecond, fromMs, toMs }) => sum + (perSecond * Math.min(toMs, 192_000) - perSecond * fromMs) / 1000, 0)
  const counted = seconds.reduce((sum, { errors }) => sum + errors.reduce((part, { count }) => part + count, 0), 0)
  expect(total).toBeCloseTo(counted, 6)
})

test('kinds of failure fall into families by what they mean', () => {
  expect(familyOf('check', 503)).toBe('status')
  expect(familyOf('check', 0)).toBe('check')
  expect(familyOf('connect-timeout', 0)).toBe('timeout')
  expect(familyOf('ports-exhausted', 0)).toBe('own')
  expect(familyOf('refused', 0)).toBe('none')
})

test('percentiles and heat map share one scale, thresholds in view', () => {
  const scale = latencyScale(seconds, 'log', [2000])
  expect(scale).toMatchObject({ min: 1, max: 10_000, log: true })
  expect([heightOn(scale, 0.5), heightOn(scale, 100), heightOn(scale, 1e6)]).toEqual([0, 0.5, 1])
  expect(latencyScale([], 'log', []).ticks).toEqual([1, 10, 100, 1000])
})

test('the target at an instant follows the plan, jumps included', () => {
  expect([0, 15_000, 99_999, 100_000, 300_000, 300_001].map((ms) => targetAt(PLAN, ms))).toEqual([0, 4000, 8000, 12_000, 12_000, null])
  expect(planPoints([[0, 5]], (ms) => ms, (rate) => rate, 10)).toBe('0.0,5.0 10.0,5.0')
})

test('labels keep their order and their distance', () => {
  const ys = spread([{ y: 10 }, { y: 12 }, { y: 11 }, { y: 99 }], 13, 0, 100).map(({ y }) => y)
  expect(ys).toEqual([10, 23, 36, 99])
  const low = spread([{ y: 95 }, { y: 99 }, { y: 100 }], 13, 0, 100).map(({ y }) => y)
  expect(low).toEqual([74, 87, 100])
})
