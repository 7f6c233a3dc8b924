import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { ulid } from 'ulid'
import { openBackend as openParts, type Backend, type BackendOptions } from './backend/index.ts'
import { createEngine } from './engine/engine.ts'
import type { MasterDeps, MasterDriver, NodeIdentity, NodeNotice, WorkDeps, WorkNodeDriver } from './node/driver.ts'
import { STRESS, stressDrivers } from './node/drivers.ts'
import { startNode as startWith, type NodeOptions, type RunningNode } from './node/node.ts'
import { startSentinel as watchWith, type RunningSentinel } from './node/sentinel.ts'
import type { Strategy } from './node/strategies.ts'
import { createVitals } from './system/vitals.ts'
import { VERSION } from './version.ts'

/**
 * The driver kit: nodes, leadership, sentinels, distribution and fail-over for another kind of distributed job. Drivers
 * are registered by name, as with Go's `database/sql`; then a backend is opened, and nodes are started that use them.
 * `examples/word-count` is one in a few dozen lines. What is exported here is all that is promised.
 */

const kit = stressDrivers()

/** Makes a master driver known by a name; every term gets a fresh one. Throws AppError `bad-input` for an empty name, `conflict` for one that is taken. */
export function registerMasterDriver(name: string, factory: (deps: MasterDeps) => MasterDriver): void {
  kit.masters.register(name, factory)
}

/** The same for what a node does when it works; every node gets one for its life. */
export function registerWorkDriver(name: string, factory: (deps: WorkDeps) => WorkNodeDriver): void {
  kit.workers.register(name, factory)
}

/** The same for how work is divided among nodes. */
export function registerStrategy(name: string, strategy: Strategy): void {
  kit.strategies.register(name, () => strategy)
}

/** Everything that is known by a name, those of load tests included. */
export function registeredNames(): { masters: string[]; workers: string[]; strategies: string[] } {
  return { masters: kit.masters.names(), workers: kit.workers.names(), strategies: kit.strategies.names() }
}

/**
 * What nodes share: with `redis` a cluster, without it this process alone. Nothing is kept on this machine unless there
 * is a `storePath`. Throws AppError `bad-input` and `cannot-start`, in words that say what to do.
 */
export function openBackend(options: Partial<BackendOptions> = {}): Promise<Backend> {
  return openParts({ storePath: ':memory:', ...options })
}

export interface KitNodeOptions extends Partial<Omit<NodeOptions, 'cluster' | 'tasks' | 'drivers' | 'identity'>> {
  backend: Pick<Backend, 'cluster' | 'tasks'>
  /** By name; what is not given is as for load tests. */
  drivers?: { master?: string; work?: string; strategy?: string }
  /** Name: of the machine. Role: `auto`, it works and may lead; `worker` never leads. Priority in elections: 5. An id that outlives the process is better for elections' records. */
  identity?: Partial<NodeIdentity>
}

/** Starts a node with the drivers of these names. Throws AppError `not-found`, with the names that are known, for one that nobody registered. */
export function startNode({ backend: { cluster, tasks }, drivers, identity, ...options }: KitNodeOptions): RunningNode {
  const vitals = options.vitals === undefined ? createVitals({ detailAfterMs: 0 }) : null
  const node = startWith({
    ...options,
    cluster,
    tasks,
    engine: options.engine ?? createEngine({ thread: new URL('./engine.js', import.meta.url), ticker: new URL('./ticker.js', import.meta.url) }),
    vitals: options.vitals ?? vitals!.read,
    identity: { id: ulid(), name: hostname(), boot: randomUUID(), role: 'auto', priority: 5, version: VERSION, ...identity },
    drivers: { kit, master: STRESS, work: STRESS, ...drivers },
  })
  return { ...node, get info() { return node.info }, close: (hurry) => node.close(hurry).finally(() => vitals?.close()) }
}

export interface KitSentinelOptions {
  backend: Pick<Backend, 'cluster'>
  /** Sentinels that there should be: a majority of them elects. */
  configured: number
  identity?: Partial<Pick<NodeIdentity, 'id' | 'name'>>
  onNotice?: (notice: NodeNotice) => void
}

/** Starts a watcher of the master, whatever it is that the nodes do. */
export function startSentinel({ backend: { cluster }, configured, identity, onNotice = () => undefined }: KitSentinelOptions): RunningSentinel {
  const vitals = createVitals({ detailAfterMs: 0 })
  const sentinel = watchWith({ cluster, configured, onNotice, vitals: vitals.read, identity: { id: ulid(), name: hostname(), boot: randomUUID(), version: VERSION, ...identity } })
  return { ...sentinel, close: () => sentinel.close().finally(() => vitals.close()) }
}

export { AppError } from '../shared/errors.ts'
export { JobMasterDriver, type JobPlan } from './node/jobs/job-master-driver.ts'
export { JobWorkDriver } from './node/jobs/job-work-driver.ts'
export type { JobWork } from './node/jobs/job-part.ts'
export { MemberDriver } from './node/work/work-driver.ts'
export type { Assignment, Intent, Interval, JobPart, Lease, Manifest, NodeInfo, NodeOrders, ReportBatch, Role, Share, WorkReport } from '../shared/cluster/cluster.ts'
export type { Applied, ClusterState, Commit, HeartbeatReply, Member, Poll, Snapshot, StopRecord, Topic } from './backend/cluster-state.ts'
export type { Guarded } from './backend/guarded.ts'
export type { Job, JobStanding, JobState, PieceOutcome } from './backend/job-state.ts'
export type { RedisAccess } from '../shared/cluster/redis-access.ts'
export type { Election, ElectionRecord, SentinelState, SentinelView } from './backend/sentinel-state.ts'
export type { TaskStore } from './backend/task-store.ts'
export type { Carried, CarriedHooks } from './node/work/carried.ts'
export type { Term } from './node/election/leadership.ts'
export type { Timings } from './node/timings.ts'
export type { Backend, BackendOptions, MasterDeps, MasterDriver, NodeIdentity, NodeNotice, NodeOptions, RunningNode, RunningSentinel, Strategy, WorkDeps, WorkNodeDriver }
