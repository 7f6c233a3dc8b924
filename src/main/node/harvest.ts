import type { Intent } from '../../shared/cluster.ts'
import { isOver } from './active-run.ts'
import type { MasterDeps } from './driver.ts'
import type { RunArchive } from './run-archive.ts'
import type { RunLead } from './run-lead.ts'

/** How long an ended run stays in the cluster state once the task store has it, ms. */
const REMEMBERED_MS = 60_000
/** How often an ended run is offered again to a store that failed, ms. */
const RETRY_MS = 5000

/**
 * Harvest: brings the nodes' samples into the runs' counts, closes seconds, commits what all screens show, and brings
 * runs to their end. Its own loop, so that results never starve control, nor control results.
 */
export class Harvest {
  readonly #deps: MasterDeps
  readonly #leads: Map<string, RunLead>
  readonly #tells: { ended: () => void; intents: (intents: Intent[]) => void }
  readonly #ended: { runId: string; at: number }[] = []
  readonly #unstored: { runId: string; archive: RunArchive }[] = []
  #cursor = ''
  #retryAt = 0

  /** `ended`: a run is over, its nodes need not carry it any more. `intents`: users' wishes that came with the samples. */
  constructor(deps: MasterDeps, leads: Map<string, RunLead>, tells: { ended: () => void; intents: (intents: Intent[]) => void }) {
    this.#deps = deps
    this.#leads = leads
    this.#tells = tells
  }

  /** A run that has ended and is stored: forgotten after a while. */
  remember(runId: string): void {
    this.#ended.push({ runId, at: this.#deps.now() })
  }

  /** One round. */
  async gather(): Promise<void> {
    const polled = await this.#deps.cluster.poll(this.#deps.term.lease, this.#cursor)
    if (!polled.ok) return this.#deps.term.fenced()
    const { cursor, results, intents } = polled.value
    this.#cursor = cursor
    if (intents.length > 0) this.#tells.intents(intents)
    for (const result of results) this.#leads.get(result.runId)?.take(result, this.#deps.now())
    for (const lead of [...this.#leads.values()]) await this.#bring(lead)
    await this.#retry()
    await this.#forget()
  }

  async #bring(lead: RunLead): Promise<void> {
    const now = this.#deps.workDriver.clusterNow()
    lead.giveUpOverdue(now)
    const seconds = lead.closeSeconds(this.#deps.now())
    const ended = isOver(lead.active, now)
    if ((seconds > 0 || lead.moved) && !(await lead.record(this.#cursor))) return this.#deps.term.fenced()
    if (ended) await this.#end(lead)
  }

  /** The store first: whoever sees that the run has ended finds its summary there. */
  async #end(lead: RunLead): Promise<void> {
    const { summary, event } = lead.end(this.#deps.workDriver.clusterNow())
    const runId = lead.active.run.id
    if (!(await lead.archive.close(summary, event))) this.#unstored.push({ runId, archive: lead.archive })
    else this.remember(runId)
    if (!(await lead.record(this.#cursor))) return this.#deps.term.fenced()
    this.#leads.delete(runId)
    this.#tells.ended()
  }

  async #retry(): Promise<void> {
    if (this.#unstored.length === 0 || this.#deps.now() < this.#retryAt) return
    this.#retryAt = this.#deps.now() + RETRY_MS
    for (const unstored of [...this.#unstored]) {
      if (!(await unstored.archive.retry())) return
      this.#unstored.splice(this.#unstored.indexOf(unstored), 1)
      this.remember(unstored.runId)
    }
  }

  async #forget(): Promise<void> {
    const due = this.#ended.filter(({ at }) => this.#deps.now() - at >= REMEMBERED_MS)
    for (const run of due) {
      this.#ended.splice(this.#ended.indexOf(run), 1)
      await this.#deps.cluster.forget(run.runId)
    }
  }
}
