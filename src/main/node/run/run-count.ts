import { RunAggregate } from '../../../shared/results/aggregate.ts'
import { sendingEndMs } from '../../../shared/task/run-rates.ts'
import type { Point, RunEvent } from '../../../shared/results/summary.ts'
import { elapsedOf, isDone, partCarried, type ActiveRun, type Part } from './active-run.ts'
import { bootKey } from '../boot-key.ts'
import { Collector, type CollectorState, type Result } from './collector.ts'

/** What was counted of a run, as it is saved. */
export interface SavedCount {
  aggregate: string
  collector: CollectorState
}

/** Counts a run: takes each sample once, closes seconds, and knows which are missing. */
export class RunCount {
  readonly aggregate: RunAggregate
  readonly #active: ActiveRun
  readonly #collector: Collector
  #bySource = new Map<string, Part>()
  /** Requests waiting for a connection, as told last. */
  queued = 0

  /** Throws AppError `bad-input` for a count that was not saved here. */
  constructor(active: ActiveRun, former?: SavedCount) {
    this.#active = active
    this.aggregate = former === undefined ? new RunAggregate(active.run.spec, active.load) : RunAggregate.restore(active.run.spec, active.load, former.aggregate)
    this.#collector = new Collector(former?.collector)
  }

  /** Beginning of the newest second of which a sample was taken, ms of the run; -Infinity: none was. */
  get toldMs(): number {
    const { endMs } = this.#collector
    return endMs > 0 ? endMs - 1000 : -Infinity
  }

  /** False: samples before it were passed over, which {@link readAgain} may find. */
  take(result: Result, now: number): boolean {
    const part = this.#partOf(result)
    const taken = part === undefined ? null : this.#collector.take(result, now)
    if (taken === 'hole') return false
    if (part === undefined || taken === null) return true
    part.taken = result.seq
    if (taken.gap !== null) this.#markGap(part, taken.gap)
    this.aggregate.add(part.id, result.sample)
    this.queued = result.sample.queued
    if (result.sample.last) part.lastTaken = true
    return true
  }

  readAgain(): void {
    this.#collector.readAgain()
  }

  /** Seconds that are complete now, but those at the end in which only answers were waited for and none came. */
  close(now: number): { seconds: number; points: Point[] } {
    const states = this.#active.parts.map((part) => ({ source: bootKey(part), done: isDone(this.#active, part), fromSecond: Math.floor(part.fromMs / 1000) }))
    const points = this.#collector.complete(states, now).map((second) => this.aggregate.closeSecond(second, this.#toldPart(second)))
    return { seconds: points.length, points: points.filter((point) => !this.#isIdleTail(point)) }
  }

  /** Takes the course over as it is now. */
  follow(): void {
    this.aggregate.setLoad(this.#active.load)
    if (this.#active.stopAtMs !== null) this.aggregate.stop(this.#active.stopAtMs)
  }

  /** Answers with whether it was stopped before its time. That can be without any master: then it ended where the nodes did. */
  end(now: number): boolean {
    const active = this.#active
    const toldMs = this.#collector.endMs
    // Who has left in order has not been stopped: what nobody carried after it is lost.
    const endedEarly = active.stopAtMs === null && active.parts.some(({ standing, lastTaken }) => standing === 'in' && lastTaken) && toldMs < sendingEndMs(active.load, null)
    if (endedEarly) this.aggregate.stop(toldMs)
    this.aggregate.end(elapsedOf(active, now))
    return endedEarly || active.stopAtMs !== null
  }

  /** What thresholds, generators and counts have had happen, with nodes by name. */
  takeEvents(): RunEvent[] {
    const names = new Map(this.#active.parts.map(({ id, name }) => [id, name]))
    return this.aggregate.takeEvents().map((event) => {
      const name = names.get(String(event.detail['node']))
      return name === undefined ? event : { ...event, detail: { ...event.detail, node: name } }
    })
  }

  save(): SavedCount {
    return { aggregate: this.aggregate.serialize(), collector: this.#collector.save() }
  }

  #partOf(result: Result): Part | undefined {
    const { parts } = this.#active
    if (this.#bySource.size !== parts.length) this.#bySource = new Map(parts.map((part) => [bootKey(part), part]))
    return this.#bySource.get(bootKey(result))
  }

  #markGap(part: Part, { from, to }: { from: number; to: number }): void {
    this.aggregate.markGap(part.id)
    this.#active.events.push({ atMs: from * 1000, kind: 'gap', detail: { node: part.name, fromMs: from * 1000, toMs: to * 1000 } })
  }

  /** Random arrivals cannot be counted: what is missing follows from the shares of those who have told. */
  #toldPart(second: number): number {
    const { load, parts } = this.#active
    if (load.model === 'closed' || load.arrivals !== 'poisson') return 1
    const told = parts.filter((part) => this.#collector.newestOf(bootKey(part)) >= second)
    return Math.min(1, told.reduce((sum, part) => sum + (part.lastTaken ? 1 : partCarried(part)), 0))
  }

  /** A second without anything in it is no point on a chart. */
  #isIdleTail({ atMs, started, completed, dropped, cancelled }: Point): boolean {
    return atMs - 1000 >= sendingEndMs(this.#active.load, this.#active.stopAtMs) && started + completed + dropped + cancelled === 0
  }
}
