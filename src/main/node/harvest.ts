import { isDone } from './active-run.ts'
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
  readonly #onEnded: () => void
  readonly #ended: { runId: string; at: number }[] = []
  readonly #unstored: { runId: string; archive: RunArchive }[] = []
  #cursor = ''
  #retryAt = 0

  /** `onEnded`: a run is over, its nodes need not carry it any more. */
  constructor(deps: MasterDeps, leads: Map<string, RunLead>, onEnded: () => void) {
    this.#deps = deps
    this.#leads = leads
    this.#onEnded = onEnded
  }

  /** A run that has ended and is stored: forgotten after a while. */
  remember(runId: string): void {
    this.#ended.push({ runId, at: this.#deps.now() })
  }

  /** One round. */
  async gather(): Promise<void> {
    const polled = await this.#deps.cluster.poll(this.#deps.term.lease, this.#cursor)
    if (!polled.ok) return this.#deps.term.fenced()
    this.#cursor = polled.value.cursor
    for (const result of polled.value.results) this.#leads.get(result.runId)?.take(result, this.#deps.now())
    for (const lead of [...this.#leads.values()]) await this.#bring(lead)
    await this.#retry()
    await this.#forget()
  }

  async #bring(lead: RunLead): Promise<void> {
    const now = this.#deps.now()
    lead.giveUpOverdue(now)
    const seconds = lead.closeSeconds(now)
    const ended = lead.active.parts.every((part) => isDone(lead.active, part))
    if ((seconds > 0 || lead.moved) && !(await lead.record(this.#cursor))) return this.#deps.term.fenced()
    if (ended) await this.#end(lead)
  }

  /** The store first: whoever sees that the run has ended finds its summary there. */
  async #end(lead: RunLead): Promise<void> {
    const { summary, event } = lead.end(this.#deps.now())
    const runId = lead.active.run.id
    if (!(await lead.archive.close(summary, event))) this.#unstored.push({ runId, archive: lead.archive })
    else this.remember(runId)
    if (!(await lead.record(this.#cursor))) return this.#deps.term.fenced()
    this.#leads.delete(runId)
    this.#onEnded()
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
