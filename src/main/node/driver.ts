import type { NodeInfo } from '../../shared/cluster/cluster.ts'
import type { TaskSpec } from '../../shared/task/task.ts'
import type { ClusterState } from '../backend/cluster-state.ts'
import type { TaskStore } from '../backend/task-store.ts'
import type { Engine } from '../engine/plan.ts'
import type { Candidate, Term } from './election/leadership.ts'
import type { MasterMemory } from './master/master-memory.ts'
import type { Rebalance } from './master/round.ts'
import type { Strategy } from './strategies.ts'
import type { Timings } from './timings.ts'

/**
 * Drivers: what a node really does. The node brings membership, mastership and terms; drivers bring the work. Whoever
 * composes the program registers factories by name, so that other kinds of distributed jobs can live in the same
 * house, and a node that is elected again gets a fresh driver.
 */
export interface BaseNodeDriver extends Candidate {
  /** Runs until the signal is aborted; resolves when it has really ended. */
  run(signal: AbortSignal): Promise<void>
  /** Tells the cluster about this node, and obeys what comes back. */
  sendNodeInfo(): Promise<void>
}

/** The master's side, for one term. Each loop ends with the term's signal. */
export interface MasterDriver extends BaseNodeDriver {
  /** Renews the lease: a driver that stops doing so loses the mastership. */
  keepAlive(signal: AbortSignal): Promise<void>
  /** Keeps the book of nodes. */
  manageNode(signal: AbortSignal): Promise<void>
  /** Finds tasks that want something. */
  listenTask(signal: AbortSignal): Promise<void>
  /** Turns what a task wants into manifests of nodes. */
  distributeTask(signal: AbortSignal): Promise<void>
  /** What the next term of this process needs should the cluster state lose its data; null: nothing. */
  memory(): MasterMemory | null
}

/** The load node's side, for the whole life of the node. */
export interface WorkNodeDriver extends BaseNodeDriver {
  readonly info: NodeInfo
  /** The cluster's clock as known here, ms since the epoch; steady. What a master stamps is of this clock. */
  clusterNow(): number
  /** By how much the cluster's clock was set since this node has known it, ms. */
  readonly steppedMs: number
  /** For how long it has watched the cluster state, and its clock, without a break, ms. */
  readonly watchedMs: number
  /** False from a sleep of the machine until the cluster's clock is known again. */
  hasTime(): boolean
  /** How far a run is by the clock that this node executes it on, ms; null where it has not begun here. */
  elapsed(runId: string): number | null
  /** Carries out what the node was told, until the signal is aborted. */
  work(signal: AbortSignal): Promise<void>
  /** Asks for its work to be given to others; resolves when it carries nothing any more, or with the signal. */
  drain(signal: AbortSignal): Promise<void>
  /** The machine is about to sleep: sends nothing from now on. */
  suspend(): void
  /** It is awake again. */
  resume(): void
}

export interface NodeIdentity {
  id: string
  name: string
  /** Random per start. */
  boot: string
  /** On the clock of its machine, ms since the epoch. */
  startedAt?: number
  role: NodeInfo['role']
  /** 0: never master. */
  priority: number
  version: string
}

/** What a node measures of its machine. */
export type Vitals = Pick<NodeInfo, 'cpuPercent' | 'memoryPercent' | 'memoryBytes' | 'cores' | 'loopLagMs'>

/** Something a user should hear of that belongs to no run's data. */
export interface NodeNotice {
  id: string
  level: 'info' | 'warn' | 'bad'
  text: string
}

/** What a node lets be asked of it. */
export interface NodeLimits {
  /** Arrivals per second that it takes at most; null: as many as it can. */
  maxRate: number | null
  /** Longest run that it carries, ms; null: any. */
  maxDurationMs: number | null
  /** Iterations of one run that it has waiting or in flight at most; what is due beyond is dropped and counted. Null: as the task says. */
  maxInFlight: number | null
  /** As master it stops a run when more than this part of what completed in the last seconds failed, 0 … 1; null: it lets it go on. */
  stopAtErrors: number | null
}

export interface WorkDeps {
  cluster: ClusterState
  engine: Engine
  /** Told whether there is work: at rest it may look less closely. */
  vitals: (isBusy: boolean) => Promise<Vitals>
  identity: NodeIdentity
  /** Engine threads per run; 0: the engine chooses. */
  threads: number
  /** Whether this node may send to the task's target. Throws AppError `target-not-allowed`. */
  admit: (spec: TaskSpec) => Promise<void>
  limits: NodeLimits
  timings: Timings
  /** Steady clock, ms since the epoch. */
  now: () => number
  /** Monotonic clock, ms. */
  monotonic: () => number
  /** Clock of the machine, ms since the epoch. */
  wall: () => number
  /** Since the start of the machine, its sleep included, ms. */
  uptime: () => number
  onNotice: (notice: NodeNotice) => void
}

export interface MasterDeps {
  cluster: ClusterState
  tasks: TaskStore
  term: Term
  /** Of the same node: a master works as well. */
  workDriver: WorkNodeDriver
  strategy: Strategy
  version: string
  /** Judge runs although the generator gave way. */
  allowSaturated: boolean
  /** What a node gets that comes while a run goes on. */
  rebalance: Rebalance
  limits: Pick<NodeLimits, 'stopAtErrors'>
  /** What this node knew when it was master last; null: never was, or had nothing to keep. */
  former: MasterMemory | null
  timings: Timings
  /** Steady clock of this node, ms since the epoch; the cluster's is `workDriver.clusterNow()`. */
  now: () => number
  /** Monotonic clock, ms: silence is measured by it. */
  monotonic: () => number
  onNotice: (notice: NodeNotice) => void
}
