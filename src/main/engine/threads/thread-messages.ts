import type { SharedRows } from '../../data/row-table.ts'
import type { Share } from '../../../shared/cluster/cluster.ts'
import type { WireError } from '../../../shared/results/summary.ts'
import type { LoadPlan, LoadProfile } from '../../../shared/task/load.ts'
import type { ErrorSample, Tally } from '../../../shared/results/sample.ts'
import type { TaskSpec } from '../../../shared/task/task.ts'
import type { ThreadVitals } from '../measure/health.ts'
import type { LaneName } from '../plan.ts'
import type { TickerLink } from './ticker.ts'

/** What the engine and its threads say to each other. */

/** What an engine thread is for: its part of an EnginePlan. */
export interface ThreadPlan {
  spec: TaskSpec
  load: LoadPlan
  share: Share
  seed: number
  lane: LaneName
  /** By step, of a task with steps. */
  stepLanes?: LaneName[]
  /** Rows for variables. */
  data: SharedRows[]
  /** Of OAuth 2.0; '' for every other auth. */
  token: string
  /** Open connections and iterations at most, of this thread. */
  maxConnections: number
  maxInFlight: number
  /** Null where nothing waits for the clock: closed model. */
  ticker: TickerLink | null
  /** See run-lease.ts. */
  lease: SharedArrayBuffer
}

export type Order =
  /** The first one, and only once. */
  | { type: 'plan'; plan: ThreadPlan }
  /** 0 ms of the run at `at`, ms since the epoch on the monotonic clock: `performance.timeOrigin + performance.now()`. */
  | { type: 'begin'; at: number; fromMs: number }
  | { type: 'profile'; profile: LoadProfile }
  /** It was renewed: requests carry it from now on. */
  | { type: 'token'; token: string }
  | { type: 'share'; share: Share; fromMs: number; maxConnections: number; maxInFlight: number }
  | { type: 'stop'; atMs: number; graceMs: number }

export type Report = { type: 'ready' } | { type: 'refused'; error: WireError } | { type: 'second'; second: ThreadSecond }

/** What one thread measured in one second of the run: the part of a Sample. */
export interface ThreadSecond {
  second: number
  tally: Tally
  warmup: Tally | null
  inFlight: number
  queued: number
  connections: number
  vitals: ThreadVitals
  errorSamples: ErrorSample[]
  last: boolean
}
