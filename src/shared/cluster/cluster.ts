import type { AppErrorCode } from '../errors.ts'
import type { LoadPlan } from '../task/load.ts'
import type { AssignmentPhase } from '../results/run.ts'
import type { Sample } from '../results/sample.ts'
import type { TaskSpec } from '../task/task.ts'

/** The language in which nodes speak of each other. `protocol.md` §2. */

export type Role = 'auto' | 'worker' | 'sentinel'

/** What a node tells about itself each second. */
export interface NodeInfo {
  id: string
  name: string
  /** Random per start: an old manifest cannot be replayed to a restarted node. */
  boot: string
  /** When this boot began, on the clock of its machine, ms since the epoch: the younger of two has taken the other's place. */
  startedAt?: number
  /** Counter of heartbeats of this boot; liveness is its change, never a timestamp. */
  beat: number
  role: Role
  /** 0: never master. Higher is preferred. */
  priority: number
  version: string
  protocol: { major: number; minor: number }
  cpuPercent: number
  memoryPercent: number
  memoryBytes: number
  cores: number
  loopLagMs: number
  /** Arrivals per second that it takes at most; null: as many as it can. */
  maxRate: number | null
  /** What it sends now: iterations started in the last whole second. */
  startedPerSecond: number
  /** Shortest recent round trip to the cluster state, ms. */
  rttMs: number
  /** Offset of this node's clock to the cluster's, ms, and the bound of its error. */
  clockOffsetMs: number
  clockErrorMs: number
  /** It wants no load: what it carries is to be given to others. */
  drained: boolean
  /** It is cut off, or was until just now, and sends nothing until it is sure of its orders again. */
  parked: boolean
  /** Highest epoch this node ever obeyed. */
  maxEpoch: number
  /** Work it carries now, as applied. */
  work: WorkReport[]
}

/** What a node says of one run that it carries. */
export interface WorkReport {
  taskId: string
  runId: string
  /** Epoch and revision of the manifest that is in force for this run. */
  epoch: number
  revision: number
  /** `armed`: ready to send; `run`: the first arrival is due or past; `stop`: nothing more will come. */
  phase: AssignmentPhase
  /** When the run began here, on the cluster's clock as it is set now, ms. */
  startAt?: number
  /** How far it was here when this was said, ms. */
  elapsedMs?: number
  /** Of a run that ended here without a last sample, and without a problem: how many samples there were. */
  samples?: number
  /** Which lane the engine took, and why; known from `armed` on. */
  lane?: { lane: string; reason: string }
  threads?: number
  /** Why this node cannot carry the run (any further). */
  problem?: { code: AppErrorCode; message: string; hint?: string }
}

/** The mastership: who holds it, and the fencing token that every write of the holder carries. */
export interface Lease {
  nodeId: string
  epoch: number
  /** Random per acquisition: an epoch is pinned to one token. */
  token: string
  /** Counts renewals. */
  renews: number
}

/** Half-open interval of the unit range: a part of all arrivals. See `split.ts`. */
export interface Interval {
  from: number
  to: number
}

/** Which arrivals a node executes: disjoint intervals. Shares of all nodes never overlap. */
export type Share = Interval[]

/** The part of one run that one node is to carry. */
export interface Assignment {
  taskId: string
  runId: string
  /** One number per user's order; a stop is obeyed only by an assignment with a lower one. */
  orderNo: number
  spec: TaskSpec
  /** The whole fleet's load, with every change of rate so far. */
  load: LoadPlan
  share: Share
  /** When the share comes into force, ms of the run. Arrivals due earlier follow the previous one. */
  shareFromMs: number
  /** No order: arrivals that this node may still execute by an earlier one, for the master that follows this one. */
  former?: Share
  phase: AssignmentPhase
  /** Start of the run, cluster clock (ms since the epoch); 0 before the start barrier is passed. */
  startAt: number
  /** When to stop sending, ms of the run; null: at the end of the plan. */
  stopAtMs: number | null
}

/** Desired state of one node: level-triggered, always whole, only newer ones are obeyed. */
export interface Manifest {
  nodeId: string
  boot: string
  epoch: number
  token: string
  revision: number
  orders: NodeOrders
  assignments: Assignment[]
  /** Parts of jobs of other kinds. */
  jobs?: JobPart[]
}

/** Which pieces of a job one node is to do: those whose number, counted from 1, its share holds (`split.ts`). */
export interface JobPart {
  jobId: string
  share: Share
}

/** Desired state of the node itself, for as long as it runs; what it does then stands in its NodeInfo. */
export interface NodeOrders {
  drained: boolean
  /** Null: the one that it was started with. */
  priority: number | null
}

/** A user's wish, carried to whoever is master. Nudges it; the wish itself stands in the task store. */
export interface Intent {
  id: string
  op: 'look' | 'drain' | 'resume' | 'set-priority' | 'make-master' | 'mark-lost'
  nodeId?: string
  value?: number
  /** Why somebody wants it, for the log. */
  reason?: string
}

/** Samples of one node boot in one run, numbered without holes: the cluster state accepts each once. */
export interface ReportBatch {
  runId: string
  nodeId: string
  boot: string
  entries: { seq: number; sample: Sample }[]
  /** First number still in the node's ring: an entry with it is accepted with an explicit gap. */
  ringFrom: number
}
