import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Schedule } from '../../../../src/main/engine/schedule/schedule.ts'
import type { Share } from '../../../../src/shared/cluster/cluster.ts'
import { instantOf, plannedTotal, profileDuration, withRate } from '../../../../src/shared/task/load.ts'
import type { LoadProfile } from '../../../../src/shared/task/load.ts'
import { intervals, subdivide } from '../../../../src/shared/cluster/split.ts'
import { constant, profiles, rate } from '../../../support/profiles.ts'

const WHOLE: Share = [{ from: 0, to: 1 }]
const kinds = fc.constantFrom<'uniform' | 'poisson'>('uniform', 'poisson')

function create(profile: LoadProfile, share: Share = WHOLE, arrivals: 'uniform' | 'poisson' = 'uniform'): Schedule {
  return new Schedule({ profile, share, arrivals, seed: 11 })
}

/** Takes everything due before an instant. */
function takeUntil(schedule: Schedule, ms: number): number[] {
  const taken: number[] = []
  while (schedule.next < ms) {
    taken.push(schedule.next)
    schedule.pop()
  }
  return taken
}

describe('Schedule', () => {
  it('holds arrival n where N reaches n - 1/2, to the last one', () => {
    fc.assert(fc.property(profiles, (profile) => {
      const all = takeUntil(create(profile), Infinity)
      expect(all).toHaveLength(plannedTotal(profile))
      all.forEach((ms, i) => expect(ms).toBeCloseTo(Math.min(instantOf(profile, i + 0.5), profileDuration(profile)), 4))
    }))
  })

  it('puts exactly the rate into each whole second, the first one included', () => {
    const schedule = create(constant(1000, 5000))
    for (let second = 1; second <= 5; second++) expect(takeUntil(schedule, second * 1000)).toHaveLength(1000)
    expect(schedule.next).toBe(Infinity)
  })

  it('has every arrival once in the union of any shares, in order within each', () => {
    fc.assert(fc.property(profiles, kinds, fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 4 }), (profile, arrivals, weights, threads) => {
      const shares = intervals(weights).flatMap((interval) => subdivide([interval], threads))
      const parts = shares.map((share) => takeUntil(create(profile, share, arrivals), Infinity))
      for (const part of parts) expect(part.every((ms, i) => ms >= (part[i - 1] ?? 0))).toBe(true)
      expect(parts.flat().sort((a, b) => a - b)).toEqual(takeUntil(create(profile, WHOLE, arrivals), Infinity))
    }), { numRuns: 50 })
  })

  it('keeps the total of Poisson arrivals exact through changes of rate', () => {
    fc.assert(fc.property(fc.integer({ min: 200, max: 800 }), fc.integer({ min: 200, max: 800 }), (first, second) => {
      const schedule = create(constant(first, 4000), WHOLE, 'poisson')
      const changed = withRate(constant(first, 4000), 2000, second)
      const before = takeUntil(schedule, 1500)
      schedule.setProfile(changed)
      expect(before.length + takeUntil(schedule, Infinity).length).toBe(plannedTotal(changed))
    }), { numRuns: 30 })
  })
})

describe('a change of rate', () => {
  it('neither loses nor doubles an arrival, when each thread hears of it at another moment', () => {
    const change = fc.record({ at: fc.integer({ min: 500, max: 4000 }), to: rate(), ahead: fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 0, max: 500 }))) })
    fc.assert(fc.property(fc.integer({ min: 10, max: 500 }), change, kinds, (from, { at, to, ahead }, arrivals) => {
      const play = (share: Share, aheadMs: number): number[] => {
        const schedule = create(constant(from, 4000), share, arrivals)
        const before = takeUntil(schedule, at - aheadMs)
        schedule.setProfile(withRate(constant(from, 4000), at, to))
        return [...before, ...takeUntil(schedule, Infinity)]
      }
      const parts = subdivide(WHOLE, 3).map((share, i) => play(share, ahead[i]!))
      expect(parts.flat().sort((a, b) => a - b)).toEqual(play(WHOLE, 0))
    }), { numRuns: 60 })
  })

  it('that a thread hears of too late leaves what it has sent as it is, and every number once', () => {
    fc.assert(fc.property(fc.integer({ min: 10, max: 500 }), rate(), fc.integer({ min: 0, max: 500 }), (from, to, late) => {
      const changed = withRate(constant(from, 4000), 2000, to)
      const [early, tardy] = [0, late].map((delay, i) => {
        const schedule = create(constant(from, 4000), subdivide(WHOLE, 2)[i])
        const before = takeUntil(schedule, 2000 + delay)
        schedule.setProfile(changed)
        return before.length + takeUntil(schedule, Infinity).length
      })
      const total = early! + tardy!
      expect(total).toBeGreaterThanOrEqual(plannedTotal(changed))
      expect(total).toBeLessThanOrEqual(plannedTotal(changed) + (from * late) / 1000 + 1)
    }))
  })

  it('that is heard in time gives exactly the arrivals of the new course', () => {
    fc.assert(fc.property(profiles, fc.double({ min: 0, max: 1, noNaN: true }), rate(), fc.double({ min: 0, max: 1, noNaN: true }), (profile, part, to, heard) => {
      const at = part * profileDuration(profile)
      const changed = withRate(profile, at, to)
      const schedule = create(profile)
      const taken = takeUntil(schedule, at * heard)
      schedule.setProfile(changed)
      const all = [...taken, ...takeUntil(schedule, Infinity)]
      expect(all).toHaveLength(plannedTotal(changed))
      all.forEach((ms, i) => expect(ms).toBeCloseTo(Math.min(instantOf(changed, i + 0.5), profileDuration(changed)), 3))
    }))
  })

  it('wakes a schedule that had come to its end', () => {
    const schedule = create(constant(10, 1000))
    expect(takeUntil(schedule, Infinity)).toHaveLength(10)
    schedule.setProfile(constant(10, 2000))
    expect(takeUntil(schedule, Infinity)).toHaveLength(10)
  })

  it('to 0 keeps still until the rate comes back', () => {
    const schedule = create(constant(100, 3000))
    const paused = withRate(withRate(constant(100, 3000), 1000, 0), 2000, 100)
    schedule.setProfile(paused)
    expect(takeUntil(schedule, 1000)).toHaveLength(100)
    expect(schedule.next).toBeCloseTo(2005, 6)
    expect(takeUntil(schedule, Infinity)).toHaveLength(100)
  })
})

describe('a change of share', () => {
  it('hands every arrival to exactly one, whether each hears of it early or late', () => {
    const delays = fc.tuple(fc.integer({ min: -800, max: 800 }), fc.integer({ min: -800, max: 800 }))
    fc.assert(fc.property(profiles, kinds, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.05, max: 0.95, noNaN: true }), delays, (profile, arrivals, part, cut, [a, b]) => {
      const fromMs = Math.round(part * profileDuration(profile))
      const before: Share[] = [[{ from: 0, to: 0.5 }], [{ from: 0.5, to: 1 }]]
      const after: Share[] = [[{ from: 0, to: cut }], [{ from: cut, to: 1 }]]
      const parts = [a, b].map((delay, i) => {
        const schedule = create(profile, before[i], arrivals)
        const taken = takeUntil(schedule, Math.min(fromMs, fromMs + delay))
        // The one who hears late goes on with its own old share only: nobody else takes those arrivals.
        schedule.setShare(after[i]!, fromMs)
        return [...taken, ...takeUntil(schedule, Infinity)]
      })
      expect(parts.flat().sort((x, y) => x - y)).toEqual(takeUntil(create(profile, WHOLE, arrivals), Infinity))
    }), { numRuns: 60 })
  })

  it('lets a late heir take over what nobody has taken, at once and in order', () => {
    const schedule = create(constant(1000, 2000), [{ from: 0, to: 0.5 }])
    const own = takeUntil(schedule, 1500)
    schedule.setShare(WHOLE, 1000)
    const rest = takeUntil(schedule, Infinity)
    expect(own.length + rest.length).toBe(own.filter((ms) => ms < 1000).length + 1000)
    expect(rest.every((ms, i) => ms >= (rest[i - 1] ?? 0))).toBe(true)
    expect(rest[0]).toBeLessThan(1010)
    expect(new Set([...own, ...rest]).size).toBe(own.length + rest.length)
  })

  it('replaces a later one that was announced before', () => {
    const schedule = create(constant(100, 3000))
    schedule.setShare([], 2000)
    schedule.setShare([{ from: 0, to: 0.5 }], 1000)
    const later = takeUntil(schedule, Infinity).filter((ms) => ms >= 2000)
    expect(later.length).toBeGreaterThan(40)
  })
})

describe('a limit', () => {
  it('lets go what is due before it, and nothing after', () => {
    const schedule = create(constant(100, 3000))
    schedule.limit(1500)
    expect(takeUntil(schedule, Infinity)).toHaveLength(150)
    expect(schedule.endMs).toBe(1500)
    schedule.limit(2500)
    expect(schedule.next).toBe(Infinity)
  })
})

describe('numbers of arrivals', () => {
  it.each(['uniform', 'poisson'] as const)('are given once over all who share the %s arrivals, also when shares change on the way', (arrivals) => {
    const profile = constant(500, 2000)
    const shares = subdivide(WHOLE, 3)
    const schedules = shares.map((share) => create(profile, share, arrivals))
    const numbers: number[] = []
    const takeTo = (schedule: Schedule, ms: number): void => {
      for (; schedule.next < ms; schedule.pop()) numbers.push(schedule.n)
    }
    schedules.forEach((schedule, i) => takeTo(schedule, 700 + i * 100))
    schedules.forEach((schedule, i) => schedule.setShare(shares[(i + 1) % 3]!, 1000))
    schedules.forEach((schedule) => takeTo(schedule, Infinity))
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
  })
})
