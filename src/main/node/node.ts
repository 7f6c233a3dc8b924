import { steadyNow } from '../../shared/clock.ts'
import type { NodeInfo } from '../../shared/cluster.ts'
import type { TaskSpec } from '../../shared/task.ts'
import type { ClusterState } from '../backend/cluster-state.ts'
import type { TaskStore } from '../backend/task-store.ts'
import type { Engine } from '../engine/plan.ts'
import type { MasterDeps, NodeIdentity, NodeLimits, NodeNotice, Vitals, WorkNodeDriver } from './driver.ts'
import { STRESS, stressDrivers, type DriverKit } from './drivers.ts'
import { terms } from './leadership.ts'
import type { MasterMemory } from './master-memory.ts'
import type { Rebalance } from './round.ts'
import { timingsOf, type Timings } from './timings.ts'

export interface NodeOptions {
  cluster: ClusterState
  tasks: TaskStore
  engine: Engine
  vitals: () => Promise<Vitals>
  identity: NodeIdentity
  /** Names of the drivers and the strategy, and the kit that knows them; `stress` and `capacity` by default. */
  drivers?: { kit?: DriverKit; master?: string; work?: string; strategy?: string }
  /** Engine threads per run; 0 (default): the engine chooses. */
  threads?: number
  /** Judge runs although the generator gave way. */
  allowSaturated?: boolean
  /** What a node gets that comes while a run goes on: `never` (default) only what nobody carries, `on-join` its part of everything. */
  rebalance?: Rebalance
  /** Whether this node may send to a task's target; throws AppError `target-not-allowed`. By default it may. */
  admit?: (spec: TaskSpec) => Promise<void>
  /** None by default. */
  limits?: NodeLimits
  timings?: Partial<Timings>
  /** Steady clock, ms since the epoch (`clock.ts`); timers are the system's. */
  now?: () => number
  /** Monotonic clock, ms. */
  monotonic?: () => number
  onNotice?: (notice: NodeNotice) => void
}

export interface RunningNode {
  /** As it would describe itself now. */
  readonly info: NodeInfo
  /** Stops leading and working, and leaves the cluster. Load still going is cut: stop runs first. */
  close(): Promise<void>
}

const NO_LIMITS: NodeLimits = { maxRate: null, maxDurationMs: null }

/**
 * One node of the cluster. It always works; while it holds the lease it also leads, with a fresh master driver for each
 * term. Promotion and demotion leave load in flight untouched. Throws `not-found` for a driver nobody registered, and
 * `bad-input` for times that do not fit together.
 */
export function startNode(options: NodeOptions): RunningNode {
  const { cluster, engine, vitals, identity, drivers = {}, threads = 0, admit = async () => undefined, limits = NO_LIMITS } = options
  const kit = drivers.kit ?? stressDrivers()
  const ending = new AbortController()
  const common = { timings: timingsOf(options.timings), now: options.now ?? steadyNow, monotonic: options.monotonic ?? (() => performance.now()), onNotice: withoutRepeats(options.onNotice ?? (() => undefined)) }
  const worker = kit.workers.create(drivers.work ?? STRESS, { cluster, engine, vitals, identity, threads, admit, limits, ...common })
  const lead = leader(options, common, kit, worker)
  const working = worker.run(ending.signal)
  const leading = lead(ending.signal)
  return {
    get info() {
      return worker.info
    },
    async close() {
      ending.abort()
      await Promise.all([working, leading])
    },
  }
}

/** What fails every second is said once, until something else has been said. */
function withoutRepeats(tell: (notice: NodeNotice) => void): (notice: NodeNotice) => void {
  let last = ''
  return (notice) => {
    const text = `${notice.id} ${notice.text}`
    if (text !== last) tell(notice)
    last = text
  }
}

/** Leads whenever this node is master. All names are looked up before anything starts. */
function leader(options: NodeOptions, common: Pick<MasterDeps, 'timings' | 'now' | 'monotonic' | 'onNotice'>, kit: DriverKit, workDriver: WorkNodeDriver): (signal: AbortSignal) => Promise<void> {
  const { cluster, tasks, identity, drivers = {}, allowSaturated = false, rebalance = 'never' } = options
  const name = kit.masters.known(drivers.master ?? STRESS)
  const strategy = kit.strategies.create(drivers.strategy ?? 'capacity', undefined)
  return async (signal) => {
    let former: MasterMemory | null = null
    for await (const term of terms(workDriver, signal, { cluster, leaseTtlMs: common.timings.leaseTtlMs, monotonic: common.monotonic })) {
      const driver = kit.masters.create(name, { cluster, tasks, term, workDriver, strategy, version: identity.version, allowSaturated, rebalance, former, ...common })
      await driver.run(term.signal)
      former = driver.memory() ?? former
    }
  }
}
