import { uptime } from 'node:os'
import { steadyNow } from '../../shared/clock.ts'
import type { NodeInfo } from '../../shared/cluster/cluster.ts'
import type { TaskSpec } from '../../shared/task/task.ts'
import type { ClusterState, Snapshot } from '../backend/cluster-state.ts'
import type { TaskStore } from '../backend/task-store.ts'
import type { Engine } from '../engine/plan.ts'
import type { MasterDeps, MasterDriver, NodeIdentity, NodeLimits, NodeNotice, Vitals, WorkNodeDriver } from './driver.ts'
import { STRESS, stressDrivers, type DriverKit } from './drivers.ts'
import { terms, type Term } from './election/leadership.ts'
import { leaveInOrder } from './election/leaving.ts'
import type { MasterMemory } from './master/master-memory.ts'
import { reseed } from './master/reseed.ts'
import type { Rebalance } from './master/round.ts'
import { rounds } from './rounds.ts'
import { timingsOf, type Timings } from './timings.ts'

export interface NodeOptions {
  cluster: ClusterState
  tasks: TaskStore
  engine: Engine
  /** Told whether there is work: at rest it may look less closely. */
  vitals: (isBusy: boolean) => Promise<Vitals>
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
  /** Clock of the machine, ms since the epoch, and the time since its start, its sleep included, ms. */
  wall?: () => number
  uptime?: () => number
  onNotice?: (notice: NodeNotice) => void
}

export interface RunningNode {
  /** As it would describe itself now. */
  readonly info: NodeInfo
  /**
   * Hands the mastership and the work over, where others are there to take them, and leaves the cluster; at once when
   * the signal is aborted. Load that nobody takes over is cut: stop runs first.
   */
  close(hurry?: AbortSignal): Promise<void>
  /** The machine is about to sleep: sends nothing and leads nobody from now on. */
  suspend(): void
  /** It is awake again. */
  resume(): void
}

/** What could not be put back now is tried again after, ms. */
const AGAIN_MS = 250
export const NO_LIMITS: NodeLimits = { maxRate: null, maxDurationMs: null, maxInFlight: null, stopAtErrors: null }

/**
 * One node of the cluster. It always works; while it holds the lease it also leads, with a fresh master driver for each
 * term. Promotion and demotion leave load in flight untouched. Throws `not-found` for a driver nobody registered, and
 * `bad-input` for times that do not fit together.
 */
export function startNode(options: NodeOptions): RunningNode {
  const { cluster, engine, vitals, identity, drivers = {}, threads = 0, admit = async () => undefined, limits = NO_LIMITS } = options
  const kit = drivers.kit ?? stressDrivers()
  const common = commonOf(options)
  const { timings } = common
  const machine = { wall: options.wall ?? Date.now, uptime: options.uptime ?? (() => uptime() * 1000) }
  const worker = kit.workers.create(drivers.work ?? STRESS, { cluster, engine, vitals, identity, threads, admit, limits, ...common, ...machine })
  const leader = new Leader(options, common, kit, worker)
  const ending = new AbortController()
  const going = Promise.all([worker.run(ending.signal), leader.lead(ending.signal)])
  return {
    get info() {
      return worker.info
    },
    async close(hurry = new AbortController().signal) {
      await leaveInOrder({ cluster, worker, term: () => leader.term, timings }, hurry)
      ending.abort()
      await going
    },
    suspend() {
      worker.suspend()
      leader.term?.fenced()
    },
    resume: () => worker.resume(),
  }
}

/** What both sides of a node are given. */
type Common = Pick<MasterDeps, 'timings' | 'now' | 'monotonic' | 'onNotice'>

function commonOf({ timings, now = steadyNow, monotonic = () => performance.now(), onNotice = () => undefined }: NodeOptions): Common {
  return { timings: timingsOf(timings), now, monotonic, onNotice: withoutRepeats(onNotice) }
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
class Leader {
  /** The one that this node is in now. */
  term: Term | null = null
  readonly #createDriver: (term: Term) => MasterDriver
  readonly #terms: (signal: AbortSignal) => AsyncGenerator<Term>
  readonly #renewMs: number
  readonly #snapshotOf: (term: Term) => Promise<Snapshot | null>
  #former: { memory: MasterMemory | null; epoch: number } = { memory: null, epoch: 0 }

  constructor({ cluster, tasks, identity: { version }, drivers = {}, allowSaturated = false, rebalance = 'never', limits = NO_LIMITS }: NodeOptions, common: Common, kit: DriverKit, workDriver: WorkNodeDriver) {
    const { onNotice, timings } = common
    this.#renewMs = timings.renewMs
    const name = kit.masters.known(drivers.master ?? STRESS)
    const strategy = kit.strategies.create(drivers.strategy ?? 'capacity', undefined)
    this.#createDriver = (term) => kit.masters.create(name, { cluster, tasks, term, workDriver, strategy, version, allowSaturated, rebalance, limits, former: this.#former.memory, ...common })
    this.#terms = (signal) => terms(workDriver, signal, { cluster, ...common })
    this.#snapshotOf = ({ lease, snapshot }) => reseed(this.#former.memory, this.#former.epoch, snapshot, { cluster, tasks, lease, onNotice })
  }

  async lead(signal: AbortSignal): Promise<void> {
    for await (const term of this.#terms(signal)) {
      this.term = term
      const snapshot = await this.#restored(term)
      if (snapshot !== null) await this.#leadFrom(snapshot, term)
      else if (term.snapshot.epoch <= this.#former.epoch) this.#former.epoch = term.lease.epoch
      this.term = null
    }
  }

  /** What the state has lost is put back first, however long that takes over a bad link: the lease is held meanwhile. Null: the term is over. */
  async #restored(term: Term): Promise<Snapshot | null> {
    const done = new AbortController()
    const signal = AbortSignal.any([term.signal, done.signal])
    const trying = { signal, onError: () => undefined } // out of reach: again, while the term lasts
    let snapshot: Snapshot | null = null
    void rounds(() => term.renew(), { ...trying, everyMs: this.#renewMs })
    await rounds(async () => {
      snapshot = await this.#snapshotOf(term)
      done.abort()
    }, { ...trying, everyMs: AGAIN_MS })
    return snapshot
  }

  async #leadFrom(snapshot: Snapshot, term: Term): Promise<void> {
    const driver = this.#createDriver({ snapshot, lease: term.lease, signal: term.signal, renew: () => term.renew(), fenced: () => term.fenced() })
    await driver.run(term.signal)
    this.#former = { memory: driver.memory(), epoch: term.lease.epoch }
  }
}
