import type { Assignment, AssignmentPhase, WorkReport } from '../../shared/cluster.ts'
import { AppError } from '../../shared/errors.ts'
import type { Engine, EngineRun } from '../engine/plan.ts'
import { graceOf } from './grace.ts'
import { SampleRing } from './sample-ring.ts'

export interface WorkRunDeps {
  engine: Engine
  threads: number
  /** Steady clock of this node. */
  now: () => number
  /** An instant of the cluster's clock on this node's. */
  toLocal: (at: number) => number
  /** The report has moved: worth a heartbeat. */
  onChange: () => void
  /** A second is in the ring. */
  onSample: () => void
}

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
  #stopped = false
  #complete = false
  #startTimer: NodeJS.Timeout | undefined
  #startedPerSecond = 0

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
      ...(engine === null ? {} : { lane: engine.lane, threads: engine.threads }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    }
  }

  /** Iterations that it started in the last second measured. */
  get startedPerSecond(): number {
    return this.#complete ? 0 : this.#startedPerSecond
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

  /** A stop that came without a master; ignored when the assignment is younger than it. */
  obeyStop(orderNo: number): void {
    if (orderNo > this.#assignment.orderNo) this.stop(0)
  }

  /** Starts nothing after `atMs` of the run (0: at once). What never began just ends. */
  stop(atMs: number): void {
    if (this.#stopped) return
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
    this.#end()
    await this.#engineRun?.kill()
  }

  async #prepare(): Promise<void> {
    const { runId, spec, load, share } = this.#assignment
    try {
      this.#inForce = { profile: profileOf(this.#assignment), share: JSON.stringify(share) }
      this.#engineRun = await this.#deps.engine.prepare({ runId, spec, load, share, threads: this.#deps.threads, seed: seedOf(runId) })
    } catch (error) {
      return this.#fail(error)
    }
    if (this.#stopped) return void this.#engineRun.kill()
    this.#phase = 'armed'
    this.#apply()
    this.#deps.onChange()
  }

  /** Level-triggered: compares what is wanted with what is in force. */
  #apply(): void {
    const engine = this.#engineRun
    const wanted = this.#assignment
    if (engine === null) return wanted.phase === 'stop' ? this.stop(0) : undefined
    if (!this.#begun && wanted.phase === 'run') this.#begin(engine, wanted.startAt)
    if (this.#begun) this.#steer(engine, wanted)
    if (wanted.phase === 'stop') this.stop(wanted.stopAtMs ?? 0)
  }

  #begin(engine: EngineRun, startAt: number): void {
    const beginsAt = this.#deps.toLocal(startAt)
    const inMs = beginsAt - this.#deps.now()
    this.#begun = true
    engine.begin(beginsAt)
    void this.#pump(engine)
    this.#startTimer = setTimeout(() => {
      if (this.#phase !== 'armed') return
      this.#phase = 'run'
      this.#deps.onChange()
    }, Math.max(0, inMs))
  }

  #steer(engine: EngineRun, wanted: Assignment): void {
    const profile = profileOf(wanted)
    const share = JSON.stringify(wanted.share)
    if (wanted.load.model === 'open' && profile !== this.#inForce.profile) engine.setProfile(wanted.load.profile)
    if (share !== this.#inForce.share) engine.setShare(wanted.share, wanted.shareFromMs)
    this.#inForce = { profile, share }
  }

  async #pump(engine: EngineRun): Promise<void> {
    try {
      for await (const sample of engine.samples()) {
        this.ring.push(sample)
        this.#startedPerSecond = sample.tally.started + (sample.warmup?.started ?? 0)
        if (sample.last) this.#end()
        this.#deps.onSample()
      }
      if (!this.#complete) throw new AppError('internal', 'The engine ended without a last sample.')
    } catch (error) {
      if (!this.#complete) this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    if (this.#stopped && !this.#begun) return this.#end()
    const { message, hint } = error instanceof AppError ? error : new AppError('internal', `The engine gave way: ${error instanceof Error ? error.message : String(error)}`)
    this.#problem = { message, ...(hint === undefined ? {} : { hint }) }
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
