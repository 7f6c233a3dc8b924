import { describe, expect, it } from 'vitest'
import { Checks } from '../../../src/main/engine/checks.ts'
import { Recorder } from '../../../src/main/engine/recorder.ts'
import type { ThreadSecond } from '../../../src/main/engine/thread-messages.ts'
import { ThreadRun } from '../../../src/main/engine/thread-run.ts'
import { checksOf } from '../../../src/shared/check.ts'
import { Histogram } from '../../../src/shared/histogram.ts'
import { withRate } from '../../../src/shared/load.ts'
import type { ClosedLoad, LoadPlan, OpenLoad } from '../../../src/shared/load.ts'
import { FakeTimers } from '../../support/fake-timers.ts'
import { constant } from '../../support/profiles.ts'
import { ScriptedLane } from '../../support/scripted-lane.ts'
import type { LaneScript } from '../../support/scripted-lane.ts'

const START = 100
const open = (perSecond: number, durationMs: number): OpenLoad => ({ model: 'open', profile: constant(perSecond, durationMs), warmupMs: 0, arrivals: 'uniform', maxConnections: 100, maxInFlight: 1000 })
const closed = (part: Partial<ClosedLoad>): ClosedLoad => ({ model: 'closed', connections: 5, durationMs: null, requests: null, warmupMs: 0, ...part })

class Rig {
  readonly timers = new FakeTimers()
  readonly seconds: ThreadSecond[] = []
  readonly run: ThreadRun
  readonly lane: ScriptedLane
  #looks = 0

  constructor(load: LoadPlan, script: Partial<LaneScript> = {}) {
    const recorder = new Recorder({ checks: new Checks(checksOf({ checks: [] })), method: 'GET', url: 'http://a/', warmupMs: load.warmupMs })
    this.lane = new ScriptedLane({ serviceMs: 10, connections: 100, maxInFlight: 1000, ...script }, recorder, this.timers)
    const vitals = { tick: () => {}, take: (lateness: Histogram) => this.#vitals(lateness) }
    const plan = { load, share: [{ from: 0, to: 1 }], seed: 1 }
    this.run = new ThreadRun({ plan, lane: this.lane, recorder, ticker: null, vitals, timeoutMs: 2000, emit: (second) => this.seconds.push(second), timers: this.timers })
  }

  begin(): this {
    this.run.begin(START)
    return this
  }

  /** Lets time go by to an instant of the run. */
  to(ms: number): this {
    this.timers.advanceTo(START + ms)
    return this
  }

  sum(count: 'planned' | 'started' | 'dropped' | 'completed' | 'failed' | 'cancelled'): number {
    return this.seconds.reduce((total, { tally, warmup }) => total + tally[count] + (warmup?.[count] ?? 0), 0)
  }

  expectBalance(): void {
    expect(this.seconds.at(-1)?.last).toBe(true)
    expect(this.seconds.map(({ second }) => second)).toEqual([...this.seconds.keys()])
    expect(this.sum('planned')).toBe(this.sum('started') + this.sum('dropped'))
    expect(this.sum('started')).toBe(this.sum('completed') + this.sum('cancelled'))
  }

  #vitals(lateness: Histogram): ThreadSecond['vitals'] {
    const latenessMs = (lateness.percentile(99) ?? 0) / 1000
    lateness.clear()
    return { windowMs: 1000, cpuPercent: ++this.#looks, busyPercent: 0, loopLagMs: 0, latenessMs }
  }
}

describe('an open run', () => {
  it('puts exactly the rate into every second and ends with the last answer', () => {
    const rig = new Rig(open(1000, 3000), { serviceMs: 0.2 }).begin().to(5000)
    expect(rig.seconds.map(({ tally }) => tally.planned).slice(0, 3)).toEqual([1000, 1000, 1000])
    expect(rig.seconds.map(({ tally }) => tally.started).slice(0, 3)).toEqual([1000, 1000, 1000])
    expect(rig.sum('completed')).toBe(3000)
    rig.expectBalance()
  })

  it('waits for answers after the end of the load', () => {
    const rig = new Rig(open(100, 1000), { serviceMs: 1500 }).begin().to(5000)
    expect(rig.seconds.map(({ tally }) => tally.completed)).toEqual([0, 50, 50])
    rig.expectBalance()
  })

  it('does not begin before its instant', () => {
    const rig = new Rig(open(100, 1000)).begin()
    rig.timers.advanceTo(START)
    expect(rig.lane.dueAts).toEqual([])
    rig.to(1500)
    expect(rig.lane.dueAts[0]).toBeCloseTo(START + 5, 6)
  })

  it('keeps seconds whole when the thread was blocked over their borders', () => {
    const rig = new Rig(open(1000, 4000), { serviceMs: 0.2 }).begin().to(500)
    rig.timers.stall(2700)
    rig.to(6000)
    expect(rig.seconds.map(({ tally }) => tally.planned).slice(0, 4)).toEqual([1000, 1000, 1000, 1000])
    expect(rig.seconds[0]!.vitals.latenessMs).toBeGreaterThan(2000)
    expect(rig.seconds[1]!.vitals).toEqual(rig.seconds[0]!.vitals)
    rig.expectBalance()
  })

  it('is not late itself when all connections are busy: that is in the response time', () => {
    const rig = new Rig(open(1000, 2000), { serviceMs: 100, connections: 10 }).begin().to(20_000)
    expect(Math.max(...rig.seconds.map(({ vitals }) => vitals.latenessMs))).toBeLessThanOrEqual(1)
    const response = new Histogram()
    for (const { tally } of rig.seconds) response.mergeEncoded(tally.response)
    expect(response.max! / 1000).toBeGreaterThan(1500)
    rig.expectBalance()
  })

  it('drops what goes beyond the bound, and counts it', () => {
    const rig = new Rig(open(1000, 1000), { serviceMs: Infinity, maxInFlight: 300 }).begin().to(10_000)
    expect([rig.sum('planned'), rig.sum('dropped'), rig.sum('cancelled'), rig.sum('completed')]).toEqual([1000, 900, 100, 0])
    rig.expectBalance()
  })

  it('tallies apart what was due in the warm-up', () => {
    const rig = new Rig({ ...open(100, 3000), warmupMs: 1000 }).begin().to(5000)
    expect(rig.seconds[0]!.warmup?.planned).toBe(100)
    expect(rig.seconds.reduce((sum, { tally }) => sum + tally.planned, 0)).toBe(200)
    rig.expectBalance()
  })

  it('follows two changes of rate to the arrival', () => {
    const rig = new Rig(open(100, 6000)).begin().to(1500)
    const first = withRate(constant(100, 6000), 2000, 500)
    rig.run.setProfile(first)
    rig.to(3700)
    rig.run.setProfile(withRate(first, 4000, 50))
    rig.to(10_000)
    expect(rig.seconds.slice(0, 6).map(({ tally }) => tally.planned)).toEqual([100, 100, 500, 500, 50, 50])
    rig.expectBalance()
  })

  it('goes on when the course is prolonged while the last answers are awaited', () => {
    const rig = new Rig(open(100, 1000), { serviceMs: 500 }).begin().to(1200)
    rig.run.setProfile(constant(100, 3000))
    rig.to(10_000)
    expect(rig.sum('planned')).toBe(300)
    rig.expectBalance()
  })

  it('executes only its share from the instant on that it is told', () => {
    const rig = new Rig(open(1000, 2000)).begin().to(500)
    rig.run.setShare([], 1000)
    rig.to(5000)
    expect(rig.seconds.map(({ tally }) => tally.planned)).toEqual([1000, 0])
    rig.expectBalance()
  })
})

describe('a stop', () => {
  it('at once starts nothing more and waits for answers within the grace', () => {
    const rig = new Rig(open(100, 60_000), { serviceMs: 300 }).begin().to(2503)
    rig.run.stop(0, 1000)
    rig.to(60_000)
    expect([rig.sum('planned'), rig.sum('completed'), rig.sum('cancelled')]).toEqual([250, 250, 0])
    expect(rig.seconds).toHaveLength(3)
    rig.expectBalance()
  })

  it('counts as cancelled what has not answered by the end of the grace, as dropped what never left', () => {
    const rig = new Rig(open(100, 60_000), { serviceMs: Infinity, connections: 30 }).begin().to(1000)
    rig.run.stop(0, 500)
    rig.to(1499)
    expect(rig.seconds.at(-1)?.last).toBe(false)
    rig.to(1550)
    expect([rig.sum('planned'), rig.sum('cancelled'), rig.sum('dropped')]).toEqual([100, 30, 70])
    rig.expectBalance()
  })

  it('at an instant lets go what is due before it', () => {
    const rig = new Rig(open(100, 60_000)).begin().to(1000)
    rig.run.stop(2500, 1000)
    rig.to(60_000)
    expect(rig.sum('planned')).toBe(250)
    rig.expectBalance()
  })

  it('asked for again can only come sooner', () => {
    const rig = new Rig(open(100, 60_000), { serviceMs: Infinity }).begin().to(1000)
    rig.run.stop(0, 30_000)
    rig.to(1200)
    rig.run.stop(0, 0)
    rig.run.stop(5000, 30_000)
    rig.to(1250)
    expect(rig.sum('cancelled')).toBe(100)
    rig.expectBalance()
  })

  it('before the start ends the run with an empty second', () => {
    const unbegun = new Rig(open(100, 1000))
    unbegun.run.stop(0, 1000)
    unbegun.begin().to(5000)
    const armed = new Rig(open(100, 1000)).begin()
    armed.run.stop(0, 1000)
    armed.to(5000)
    for (const rig of [unbegun, armed]) {
      expect(rig.seconds).toHaveLength(1)
      expect(rig.sum('planned')).toBe(0)
      rig.expectBalance()
    }
  })
})

describe('a closed run', () => {
  it('by count sends exactly that many, never more at once than it has users', () => {
    const rig = new Rig(closed({ requests: 1234 }), { connections: 5, maxInFlight: 5 }).begin().to(60_000)
    expect([rig.sum('planned'), rig.sum('completed'), rig.sum('dropped')]).toEqual([1234, 1234, 0])
    expect(rig.seconds[0]!.tally.completed).toBe(500 - 5)
    rig.expectBalance()
  })

  it('by duration ends with the answers to what it has sent', () => {
    const rig = new Rig(closed({ durationMs: 2000 }), { connections: 5 }).begin().to(60_000)
    expect(rig.sum('planned')).toBe(1000)
    rig.expectBalance()
  })

  it('gives up on a target that never answers', () => {
    const rig = new Rig(closed({ requests: 100 }), { serviceMs: Infinity }).begin().to(1000)
    rig.run.stop(0, 100)
    rig.to(2000)
    expect([rig.sum('started'), rig.sum('cancelled')]).toEqual([5, 5])
    rig.expectBalance()
  })
})
