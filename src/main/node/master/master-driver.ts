import type { Intent } from '../../../shared/cluster/cluster.ts'
import type { Task } from '../../../shared/task/task.ts'
import { Distributor } from './distributor.ts'
import type { MasterDeps, MasterDriver } from '../driver.ts'
import { EndedRuns } from './ended-runs.ts'
import { Harvest } from './harvest.ts'
import { LeadingDriver } from './leading-driver.ts'
import type { MasterMemory } from './master-memory.ts'
import { NodeOrderBook } from './node-orders.ts'
import { rounds } from '../rounds.ts'
import { RunClock } from '../run/run-clock.ts'
import { RunLead } from '../run/run-lead.ts'
import { Wishes } from './wishes.ts'

/** Between two looks at all tasks, ms. */
const LEARN_MS = 5000
/** Between two looks at the nodes, ms: 100 for a thousand. */
const REST_MS_PER_NODE = 0.1
const MOST_REST_MS = 200

/**
 * The master's side, for one term. It goes on with what its predecessor committed, and leaves load in flight alone
 * when it ends: workers need no master to go on.
 */
export class StressMasterDriver extends LeadingDriver implements MasterDriver {
  readonly #nodeWishes: Wishes
  readonly #leads = new Map<string, RunLead>()
  readonly #distributor: Distributor
  readonly #harvest: Harvest
  readonly #clock: RunClock
  #wishes: Task[] = []
  #tasks: Task[]
  #learntAt = -Infinity
  #gatherNow: () => void = () => undefined

  constructor(deps: MasterDeps) {
    super(deps)
    const onMove = (): void => this.#gatherNow()
    this.#tasks = deps.former?.tasks ?? []
    const ended: string[] = []
    for (const saved of deps.term.snapshot.aggregates) {
      const lead = RunLead.restore(saved, deps, onMove)
      if (lead === null) ended.push(saved.runId)
      else this.#leads.set(saved.runId, lead)
    }
    this.#clock = new RunClock(deps.workDriver, this.book, deps.monotonic)
    const orders = new NodeOrderBook(deps.term.snapshot.manifests)
    this.#nodeWishes = new Wishes(deps, this.book, orders)
    const endedRuns = new EndedRuns(deps, ended)
    this.#distributor = new Distributor(deps, this.book, orders, { leads: this.#leads, ended: endedRuns, clock: this.#clock, onMove })
    this.#harvest = new Harvest(deps, this.#leads, endedRuns, { revision: () => this.#distributor.revision, ended: () => this.distributeNow(), intents: (intents) => this.#hear(intents) })
  }

  memory(): MasterMemory {
    return { ...this.#distributor.memory, tasks: this.#tasks, runs: [...this.#leads.values()].flatMap((lead) => lead.memory() ?? []) }
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.keepAlive(signal), this.manageNode(signal), this.listenTask(signal), this.distributeTask(signal), this.#gather(signal)])
  }

  listenTask(signal: AbortSignal): Promise<void> {
    return rounds(async () => {
      const asked = await this.deps.cluster.intents(this.deps.term.lease)
      if (!asked.ok) return this.deps.term.fenced()
      this.#hear(asked.value)
      const pending = await this.deps.tasks.pending()
      this.#wishes = [...pending, ...this.#tasks.filter(({ status, runId }) => status === 'running' && runId !== null && !this.#leads.has(runId))]
      if (this.#wishes.length > 0) this.distributeNow()
      await this.#learnTasks()
    }, { ...this.every(signal), nudges: (nudge) => this.deps.cluster.watch('intents', nudge) })
  }

  /** Should the store lose them: not even the ones that only lie there need be gone. */
  async #learnTasks(): Promise<void> {
    const { tasks, monotonic, timings } = this.deps
    if (timings.runLeaseMs === Infinity || monotonic() - this.#learntAt < LEARN_MS) return
    this.#tasks = await tasks.tasks()
    this.#learntAt = monotonic()
  }

  distributeTask(signal: AbortSignal): Promise<void> {
    return rounds(() => this.#distribute(signal), {
      ...this.every(signal),
      restMs: () => this.restMs,
      nudges: this.distributions,
    })
  }

  async #distribute(signal: AbortSignal): Promise<void> {
    this.#followClock()
    if (this.book.hasLooked) await this.#nodeWishes.carryOut()
    if (!signal.aborted) await this.#distributor.distribute(this.#wishes)
  }

  #followClock(): void {
    this.#clock.follow(this.#leads.values())
  }

  /** Wishes come with both loops, whichever asks first. */
  #hear(intents: readonly Intent[]): void {
    if (intents.length === 0) return
    this.#nodeWishes.add(intents)
    this.distributeNow()
  }

  /** Each of many nodes has its news: looking at all of them for every one would leave no time for anything else. */
  protected get restMs(): number {
    return Math.min(MOST_REST_MS, Math.floor(this.book.size * REST_MS_PER_NODE))
  }

  #gather(signal: AbortSignal): Promise<void> {
    return rounds(() => {
      this.#followClock()
      return this.#harvest.gather()
    }, {
      ...this.every(signal),
      restMs: () => this.restMs,
      nudges: (nudge) => {
        this.#gatherNow = nudge
        return this.deps.cluster.watch('results', nudge)
      },
    })
  }
}
