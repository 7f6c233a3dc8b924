import { expect, test } from 'vitest'
import { punctualityOf } from '../../bench/arrivals.ts'

const RATE = 1000
const SECONDS = 5
/** Even arrivals, each half a gap after the border, as the engine plans them; moved by `late(index)` ms. */
const arrivals = (late: (index: number) => number = () => 0): Float64Array => Float64Array.from({ length: RATE * SECONDS }, (_, index) => 1e12 + index + 0.5 + late(index)).sort()

test('even arrivals are off by nothing', () => {
  expect(punctualityOf(arrivals(), RATE, SECONDS)).toMatchObject({ totalOff: 0, worstSecondOff: 0 })
  expect(punctualityOf(arrivals(), RATE, SECONDS).cvAnyBorder).toBeCloseTo(0, 2)
})

test('a lost first second shows, although the following ones are even', () => {
  const late = arrivals((index) => (index > 0 && index < 100 ? 1000 : 0))
  expect(punctualityOf(late, RATE, SECONDS)).toMatchObject({ totalOff: 0 })
  expect(punctualityOf(late, RATE, SECONDS).worstSecondOff).toBeCloseTo(9.9)
})

test('missing arrivals show in the total', () => {
  expect(punctualityOf(arrivals().slice(0, 4500), RATE, SECONDS).totalOff).toBeCloseTo(10)
})

test('arrivals in bursts of 50 vary by twice their mean', () => {
  const bursts = arrivals((index) => -(index % 50))
  expect(punctualityOf(bursts, RATE, SECONDS).cv).toBeCloseTo(2, 1)
  expect(punctualityOf(bursts, RATE, SECONDS).cvAnyBorder).toBeCloseTo(2, 1)
})
