import type { Sample } from './sample.ts'
import type { Ledger } from './summary.ts'
import { addCounts, noCounts, type Counts } from './tally-total.ts'

/** What one node did in a run. Plain data. */
export interface NodeTotal {
  counts: Counts
  /** Seconds heard of. */
  seconds: number
  /** Sum of the CPU of its busiest thread over these seconds, %. */
  cpuSum: number
  /** Highest of the seconds' 99th percentiles of loop delay, ms. */
  loopLagMs: number
  /** Arrivals that were its part and of which nothing will be heard. */
  missed: number
  /** When it was given up, ms of the run. */
  lostAtMs: number | null
}

export function newNodeTotal(): NodeTotal {
  return { counts: noCounts(), seconds: 0, cpuSum: 0, loopLagMs: 0, missed: 0, lostAtMs: null }
}

export function addSample(node: NodeTotal, { tally, vitals }: Sample): void {
  addCounts(node.counts, tally)
  node.seconds++
  node.cpuSum += vitals.threadCpuPercent
  node.loopLagMs = Math.max(node.loopLagMs, vitals.loopLagMs)
}

/**
 * Where every arrival went, over all nodes. Of a node that died, or with a gap in what it told, only what has ended is
 * known: the rest of its arrivals, those it had in flight included, is `lost`.
 */
export function ledgerOf(nodes: Iterable<NodeTotal>, ended: boolean): Ledger {
  const ledger: Ledger = { planned: 0, started: 0, dropped: 0, lost: 0, completed: 0, failed: 0, cancelled: 0 }
  for (const { counts, missed, lostAtMs } of nodes) {
    const { planned, dropped, completed, failed, cancelled } = counts
    const incomplete = lostAtMs !== null || (missed > 0 && ended)
    const started = incomplete ? completed + cancelled : counts.started
    ledger.planned += planned + missed
    ledger.started += started
    ledger.lost += incomplete ? planned + missed - dropped - started : missed
    ledger.dropped += dropped
    ledger.completed += completed
    ledger.failed += failed
    ledger.cancelled += cancelled
  }
  return ledger
}

/** What does not add up in the ledger of a run that has ended; null when it balances. */
export function imbalanceOf({ planned, started, dropped, lost, completed, cancelled }: Ledger): string | null {
  if (lost < 0) return `${-lost} more were started or dropped than planned`
  if (planned !== started + dropped + lost) return `planned ${planned}, but started ${started} + dropped ${dropped} + lost ${lost}`
  if (started !== completed + cancelled) return `started ${started}, but completed ${completed} + cancelled ${cancelled}`
  return null
}
