import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BINS, binHighMs, binLowMs, heatOf } from '../../../src/shared/results/heat.ts'
import { Histogram } from '../../../src/shared/results/histogram.ts'

const of = (values: number[]): Histogram => {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}

describe('heat bins', () => {
  it('join without gap from 10 µs to 100 s', () => {
    expect(BINS).toBe(56)
    expect(binLowMs(0)).toBeCloseTo(0.01)
    expect(binHighMs(BINS - 1)).toBeCloseTo(100_000)
    for (let bin = 1; bin < BINS; bin++) expect(binLowMs(bin)).toBe(binHighMs(bin - 1))
  })

  it('hold every response once, within the width of a histogram slot', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 600_000_000 }), { maxLength: 50 }), (values) => {
      const cells = heatOf(of(values))
      expect(cells.filter((_, i) => i % 2 === 1).reduce((sum, n) => sum + n, 0)).toBe(values.length)
      expect(cells.filter((_, i) => i % 2 === 0)).toEqual([...new Set(cells.filter((_, i) => i % 2 === 0))].sort((a, b) => a - b))
    }))
  })

  it('put borders into the bin that begins there and what is beyond into the outermost', () => {
    expect(heatOf(of([10, 100, 1000]))).toEqual([0, 1, 8, 1, 16, 1])
    expect(heatOf(of([0, 3]))).toEqual([0, 2])
    expect(heatOf(of([500_000_000]))).toEqual([BINS - 1, 1])
    expect(heatOf(of([]))).toEqual([])
  })
})
