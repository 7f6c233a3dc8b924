import { availableParallelism, totalmem } from 'node:os'
import type { Assignment, Manifest, NodeInfo } from '../../shared/cluster.ts'
import type { Acquired, HeartbeatReply } from '../backend/cluster-state.ts'
import { ClockOffset } from './clock-offset.ts'
import type { Vitals, WorkDeps, WorkNodeDriver } from './driver.ts'
import { acquire } from './leadership.ts'
import { PROTOCOL } from './protocol.ts'
import { rounds } from './rounds.ts'
import { WorkRun } from './work-run.ts'

/**
 * The load node's side: tells about itself once a second, obeys the newest manifest, brings every second's sample to
 * the cluster state. It needs no master to go on, nor to be stopped; the absence of orders is never an order.
 */
export class StressWorkDriver implements WorkNodeDriver {
  readonly #deps: WorkDeps
  readonly #runs = new Map<string, WorkRun>()
  readonly #clock = new ClockOffset()
  #vitals: Vitals = { cpuPercent: 0, memoryPercent: 0, memoryBytes: totalmem(), cores: availableParallelism(), loopLagMs: 0 }
  #measuring = false
  #beat = 0
  #applied = { epoch: 0, revision: 0 }
  #token = ''
  /** Highest epoch ever heard of. */
  #maxEpoch = 0
  #beatNow: () => void = () => undefined
  #uploadNow: () => void = () => undefined

  constructor(deps: WorkDeps) {
    this.#deps = deps
  }

  get info(): NodeInfo {
    const { offsetMs, errorMs } = this.#clock.best
    const runs = [...this.#runs.values()]
    return {
      ...this.#deps.identity,
      ...this.#vitals,
      beat: this.#beat,
      protocol: PROTOCOL,
      maxRate: this.#deps.limits.maxRate,
      startedPerSecond: runs.reduce((sum, run) => sum + run.startedPerSecond, 0),
      rttMs: 2 * errorMs,
      clockOffsetMs: offsetMs,
      clockErrorMs: errorMs,
      drained: false,
      parked: false,
      maxEpoch: this.#maxEpoch,
      work: runs.map((run) => run.report),
    }
  }

  clusterNow(): number {
    return this.#deps.now() + this.#clock.best.offsetMs
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.work(signal)
    await Promise.all([...this.#runs.values()].map((run) => run.kill()))
    await this.#deps.cluster.leave(this.#deps.identity.id, this.#deps.identity.boot).catch(() => undefined) // out of reach: found lost by its silence
  }

  async work(signal: AbortSignal): Promise<void> {
    const onError = (error: unknown): void => this.#trouble(error)
    await Promise.all([
      rounds(() => this.sendNodeInfo(), {
        everyMs: this.#deps.timings.heartbeatMs,
        signal,
        onError,
        nudges: (nudge) => {
          this.#beatNow = nudge
          return this.#deps.cluster.watch('work', nudge)
        },
      }),
      rounds(() => this.#upload(), {
        everyMs: this.#deps.timings.heartbeatMs,
        signal,
        onError,
        nudges: (nudge) => {
          this.#uploadNow = nudge
          return () => undefined
        },
      }),
    ])
  }

  async sendNodeInfo(): Promise<void> {
    this.#beat += 1
    this.#measure()
    const sentAt = this.#deps.now()
    const reply = await this.#deps.cluster.heartbeat(this.info, this.#applied)
    this.#clock.add(sentAt, reply.now, this.#deps.now())
    this.#hear(reply)
  }

  async tryBeMaster(): Promise<Acquired | null> {
    const { id, role, priority } = this.#deps.identity
    if (role !== 'auto' || priority <= 0) return null
    return acquire(this.#deps.cluster, id, this.#maxEpoch)
  }

  #hear(reply: HeartbeatReply): void {
    this.#maxEpoch = Math.max(this.#maxEpoch, reply.master?.epoch ?? 0)
    if (reply.manifest !== null) this.#receiveTask(reply.manifest)
    for (const { taskId, orderNo } of reply.stops) this.#runsOf(taskId).forEach((run) => run.obeyStop(orderNo))
    for (const [runId, seq] of Object.entries(reply.accepted)) this.#runs.get(runId)?.ring.acceptedUpTo(seq)
  }

  /** Only forward: an epoch has one token, within it revisions rise, and this boot's manifests only. */
  #receiveTask(manifest: Manifest): void {
    const { epoch, revision, token, boot, assignments } = manifest
    if (boot !== this.#deps.identity.boot || epoch < this.#applied.epoch) return
    if (epoch === this.#applied.epoch && (revision <= this.#applied.revision || token !== this.#token)) return
    this.#applied = { epoch, revision }
    this.#token = token
    this.#maxEpoch = Math.max(this.#maxEpoch, epoch)
    for (const assignment of assignments) this.#handleTask(assignment)
    this.#dropAllBut(new Set(assignments.map((assignment) => assignment.runId)))
    this.#beatNow()
  }

  #handleTask(assignment: Assignment): void {
    const known = this.#runs.get(assignment.runId)
    if (known !== undefined) return known.obey(assignment, this.#applied)
    if (assignment.phase === 'stop') return
    this.#runs.set(assignment.runId, new WorkRun(assignment, this.#applied, {
      engine: this.#deps.engine,
      threads: this.#deps.threads,
      now: this.#deps.now,
      toLocal: (at) => at - this.#clock.best.offsetMs,
      onChange: () => this.#beatNow(),
      onSample: () => this.#uploadNow(),
    }))
  }

  /** A manifest is whole: a run that is not in it is not wanted any more. */
  #dropAllBut(wanted: ReadonlySet<string>): void {
    for (const [runId, run] of this.#runs) {
      if (wanted.has(runId)) continue
      this.#runs.delete(runId)
      if (!run.over) void run.kill()
    }
  }

  async #upload(): Promise<void> {
    const { id, boot } = this.#deps.identity
    for (const run of this.#runs.values()) {
      const batch = run.ring.batch(id, boot)
      if (batch === null) continue
      const { accepted } = await this.#deps.cluster.report(batch)
      run.ring.acceptedUpTo(accepted)
      if (run.over) this.#beatNow()
    }
  }

  /** In the background: a heartbeat never waits for a measurement. */
  #measure(): void {
    if (this.#measuring) return
    this.#measuring = true
    this.#deps.vitals().then((vitals) => (this.#vitals = vitals), () => undefined).finally(() => (this.#measuring = false))
  }

  #runsOf(taskId: string): WorkRun[] {
    return [...this.#runs.values()].filter((run) => run.report.taskId === taskId)
  }

  #trouble(error: unknown): void {
    this.#deps.onNotice({ id: 'cluster', level: 'warn', text: `The cluster state is out of reach: ${error instanceof Error ? error.message : String(error)}` })
  }
}
