import type { Engine, EnginePlan, EngineRun } from '../../src/main/engine/plan.ts'
import { SampleStream } from '../../src/main/engine/threads/sample-stream.ts'
import { Schedule } from '../../src/main/engine/schedule/schedule.ts'
import type { Share } from '../../src/shared/cluster/cluster.ts'
import type { LoadProfile } from '../../src/shared/task/load.ts'
import type { Sample } from '../../src/shared/results/sample.ts'
import { sampleOf, tallyOf } from '../contract/fixtures.ts'
import { BORN, type VirtualProcess, type VirtualTime } from '../main/node/virtual-time.ts'

/** As the engine: so much later does a run begin whose instant has passed. */
const HANDOVER_MS = 5
const PREPARING_MS = 200
/** As the engine: what was due in a longer pause of the process is not made up for. */
const STOOD_STILL_MS = 1500

export interface EngineWorld {
  time: VirtualTime
  process: VirtualProcess
  random: () => number
  /** As the engine: a lease ends on the wall clock as well. */
  wallClockLeases: boolean
  /** An arrival was sent, at this instant of the virtual time; late: after the instant that was meant. */
  sent(runId: string, arrival: number, at: number, late: boolean): void
}

/**
 * An engine whose requests cost nothing. What is sent when is decided by the engine's own schedule, with the same rules
 * of start, share, stop and lease; it is worked out whenever something changes, as if it had happened on time. Answers
 * come at once.
 */
export class SimulatedEngine implements Engine {
  readonly runs: SimulatedRun[] = []
  readonly #world: EngineWorld

  constructor(world: EngineWorld) {
    this.#world = world
  }

  async prepare(plan: EnginePlan): Promise<EngineRun> {
    await new Promise<void>((resolve) => setTimeout(resolve, 5 + this.#world.random() * PREPARING_MS))
    const run = new SimulatedRun(plan, this.#world)
    this.runs.push(run)
    return run
  }

  /** Everything that is due by now has been sent: to be called before the process stands still or dies, or its lease changes. */
  catchUp(): void {
    for (const run of this.runs) run.catchUp()
  }
}

export class SimulatedRun implements EngineRun {
  readonly lane = { lane: 'http1', reason: 'simulated' } as const
  readonly threads = 1
  readonly runId: string
  share: Share
  /** Its last sample has been made. */
  ended = false
  /** Requests started in the samples that were made, by second. */
  readonly told = new Map<number, number>()
  readonly #world: EngineWorld
  readonly #schedule: Schedule
  readonly #stream = new SampleStream()
  /** 0 ms of the run on the steady clock of the process; Infinity before begin. */
  #originAt = Infinity
  /** On the steady clock and on the wall clock of the process. */
  #leaseUntil = Infinity
  #leaseUntilWall = Infinity
  /** Up to when everything has been sent, virtual time: what only then comes to be ours is sent at once. */
  #passedAt = 0
  #second = 0
  #started = 0
  #killed = false
  #timer: NodeJS.Timeout | undefined

  constructor({ runId, load, share, seed }: EnginePlan, world: EngineWorld) {
    if (load.model === 'closed') throw new Error('the simulation plays open loads only')
    this.runId = runId
    this.share = share
    this.#world = world
    this.#schedule = new Schedule({ profile: load.profile, arrivals: 'uniform', share, seed })
  }

  /** It is ready, and has not been told to begin. */
  get isWaiting(): boolean {
    return !this.ended && !this.#killed && this.#originAt === Infinity
  }

  begin(startAt: number, fromMs?: number): void {
    if (this.ended || this.#originAt !== Infinity) return
    this.#originAt = fromMs === undefined ? Math.max(startAt, steady(this.#world) + HANDOVER_MS) : startAt
    this.#second = Math.floor((fromMs ?? 0) / 1000)
    this.#passedAt = this.#world.time.now
    if (fromMs !== undefined && fromMs > 0) this.#schedule.skip(fromMs)
    this.#wait()
  }

  extendLease(untilMs: number): void {
    this.catchUp()
    this.#leaseUntil = untilMs
    this.#leaseUntilWall = this.#world.time.wall(this.#world.process) + untilMs - steady(this.#world)
  }

  setProfile(profile: LoadProfile): void {
    this.catchUp()
    this.#schedule.setProfile(profile)
    this.#wait()
  }

  setShare(share: Share, fromMs: number): void {
    this.catchUp()
    this.share = share
    this.#schedule.setShare(share, fromMs)
    this.#wait()
  }

  stop(atMs: number, _graceMs: number): void {
    this.catchUp()
    this.#schedule.limit(atMs > 0 ? atMs : this.#nowMs)
    if (this.#originAt === Infinity && atMs <= 0) this.#end()
    else this.#work()
  }

  samples(): AsyncIterable<Sample> {
    return this.#stream
  }

  async kill(): Promise<void> {
    this.catchUp()
    this.#killed = true
    clearTimeout(this.#timer)
    this.#stream.end()
  }

  catchUp(): void {
    if (!this.ended && !this.#killed) this.#sendDueBefore(Math.min(this.#nowMs, (this.#second + 1) * 1000))
  }

  get #nowMs(): number {
    return steady(this.#world) - this.#originAt
  }

  readonly #work = (): void => {
    if (this.ended || this.#killed) return
    const nowMs = this.#nowMs
    while (nowMs >= (this.#second + 1) * 1000) {
      this.#sendDueBefore((this.#second + 1) * 1000)
      if (this.#isOver(nowMs)) return this.#end()
      this.#closeSecond(false)
    }
    this.#sendDueBefore(nowMs)
    if (this.#isOver(nowMs)) return this.#end()
    this.#wait()
  }

  #isOver(nowMs: number): boolean {
    return this.#schedule.next === Infinity && nowMs >= this.#schedule.endMs
  }

  #wait(): void {
    clearTimeout(this.#timer)
    if (this.ended || this.#killed || this.#originAt === Infinity) return
    const { endMs } = this.#schedule
    const borderMs = (this.#second + 1) * 1000
    this.#timer = setTimeout(this.#work, Math.max(0, (endMs > this.#nowMs ? Math.min(borderMs, endMs) : borderMs) - this.#nowMs))
  }

  #sendDueBefore(beforeMs: number): void {
    const { time, process, sent } = this.#world
    const schedule = this.#schedule
    while (schedule.next < beforeMs) {
      const { next: due, n } = schedule
      schedule.pop()
      const dueAt = time.now - (this.#nowMs - due)
      const at = Math.max(dueAt, this.#passedAt, process.stoppedUntil)
      if (!this.#mayStart(at) || this.#wasMissed(dueAt)) continue
      this.#started++
      sent(this.runId, n, at, at > dueAt)
    }
    this.#passedAt = time.now
  }

  #mayStart(at: number): boolean {
    const { time, process, wallClockLeases } = this.#world
    const agoMs = time.now - at
    return steady(this.#world) - agoMs < this.#leaseUntil && (!wallClockLeases || time.wall(process) - agoMs < this.#leaseUntilWall)
  }

  #wasMissed(dueAt: number): boolean {
    const { stoppedFrom, stoppedUntil } = this.#world.process
    return this.#leaseUntil !== Infinity && stoppedUntil - stoppedFrom > STOOD_STILL_MS && dueAt >= stoppedFrom && dueAt < stoppedUntil
  }

  #end(): void {
    this.ended = true
    clearTimeout(this.#timer)
    this.#closeSecond(true)
  }

  #closeSecond(last: boolean): void {
    this.told.set(this.#second, this.#started)
    this.#stream.push(sampleOf(this.runId, this.#second++, { tally: tallyOf(this.#started), last }))
    this.#started = 0
  }
}

/** `steadyNow` of a process: it does not jump, and stands still while the machine sleeps. */
export function steady({ time, process }: Pick<EngineWorld, 'time' | 'process'>): number {
  return BORN + process.since + time.monotonic(process)
}
