import type { NodeInfo } from '../../../shared/cluster/cluster.ts'
import { peakRate, type LoadPlan } from '../../../shared/task/load.ts'
import { elapsedOf, partCarried, type ActiveRun } from '../run/active-run.ts'
import type { NodeBook } from './node-book.ts'
import type { NodeOrderBook } from './node-orders.ts'
import { orderLeads, type OrderLeads } from './order-leads.ts'
import type { Strategy } from '../strategies.ts'
import type { Stamp } from '../run/tenure.ts'

/** What a joining node gets: only what nobody carries, or its part of everything, for which the others give. */
export type Rebalance = 'never' | 'on-join'

/** What the master decides by in one round of distribution. */
export class Round {
  /** Cluster clock. */
  readonly now: number
  readonly book: NodeBook
  readonly orders: NodeOrderBook
  readonly rebalance: Rebalance
  /** Of the manifests in force. */
  readonly stamp: Stamp
  readonly #strategy: Strategy
  readonly #self: string
  readonly #runs: readonly ActiveRun[]
  #usable: NodeInfo[] | null = null
  #rates: Map<string, number> | null = null

  constructor(view: Pick<Round, 'now' | 'book' | 'orders' | 'rebalance' | 'stamp'> & { strategy: Strategy; self: string; runs: readonly ActiveRun[] }) {
    this.now = view.now
    this.book = view.book
    this.orders = view.orders
    this.rebalance = view.rebalance
    this.stamp = view.stamp
    this.#strategy = view.strategy
    this.#self = view.self
    this.#runs = view.runs
  }

  /** Another one means that nodes came, left or changed what they take. */
  get version(): string {
    return `${this.book.version}.${this.orders.version}`
  }

  /** Nodes that may be given load. */
  usable(): NodeInfo[] {
    return (this.#usable ??= this.book.usable().filter(({ id, boot }) => !this.orders.of(id, boot).drained))
  }

  weights(nodes: readonly NodeInfo[]): number[] {
    return this.#strategy(nodes)
  }

  /** How far ahead an order to those who carry a run, or are about to, has to be. */
  leads(active: ActiveRun): OrderLeads {
    const carriers = active.parts.filter(({ standing }) => standing !== 'out').flatMap((part) => this.book.find(part.nodeId, part.boot) ?? [])
    return orderLeads(carriers, this.#self)
  }

  /** Most that a node may carry of a run, as a part of its arrivals, in view of its other runs. */
  cap({ id, maxRate }: NodeInfo, active: ActiveRun): number {
    const peak = peakOf(active.load, elapsedOf(active, this.now))
    if (maxRate === null || peak === 0) return 1
    const own = active.parts.reduce((sum, part) => sum + (part.nodeId === id ? partCarried(part) : 0), 0) * peak
    return Math.min(1, Math.max(0, maxRate - (this.#ratesByNode().get(id) ?? 0) + own) / peak)
  }

  /** What all runs together may ask of each node, per second. */
  #ratesByNode(): Map<string, number> {
    if (this.#rates !== null) return this.#rates
    this.#rates = new Map()
    for (const active of this.#runs) {
      const peak = peakOf(active.load, elapsedOf(active, this.now))
      for (const part of active.parts) this.#rates.set(part.nodeId, (this.#rates.get(part.nodeId) ?? 0) + partCarried(part) * peak)
    }
    return this.#rates
  }
}

function peakOf(load: LoadPlan, fromMs: number): number {
  return load.model === 'closed' ? 0 : peakRate(load.profile, fromMs)
}
