import type { Assignment, WorkReport } from '../../../shared/cluster/cluster.ts'
import type { AssignmentPhase } from '../../../shared/results/run.ts'
import { AppError } from '../../../shared/errors.ts'
import { cumulative, instantOf, type LoadProfile } from '../../../shared/task/load.ts'
import type { Sample } from '../../../shared/results/sample.ts'
import type { Engine, EngineRun } from '../../engine/plan.ts'
import { measure } from '../../../shared/cluster/split.ts'
import { LONGEST_WAY_MS } from '../master/order-leads.ts'
import { AFTER_LAST_MS } from '../run/active-run.ts'
import { graceOf } from '../run/grace.ts'
import { SampleRing } from './sample-ring.ts'

export interface WorkRunDeps {
  engine: Engine
  threads: number
  /** Iterations of one run that may wait or be in flight here at most; null: as the task says. */
  maxInFlight: () => number | null
  /** Throws AppError for what this node does not carry. */
  admit: (assignment: Assignment) => Promise<void>
  /** Others may execute parts of the same run: its clock is theirs too. */
  isShared: boolean
  /** Steady clock of this node. */
  now: () => number
  /** An instant of the cluster's clock on this node's. */
  toLocal: (at: number) => number
  /** The report has moved: worth a heartbeat. */
  onChange: () => void
  /** A second is in the ring. */
  onSample: () => void
}

/** A start that was heard of so late is made up for, ms; after a longer time the run is joined where it is. */
const MAKES_UP_MS = 1500
/** So much later than now is a run joined, that its threads hear of it in time. */
const JOIN_LEAD_MS = 20

/** One run as this node carries it: brings the engine to whatever the newest assignment says. */
export class WorkRun {
  readonly ring: SampleRing
  readonly #deps: WorkRunDeps
  #assignment: Assignment
  #order: { epoch: number; revision: number }
  #engineRun: EngineRun | null = null
  #phase: AssignmentPhase = 'prepare'
  #problem: WorkReport['problem']
  #inForce = { profile: '', share: '' }
  #begun = false
  /** 0 ms of the run, on this node's steady clock. */
  #beginsAt = 0
  /** That clock stood still since: how far the run is cannot be told by it any more. */
  #outOfStep = false
  #stopped = false
  #stopAtMs = Infinity
  #complete = false
  /** Ended without a last sample. */
  #cutShort = false
  #startTimer: NodeJS.Timeout | undefined
  #measured: Sample | null = null
  /** Arrivals of the whole run that are due by now, or were by a former, faster course. */
  #executed = 0
  #leaseUntilMs = Infinity

  constructor(assignment: Assignment, order: { epoch: number; revision: number }, deps: WorkRunDeps) {
    this.ring = new SampleRing(assignment.runId)
    this.#assignment = assignment
    this.#order = order
    this.#deps = deps
    void this.#prepare()
  }

  get report(): WorkReport {
    const { taskId, runId } = this.#assignment
    const engine = this.#engineRun
    return {
      taskId,
      runId,
      ...this.#order,
      phase: this.#complete && this.ring.allAccepted ? 'stop' : this.#phase,
      ...this.#course,
      ...(this.#cutShort && this.#problem === undefined ? { samples: this.ring.lastSeq } : {}),
      ...(engine === null ? {} : { lane: engine.lane, threads: engine.threads }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    }
  }

  get #course(): Pick<WorkReport, 'startAt' | 'elapsedMs'> {
    return this.elapsed !== null ? { startAt: Math.round(this.#beginsAt - this.#deps.toLocal(0)), elapsedMs: Math.round(this.elapsed) } : {}
  }

  /** Iterations that it started in the last second measured. */
  get startedPerSecond(): number {
    const { tally, warmup } = this.#measured ?? {}
    return this.#complete ? 0 : (tally?.started ?? 0) + (warmup?.started ?? 0)
  }

  /** How far it is by this node's clock, ms; null before it was told to begin, and where that clock does not know. */
  get elapsed(): number | null {
    return this.#begun && !this.#outOfStep ? this.#deps.now() - this.#beginsAt : null
  }

  /** Nothing is or will be sent, and everything measured has arrived. */
  get isIdle(): boolean {
    if (this.over) return true
    const { share, shareFromMs } = this.#assignment
    if (measure(share) > 0 || !this.ring.allAccepted) return false
    if (!this.#begun || this.#measured === null) return !this.#begun
    const { second, inFlight, queued } = this.#measured
    return (second + 1) * 1000 > shareFromMs && inFlight + queued === 0
  }

  /** Nothing more will come of it. */
  get over(): boolean {
    return this.report.phase === 'stop'
  }

  obey(assignment: Assignment, order: { epoch: number; revision: number }): void {
    this.#assignment = assignment
    this.#order = order
    this.#apply()
  }

  /** Load may be sent until then, on the steady clock. */
  extendLease(untilMs: number): void {
    this.#leaseUntilMs = untilMs
    if (untilMs !== Infinity) this.#engineRun?.extendLease(untilMs)
  }

  /** The engine's clock stood still while the run went on: another one takes over where the run is now. */
  rejoin(): void {
    const engine = this.#engineRun
    if (engine === null || !this.#begun) return
    this.#noteExecuted()
    this.#outOfStep = true
    if (this.#complete) return
    if (this.#stopped) return this.stop(0) // at the instant that was meant it would still think it is early
    this.#engineRun = null
    this.#begun = false
    clearTimeout(this.#startTimer)
    void engine.kill()
    void this.#prepare()
  }

  /** A stop that came without a master; ignored when the assignment is younger than it. */
  obeyStop(orderNo: number): void {
    if (orderNo > this.#assignment.orderNo) this.stop(0)
  }

  /** Starts nothing after `atMs` of the run (0: at once); can only be brought forward. What never began just ends. */
  stop(atMs: number): void {
    if (atMs >= this.#stopAtMs) return
    this.#stopAtMs = atMs
    this.#stopped = true
    if (!this.#begun) return void this.kill()
    this.#phase = 'drain'
    this.#engineRun?.stop(atMs, graceOf(this.#assignment.spec))
    this.#deps.onChange()
  }

  /** Ends at once, without a last sample. */
  async kill(): Promise<void> {
    clearTimeout(this.#startTimer)
    this.#stopped = true
    this.#cutShort ||= !this.#complete
    this.#end()
    await this.#engineRun?.kill()
  }

  async #prepare(): Promise<void> {
    try {
      await this.#deps.admit(this.#assignment)
      const { runId, spec, load, share } = this.#assignment
      this.#inForce = { profile: profileOf(this.#assignment), share: JSON.stringify(share) }
      this.#engineRun = await this.#deps.engine.prepare({ runId, spec, load, share, threads: this.#deps.threads, maxInFlight: this.#deps.maxInFlight(), seed: seedOf(runId) })
    } catch (error) {
      return this.#fail(error)
    }
    if (this.#stopped) return void this.#engineRun.kill()
    this.extendLease(this.#leaseUntilMs)
    if (this.#phase === 'prepare') this.#phase = 'armed'
    this.#apply()
    this.#deps.onChange()
  }

  /** Level-triggered: compares what is wanted with what is in force. */
  #apply(): void {
    const engine = this.#engineRun
    const wanted = this.#assignment
    if (engine === null) return wanted.phase === 'stop' ? this.stop(0) : undefined
    // The newest share first: one that begins late sends at once what is due by then.
    if (this.#begun || wanted.phase === 'run') this.#steer(engine, wanted)
    if (!this.#begun && wanted.phase === 'run') this.#begin(engine, wanted.startAt)
    if (wanted.phase === 'stop') this.stop(this.#stopOf(wanted))
  }

  /** A stop is ordered for an instant close ahead, or for when another takes the share. By a clock of the cluster that was set it may seem far off. */
  #stopOf({ stopAtMs, shareFromMs }: Assignment): number {
    const wantedMs = stopAtMs ?? 0
    return this.elapsed === null ? wantedMs : Math.min(wantedMs, Math.max(this.elapsed + LONGEST_WAY_MS, shareFromMs + AFTER_LAST_MS))
  }

  #begin(engine: EngineRun, startAt: number): void {
    const beginsAt = this.#deps.toLocal(startAt)
    const inMs = beginsAt - this.#deps.now()
    this.#begun = true
    this.#outOfStep = false
    this.#beginsAt = beginsAt
    if (this.#deps.isShared) engine.begin(beginsAt, Math.max(this.#assignment.shareFromMs, this.#aheadMs, inMs < -MAKES_UP_MS ? JOIN_LEAD_MS - inMs : 0))
    else engine.begin(beginsAt)
    void this.#pump(engine)
    this.#startTimer = setTimeout(() => {
      if (this.#phase !== 'armed') return
      this.#phase = 'run'
      this.#deps.onChange()
    }, Math.max(0, inMs))
  }

  #noteExecuted(): void {
    const { elapsed } = this
    if (elapsed !== null && this.#inForce.profile !== '') this.#executed = Math.max(this.#executed, cumulative(JSON.parse(this.#inForce.profile) as LoadProfile, elapsed))
  }

  /** Until then another engine has executed what was its own: it had heard late of a lower rate. */
  get #aheadMs(): number {
    const { load } = this.#assignment
    return load.model === 'open' && this.#executed > 0 ? instantOf(load.profile, this.#executed) : 0
  }

  #steer(engine: EngineRun, wanted: Assignment): void {
    const profile = profileOf(wanted)
    const share = JSON.stringify(wanted.share)
    if (wanted.load.model === 'open' && profile !== this.#inForce.profile) {
      this.#noteExecuted()
      engine.setProfile(wanted.load.profile)
    }
    if (share !== this.#inForce.share) engine.setShare(wanted.share, wanted.shareFromMs)
    this.#inForce = { profile, share }
  }

  async #pump(engine: EngineRun): Promise<void> {
    try {
      for await (const sample of engine.samples()) {
        this.ring.push(sample)
        this.#measured = sample
        if (sample.last) this.#end()
        this.#deps.onSample()
      }
      if (!this.#complete && engine === this.#engineRun) throw new AppError('internal', 'The engine ended without a last sample.')
    } catch (error) {
      if (!this.#complete && engine === this.#engineRun) this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    if (this.#stopped && !this.#begun) return this.#end()
    const { code, message, hint } = error instanceof AppError ? error : new AppError('internal', `The engine gave way: ${error instanceof Error ? error.message : String(error)}`)
    this.#problem = { code, message, ...(hint === undefined ? {} : { hint }) }
    void this.#engineRun?.kill()
    this.#end()
  }

  #end(): void {
    this.#complete = true
    clearTimeout(this.#startTimer)
    this.#deps.onChange()
  }
}

function profileOf(assignment: Assignment): string {
  return assignment.load.model === 'open' ? JSON.stringify(assignment.load.profile) : ''
}

/** The same on every node: FNV-1a of the run's id. */
function seedOf(runId: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < runId.length; i++) hash = Math.imul(hash ^ runId.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
