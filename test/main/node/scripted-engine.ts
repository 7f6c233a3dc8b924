import type { Share } from '../../../src/shared/cluster/cluster.ts'
import type { LoadProfile } from '../../../src/shared/task/load.ts'
import type { Sample } from '../../../src/shared/results/sample.ts'
import type { Engine, EnginePlan, EngineRun } from '../../../src/main/engine/plan.ts'
import { sampleOf, tallyOf } from '../../contract/fixtures.ts'

/** An engine that does what the test says: it notes its orders, and measures what it is told to have measured. */
export class ScriptedEngine implements Engine {
  readonly runs: ScriptedRun[] = []
  /** What `prepare` waits for; a rejection is what it throws. */
  ready: Promise<void> = Promise.resolve()

  async prepare(plan: EnginePlan): Promise<EngineRun> {
    const run = new ScriptedRun(plan)
    this.runs.push(run)
    await this.ready
    return run
  }

  get last(): ScriptedRun {
    const run = this.runs.at(-1)
    if (run === undefined) throw new Error('the engine has not prepared anything')
    return run
  }
}

export class ScriptedRun implements EngineRun {
  readonly lane = { lane: 'http1', reason: 'as the test wants' } as const
  readonly threads = 1
  readonly plan: EnginePlan
  readonly profiles: LoadProfile[] = []
  readonly shares: Share[] = []
  readonly sharesFromMs: number[] = []
  readonly stops: { atMs: number; graceMs: number }[] = []
  startAt: number | null = null
  /** In force when it began. */
  beganWith: Share | null = null
  fromMs = 0
  leaseUntilMs = Infinity
  killed = false
  /** Stopped runs end by themselves unless this is false. */
  obedient = true
  readonly #samples: (Sample | Error)[] = []
  #second = 0
  #wake: () => void = () => undefined

  constructor(plan: EnginePlan) {
    this.plan = plan
  }

  begin(startAt: number, fromMs = 0): void {
    this.startAt = startAt
    this.beganWith = this.shares.at(-1) ?? this.plan.share
    this.fromMs = fromMs
    this.#second = Math.floor(fromMs / 1000)
  }

  extendLease(untilMs: number): void {
    this.leaseUntilMs = untilMs
  }

  setProfile(profile: LoadProfile): void {
    this.profiles.push(profile)
  }

  setShare(share: Share, fromMs: number): void {
    this.shares.push(share)
    this.sharesFromMs.push(fromMs)
  }

  stop(atMs: number, graceMs: number): void {
    this.stops.push({ atMs, graceMs })
    if (this.obedient && this.stops.length === 1) this.measure(0, { last: true })
  }

  async kill(): Promise<void> {
    this.killed = true
  }

  /** The next second: so many iterations, all well. */
  measure(count: number, changes: Partial<Sample> = {}): void {
    this.#push(sampleOf(this.plan.runId, this.#second++, { tally: tallyOf(count), ...changes }))
  }

  /** The engine gives way. */
  break(error: Error): void {
    this.#push(error)
  }

  async *samples(): AsyncGenerator<Sample> {
    for (;;) {
      const next = this.#samples.shift()
      if (next instanceof Error) throw next
      if (next !== undefined) yield next
      else await new Promise<void>((resolve) => (this.#wake = resolve))
      if (next?.last === true) return
    }
  }

  #push(entry: Sample | Error): void {
    this.#samples.push(entry)
    this.#wake()
  }
}
