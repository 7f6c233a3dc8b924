import type { NodeInfo } from '../../../shared/cluster/cluster.ts'

/** How far ahead of now the common instant lies at which an order takes effect, ms: everybody has to have heard of it. */
export interface OrderLeads {
  /** From the last node being ready to the first arrival. */
  startMs: number
  /** A change of rate, a stop, load that nobody carries now. */
  orderMs: number
  /** A share that changes hands in good order: taken, acknowledged, given, each with its own way to the node. */
  moveMs: number
}

const ALONE: OrderLeads = { startMs: 10, orderMs: 50, moveMs: 50 }
const TOGETHER: OrderLeads = { startMs: 1000, orderMs: 300, moveMs: 3000 }
/** An order has arrived after so many round trips of the slowest node. */
const ROUND_TRIPS = 5
/** Longer ways were measured while Redis or a node stood still; whoever is really that far gets orders late, ms. */
export const LONGEST_WAY_MS = 2000

/** `carriers`: the nodes that carry a run; `self`: the master's own node. */
export function orderLeads(carriers: readonly Pick<NodeInfo, 'id' | 'rttMs'>[], self: string): OrderLeads {
  if (carriers.every(({ id }) => id === self)) return ALONE
  const wayMs = Math.min(LONGEST_WAY_MS, ROUND_TRIPS * Math.max(...carriers.map(({ rttMs }) => rttMs)))
  return { startMs: Math.max(TOGETHER.startMs, wayMs), orderMs: Math.max(TOGETHER.orderMs, wayMs), moveMs: Math.max(TOGETHER.moveMs, 3 * wayMs) }
}
