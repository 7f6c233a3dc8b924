import { describe, expect, test } from 'vitest'
import { Checks } from '../../src/main/engine/measure/checks.ts'
import { Recorder } from '../../src/main/engine/measure/recorder.ts'
import { ThreadRun } from '../../src/main/engine/threads/thread-run.ts'
import { checksOf } from '../../src/shared/task/check.ts'
import type { Share } from '../../src/shared/cluster/cluster.ts'
import { cumulative, withRate, type LoadProfile, type OpenLoad } from '../../src/shared/task/load.ts'
import { specOf } from '../contract/fixtures.ts'
import { BORN, randomOf, VirtualTime, type VirtualProcess } from '../main/node/virtual-time.ts'
import { FakeTimers } from '../support/fake-timers.ts'
import { constant } from '../support/profiles.ts'
import { ScriptedLane } from '../support/scripted-lane.ts'
import { SimulatedEngine, steady, type SimulatedRun } from './simulated-engine.ts'

const DURATION_MS = 20_000
const BEGINS_AFTER_MS = 300
/** The thread's timers go off in whole milliseconds. */
const TIMERS_MS = 3

describe('the simulated engine', () => {
  test('sends what the real engine thread sends, whatever is ordered meanwhile', async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const pair = await Pair.of(seed)
      await pair.play()
      expect({ seed, ...pair.differences() }).toEqual({ seed, onlyReal: [], onlySimulated: [], seconds: [] })
      pair.close()
    }
  })
})

/** A real engine thread on a fake clock and a simulated one in virtual time, under the same orders. */
class Pair {
  readonly #seed: number
  readonly #random: () => number
  readonly #time = new VirtualTime()
  readonly #process: VirtualProcess
  readonly #timers = new FakeTimers()
  readonly #real = new Set<number>()
  readonly #simulated = new Set<number>()
  readonly #lane: ScriptedLane
  readonly #thread: ThreadRun
  readonly #lease = { isLimited: false, until: Infinity, holds: (now: number): boolean => now < this.#lease.until }
  readonly #borders: number[] = []
  readonly #planned: number[] = []
  #run!: SimulatedRun
  #profile: LoadProfile
  #ended = false

  private constructor(seed: number) {
    this.#seed = seed
    this.#random = randomOf(seed)
    this.#process = this.#time.process('n')
    this.#profile = constant(20 + Math.floor(this.#random() * 60), DURATION_MS)
    const recorder = new Recorder({ checks: new Checks(checksOf({ checks: [] })), method: 'GET', url: 'http://a/', warmupMs: 0 })
    this.#lane = new ScriptedLane({ serviceMs: 0, connections: 1000, maxInFlight: 10_000 }, recorder, this.#timers)
    const vitals = { tick: () => undefined, take: () => ({ windowMs: 1000, cpuPercent: 0, busyPercent: 0, loopLagMs: 0, latenessMs: 0 }) }
    const bounds = { maxConnections: 1000, maxInFlight: 10_000 }
    this.#thread = new ThreadRun({
      plan: { load: this.#load, share: this.#shareOf(seed), seed }, lane: this.#lane, bounds, lease: this.#lease, recorder, ticker: null, vitals, timeoutMs: 1000, timers: this.#timers,
      emit: ({ second, tally, last }) => {
        this.#planned[second] = tally.planned
        this.#ended ||= last
      },
    })
  }

  static async of(seed: number): Promise<Pair> {
    const pair = new Pair(seed)
    pair.#time.install()
    const engine = new SimulatedEngine({ time: pair.#time, process: pair.#process, random: () => 0, wallClockLeases: true, sent: (_, arrival) => pair.#simulated.add(arrival) })
    let run: SimulatedRun | undefined
    pair.#inProcess(() => void engine.prepare({ runId: 'run', spec: specOf(), load: pair.#load, share: pair.#shareOf(seed), threads: 1, seed }).then((prepared) => (run = prepared as SimulatedRun)))
    await pair.#time.passTo(100)
    pair.#timers.advanceTo(100)
    pair.#run = run!
    return pair
  }

  async play(): Promise<void> {
    const fromMs = this.#random() < 0.3 ? Math.floor(this.#random() * 2000) : undefined
    this.#thread.begin(BEGINS_AFTER_MS, fromMs)
    this.#inProcess(() => this.#run.begin(BORN + BEGINS_AFTER_MS, fromMs))
    for (let k = 0; k < 12; k++) {
      await this.#passTo(this.#time.now + this.#random() * 1500)
      await this.#order()
    }
    this.#extendLease(Infinity)
    if (this.#random() < 0.5) this.#stop(this.#random() < 0.5 ? 0 : this.#time.now - BEGINS_AFTER_MS + this.#random() * 500)
    await this.#passTo(DURATION_MS + 5000)
  }

  differences(): { onlyReal: number[]; onlySimulated: number[]; seconds: number[] } {
    for (const dueAt of this.#lane.dueAts) this.#real.add(Math.round(cumulative(this.#profile, dueAt - BEGINS_AFTER_MS) + 0.5))
    const onBorder = (arrival: number): boolean => this.#borders.some((at) => Math.abs(cumulative(this.#profile, at - BEGINS_AFTER_MS) - arrival + 0.5) <= 1 + (TIMERS_MS * 100) / 1000)
    const onlyReal = [...this.#real].filter((arrival) => !this.#simulated.has(arrival) && !onBorder(arrival))
    const onlySimulated = [...this.#simulated].filter((arrival) => !this.#real.has(arrival) && !onBorder(arrival))
    const told = [...this.#run.told]
    const seconds = this.#borders.length > 0 ? [] : told.filter(([second, started]) => this.#planned[second] !== started).map(([second]) => second)
    return { onlyReal, onlySimulated, seconds: this.#ended === this.#run.ended ? seconds : [-1] }
  }

  close(): void {
    this.#time.uninstall()
  }

  get #load(): OpenLoad {
    return { model: 'open', profile: this.#profile, warmupMs: 0, arrivals: 'uniform', maxConnections: 1000, maxInFlight: 10_000 }
  }

  async #order(): Promise<void> {
    const nowMs = this.#time.now - BEGINS_AFTER_MS
    const kind = Math.floor(this.#random() * 4)
    if (kind === 0) {
      const share = this.#share()
      const fromMs = Math.max(0, nowMs + (this.#random() - 0.3) * 1000)
      this.#thread.setShare(share, fromMs, { maxConnections: 1000, maxInFlight: 10_000 })
      this.#inProcess(() => this.#run.setShare(share, fromMs))
    } else if (kind === 1) {
      this.#extendLease(this.#random() < 0.3 ? Infinity : 500 + this.#random() * 3000)
    } else if (kind === 2) {
      await this.#standStill(this.#random() * 4000)
    } else {
      this.#profile = withRate(this.#profile, Math.max(0, nowMs) + 50, 20 + Math.floor(this.#random() * 60))
      this.#thread.setProfile(this.#profile)
      this.#inProcess(() => this.#run.setProfile(this.#profile))
    }
  }

  #extendLease(forMs: number): void {
    this.#borders.push(this.#time.now)
    if (forMs !== Infinity) this.#borders.push(this.#time.now + forMs)
    this.#timers.advanceTo(this.#time.now)
    this.#lease.isLimited = forMs !== Infinity
    this.#lease.until = this.#time.now + forMs
    this.#inProcess(() => this.#run.extendLease(steady({ time: this.#time, process: this.#process }) + forMs))
  }

  #stop(atMs: number): void {
    this.#borders.push(this.#time.now)
    this.#thread.stop(atMs, 100)
    this.#inProcess(() => this.#run.stop(atMs, 100))
  }

  async #standStill(ms: number): Promise<void> {
    this.#borders.push(this.#time.now, this.#time.now + ms)
    this.#run.catchUp()
    this.#time.stop(this.#process, ms)
    this.#timers.stall(ms)
    await this.#passTo(this.#time.now + ms)
  }

  async #passTo(at: number): Promise<void> {
    await this.#time.passTo(at)
    this.#timers.advanceTo(at)
    this.#run.catchUp()
  }

  #share(): Share {
    return this.#shareOf(this.#seed + Math.floor(this.#random() * 1000))
  }

  #shareOf(seed: number): Share {
    const from = (seed % 7) / 10
    return [{ from, to: from + 0.3 }]
  }

  #inProcess(order: () => void): void {
    this.#time.run(this.#process, order)
  }
}
