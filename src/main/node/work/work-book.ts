import type { Assignment, Manifest, WorkReport } from '../../../shared/cluster/cluster.ts'
import type { ClusterState, HeartbeatReply } from '../../backend/cluster-state.ts'
import type { Carried } from './carried.ts'
import type { SampleRing } from './sample-ring.ts'
import { WorkRun, type WorkRunDeps } from './work-run.ts'

/** Seconds of a run that is no longer wanted are still offered for so long, also anew to a state that loses them: what was sent should be counted, ms. */
const OFFERED_MS = 30_000

export interface WorkBookDeps extends Omit<WorkRunDeps, 'onSample'> {
  cluster: ClusterState
  nodeId: string
  boot: string
  onSample: () => void
  /** Monotonic clock, ms. */
  monotonic: () => number
  /** Whether an answer to what was sent then is young enough to rely on. */
  isFresh: (sentAt: number) => boolean
}

/** The runs that a node carries, and the samples on their way from it. */
export class WorkBook implements Carried {
  readonly #deps: WorkBookDeps
  readonly #runs = new Map<string, WorkRun>()
  /** Runs that were stopped before they were heard of: the master waits for a word on them as well. */
  readonly #declined = new Map<string, WorkReport>()
  /** Samples of runs that are not carried any more. */
  readonly #left = new Map<string, { ring: SampleRing; until: number }>()
  /** When the last answer to a report came; what was asked before may know less. */
  #answeredAt = -Infinity
  #leaseUntilMs = Infinity

  constructor(deps: WorkBookDeps) {
    this.#deps = deps
  }

  get reports(): WorkReport[] {
    return [...this.#all.map((run) => run.report), ...this.#declined.values()]
  }

  get startedPerSecond(): number {
    return this.#all.reduce((sum, run) => sum + run.startedPerSecond, 0)
  }

  /** How far a run is by this node's clock, ms; null where it has not begun here. */
  elapsed(runId: string): number | null {
    return this.#runs.get(runId)?.elapsed ?? null
  }

  /** Nothing is or will be sent, and everything measured has arrived. */
  get isIdle(): boolean {
    return this.#all.every((run) => run.isIdle) && [...this.#left.values()].every(({ ring }) => ring.allAccepted)
  }

  get carries(): boolean {
    return this.#all.some((run) => !run.over)
  }

  /** Brings the runs to what the newest manifest says; a run that is not in it is not wanted any more. */
  obey({ assignments }: Pick<Manifest, 'assignments'>, order: { epoch: number; revision: number }): void {
    this.#declined.clear()
    for (const assignment of assignments) this.#obey(assignment, order)
    const wanted = new Set(assignments.map(({ runId }) => runId))
    for (const [runId, run] of this.#runs) if (!wanted.has(runId)) this.#drop(runId, run)
  }

  obeyStops(stops: HeartbeatReply['stops']): void {
    for (const { taskId, orderNo } of stops) {
      for (const run of this.#all) if (run.report.taskId === taskId) run.obeyStop(orderNo)
    }
  }

  /** What the cluster state says it has. Less than before means that it lost some: they are sent again. */
  hearAccepted(accepted: HeartbeatReply['accepted'], sentAt: number): void {
    for (const [runId, ring] of this.#rings()) {
      const seq = accepted[runId] ?? 0
      if (!ring.isBehind(seq)) ring.acceptedUpTo(seq, this.#deps.monotonic())
      else if (sentAt >= this.#answeredAt) this.#goBack(ring, seq)
    }
  }

  async upload(): Promise<void> {
    const { cluster, nodeId, boot, monotonic, isFresh } = this.#deps
    for (const [runId, { until }] of this.#left) if (monotonic() >= until) this.#left.delete(runId)
    for (const [runId, ring] of this.#rings()) {
      const batch = ring.batch(nodeId, boot)
      if (batch === null) continue
      const sentAt = monotonic()
      const { accepted } = await cluster.report(batch)
      if (!isFresh(sentAt)) continue
      this.#answeredAt = monotonic()
      ring.acceptedUpTo(accepted, this.#answeredAt)
      if (this.#runs.get(runId)?.over === true) this.#deps.onChange()
    }
  }

  /** Load may be sent until then, on the steady clock. */
  extendLease(untilMs: number): void {
    this.#leaseUntilMs = untilMs
    for (const run of this.#all) run.extendLease(untilMs)
  }

  /** This machine's clocks stood still for a while: what is under way no longer keeps time with the others. */
  rejoin(): void {
    for (const run of this.#all) run.rejoin()
  }

  async kill(): Promise<void> {
    await Promise.all(this.#all.map((run) => run.kill()))
  }

  get #all(): WorkRun[] {
    return [...this.#runs.values()]
  }

  #obey(assignment: Assignment, order: { epoch: number; revision: number }): void {
    const known = this.#runs.get(assignment.runId)
    if (known !== undefined) return known.obey(assignment, order)
    const { taskId, runId, phase } = assignment
    const left = this.#left.get(runId)?.ring
    // What ended here in order is over, though a cluster state that went back by a moment asks for it again.
    if (phase === 'stop' || left?.isComplete === true) return void this.#declined.set(runId, { taskId, runId, ...order, phase: 'stop', samples: left?.lastSeq ?? 0 })
    const run = new WorkRun(assignment, order, this.#deps)
    run.extendLease(this.#leaseUntilMs)
    this.#runs.set(runId, run)
  }

  #drop(runId: string, run: WorkRun): void {
    this.#runs.delete(runId)
    this.#left.set(runId, { ring: run.ring, until: this.#deps.monotonic() + OFFERED_MS })
    if (!run.over) void run.kill()
  }

  #goBack(ring: SampleRing, seq: number): void {
    ring.acceptedUpTo(seq, this.#deps.monotonic())
    this.#deps.onSample()
  }

  #rings(): [string, SampleRing][] {
    return [...[...this.#left].map(([runId, { ring }]): [string, SampleRing] => [runId, ring]), ...[...this.#runs].map(([runId, run]): [string, SampleRing] => [runId, run.ring])]
  }
}
