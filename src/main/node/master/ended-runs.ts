import type { TaskReport } from '../../../shared/task/task.ts'
import type { Summary } from '../../../shared/results/summary.ts'
import { isLive } from '../../../shared/task/transition.ts'
import type { MasterDeps } from '../driver.ts'
import { RunArchive } from '../run/run-archive.ts'

/** How long an ended run stays in the cluster state once the task store has it, ms. */
const REMEMBERED_MS = 60_000
/** How often an ended run is offered again to a store that failed, ms. */
const RETRY_MS = 5000

/** `inherited`: of a former master, who may have had no time to store it. `unstored`: the store did not take it. */
type Ended = { standing: 'stored'; at: number } | { standing: 'inherited' } | { standing: 'unstored'; archive: RunArchive }

/** Runs that have ended: the cluster state keeps them for a while, and the task store is to have them for good. */
export class EndedRuns {
  readonly #deps: MasterDeps
  readonly #runs = new Map<string, Ended>()
  #retryAt = 0

  /** `inherited`: runs that had ended when this term began. */
  constructor(deps: MasterDeps, inherited: readonly string[]) {
    this.#deps = deps
    for (const runId of inherited) this.#runs.set(runId, { standing: 'inherited' })
  }

  /** What has become of a run: its result is on its way to the store, or there. Null: it is none of these. */
  standing(runId: string): 'on-its-way' | 'stored' | null {
    const run = this.#runs.get(runId)
    return run === undefined ? null : run.standing === 'stored' ? 'stored' : 'on-its-way'
  }

  add(runId: string, archive: RunArchive, isStored: boolean): void {
    this.#runs.set(runId, isStored ? this.#stored() : { standing: 'unstored', archive })
  }

  /** Brings what is missing into the store, and what was long enough in the cluster state out of that. */
  async tidy(): Promise<void> {
    for (const [runId, run] of [...this.#runs]) if (run.standing === 'inherited') this.#runs.set(runId, await this.#inherit(runId))
    await this.#retry()
    await this.#forget()
  }

  async #inherit(runId: string): Promise<Ended> {
    const { cluster, tasks, onNotice } = this.#deps
    const live = await cluster.live(runId, 0)
    if (live === null || live.summary === null) return this.#stored()
    const { view: { run }, summary, points } = live
    const [stored, task] = [await tasks.run(runId), await tasks.task(run.taskId)]
    if (stored !== null && stored.endedAt !== null && (task?.runId !== runId || !isLive(task.status))) return this.#stored()
    const archive = new RunArchive(run, tasks, onNotice)
    const events = live.events.slice((await tasks.events(runId)).length)
    const isStored = (await archive.append(points, events)) && (await archive.close(summary, endOf(summary)))
    return isStored ? this.#stored() : { standing: 'unstored', archive }
  }

  async #retry(): Promise<void> {
    if (this.#deps.now() < this.#retryAt) return
    for (const [runId, run] of this.#runs) {
      if (run.standing !== 'unstored') continue
      this.#retryAt = this.#deps.now() + RETRY_MS
      if (!(await run.archive.retry())) return
      this.#runs.set(runId, this.#stored())
    }
  }

  async #forget(): Promise<void> {
    for (const [runId, run] of [...this.#runs]) {
      if (run.standing !== 'stored' || this.#deps.now() - run.at < REMEMBERED_MS) continue
      this.#runs.delete(runId)
      await this.#deps.cluster.forget(runId)
    }
  }

  #stored(): Ended {
    return { standing: 'stored', at: this.#deps.now() }
  }
}

/** What its master would have told of the task. */
function endOf({ status, sentence, nodes }: Summary): TaskReport {
  switch (status) {
    case 'finished': return { type: status }
    case 'failed': return { type: status, reason: String(sentence.params['reason'] ?? 'It could not be carried out.') }
    case 'aborted': return { type: status, reason: `Nothing more was heard of ${nodes.map(({ name }) => name).join(', ')}.` }
    default: return status satisfies never
  }
}
