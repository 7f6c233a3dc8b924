import { describe, expect, it } from 'vitest'
import { Checks } from '../../../../src/main/engine/measure/checks.ts'
import { Recorder } from '../../../../src/main/engine/measure/recorder.ts'
import type { ThreadSecond } from '../../../../src/main/engine/threads/thread-messages.ts'
import { ThreadRun } from '../../../../src/main/engine/threads/thread-run.ts'
import type { Share } from '../../../../src/shared/cluster/cluster.ts'
import { checksOf } from '../../../../src/shared/task/check.ts'
import { Histogram } from '../../../../src/shared/results/histogram.ts'
import { withRate } from '../../../../src/shared/task/load.ts'
import type { ClosedLoad, LoadPlan, OpenLoad } from '../../../../src/shared/task/load.ts'
import { FakeTimers } from '../../../support/fake-timers.ts'
import { constant } from '../../../support/profiles.ts'
import { ScriptedLane } from '../../../support/scripted-lane.ts'
import type { LaneScript } from '../../../support/scripted-lane.ts'

const START = 100
const open = (perSecond: number, durationMs: number): OpenLoad => ({ model: 'open', profile: constant(perSecond, durationMs), warmupMs: 0, arrivals: 'uniform', maxConnections: 100, maxInFlight: 1000 })
const closed = (part: Partial<ClosedLoad>): ClosedLoad => ({ model: 'closed', connections: 5, durationMs: null, requests: null, warmupMs: 0, ...part })

class Rig {
  readonly timers = new FakeTimers()
  readonly seconds: ThreadSecond[] = []
  readonly run: ThreadRun
  readonly lane: ScriptedLane
  readonly lease = { isLimited: false, untilMs: Infinity, holds: (now: number) => now < START + this.lease.untilMs }
  readonly bounds = { maxConnections: 100, maxInFlight: 1000 }
  #looks = 0

  constructor(load: LoadPlan, script: Partial<LaneScript> = {}, share: Share = [{ from: 0, to: 1 }]) {
    const recorder = new Recorder({ checks: new Checks(checksOf({ checks: [] })), method: 'GET', url: 'http://a/', warmupMs: load.warmupMs })
    this.lane = new ScriptedLane({ serviceMs: 10, connections: 100, maxInFlight: 1000, ...script }, recorder, this.timers)
    const vitals = { tick: () => {}, take: (lateness: Histogram) => this.#vitals(lateness) }
    const plan = { load, share, seed: 1 }
    this.run = new ThreadRun({ plan, lane: this.lane, bounds: this.bounds, lease: this.lease, recorder, ticker: null, vitals, timeoutMs: 2000, emit: (second) => this.seconds.push(second), timers: this.timers })
  }

  begin(fromMs = 0): this {
    this.run.begin(START, fromMs)
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

  /** Load may be sent until then, ms of the run. */
  leaseUntil(ms: number): this {
    this.lease.isLimited = ms !== Infinity
    this.lease.untilMs = ms
    return this
  }

  /** Planned in each second. */
  get planned(): number[] {
    return this.seconds.map(({ tally, warmup }) => tally.planned + (warmup?.planned ?? 0))
  }

  expectBalance(first = 0): void {
    expect(this.seconds.at(-1)?.last).toBe(true)
    expect(this.seconds.map(({ second }) => second)).toEqual([...this.seconds.keys()].map((second) => first + second))
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
    rig.run.setShare([], 1000, { maxConnections: 1, maxInFlight: 2 })
    expect(rig.bounds.maxInFlight).toBe(1000)
    rig.to(5000)
    expect(rig.seconds.map(({ tally }) => tally.planned)).toEqual([1000, 0])
    expect(rig.bounds).toEqual({ maxConnections: 1, maxInFlight: 2 })
    rig.expectBalance()
  })

  it('joined in its midst executes what is due from then on, in the seconds that the others count', () => {
    const rig = new Rig(open(100, 6000))
    rig.timers.advanceTo(START + 2400)
    rig.begin(2500).to(10_000)
    expect(rig.planned.slice(0, 4)).toEqual([50, 100, 100, 100])
    expect(rig.lane.dueAts[0]).toBeCloseTo(START + 2505, 6)
    rig.expectBalance(2)
  })

  it('joined by somebody who comes late makes up for what was due since', () => {
    const rig = new Rig(open(100, 6000))
    rig.timers.advanceTo(START + 2700)
    rig.begin(2500).to(10_000)
    expect(rig.planned.slice(0, 4)).toEqual([50, 100, 100, 100])
    rig.expectBalance(2)
  })

  it('joined by two at one instant is executed once between them and those who were there before', () => {
    const before = new Rig(open(1000, 4000)).begin().to(1800)
    before.run.setShare([{ from: 0, to: 0.25 }], 2500, before.bounds)
    before.to(10_000)
    const joined = [[0.25, 0.6], [0.6, 1]].map(([from, to]) => new Rig(open(1000, 4000), {}, [{ from: from!, to: to! }]).begin(2500).to(10_000))
    const all = [before, ...joined].flatMap((rig) => rig.lane.dueAts.map((dueAt) => Math.round(dueAt * 1000)))
    expect([all.length, new Set(all).size]).toEqual([4000, 4000])
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

describe('a lease', () => {
  it('that is over stops the load at that instant, and answers still come', () => {
    const rig = new Rig(open(100, 5000), { serviceMs: 300 }).leaseUntil(2003).begin().to(10_000)
    expect(rig.planned).toEqual([100, 100, 0, 0, 0])
    expect(rig.sum('completed')).toBe(200)
    rig.expectBalance()
  })

  it('that comes back lets the load go on, without what was due meanwhile', () => {
    const rig = new Rig(open(100, 6000)).leaseUntil(1500).begin().to(3500)
    rig.leaseUntil(20_000).to(10_000)
    expect(rig.planned.slice(0, 6)).toEqual([100, 50, 0, 50, 100, 100])
    rig.expectBalance()
  })

  it('that still holds after the process stood still does not make up for what was due meanwhile', () => {
    const rig = new Rig(open(1000, 6000)).leaseUntil(20_000).begin().to(1500)
    rig.timers.stall(2000)
    rig.to(10_000)
    expect(rig.planned.slice(0, 6)).toEqual([1000, 500, 0, 500, 1000, 1000])
    rig.expectBalance()
  })

  it('leaves a thread that was blocked for a moment its arrivals', () => {
    const rig = new Rig(open(1000, 4000)).leaseUntil(20_000).begin().to(1500)
    rig.timers.stall(900)
    rig.to(10_000)
    expect(rig.planned.slice(0, 4)).toEqual([1000, 1000, 1000, 1000])
    rig.expectBalance()
  })

  it('that was over while the process stood still is over when it wakes, also if it was extended meanwhile', () => {
    const rig = new Rig(open(1000, 8000)).leaseUntil(3000).begin().to(1500)
    rig.timers.stall(4000)
    rig.leaseUntil(20_000).to(20_000)
    expect(rig.planned.slice(0, 8)).toEqual([1000, 500, 0, 0, 0, 500, 1000, 1000])
    rig.expectBalance()
  })

  it('that never comes back lets the run end by its plan, also after a change of rate', () => {
    const rig = new Rig(open(100, 3000)).leaseUntil(1000).begin().to(1500)
    rig.run.setProfile(withRate(constant(100, 3000), 2000, 500))
    rig.to(10_000)
    expect(rig.planned).toEqual([100, 0, 0])
    rig.expectBalance()
  })

  it('that is over gives no arrivals back that a change of share makes ours', () => {
    const rig = new Rig(open(1000, 5000), {}, []).leaseUntil(1000).begin().to(3500)
    rig.run.setShare([{ from: 0, to: 1 }], 2000, rig.bounds)
    rig.leaseUntil(20_000).to(10_000)
    expect(rig.planned.slice(0, 5)).toEqual([0, 0, 0, 500, 1000])
    rig.expectBalance()
  })

  it('holds back the users of a closed run, and they go on afterwards', () => {
    const rig = new Rig(closed({ durationMs: 5000 }), { connections: 5 }).leaseUntil(2000).begin().to(3000)
    rig.leaseUntil(20_000).to(60_000)
    expect(rig.planned.slice(0, 3)).toEqual([500, 500, 0])
    expect(rig.planned[3]).toBeGreaterThan(480)
    expect(rig.planned[4]).toBe(500)
    rig.expectBalance()
  })
})

describe('a closed run', () => {
  it('joined in its midst has its users from then on', () => {
    const rig = new Rig(closed({ durationMs: 4000 }), { connections: 5 }).begin(2500).to(60_000)
    expect(rig.planned.slice(0, 2)).toEqual([250, 500])
    rig.expectBalance(2)
  })

  it('takes over and gives away users at an instant', () => {
    const rig = new Rig(closed({ connections: 10, durationMs: 4000 }), { connections: 10 }, [{ from: 0, to: 0.5 }]).begin()
    rig.to(500).run.setShare([{ from: 0, to: 1 }], 1000, { maxConnections: 10, maxInFlight: 10 })
    rig.to(2500).run.setShare([{ from: 0, to: 0.1 }], 3000, { maxConnections: 1, maxInFlight: 1 })
    rig.to(60_000)
    expect(rig.planned.slice(0, 4)).toEqual([500, 1000, 1000, 100])
    rig.expectBalance()
  })

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
