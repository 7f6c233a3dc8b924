import { AppError } from '../../../shared/errors.ts'
import { taskLoad } from '../../../shared/task/task-load.ts'
import type { Task, TaskReport } from '../../../shared/task/task.ts'
import * as runs from '../run/active-run.ts'
import { bootKey } from '../boot-key.ts'
import type { MasterDeps } from '../driver.ts'
import type { EndedRuns } from './ended-runs.ts'
import { ManifestBook } from './manifest-book.ts'
import type { NodeBook } from './node-book.ts'
import type { NodeOrderBook } from './node-orders.ts'
import { Round } from './round.ts'
import type { RunClock } from '../run/run-clock.ts'
import { RunControl } from '../run/run-control.ts'
import { RunLead } from '../run/run-lead.ts'
import { firstShares } from '../run/sharing.ts'

/** What a store has taken is not told again for so long, ms: the list of wishes may be older. */
const TELL_AGAIN_MS = 3000

/** The runs of a term. */
interface Runs {
  /** Those that go on, of a former master as well. */
  leads: Map<string, RunLead>
  ended: EndedRuns
  clock: Pick<RunClock, 'knows'>
  /** A run has something to commit. */
  onMove: () => void
}

/**
 * Distributor: turns what tasks want into what nodes have to do. Each round compares the two and writes new manifests
 * where they differ; what a former round or a former master has done already is never done twice.
 */
export class Distributor {
  readonly #deps: MasterDeps
  readonly #book: NodeBook
  readonly #orders: NodeOrderBook
  readonly #leads: Map<string, RunLead>
  readonly #ended: EndedRuns
  readonly #clock: Runs['clock']
  readonly #controls = new Map<RunLead, RunControl>()
  readonly #manifests: ManifestBook
  readonly #onMove: () => void
  /** Runs of this term, ended ones as well: a wish that is out of date must not start one again. */
  readonly #known: Set<string>
  /** Revisions of tasks whose order was reported as carried out, and when, monotonic ms. */
  readonly #told = new Map<string, { revision: number; at: number }>()

  constructor(deps: MasterDeps, book: NodeBook, orders: NodeOrderBook, { leads, ended, clock, onMove }: Runs) {
    this.#deps = deps
    this.#book = book
    this.#orders = orders
    this.#leads = leads
    this.#ended = ended
    this.#clock = clock
    this.#onMove = onMove
    this.#manifests = new ManifestBook(deps, book, orders)
    this.#known = new Set(leads.keys())
  }

  /** Of the manifests in force. */
  get revision(): number {
    return this.#manifests.revision
  }

  /** Highest revision that was ever tried, and the manifests as written last. */
  get memory(): ManifestBook['memory'] {
    return this.#manifests.memory
  }

  /** One round. `wishes`: tasks that want something. */
  async distribute(wishes: readonly Task[]): Promise<void> {
    if (!this.#book.hasLooked) return
    await this.#meet()
    const round = this.#round()
    for (const task of wishes) await this.#take(task, round)
    const controls = this.#steerable().map((lead) => this.#controlOf(lead))
    for (const control of controls) control.look(round)
    this.#stopOutdated(round)
    if ((await this.#giveUpLost(round)) === 'fenced') return
    for (const control of controls) control.next(round)
    if ((await this.#manifests.write([...this.#leads.values()])) === 'fenced') return
    for (const task of wishes) await this.#tellObeyed(task)
  }

  #round(): Round {
    const { workDriver, strategy, rebalance } = this.#deps
    return new Round({
      now: workDriver.clusterNow(), book: this.#book, orders: this.#orders, rebalance, stamp: this.#manifests.stamp,
      strategy, self: workDriver.info.id, runs: [...this.#leads.values()].map(({ active }) => active),
    })
  }

  /** Runs of a former master know their task only by its id. */
  async #meet(): Promise<void> {
    for (const lead of this.#leads.values()) lead.task ??= await this.#deps.tasks.task(lead.active.run.taskId)
  }

  /** Every order is for an instant of its run: before it is known how far that is, none is given. */
  #steerable(): RunLead[] {
    return [...this.#leads.values()].filter(({ active }) => this.#clock.knows(active))
  }

  /** A state that went back to a former moment may have brought a run back whose task has begun another one since. */
  #stopOutdated(round: Round): void {
    for (const lead of this.#steerable()) if (lead.task !== null && lead.task.runId !== lead.active.run.id) this.#controlOf(lead).stop(lead.task, round)
  }

  #controlOf(lead: RunLead): RunControl {
    const known = this.#controls.get(lead)
    if (known !== undefined) return known
    const control = new RunControl(lead, this.#deps)
    this.#controls.set(lead, control)
    return control
  }

  async #take(task: Task, round: Round): Promise<void> {
    const lead = this.#leadOf(task)
    if (lead !== null) {
      if (task.revision >= (lead.task?.revision ?? 0)) lead.task = task // the list of wishes may be older
      if (!this.#clock.knows(lead.active)) return
    }
    switch (task.status) {
      case 'pending-run':
        return lead === null ? this.#start(task, round) : undefined
      case 'pending-rate-change':
        return lead === null ? this.#orphaned(task) : this.#controlOf(lead).changeRate(task, round)
      case 'pending-stop':
        return lead === null ? this.#orphaned(task) : this.#controlOf(lead).stop(task, round)
      case 'running':
        return lead === null ? this.#orphaned(task) : undefined
      default:
        return undefined
    }
  }

  async #start(task: Task, round: Round): Promise<void> {
    if (task.runId === null || round.usable().length === 0 || this.#known.has(task.runId) || this.#ended.standing(task.runId) !== null) return
    for (const other of this.#leads.values()) if (other.active.run.taskId === task.id) other.task = task
    this.#known.add(task.runId)
    try {
      const lead = new RunLead(this.#open(task, task.runId, round), this.#deps, this.#onMove)
      lead.task = task
      if (!(await lead.record())) return this.#deps.term.fenced() // before any node hears of it: a successor must find it
      this.#leads.set(task.runId, lead)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'bad-input') {
        this.#known.delete(task.runId)
        throw error // out of reach: tried again
      }
      await this.#deps.tasks.change(task.id, { type: 'failed', runId: task.runId, reason: error.message })
    }
  }

  /** Throws AppError `bad-input` for a load that never ends, and where no node may take any of it. */
  #open(task: Task, runId: string, round: Round): runs.ActiveRun {
    const { load, endsWith } = taskLoad(task.spec)
    const active = runs.openRun(task, runId, load, [], round.now)
    if (endsWith !== null) active.events.push({ atMs: 0, kind: 'rows-limited', detail: { data: endsWith.name, rows: endsWith.rows } })
    const nodes = round.usable()
    const weights = round.weights(nodes)
    const shares = firstShares(nodes.map((node, index) => ({ weight: weights[index] ?? 0, cap: round.cap(node, active) })))
    active.parts = nodes.map((node, index) => runs.partOf(node, shares[index] ?? [], round.now)).filter((part) => runs.partCarried(part) > 0)
    active.sharers = active.parts.length
    if (active.parts.length === 0) throw new AppError('bad-input', 'No node may send any of this load: their limits are reached.')
    return active
  }

  /**
   * Nobody knows its run any more: say so instead of waiting for ever. Asked again first, as the run may just have ended.
   * One whose end this very term has stored tells of a store that has lost it again: a new term begins with what is left.
   */
  async #orphaned(task: Task): Promise<void> {
    const standing = this.#ended.standing(task.runId ?? '')
    if (standing === 'on-its-way') return
    const now = await this.#deps.tasks.task(task.id)
    if (now?.revision !== task.revision || now.status !== task.status) return
    if (standing === 'stored' || this.#known.has(task.runId ?? '')) return this.#deps.term.fenced()
    await this.#deps.tasks.change(task.id, { type: 'aborted', ...runOf(task), reason: 'The run got lost: no node carries it any more.' })
  }

  /** Takes nodes that are lost off the list, unless they prove to be alive; only then is their work free for others. */
  async #giveUpLost(round: Round): Promise<'done' | 'fenced'> {
    for (;;) {
      const carried = new Map(this.#steerable().flatMap((lead) => lead.carried().map((part) => [bootKey(part), part.nodeId] as const)))
      const lost = this.#book.lost().filter((node) => carried.has(bootKey(node)))
      if (lost.length === 0) return 'done'
      const outcome = await this.#manifests.write([...this.#leads.values()], lost)
      if (outcome === 'fenced') return outcome
      if (outcome !== 'done') this.#book.acquit(outcome.alive)
      else this.#bury(new Set(lost.map(bootKey)), round)
    }
  }

  #bury(lost: ReadonlySet<string>, { now }: Round): void {
    for (const lead of this.#steerable()) for (const part of lead.carried()) if (lost.has(bootKey(part))) lead.lose(part, now)
    for (const key of lost) this.#book.countLoss(key.slice(0, key.lastIndexOf('#')))
  }

  /** A state is set when the work has succeeded, never before. The user may have ordered something else meanwhile: then that is next. */
  async #tellObeyed(task: Task): Promise<void> {
    const active = this.#leadOf(task)?.active
    if (active === undefined || active.order !== null || this.#hasTold(task)) return
    if (task.status === 'pending-run') await this.#tell(task, { type: 'started', ...runOf(task) })
    if (task.status === 'pending-rate-change' && active.orderNo >= task.revision && active.wantedRate === task.wantedRate) await this.#tell(task, { type: 'rate-changed', ...runOf(task), ...(task.wantedRate === null ? {} : { rate: task.wantedRate }) })
  }

  /** A store that still asks for it after a while has lost its last moments, and the report with them. */
  #hasTold({ id, revision }: Task): boolean {
    const told = this.#told.get(id)
    return told?.revision === revision && this.#deps.monotonic() - told.at < TELL_AGAIN_MS
  }

  async #tell({ id: taskId, revision }: Task, event: TaskReport): Promise<void> {
    await this.#deps.tasks.change(taskId, event).then((task) => {
      this.#told.set(taskId, { revision, at: this.#deps.monotonic() })
      const lead = this.#leadOf(task)
      if (lead !== null) lead.task = task
    }).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    })
  }

  #leadOf(task: Task): RunLead | null {
    return task.runId === null ? null : (this.#leads.get(task.runId) ?? null)
  }
}

function runOf({ runId }: Task): { runId?: string } {
  return runId === null ? {} : { runId }
}
