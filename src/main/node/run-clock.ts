import { hasBegun, type ActiveRun } from './active-run.ts'
import type { MasterDeps } from './driver.ts'

/** Two clocks that are further apart than this have been set, not measured badly, ms. */
const STEP_MS = 100

/**
 * Keeps the master's view of its runs in time when the clock of the cluster is set. What nodes send follows their own
 * clocks once it has begun; so it is the run's start that moves, on the clock that was set.
 */
export class RunClock {
  readonly #worker: MasterDeps['workDriver']
  #followedMs: number

  constructor({ workDriver }: Pick<MasterDeps, 'workDriver'>) {
    this.#worker = workDriver
    this.#followedMs = workDriver.steppedMs
  }

  follow(runs: Iterable<ActiveRun>): void {
    const steppedMs = this.#worker.steppedMs - this.#followedMs
    this.#followedMs += steppedMs
    for (const active of runs) this.#correct(active, steppedMs)
  }

  /** A node that carries the run knows best: it also has seen what happened before this term. */
  #correct(active: ActiveRun, steppedMs: number): void {
    const elapsedMs = hasBegun(active) ? this.#worker.elapsed(active.run.id) : null
    const offMs = elapsedMs === null ? steppedMs : this.#worker.clusterNow() - active.startAt - elapsedMs
    if (Math.abs(offMs) <= STEP_MS) return
    active.openedAt += offMs
    if (hasBegun(active)) active.startAt += offMs
    for (const part of active.parts) part.askedAt += offMs
  }
}
