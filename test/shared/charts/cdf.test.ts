import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cdfOf } from '../../../src/shared/charts/cdf.ts'
import { Histogram } from '../../../src/shared/results/histogram.ts'

function histogramOf(times: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const us of times) histogram.record(us)
  return histogram
}

test('shares rise from the shortest time of all runs to the longest, where everything is within it', () => {
  const times = fc.array(fc.integer({ min: 1, max: 5_000_000 }), { minLength: 1, maxLength: 60 })
  fc.assert(fc.property(times, times, (one, other) => {
    const { x, shares } = cdfOf([histogramOf(one), histogramOf(other)], 50)
    expect(x[0]).toBe(Math.min(...one, ...other) / 1000)
    expect(x.at(-1)).toBe(Math.max(...one, ...other) / 1000)
    for (const line of shares) {
      expect(line).toHaveLength(50)
      expect(line).toEqual(line.toSorted((a, b) => a - b))
      expect(line.at(-1)).toBe(1)
    }
  }))
})

test('half of the answers are within the median', () => {
  const { x, shares } = cdfOf([histogramOf([1000, 2000, 3000, 4000])])
  expect(shares[0]?.[x.findLastIndex((ms) => ms < 3)]).toBe(0.5)
})

test('of runs without answers there is nothing to draw', () => {
  expect(cdfOf([new Histogram()])).toEqual({ x: [], shares: [] })
  expect(cdfOf([])).toEqual({ x: [], shares: [] })
})
