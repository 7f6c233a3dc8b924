import type { Share } from '../../../shared/cluster/cluster.ts'
import type { Histogram } from '../../../shared/results/histogram.ts'
import { rateAt } from '../../../shared/task/load.ts'
import type { LoadProfile } from '../../../shared/task/load.ts'
import { measure } from '../../../shared/cluster/split.ts'
import { ClosedFeed, OpenFeed } from '../request/feed.ts'
import type { Feed } from '../request/feed.ts'
import type { ThreadVitals } from '../measure/health.ts'
import type { Lane, LaneOptions } from '../lanes/lane.ts'
import { Pacer, SYSTEM_TIMERS } from '../schedule/pacer.ts'
import type { Ticker, Timers } from '../schedule/pacer.ts'
import type { Recorder } from '../measure/recorder.ts'
import { ENDLESS, type Lease } from './run-lease.ts'
import { Schedule } from '../schedule/schedule.ts'
import type { ThreadPlan, ThreadSecond } from './thread-messages.ts'

/** How often timeouts are looked after, connections opened and virtual users without a connection served. */
export const HOUSEKEEPING_MS = 25
const SECOND_MS = 1000
/** What the lane may need beyond the timeout to find out about it. */
const TIMEOUT_MARGIN_MS = 1000
/** Whoever looks every 25 ms and has not done so for this long was not alive meanwhile. */
const STOOD_STILL_MS = 1500

type Bounds = Pick<LaneOptions, 'maxConnections' | 'maxInFlight'>

export interface ThreadRunParts {
  plan: Pick<ThreadPlan, 'load' | 'share' | 'seed'>
  lane: Lane
  /** The lane's own: changed with the share. */
  bounds: Bounds
  /** By default without end. */
  lease?: Lease
  recorder: Recorder
  ticker: Ticker | null
  /** Looks at the thread itself: VitalsMeter. */
  vitals: { tick(now: number): void; take(lateness: Histogram): ThreadVitals }
  /** Bound on one iteration: so long are answers waited for after the end of the load. */
  timeoutMs: number
  /** Iterations with a higher number have no row of unique data left; by default all have what they need. */
  lastRow?: number
  emit: (second: ThreadSecond) => void
  timers?: Timers
}

/**
 * One thread's part of a run: the feed starts iterations when the pacer wakes it, the lane carries them, the recorder
 * keeps the books. A second is closed once all that was due in it has been handed to the lane, so that it holds exactly
 * what the profile puts into it. The run ends when the load is over and every iteration has ended, or when the time
 * for answers is up.
 */
export class ThreadRun {
  readonly #parts: ThreadRunParts
  readonly #timers: Timers
  readonly #feed: Feed
  readonly #pacer: Pacer
  readonly #lease: Lease
  #share: Share
  /** Bounds that will hold, in the order of their instants. */
  #coming: { fromMs: number; bounds: Bounds }[] = []
  /** 0 ms of the run in the thread's clock; Infinity before begin. */
  #startedAt = Infinity
  #second = 0
  /** When the feed was last asked; arrivals it starts are handed over then. */
  #passAt = 0
  #underway = false
  #pumping = false
  #overSinceMs = Infinity
  #stopUntilMs = Infinity
  #vitals: { at: number; taken: ThreadVitals } | null = null
  #timer: unknown
  #ended = false

  constructor(parts: ThreadRunParts) {
    this.#parts = parts
    this.#timers = parts.timers ?? SYSTEM_TIMERS
    this.#lease = parts.lease ?? ENDLESS
    this.#share = parts.plan.share
    this.#feed = this.#feedOf(parts.plan)
    this.#pacer = new Pacer((now) => this.#work(now), parts.ticker, this.#timers)
    parts.recorder.onIdle = (now) => this.#whenIdle(now)
    this.#keepHouse()
  }

  /** 0 ms of the run is at `at` of the thread's clock; what was due before `fromMs` of it is not ours. */
  begin(at: number, fromMs = 0): void {
    if (this.#ended || this.#startedAt !== Infinity) return
    this.#startedAt = at
    this.#second = Math.floor(fromMs / SECOND_MS)
    if (fromMs > 0) this.#feed.skip(fromMs)
    this.#passAt = this.#timers.now()
    this.#parts.recorder.begin(at)
    this.#tune(0, 0)
    this.#pacer.start()
  }

  setProfile(profile: LoadProfile): void {
    if (this.#feed instanceof OpenFeed) this.#feed.schedule.setProfile(profile)
    this.#pacer.wake()
  }

  setShare(share: Share, fromMs: number, bounds: Bounds): void {
    this.#share = share
    this.#coming = [...this.#coming.filter((coming) => coming.fromMs < fromMs), { fromMs, bounds }]
    this.#feed.setShare(share, fromMs)
    this.#pacer.wake()
  }

  /** See EngineRun.stop. */
  stop(atMs: number, graceMs: number): void {
    const nowMs = this.#timers.now() - this.#startedAt
    this.#feed.limit(atMs > 0 ? atMs : nowMs)
    this.#stopUntilMs = Math.min(this.#stopUntilMs, Math.max(atMs, nowMs) + graceMs)
    if (this.#startedAt === Infinity && atMs <= 0) this.#end(this.#timers.now())
    else this.#pacer.wake()
  }

  #feedOf({ load, share, seed }: ThreadRunParts['plan']): Feed {
    const fire = (dueMs: number, n: number): void => this.#fire(dueMs, n)
    if (load.model === 'closed') return new ClosedFeed(load, share, () => this.#parts.recorder.outstanding + (this.#parts.lane.pausing ?? 0), fire)
    return new OpenFeed(new Schedule({ profile: load.profile, arrivals: load.arrivals, share, seed }), fire)
  }

  #fire(dueMs: number, n: number): void {
    const { lane, recorder, lastRow = Infinity } = this.#parts
    const dueAt = this.#startedAt + dueMs
    recorder.planned(dueAt, Math.max(this.#passAt, recorder.lastSentAt))
    if (n > lastRow) this.#exhausted(dueAt)
    else if (!lane.send(dueAt, n)) recorder.dropped(dueAt)
  }

  /** Unique rows are used up, before the end that was planned for it. Virtual users stop; arrivals that are due nevertheless are dropped. */
  #exhausted(dueAt: number): void {
    this.#parts.recorder.dropped(dueAt)
    if (this.#feed instanceof ClosedFeed) this.#feed.limit(dueAt - this.#startedAt)
  }

  /** The pacer's work: starts what is due, closes seconds, and says when to come back. */
  #work(now: number): number {
    const nowMs = now - this.#startedAt
    if (!this.#underway && nowMs >= 0) this.#getUnderway()
    while (nowMs >= this.#borderMs()) {
      this.#pump(now)
      if (this.#endIfOver(now)) return Infinity
      this.#closeSecond(now, false)
    }
    this.#pump(now)
    if (this.#endIfOver(now)) return Infinity
    const { next, endMs } = this.#feed
    return this.#startedAt + Math.min(next === -Infinity ? Infinity : next, this.#borderMs(), endMs > nowMs ? endMs : Infinity)
  }

  /** What was before does not count: the first second's figures speak of the first second. */
  #getUnderway(): void {
    this.#underway = true
    this.#parts.vitals.take(this.#parts.recorder.lateness)
  }

  /** From the lane's read callbacks: the clock has just been read, so what is due can go at no cost. */
  #whenIdle(now: number): void {
    const nowMs = now - this.#startedAt
    if (nowMs >= this.#feed.next) this.#pump(now)
    if (this.#parts.recorder.outstanding === 0 && nowMs < this.#borderMs()) this.#endIfOver(now)
  }

  #pump(now: number): void {
    if (this.#pumping) return
    this.#pumping = true
    const nowMs = now - this.#startedAt
    if (nowMs >= (this.#coming[0]?.fromMs ?? Infinity)) this.#takeBounds(nowMs)
    const mayStart = this.#lease.holds(now)
    if (!mayStart || (now - this.#passAt > STOOD_STILL_MS && this.#lease.isLimited)) this.#feed.skip(nowMs)
    this.#passAt = now
    if (mayStart) this.#feed.pump(nowMs, this.#borderMs())
    this.#pumping = false
  }

  #takeBounds(nowMs: number): void {
    while (nowMs >= (this.#coming[0]?.fromMs ?? Infinity)) {
      const { maxConnections, maxInFlight } = this.#coming.shift()!.bounds
      this.#parts.bounds.maxConnections = maxConnections
      this.#parts.bounds.maxInFlight = maxInFlight
    }
  }

  #borderMs(): number {
    return (this.#second + 1) * SECOND_MS
  }

  #endIfOver(now: number): boolean {
    if (this.#ended) return true
    const nowMs = now - this.#startedAt
    const over = this.#feed.ended(nowMs)
    this.#overSinceMs = over ? Math.min(this.#overSinceMs, nowMs) : Infinity
    if (!over) return false
    const untilMs = Math.min(this.#stopUntilMs, this.#overSinceMs + this.#parts.timeoutMs + TIMEOUT_MARGIN_MS)
    if (this.#parts.recorder.outstanding > 0 && nowMs >= untilMs) this.#parts.lane.cancel(now)
    else if (this.#parts.recorder.outstanding > 0) return false
    this.#end(now)
    return true
  }

  #end(now: number): void {
    if (this.#ended) return
    this.#ended = true
    this.#pacer.stop()
    this.#timers.clear(this.#timer)
    this.#closeSecond(now, true)
  }

  #closeSecond(now: number, last: boolean): void {
    const { lane, recorder, emit } = this.#parts
    const vitals = this.#vitalsAt(now)
    const { inFlight, queued, connections } = lane
    emit({ second: this.#second++, ...recorder.take(), inFlight, queued, connections, vitals, last })
    this.#tune(now - this.#startedAt, vitals.cpuPercent)
  }

  /** Seconds that are closed in one go, after a stall, share what was seen of the thread in them. */
  #vitalsAt(now: number): ThreadVitals {
    if (this.#vitals?.at !== now) this.#vitals = { at: now, taken: this.#parts.vitals.take(this.#parts.recorder.lateness) }
    return this.#vitals.taken
  }

  #tune(nowMs: number, cpuPercent: number): void {
    if (!(this.#feed instanceof OpenFeed)) return
    const { profile } = this.#feed.schedule
    this.#pacer.tune(Math.max(rateAt(profile, nowMs), rateAt(profile, nowMs + SECOND_MS)) * measure(this.#share), cpuPercent)
  }

  readonly #keepHouse = (): void => {
    const now = this.#timers.now()
    this.#parts.vitals.tick(now)
    this.#parts.lane.tick(now)
    this.#timer = this.#ended ? undefined : this.#timers.set(this.#keepHouse, HOUSEKEEPING_MS)
    this.#pacer.wake()
  }
}
