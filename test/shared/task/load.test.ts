import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arrivalsBetween, compileLoad, cumulative, instantOf, planBorders, plannedTotal, profileDuration, rateAt, withRate } from '../../../src/shared/task/load.ts'
import type { LoadProfile, OpenLoad } from '../../../src/shared/task/load.ts'
import type { LoadSpec } from '../../../src/shared/task/task.ts'

const rate = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0.1, max: 50_000, noNaN: true }))
const piece = fc.record({ durationMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 600_000 }), fc.double({ min: 0.5, max: 1e5, noNaN: true })), target: rate })
const profile: fc.Arbitrary<LoadProfile> = fc.record({ startRate: rate, pieces: fc.array(piece, { minLength: 1, maxLength: 8 }) })

/** 0 → 2,000 in 10 s, hold 5 s, jump to 500, hold 5 s. */
const course: LoadProfile = { startRate: 0, pieces: [{ durationMs: 10_000, target: 2000 }, { durationMs: 5000, target: 2000 }, { durationMs: 0, target: 500 }, { durationMs: 5000, target: 500 }] }

const open = (spec: LoadSpec): OpenLoad => {
  const plan = compileLoad(spec)
  if (plan.model !== 'open') throw new Error('expected the open model')
  return plan
}

describe('a load profile', () => {
  it('knows its rate, its total and its corners', () => {
    expect([0, 5000, 9999.999, 12_000, 15_000, 19_999, 20_000, -1].map((ms) => Math.round(rateAt(course, ms)))).toEqual([0, 1000, 2000, 2000, 500, 500, 0, 0])
    expect(plannedTotal(course)).toBe(10_000 + 10_000 + 2500)
    expect(profileDuration(course)).toBe(20_000)
    expect(planBorders(course)).toEqual([[0, 0], [10_000, 2000], [15_000, 2000], [15_000, 500], [20_000, 500]])
  })

  it('puts exactly the rate into every whole second of a constant course, none on a border', () => {
    const steady: LoadProfile = { startRate: 1000, pieces: [{ durationMs: 10_000, target: 1000 }] }
    const counts = new Array<number>(10).fill(0)
    for (let k = 1; k <= plannedTotal(steady); k++) counts[Math.floor(instantOf(steady, k - 0.5) / 1000)]!++
    expect(counts).toEqual(new Array(10).fill(1000))
  })

  it('never goes back: N rises with time and stays after the end', () => {
    fc.assert(fc.property(profile, fc.double({ min: -10, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 1e5, noNaN: true }), (p, ms, more) => {
      const slack = 1e-12 * cumulative(p, Infinity)
      expect(cumulative(p, ms + more)).toBeGreaterThanOrEqual(cumulative(p, ms) - slack)
      expect(cumulative(p, profileDuration(p) + more)).toBeCloseTo(cumulative(p, Infinity), 4)
    }))
  })

  it('has an exact inverse: N(instantOf(n)) = n', () => {
    fc.assert(fc.property(profile, fc.integer({ min: 0, max: 1e9 }), (p, part) => {
      const total = cumulative(p, Infinity)
      const n = total * (part / 1e9)
      const ms = instantOf(p, n)
      expect(ms).toBeLessThanOrEqual(profileDuration(p) * (1 + 1e-15))
      expect(Math.abs(cumulative(p, ms) - n)).toBeLessThanOrEqual(1e-9 * Math.max(1, total))
    }), { numRuns: 1000 })
  })

  it('is due to the nanosecond at a constant rate, however late', () => {
    const day: LoadProfile = { startRate: 33_333.25, pieces: [{ durationMs: 86_400_000, target: 33_333.25 }] }
    const n = 2_000_000_000.5
    expect(Math.abs(instantOf(day, n) - (n / 33_333.25) * 1000)).toBeLessThan(1e-6)
  })

  it('gives an instant to every planned arrival and to none beyond', () => {
    fc.assert(fc.property(profile, (p) => {
      const total = plannedTotal(p)
      if (total > 0) expect(instantOf(p, total - 0.5)).toBeLessThan(Infinity)
      expect(instantOf(p, total + 0.5 + 1e-6 * total + 1e-9)).toBe(Infinity)
    }))
  })

  it('answers with the first instant where the rate pauses', () => {
    const pause: LoadProfile = { startRate: 10, pieces: [{ durationMs: 1000, target: 10 }, { durationMs: 0, target: 0 }, { durationMs: 5000, target: 0 }, { durationMs: 0, target: 10 }, { durationMs: 1000, target: 10 }] }
    expect(instantOf(pause, 10)).toBe(1000)
    expect(instantOf(pause, 10.5)).toBe(6050)
    expect(instantOf(pause, 0)).toBe(0)
  })
})

describe('arrivalsBetween', () => {
  it('tells exactly the arrivals that are due in the window, every one in one window', () => {
    expect(arrivalsBetween(course, 0, Infinity)).toEqual({ first: 1, end: 22_501 })
    const borders = [0, 1234.5, 10_000, 15_000.1, 20_000]
    const windows = borders.slice(1).map((to, i) => arrivalsBetween(course, borders[i]!, to))
    windows.forEach(({ first, end }, i) => {
      expect(instantOf(course, first - 0.5)).toBeGreaterThanOrEqual(borders[i]!)
      expect(instantOf(course, end - 1.5)).toBeLessThan(borders[i + 1]!)
      if (i > 0) expect(first).toBe(windows[i - 1]!.end)
    })
    expect(windows.at(-1)?.end).toBe(22_501)
    expect(arrivalsBetween(course, 5000, 5000)).toEqual({ first: 2501, end: 2501 })
  })
})

describe('withRate', () => {
  it('keeps N continuous and the past unchanged', () => {
    fc.assert(fc.property(profile, fc.double({ min: 0, max: 1, noNaN: true }), rate, (p, fraction, r) => {
      const end = profileDuration(p)
      const at = end * fraction
      const changed = withRate(p, at, r)
      const slack = 1e-9 * Math.max(1, cumulative(p, Infinity), cumulative(changed, Infinity))
      for (const ms of [0, at / 3, at / 2, at]) expect(Math.abs(cumulative(changed, ms) - cumulative(p, ms))).toBeLessThanOrEqual(slack)
      expect(profileDuration(changed)).toBeCloseTo(end, 6)
      expect(Math.abs(cumulative(changed, end) - (cumulative(p, at) + (r * (end - at)) / 1000))).toBeLessThanOrEqual(slack)
    }), { numRuns: 500 })
  })

  it('holds the new rate to the old end', () => {
    const changed = withRate(course, 1000.3, 700)
    expect(rateAt(changed, 1000.3)).toBe(700)
    expect(rateAt(changed, 19_999)).toBe(700)
    expect(rateAt(changed, 20_000)).toBe(0)
    expect(rateAt(withRate(course, 0, 5), 0)).toBe(5)
  })

  it('changes nothing once the course is over', () => {
    expect(withRate(course, 20_000, 700)).toBe(course)
  })
})

describe('compileLoad', () => {
  it('compiles a rate with a duration', () => {
    expect(compileLoad({ rate: 500, duration: '30s' })).toEqual({
      model: 'open', profile: { startRate: 500, pieces: [{ durationMs: 30_000, target: 500 }] }, warmupMs: 0, arrivals: 'uniform', maxConnections: 4000, maxInFlight: 5000,
    })
  })

  it('derives the length from the count, to the request, with or without a ramp', () => {
    fc.assert(fc.property(fc.double({ min: 0.1, max: 1e5, noNaN: true }), fc.integer({ min: 1, max: 1e7 }), fc.integer({ min: 0, max: 60_000 }), (r, requests, rampMs) => {
      const { profile: p } = open({ rate: r, requests, ramp: `${rampMs}ms` })
      expect(plannedTotal(p)).toBe(requests)
      expect(cumulative(p, Infinity)).toBeCloseTo(requests, 3)
    }))
    expect(profileDuration(open({ rate: 100, requests: 1000 }).profile)).toBe(10_000)
    expect(profileDuration(open({ rate: 100, requests: 1000, ramp: '4s' }).profile)).toBe(12_000)
  })

  it('ramps within the duration', () => {
    expect(open({ rate: 100, duration: '10s', ramp: '4s' }).profile).toEqual({ startRate: 0, pieces: [{ durationMs: 4000, target: 100 }, { durationMs: 6000, target: 100 }] })
    expect(open({ rate: 100, duration: '10s', ramp: '20s' }).profile).toEqual({ startRate: 0, pieces: [{ durationMs: 10_000, target: 50 }] })
  })

  it('ramps stages from the target before, 0 at first', () => {
    expect(open({ stages: [{ duration: '2s', target: 2000 }, { duration: '0s', target: 500 }, { duration: '3s', target: 500 }] }).profile).toEqual({
      startRate: 0, pieces: [{ durationMs: 2000, target: 2000 }, { durationMs: 0, target: 500 }, { durationMs: 3000, target: 500 }],
    })
  })

  it('puts the warm-up in front at the first rate and leaves the course as it was', () => {
    const plan = open({ stages: [{ duration: '2s', target: 200 }], warmup: '5s' })
    expect(plan.warmupMs).toBe(5000)
    expect(planBorders(plan.profile)).toEqual([[0, 200], [5000, 200], [5000, 0], [7000, 200]])
    expect(plannedTotal(open({ rate: 10, duration: '1s', warmup: '1s' }).profile)).toBe(20)
  })

  it('bounds what may be in flight by peak rate and timeout', () => {
    expect(open({ rate: 10, duration: '1s' })).toMatchObject({ maxInFlight: 1000, maxConnections: 1000 })
    expect(compileLoad({ rate: 1000, duration: '1s' }, 2000)).toMatchObject({ maxInFlight: 2000, maxConnections: 2000 })
    expect(compileLoad({ rate: 50_000, duration: '1s' }, 60_000)).toMatchObject({ maxInFlight: 100_000, maxConnections: 4000 })
    expect(open({ rate: 10, duration: '1s', connections: 7, maxInFlight: 50 })).toMatchObject({ maxInFlight: 50, maxConnections: 7 })
  })

  it('takes connections without a rate as the closed model', () => {
    expect(compileLoad({ connections: 50, duration: '10s', warmup: '2s' })).toEqual({ model: 'closed', connections: 50, durationMs: 12_000, requests: null, warmupMs: 2000 })
    expect(compileLoad({ requests: 100 })).toEqual({ model: 'closed', connections: 10, durationMs: null, requests: 100, warmupMs: 0 })
  })

  it('refuses a load that would never end', () => {
    expect(() => compileLoad({ rate: 5 })).toThrow('never ends')
    expect(() => compileLoad({ connections: 5 })).toThrow('never ends')
  })
})
