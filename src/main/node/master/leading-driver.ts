import type { Acquired } from '../../backend/cluster-state.ts'
import type { MasterDeps } from '../driver.ts'
import { FormerSilence } from './former-silence.ts'
import { NodeBook } from './node-book.ts'
import { rounds, type RoundsOptions } from '../rounds.ts'

const LOOK_MS = 500

/** What every master does, whatever it leads: holds on to its term, keeps the book of nodes, and tries again what failed. */
export abstract class LeadingDriver {
  protected readonly deps: MasterDeps
  protected readonly book: NodeBook
  /** Set by the loop that distributes, while it runs. */
  protected distributeNow: () => void = () => undefined

  constructor(deps: MasterDeps) {
    this.deps = deps
    const former = new FormerSilence(deps.term.snapshot.heard, deps.workDriver)
    this.book = new NodeBook(deps.timings, (info) => former.of(info))
  }

  /** Between two looks, however many nudges come, ms. */
  protected abstract get restMs(): number

  /** Of the embedded work driver: the master is a working node as well. */
  sendNodeInfo(): Promise<void> {
    return this.deps.workDriver.sendNodeInfo()
  }

  tryBeMaster(remembered: number): Promise<Acquired | null> {
    return this.deps.workDriver.tryBeMaster(remembered)
  }

  keepAlive(signal: AbortSignal): Promise<void> {
    return rounds(() => this.deps.term.renew(), this.every(signal, this.deps.timings.renewMs))
  }

  manageNode(signal: AbortSignal): Promise<void> {
    const { cluster, term, monotonic } = this.deps
    return rounds(async () => {
      const members = await cluster.members()
      if (members.some(({ info }) => info.maxEpoch > term.lease.epoch)) return term.fenced() // the cluster state has forgotten a younger master: nobody obeys this one
      this.book.update(members, monotonic())
      this.distributeNow()
    }, { ...this.every(signal), restMs: () => this.restMs, nudges: (nudge) => cluster.watch('nodes', nudge) })
  }

  /** Nudges for the loop that distributes. */
  protected readonly distributions = (nudge: () => void): (() => void) => {
    this.distributeNow = nudge
    return () => undefined
  }

  /** A round that failed is told, and comes again. */
  protected every(signal: AbortSignal, everyMs: number = LOOK_MS): RoundsOptions {
    return { everyMs, signal, onError: (error) => this.deps.onNotice({ id: 'master', level: 'warn', text: error instanceof Error ? error.message : String(error) }) }
  }
}
