import { steadyNow } from '../../shared/clock.ts'
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
  /** Steady clock, ms since the epoch (`clock.ts`); timers are the system's. */
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
  const { cluster, engine, vitals, identity, drivers = {}, threads = 0, now = steadyNow } = options
  const kit = drivers.kit ?? stressDrivers()
  const ending = new AbortController()
  const onNotice = withoutRepeats(options.onNotice ?? (() => undefined))
  const worker = kit.workers.create(drivers.work ?? STRESS, { cluster, engine, vitals, identity, threads, now, onNotice })
  const lead = leader({ ...options, onNotice }, kit, worker)
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
function leader(options: NodeOptions, kit: DriverKit, workDriver: WorkNodeDriver): (signal: AbortSignal) => Promise<void> {
  const { cluster, tasks, identity, drivers = {}, allowSaturated = false, now = steadyNow, onNotice = () => undefined } = options
  const name = kit.masters.known(drivers.master ?? STRESS)
  const strategy = kit.strategies.create(drivers.strategy ?? 'capacity', undefined)
  return async (signal) => {
    for await (const term of terms(workDriver, signal, { cluster })) {
      const driver = kit.masters.create(name, { cluster, tasks, term, workDriver, strategy, version: identity.version, allowSaturated, now, onNotice })
      await driver.run(term.signal)
    }
  }
}
