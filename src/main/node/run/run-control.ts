import type { Task } from '../../../shared/task/task.ts'
import * as runs from './active-run.ts'
import type { MasterDeps } from '../driver.ts'
import type { Round } from '../master/round.ts'
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

  /** A store that went back by a moment counts its orders anew: one with a number that was there before may be another one. */
  changeRate({ revision, wantedRate }: Task, round: Round): void {
    const { active, touch } = this.#lead
    if (wantedRate === null || (active.orderNo >= revision && active.wantedRate === wantedRate) || active.phase !== 'run' || active.order?.kind === 'start') return
    runs.changeRate(active, wantedRate, revision, round.now, this.#leadOf(round))
    touch()
  }

  /**
   * Until no share is about to change hands. Who has heard of another rate and who has not do not agree which arrivals are
   * due before that instant: some would be executed by both.
   */
  #leadOf(round: Round): number {
    const { active } = this.#lead
    const { orderMs } = round.leads(active)
    const nowMs = runs.elapsedOf(active, round.now)
    return Math.max(orderMs, runs.movingUntil(active, nowMs) - nowMs)
  }

  /** Whatever its number: no stop is ever taken back. */
  stop(task: Task, round: Round): void {
    const { active, touch } = this.#lead
    if (active.phase === 'stop') return
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
