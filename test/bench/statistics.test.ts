import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketCounts, coefficientOfVariation, median, percentOff, ratios, spreadOf } from '../../bench/statistics.ts'

describe('median', () => {
  test('is the middle one, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
  })

  test('leaves out what was not measured', () => {
    expect(median([NaN, 7])).toBe(7)
    expect(median([])).toBeNaN()
  })

  test('has as many values below it as above it', () => {
    fc.assert(fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 }), (values) => {
      const middle = median(values)
      expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2)
      expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2)
    }))
  })
})

test('a spread holds its own median and counts what was measured', () => {
  expect(spreadOf([5, 1, NaN, 3])).toEqual({ median: 3, min: 1, max: 5, n: 3 })
  expect(spreadOf([])).toEqual({ median: NaN, min: NaN, max: NaN, n: 0 })
})

test('ratios are taken round by round', () => {
  expect(ratios([10, 30], [5, 10])).toEqual([2, 3])
  expect(ratios([10, 30], [5])).toEqual([2, NaN])
})

test('how far off has no sign', () => {
  expect(percentOff(990, 1000)).toBeCloseTo(1)
  expect(percentOff(1010, 1000)).toBeCloseTo(1)
})

describe('buckets', () => {
  test('hold what falls between their borders and nothing else', () => {
    expect(bucketCounts([-1, 0, 9.99, 10, 25, 30], 0, 10, 3)).toEqual([2, 1, 1])
  })

  test('hold every instant of the time they cover', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 99.9, noNaN: true })), (instants) => {
      expect(bucketCounts(instants, 0, 10, 10).reduce((sum, count) => sum + count, 0)).toBe(instants.length)
    }))
  })
})

describe('the coefficient of variation', () => {
  test('is 0 for even counts and whatever the scale', () => {
    expect(coefficientOfVariation([10, 10, 10])).toBe(0)
    expect(coefficientOfVariation([9, 11])).toBeCloseTo(0.1)
    expect(coefficientOfVariation([90, 110])).toBeCloseTo(0.1)
  })

  test('is 2 when all of five buckets is in one', () => {
    expect(coefficientOfVariation([50, 0, 0, 0, 0])).toBeCloseTo(2)
  })
})
