import type { Acquired } from '../backend/cluster-state.ts'
import type { Task } from '../../shared/task.ts'
import { Distributor } from './distributor.ts'
import type { MasterDeps, MasterDriver } from './driver.ts'
import { Harvest } from './harvest.ts'
import type { MasterMemory } from './master-memory.ts'
import { NodeBook } from './node-book.ts'
import { rounds, type RoundsOptions } from './rounds.ts'
import { RunLead } from './run-lead.ts'

const RENEW_MS = 1000
const LOOK_MS = 500

/**
 * The master's side, for one term. It goes on with what its predecessor committed, and leaves load in flight alone
 * when it ends: workers need no master to go on.
 */
export class StressMasterDriver implements MasterDriver {
  readonly #deps: MasterDeps
  readonly #book = new NodeBook()
  readonly #leads = new Map<string, RunLead>()
  readonly #distributor: Distributor
  readonly #harvest: Harvest
  #wishes: Task[] = []
  #distributeNow: () => void = () => undefined
  #gatherNow: () => void = () => undefined

  constructor(deps: MasterDeps) {
    this.#deps = deps
    const onMove = (): void => this.#gatherNow()
    const ended: string[] = []
    for (const { runId, cursor, state } of deps.term.snapshot.aggregates) {
      const lead = RunLead.restore(state, cursor, deps, onMove)
      if (lead === null) ended.push(runId)
      else this.#leads.set(runId, lead)
    }
    this.#distributor = new Distributor(deps, this.#book, this.#leads, onMove)
    this.#harvest = new Harvest(deps, this.#leads, () => this.#distributeNow())
    for (const runId of ended) this.#harvest.remember(runId)
  }

  memory(): MasterMemory | null {
    return null
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.keepAlive(signal), this.manageNode(signal), this.listenTask(signal), this.distributeTask(signal), this.#gather(signal)])
  }

  /** Of the embedded work driver: the master is a load node as well. */
  sendNodeInfo(): Promise<void> {
    return this.#deps.workDriver.sendNodeInfo()
  }

  tryBeMaster(): Promise<Acquired | null> {
    return this.#deps.workDriver.tryBeMaster()
  }

  keepAlive(signal: AbortSignal): Promise<void> {
    return rounds(() => this.#deps.term.renew(), this.#every(RENEW_MS, signal))
  }

  manageNode(signal: AbortSignal): Promise<void> {
    return rounds(async () => {
      this.#book.update(await this.#deps.cluster.nodes(), performance.now())
      this.#distributeNow()
    }, { ...this.#every(LOOK_MS, signal), nudges: (nudge) => this.#deps.cluster.watch('nodes', nudge) })
  }

  listenTask(signal: AbortSignal): Promise<void> {
    return rounds(async () => {
      this.#wishes = await this.#deps.tasks.pending()
      if (this.#wishes.length > 0) this.#distributeNow()
    }, { ...this.#every(LOOK_MS, signal), nudges: (nudge) => this.#deps.cluster.watch('intents', nudge) })
  }

  distributeTask(signal: AbortSignal): Promise<void> {
    return rounds(() => this.#distributor.distribute(this.#wishes), {
      ...this.#every(LOOK_MS, signal),
      nudges: (nudge) => {
        this.#distributeNow = nudge
        return () => undefined
      },
    })
  }

  #gather(signal: AbortSignal): Promise<void> {
    return rounds(() => this.#harvest.gather(), {
      ...this.#every(LOOK_MS, signal),
      nudges: (nudge) => {
        this.#gatherNow = nudge
        return this.#deps.cluster.watch('results', nudge)
      },
    })
  }

  #every(everyMs: number, signal: AbortSignal): RoundsOptions {
    return { everyMs, signal, onError: (error) => this.#trouble(error) }
  }

  /** A round that failed comes again. */
  #trouble(error: unknown): void {
    this.#deps.onNotice({ id: 'master', level: 'warn', text: error instanceof Error ? error.message : String(error) })
  }
}
