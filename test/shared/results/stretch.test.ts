import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heatOf } from '../../../src/shared/results/heat.ts'
import { Histogram } from '../../../src/shared/results/histogram.ts'
import { stretchOf } from '../../../src/shared/results/stretch.ts'
import type { ChartPoint } from '../../../src/shared/results/summary.ts'

const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const
/** A bin of the heat map is a third wider than the one before. */
const BIN_WIDTH = 10 ** (1 / 8)

function histogramOf(times: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const us of times) histogram.record(us)
  return histogram
}

const msOf = (histogram: Histogram, quantile: number): number | null => {
  const us = histogram.percentile(quantile * 100)
  return us === null ? null : us / 1000
}

function second(index: number, times: readonly number[], rest: Partial<ChartPoint> = {}): ChartPoint {
  const histogram = histogramOf(times)
  const stats = Object.fromEntries(Object.entries(QUANTILES).map(([name, quantile]) => [name, msOf(histogram, quantile)])) as Record<keyof typeof QUANTILES, number | null>
  return {
    atMs: (index + 1) * 1000, warmup: false, target: times.length, completed: times.length, failed: 0, dropped: 0, ...stats, p999: null,
    max: histogram.max === null ? null : histogram.max / 1000, serviceP99: null, lagP99: null, inFlight: 0, errors: [], problems: [], heat: heatOf(histogram), ...rest,
  }
}

// 20 µs … 20 s, as far as the bins have a lower and an upper end.
const someTimes = fc.array(fc.integer({ min: 20, max: 20_000_000 }), { minLength: 1, maxLength: 60 })

describe('what a stretch of a run came to', () => {
  it('estimates percentiles within a bin of the heat map, never beyond those of its seconds', () => {
    fc.assert(fc.property(fc.array(someTimes, { minLength: 2, maxLength: 12 }), (times) => {
      const seconds = times.map((part, i) => second(i, part))
      const stretch = stretchOf(seconds)!
      const all = histogramOf(times.flat())
      for (const [name, quantile] of Object.entries(QUANTILES) as [keyof typeof QUANTILES, number][]) {
        const [estimate, exact] = [stretch[name]!, msOf(all, quantile)!]
        expect(estimate).toBeLessThanOrEqual(exact * BIN_WIDTH * 1.002)
        expect(estimate).toBeGreaterThanOrEqual(exact / BIN_WIDTH / 1.002)
        expect(estimate).toBeLessThanOrEqual(Math.max(...seconds.map((point) => point[name]!)))
        expect(estimate).toBeGreaterThanOrEqual(Math.min(...seconds.map((point) => point[name]!)))
      }
    }))
  })

  it('has the exact figures of a single second', () => {
    const only = second(4, [1500, 2500, 90_000])
    expect(stretchOf([only])).toMatchObject({ exact: true, fromMs: 4000, toMs: 5000, p50: only.p50, p95: only.p95, p99: only.p99, max: 90 })
  })

  it('counts exactly, by group of failure too', () => {
    const refused = { kind: 'refused', status: 0, message: 'refused' } as const
    const answered = { kind: 'check', status: 503, message: 'status' } as const
    const stretch = stretchOf([
      second(0, [1000, 2000], { target: 10, failed: 1, dropped: 3, inFlight: 4, lagP99: 0.2, serviceP99: 7, errors: [{ ...refused, count: 1 }] }),
      second(1, [1000, 2000, 3000, 4000], { target: 30, failed: 3, inFlight: 9, lagP99: 0.1, errors: [{ ...refused, count: 1 }, { ...answered, count: 2 }, { ...answered, message: 'other', count: 5 }] }),
    ])
    expect(stretch).toMatchObject({
      exact: false, targetRate: 20, achievedRate: 3, completed: 6, failed: 4, dropped: 3, errorRate: 4 / 6, mostInFlight: 9, mostLagP99: 0.2, mostServiceP99: 7,
      errors: [{ ...answered, message: 'other', count: 5 }, { ...refused, count: 2 }, { ...answered, count: 2 }],
    })
  })

  it('of nothing says nothing', () => {
    expect(stretchOf([])).toBeNull()
    expect(stretchOf([second(0, []), second(1, [])])).toMatchObject({ completed: 0, errorRate: null, p50: null, p99: null, max: null, mostLagP99: null, errors: [] })
  })
})
