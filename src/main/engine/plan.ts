import type { Share } from '../../shared/cluster/cluster.ts'
import type { LoadPlan, LoadProfile } from '../../shared/task/load.ts'
import type { Sample } from '../../shared/results/sample.ts'
import type { TaskSpec } from '../../shared/task/task.ts'

/**
 * The engine's door. It makes load and knows neither nodes, nor task states, nor Redis, nor Electron.
 * Prepare, then begin at one instant, then steer, then read samples to the end.
 */
export interface EnginePlan {
  runId: string
  spec: TaskSpec
  load: LoadPlan
  /** Which arrivals (open model) or which part of the connections (closed model) this engine executes. */
  share: Share
  /** Engine threads; 0: chosen by rate and cores. */
  threads: number
  /** Iterations that may wait or be in flight here at most, whatever the task says (open model); none by default. */
  maxInFlight?: number | null
  /** Seed of everything random in the run (Poisson arrivals): the same on every node. */
  seed: number
}

export type LaneName = 'http1' | 'http2' | 'undici' | 'websocket' | 'tcp' | 'grpc'

/** Which lane carries a task, and why, in words for the user. */
export interface LaneChoice {
  lane: LaneName
  reason: string
}

export interface Engine {
  /** Compiles, resolves names, starts threads. Resolves when everything is ready to send. Throws AppError `bad-input` or `cannot-start`. */
  prepare(plan: EnginePlan): Promise<EngineRun>
}

export interface EngineRun {
  readonly lane: LaneChoice
  readonly threads: number
  /**
   * Arms the run: its 0 ms is at `startAt` of the steady clock (`clock.ts`). A start that has passed means now. With
   * `fromMs` it is a part of a run that others execute too: it began when it began, what was due before `fromMs` of it is
   * left to them, and the first sample is of that second.
   */
  begin(startAt: number, fromMs?: number): void
  /**
   * Load may be sent until this instant of the steady clock, and by default for ever. Beyond it nothing is started:
   * what was due then is neither executed later nor counted. The same holds for what was due while the whole process
   * stood still, as long as there is an end. Requests already under way end as they would.
   */
  extendLease(untilMs: number): void
  /** A new revision of the profile; takes effect where it differs from the current one. */
  setProfile(profile: LoadProfile): void
  /**
   * From `fromMs` of the run on the new share holds: for arrivals due then, or as the number of virtual users. The bounds
   * on connections and iterations follow at once.
   */
  setShare(share: Share, fromMs: number): void
  /** Starts nothing after `atMs` of the run (0: at once), waits `graceMs` for answers, then counts the rest as cancelled. Idempotent. */
  stop(atMs: number, graceMs: number): void
  /** One sample a second, in order, without holes; the last one has `last: true`. Can be read once. */
  samples(): AsyncIterable<Sample>
  /** Frees threads and sockets at once, without a last sample. For errors and tests. */
  kill(): Promise<void>
}
