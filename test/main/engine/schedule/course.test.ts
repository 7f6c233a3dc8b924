import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Course, commonArrivals } from '../../../../src/main/engine/schedule/course.ts'
import { cumulative, instantOf, profileDuration, withRate } from '../../../../src/shared/task/load.ts'
import { constant, profiles } from '../../../support/profiles.ts'

describe('Course', () => {
  it('agrees with instantOf wherever it is asked, forwards and backwards', () => {
    fc.assert(fc.property(profiles, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (profile, parts) => {
      const course = new Course(profile)
      for (const part of parts) {
        const x = part * (cumulative(profile, Infinity) - 1e-6)
        if (x > 1e-6) expect(course.instantOf(x)).toBeCloseTo(instantOf(profile, x), 4)
      }
    }))
  })

  it('puts what rounding leaves behind the last arrival at the end', () => {
    const course = new Course(constant(1, 1500))
    expect(course.total).toBe(2)
    expect(course.instantOf(1.6)).toBe(1500)
  })

  it('does not drift over millions of arrivals', () => {
    const course = new Course(constant(33_333.33, 100_000))
    expect(course.instantOf(3_000_000)).toBeCloseTo((3_000_000 / 33_333.33) * 1000, 6)
  })
})

describe('commonArrivals', () => {
  it('is what had come before the change of rate', () => {
    fc.assert(fc.property(profiles, fc.double({ min: 0, max: 1, noNaN: true }), (profile, part) => {
      const atMs = part * profileDuration(profile)
      const changed = withRate(profile, atMs, 5000)
      expect(commonArrivals(profile, changed)).toBeGreaterThanOrEqual(cumulative(profile, atMs) * (1 - 1e-6) - 1e-6)
    }))
    expect(commonArrivals(constant(100, 10_000), withRate(constant(100, 10_000), 4000, 50))).toBeCloseTo(400, 9)
  })

  it('is without end for the same course, however it is written', () => {
    const split = { startRate: 100, pieces: [{ durationMs: 300, target: 100 }, { durationMs: 700, target: 100 }] }
    expect(commonArrivals(constant(100, 1000), split)).toBe(Infinity)
  })

  it('sees a longer or a shorter course', () => {
    expect(commonArrivals(constant(100, 1000), constant(100, 2000))).toBeCloseTo(100, 9)
  })
})
