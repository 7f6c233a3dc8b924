import type { NodeInfo } from '../../shared/cluster.ts'
import type { ClusterState } from '../backend/cluster-state.ts'
import type { TaskStore } from '../backend/task-store.ts'
import type { Engine } from '../engine/plan.ts'
import type { NodeIdentity, NodeNotice, Vitals, WorkNodeDriver } from './driver.ts'
import { STRESS, stressDrivers, type DriverKit } from './drivers.ts'
import { terms } from './leadership.ts'

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
  /** Wall clock, ms since the epoch. */
  now?: () => number
  onNotice?: (notice: NodeNotice) => void
}

export interface RunningNode {
  /** As it would describe itself now. */
  readonly info: NodeInfo
  /** Stops leading and working, and leaves the cluster. Load still going is cut: stop runs first. */
  close(): Promise<void>
}

/**
 * One node of the cluster. It always works; while it holds the lease it also leads, with a fresh master driver for each
 * term. Promotion and demotion leave load in flight untouched. Throws `not-found` for a driver nobody registered.
 */
export function startNode(options: NodeOptions): RunningNode {
  const { cluster, engine, vitals, identity, drivers = {}, threads = 0, now = Date.now, onNotice = () => undefined } = options
  const kit = drivers.kit ?? stressDrivers()
  const ending = new AbortController()
  const worker = kit.workers.create(drivers.work ?? STRESS, { cluster, engine, vitals, identity, threads, now, onNotice })
  const lead = leader(options, kit, worker)
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

/** Leads whenever this node is master. All names are looked up before anything starts. */
function leader(options: NodeOptions, kit: DriverKit, workDriver: WorkNodeDriver): (signal: AbortSignal) => Promise<void> {
  const { cluster, tasks, identity, drivers = {}, allowSaturated = false, now = Date.now, onNotice = () => undefined } = options
  const name = kit.masters.known(drivers.master ?? STRESS)
  const strategy = kit.strategies.create(drivers.strategy ?? 'capacity', undefined)
  return async (signal) => {
    for await (const term of terms(workDriver, signal, { cluster })) {
      const driver = kit.masters.create(name, { cluster, tasks, term, workDriver, strategy, version: identity.version, allowSaturated, now, onNotice })
      await driver.run(term.signal)
    }
  }
}
