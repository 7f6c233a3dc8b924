import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ClosedFeed, OpenFeed, closedPart } from '../../../../src/main/engine/request/feed.ts'
import { Schedule } from '../../../../src/main/engine/schedule/schedule.ts'
import type { ClosedLoad } from '../../../../src/shared/task/load.ts'
import { intervals, subdivide } from '../../../../src/shared/cluster/split.ts'
import { constant } from '../../../support/profiles.ts'

const load = (connections: number, requests: number | null): ClosedLoad => ({ model: 'closed', connections, requests, durationMs: null, warmupMs: 0 })

describe('OpenFeed', () => {
  it('starts what is due, but nothing beyond the border', () => {
    const started: number[] = []
    const feed = new OpenFeed(new Schedule({ profile: constant(100, 2000), share: [{ from: 0, to: 1 }], arrivals: 'uniform', seed: 1 }), (ms) => started.push(ms))
    feed.pump(1500, 1000)
    expect(started).toHaveLength(100)
    expect(feed.ended(1500)).toBe(false)
    feed.pump(2000, 3000)
    expect(started).toHaveLength(200)
    expect([feed.ended(1999), feed.ended(2000)]).toEqual([false, true])
  })
})

describe('ClosedFeed', () => {
  function feedOf(part: Partial<Parameters<typeof closedPart>[0]>): { feed: ClosedFeed; started: number[]; state: { outstanding: number } } {
    const state = { outstanding: 0 }
    const started: number[] = []
    const whole = { ...load(4, 10), ...part }
    const feed = new ClosedFeed(whole, [{ from: 0, to: 1 }], () => state.outstanding, (ms) => {
      started.push(ms)
      state.outstanding++
    })
    return { feed, started, state }
  }

  it('keeps every virtual user busy until the iterations are used up', () => {
    const { feed, started, state } = feedOf({})
    feed.pump(0, 1000)
    expect(started).toHaveLength(4)
    state.outstanding = 1
    feed.pump(5, 1000)
    expect(started).toHaveLength(7)
    state.outstanding = 0
    feed.pump(9, 1000)
    expect([started.length, feed.ended(9)]).toEqual([10, true])
  })

  it('does not count iterations of the warm-up', () => {
    const { feed, started, state } = feedOf({ warmupMs: 100 })
    for (let ms = 0; ms < 300; ms += 10) {
      state.outstanding = 0
      feed.pump(ms, 1000)
    }
    expect(started.filter((ms) => ms >= 100)).toHaveLength(10)
    expect(started.filter((ms) => ms < 100)).toHaveLength(40)
  })

  it('ends with its duration or its limit, whichever is first', () => {
    const { feed, started } = feedOf({ requests: null, durationMs: 1000 })
    feed.limit(500)
    feed.limit(700)
    feed.pump(500, 1000)
    expect([started.length, feed.ended(499), feed.ended(500)]).toEqual([0, false, true])
  })
})

describe('closedPart', () => {
  it('divides virtual users and iterations among nodes and threads without a rest', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 100_000 }), fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 5 }), (connections, requests, weights, threads) => {
      const shares = intervals(weights).flatMap((interval) => subdivide([interval], threads))
      const parts = shares.map((share) => closedPart(load(connections, requests), share))
      expect(parts.reduce((sum, part) => sum + part.connections, 0)).toBe(connections)
      expect(parts.reduce((sum, part) => sum + (part.requests ?? 0), 0)).toBe(requests)
      expect(parts.every((part) => part.connections > 0 || part.requests === 0)).toBe(true)
    }))
  })
})
