import { expect, test } from 'vitest'
import { isKept, percentile, promiseLine } from '../../bench/cluster/promise.ts'
import { apart, kneeOf, uncarriedMs } from '../../bench/cluster/sending.ts'

const evenly = (from: number, to: number, perSecond: number): number[] => Array.from({ length: ((to - from) * perSecond) / 1000 }, (_, i) => from + (i * 1000) / perSecond)

test('what is missing at the target tells how long a share was carried by nobody', () => {
  const arrivals = [...evenly(0, 1000, 300), ...evenly(1000, 4000, 200), ...evenly(4000, 8000, 300)]
  expect(uncarriedMs(arrivals, 1000, 7000, 300, 1 / 3)).toBeCloseTo(3000, 0)
})

test('the instant at which a node changes its rate is found to its spacing, though arrivals are late at times', () => {
  const late = (at: number): number => (at % 500 < 60 ? Math.ceil(at / 60) * 60 : at)
  const arrivals = [...evenly(0, 3000, 1000), ...evenly(3000, 6000, 2000)].map(late)
  expect(Math.abs(kneeOf(arrivals, { from: 500, to: 2900 }, { from: 3500, to: 6000 }) - 3000)).toBeLessThan(2)
  expect(kneeOf(evenly(0, 6000, 1000), { from: 500, to: 2900 }, { from: 3500, to: 6000 })).toBeNaN()
  expect(apart([7, 3, 9])).toBe(6)
})

test('a promise is kept by its greatest value, and shown with median and 99 %', () => {
  const values = Array.from({ length: 200 }, (_, i) => i + 1)
  expect([percentile(values, 50), percentile(values, 99), percentile([], 50)]).toEqual([100, 198, NaN])
  const promised = { what: 'it', unit: 'ms' as const, bound: 200, values }
  expect(isKept(promised)).toBe(true)
  expect(isKept({ ...promised, bound: 199 })).toBe(false)
  expect(isKept({ ...promised, bound: null })).toBeNull()
  expect(promiseLine(promised)).toBe('| it | ≤ 200 ms | 100 ms | 198 ms | 200 ms | 200 | kept |')
})
