import { AppError } from '../../shared/errors.ts'
import { compileLoad } from '../../shared/load.ts'
import type { Manifest } from '../../shared/cluster.ts'
import type { Task, TaskEvent } from '../../shared/task.ts'
import * as runs from './active-run.ts'
import type { MasterDeps } from './driver.ts'
import { timeoutOf } from './grace.ts'
import type { NodeBook } from './node-book.ts'
import { RunLead } from './run-lead.ts'
import { sharesFor } from './strategies.ts'

/**
 * Distributor: turns what tasks want into what nodes have to do. Each round compares the two and writes new manifests
 * where they differ; what a former round or a former master has done already is never done twice.
 */
export class Distributor {
  readonly #deps: MasterDeps
  readonly #book: NodeBook
  readonly #leads: Map<string, RunLead>
  readonly #onMove: () => void
  /** Of the manifests in force; a number is never used for a second attempt. */
  #revision: number
  #attempt: number
  #written = ''
  /** Runs of this term, ended ones as well: a wish that is out of date must not start one again. */
  readonly #known: Set<string>
  /** Revisions of tasks whose order was reported as carried out. */
  readonly #told = new Map<string, number>()

  /** `leads`: those of a former master. `onMove`: a run has something to commit. */
  constructor(deps: MasterDeps, book: NodeBook, leads: Map<string, RunLead>, onMove: () => void) {
    this.#deps = deps
    this.#book = book
    this.#leads = leads
    this.#onMove = onMove
    this.#known = new Set(leads.keys())
    this.#revision = deps.term.snapshot.revision
    this.#attempt = this.#revision
  }

  /** One round. `wishes`: tasks that want something. */
  async distribute(wishes: readonly Task[]): Promise<void> {
    if (!this.#book.hasLooked) return
    for (const task of wishes) await this.#take(task)
    for (const lead of this.#leads.values()) this.#follow(lead)
    await this.#write()
    for (const task of wishes) await this.#tellObeyed(task)
  }

  async #take(task: Task): Promise<void> {
    const lead = this.#leadOf(task)
    switch (task.status) {
      case 'pending-run':
        return lead === null ? this.#start(task) : undefined
      case 'pending-rate-change':
        return lead === null ? this.#orphaned(task) : this.#changeRate(lead, task)
      case 'pending-stop':
        return lead === null ? this.#orphaned(task) : this.#stop(lead, task)
      default:
        return undefined
    }
  }

  async #start(task: Task): Promise<void> {
    const nodes = this.#book.usable()
    if (task.runId === null || nodes.length === 0 || this.#known.has(task.runId)) return
    this.#known.add(task.runId)
    try {
      const load = compileLoad(task.spec.load, timeoutOf(task.spec))
      const shares = sharesFor(nodes, this.#deps.strategy)
      const parts = nodes.map((node, index) => runs.partOf(node, shares[index] ?? [])).filter((part) => part.share.length > 0)
      const lead = new RunLead(runs.openRun(task, task.runId, load, parts, this.#deps.now()), this.#deps, this.#onMove)
      if (!(await lead.record())) return this.#deps.term.fenced() // before any node hears of it: a successor must find it
      this.#leads.set(task.runId, lead)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'bad-input') throw error
      await this.#deps.tasks.change(task.id, { type: 'failed', reason: error.message })
    }
  }

  #changeRate({ active, touch }: RunLead, task: Task): void {
    if (active.orderNo >= task.revision || task.wantedRate === null || active.phase !== 'run' || active.order?.kind === 'start') return
    runs.changeRate(active, task.wantedRate, task.revision, this.#deps.now())
    touch()
  }

  #stop({ active, touch }: RunLead, task: Task): void {
    if (active.orderNo >= task.revision || active.phase === 'stop') return
    runs.stop(active, task.revision, this.#deps.now())
    touch()
  }

  /** Nobody knows its run any more: say so instead of waiting for ever. Asked again first, as the run may just have ended. */
  async #orphaned(task: Task): Promise<void> {
    const now = await this.#deps.tasks.task(task.id)
    if (now?.revision !== task.revision) return
    await this.#deps.tasks.change(task.id, { type: 'aborted', reason: 'The run got lost: no node carries it any more.' })
  }

  /** Moves a run on as far as its nodes have come. */
  #follow(lead: RunLead): void {
    const { active } = lead
    for (const part of active.parts) this.#look(lead, part)
    if (active.phase === 'prepare' && runs.problemOf(active) === null && runs.allReady(active)) {
      runs.begin(active, this.#deps.now())
      lead.touch()
    }
    if (runs.isObeyed(active, this.#deps.term.lease.epoch)) {
      runs.settle(active)
      lead.touch()
    }
  }

  #look(lead: RunLead, part: runs.Part): void {
    const node = this.#book.find(part.nodeId, part.boot)
    if (node === null) return lead.lose(part)
    const report = node.work.find((work) => work.runId === lead.active.run.id) ?? null
    if (report === null || JSON.stringify(report) === JSON.stringify(part.report)) return
    part.report = report
    lead.touch()
  }

  /** A state is set when the work has succeeded, never before. The user may have ordered something else meanwhile: then that is next. */
  async #tellObeyed(task: Task): Promise<void> {
    const active = this.#leadOf(task)?.active
    if (active === undefined || active.order !== null || this.#told.get(task.id) === task.revision) return
    if (task.status === 'pending-run') await this.#tell(task, { type: 'started' })
    if (task.status === 'pending-rate-change' && active.orderNo >= task.revision) await this.#tell(task, { type: 'rate-changed', ...(task.wantedRate === null ? {} : { rate: task.wantedRate }) })
  }

  async #tell({ id: taskId, revision }: Task, event: TaskEvent): Promise<void> {
    await this.#deps.tasks.change(taskId, event).then(() => this.#told.set(taskId, revision)).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    })
  }

  async #write(): Promise<void> {
    const wanted = this.#outline()
    if (wanted === this.#written) return
    const revision = ++this.#attempt
    const committed = await this.#deps.cluster.commit(this.#deps.term.lease, { expectRevision: this.#revision, revision, manifests: this.#manifests(revision), removed: [] })
    if (!committed.ok || committed.value !== 'done') return this.#deps.term.fenced() // somebody else wrote: start a new term from what is there
    this.#revision = revision
    this.#written = wanted
    for (const { active } of this.#leads.values()) if (active.order?.revision === null) active.order.revision = revision
  }

  /** Everything in the manifests that can change, without the bulk: a spec never does, and a load only with an order. */
  #outline(): string {
    const leads = [...this.#leads.values()].map(({ active: { run, orderNo, phase, startAt, parts } }) => ({ id: run.id, orderNo, phase, startAt, parts: parts.map(({ nodeId, boot, share, lostAtMs }) => ({ nodeId, boot, share, lostAtMs })) }))
    return JSON.stringify({ leads, nodes: this.#book.usable().map(({ id, boot }) => ({ id, boot })) })
  }

  #manifests(revision: number): Manifest[] {
    const { epoch, token } = this.#deps.term.lease
    const parts = [...this.#leads.values()].flatMap(({ active }) => runs.present(active).map((part) => ({ active, part })))
    const boots = new Map([...this.#book.usable().map((node) => [node.id, node.boot] as const), ...parts.map(({ part }) => [part.nodeId, part.boot] as const)])
    return [...boots].map(([nodeId, boot]) => ({
      nodeId, boot, epoch, token, revision, orders: { drained: false, priority: null },
      assignments: parts.filter(({ part }) => part.nodeId === nodeId && part.boot === boot).map(({ active, part }) => runs.assignmentOf(active, part)),
    }))
  }

  #leadOf(task: Task): RunLead | null {
    return task.runId === null ? null : (this.#leads.get(task.runId) ?? null)
  }
}
