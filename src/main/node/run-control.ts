import { rateAt } from '../../shared/load.ts'
import type { Task } from '../../shared/task.ts'
import * as runs from './active-run.ts'
import type { MasterDeps } from './driver.ts'
import type { Round } from './round.ts'
import { RunJoins } from './run-joins.ts'
import type { RunLead } from './run-lead.ts'
import { prepare } from './run-prepare.ts'
import { RunShares } from './run-shares.ts'
import { RunWatch } from './run-watch.ts'

/** One run under control: takes the user's orders, and brings it on as far as its nodes have come. */
export class RunControl {
  readonly #lead: RunLead
  readonly #deps: MasterDeps
  readonly #watch: RunWatch
  readonly #shares = new RunShares()
  readonly #joins = new RunJoins()

  constructor(lead: RunLead, deps: MasterDeps) {
    this.#lead = lead
    this.#deps = deps
    this.#watch = new RunWatch(deps.timings.lostAfterMs)
  }

  changeRate(task: Task, round: Round): void {
    const { active, touch } = this.#lead
    if (active.orderNo >= task.revision || task.wantedRate === null || active.phase !== 'run' || active.order?.kind === 'start') return
    runs.changeRate(active, task.wantedRate, task.revision, round.now, this.#leadOf(task.wantedRate, round))
    touch()
  }

  /** A lower rate waits until no share is about to change hands: whoever heard of it late would be ahead, and execute what is somebody else's by then. */
  #leadOf(rate: number, round: Round): number {
    const { active } = this.#lead
    const { orderMs } = round.leads(active)
    const nowMs = runs.elapsedOf(active, round.now)
    const isLower = active.load.model === 'open' && rate < rateAt(active.load.profile, nowMs + orderMs)
    return isLower ? Math.max(orderMs, runs.movingUntil(active, nowMs) - nowMs) : orderMs
  }

  stop(task: Task, round: Round): void {
    const { active, touch } = this.#lead
    if (active.orderNo >= task.revision || active.phase === 'stop') return
    runs.stop(active, task.revision, round.now, round.leads(active).orderMs)
    touch()
  }

  look(round: Round): void {
    this.#watch.look(this.#lead, round)
  }

  next(round: Round): void {
    const { active, touch } = this.#lead
    if (active.phase === 'prepare') prepare(this.#lead, round)
    else if (active.phase === 'run') {
      this.#joins.next(this.#lead, round)
      this.#shares.next(this.#lead, round)
    }
    if (!runs.isObeyed(active, this.#deps.term.lease.epoch)) return
    runs.settle(active)
    touch()
  }
}
