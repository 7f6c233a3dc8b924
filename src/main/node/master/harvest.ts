import type { Intent } from '../../../shared/cluster/cluster.ts'
import { isOver } from '../run/active-run.ts'
import type { MasterDeps } from '../driver.ts'
import type { Result } from '../run/collector.ts'
import type { EndedRuns } from './ended-runs.ts'
import type { RunLead } from '../run/run-lead.ts'

interface Surroundings {
  /** Of the manifests in force. */
  revision: () => number
  /** A run is over, its nodes need not carry it any more. */
  ended: () => void
  /** Users' wishes that came with the samples. */
  intents: (intents: Intent[]) => void
}

/**
 * Harvest: brings the nodes' samples into the runs' counts, closes seconds, commits what all screens show, and brings
 * runs to their end. Its own loop, so that results never starve control, nor control results.
 */
export class Harvest {
  readonly #deps: MasterDeps
  readonly #leads: Map<string, RunLead>
  readonly #ended: EndedRuns
  readonly #around: Surroundings
  #cursor = ''

  constructor(deps: MasterDeps, leads: Map<string, RunLead>, ended: EndedRuns, around: Surroundings) {
    this.#deps = deps
    this.#leads = leads
    this.#ended = ended
    this.#around = around
  }

  /** One round. */
  async gather(): Promise<void> {
    const { cluster, term } = this.#deps
    const revision = this.#around.revision()
    const polled = await cluster.poll(term.lease, this.#cursor)
    // A state that has lost its last moments may have lost orders that everybody waits for: a new term begins with what is left.
    if (!polled.ok || polled.value.revision < revision) return term.fenced()
    const { cursor, results, intents } = polled.value
    this.#cursor = cursor
    if (intents.length > 0) this.#around.intents(intents)
    if (this.#hasHole(results)) this.#readAgain()
    for (const lead of [...this.#leads.values()]) await this.#bring(lead)
    await this.#ended.tidy()
  }

  /** Takes them all; true if some were passed over before one of them. */
  #hasHole(results: readonly Result[]): boolean {
    return results.map((result) => this.#leads.get(result.runId)?.take(result, this.#deps.now())).includes(false)
  }

  /** From the beginning: what was taken is known by its numbers. */
  #readAgain(): void {
    this.#cursor = ''
    for (const lead of this.#leads.values()) lead.readAgain()
  }

  async #bring(lead: RunLead): Promise<void> {
    const now = this.#deps.workDriver.clusterNow()
    lead.giveUpOverdue(now)
    const seconds = lead.closeSeconds(this.#deps.now())
    if (seconds > 0 && this.#isToEnd(lead)) await this.#stop(lead)
    const ended = isOver(lead.active, now)
    if ((seconds > 0 || lead.moved) && !(await lead.record(this.#cursor))) return this.#deps.term.fenced()
    if (ended) await this.#end(lead)
  }

  /** Its task wants it ended by the first threshold that fails, or more of it fails than this node lets go on. */
  #isToEnd(lead: RunLead): boolean {
    const { limits: { stopAtErrors: limit } } = this.#deps
    const { phase, run } = lead.active
    if (phase !== 'run') return false
    const errorRate = limit === null ? null : lead.recentErrorRate
    if (limit !== null && errorRate !== null && errorRate > limit) {
      lead.tellErrorLimit(errorRate, limit)
      return true
    }
    return run.spec.abortOnFail === true && lead.isFailing
  }

  /** As by a user. A store that is out of reach is asked again with the next second. */
  async #stop({ active: { run } }: RunLead): Promise<void> {
    await this.#deps.tasks.change(run.taskId, { type: 'stop', runId: run.id }).catch(() => undefined)
  }

  /** The store first: whoever sees that the run has ended finds its summary there. */
  async #end(lead: RunLead): Promise<void> {
    const { summary, event } = lead.end(this.#deps.workDriver.clusterNow())
    const runId = lead.active.run.id
    this.#ended.add(runId, lead.archive, await lead.archive.close(summary, event))
    if (!(await lead.record(this.#cursor))) return this.#deps.term.fenced()
    this.#leads.delete(runId)
    this.#around.ended()
  }
}
