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
  /** Seconds of it are missing that will never come. */
  gap: boolean
  /** Its last sample has come. */
  ended: boolean
  /** When it was given up, ms of the run; null for one that is back. */
  lostAtMs: number | null
}

export function newNodeTotal(): NodeTotal {
  return { counts: noCounts(), seconds: 0, cpuSum: 0, loopLagMs: 0, gap: false, ended: false, lostAtMs: null }
}

export function addSample(node: NodeTotal, { tally, vitals, last }: Sample): void {
  addCounts(node.counts, tally)
  node.seconds++
  node.ended ||= last
  node.cpuSum += vitals.threadCpuPercent
  node.loopLagMs = Math.max(node.loopLagMs, vitals.loopLagMs)
}

/**
 * Where every arrival went, over all nodes. `lost`: those that no node was told to execute. Of a node that died, or with
 * a gap in what it told, only what has ended is known: what it had in flight is lost as well.
 */
export function ledgerOf(nodes: Iterable<NodeTotal>, lost: number, ended: boolean): Ledger {
  const ledger: Ledger = { planned: lost, started: 0, dropped: 0, lost, completed: 0, failed: 0, cancelled: 0 }
  for (const node of nodes) {
    const { planned, dropped, completed, failed, cancelled } = node.counts
    const untold = isUntold(node, ended)
    const started = untold ? completed + cancelled : node.counts.started
    ledger.planned += planned
    ledger.started += started
    if (untold) ledger.lost += planned - dropped - started
    ledger.dropped += dropped
    ledger.completed += completed
    ledger.failed += failed
    ledger.cancelled += cancelled
  }
  return ledger
}

/** What became of all that it started will never be known. */
function isUntold({ gap, lostAtMs, ended: hasEnded }: NodeTotal, ended: boolean): boolean {
  return (lostAtMs !== null && !hasEnded) || (gap && ended)
}

/** What does not add up in the ledger of a run that has ended; null when it balances. */
export function imbalanceOf({ planned, started, dropped, lost, completed, cancelled }: Ledger): string | null {
  if (lost < 0) return `${-lost} more were started or dropped than planned`
  if (planned !== started + dropped + lost) return `planned ${planned}, but started ${started} + dropped ${dropped} + lost ${lost}`
  if (started !== completed + cancelled) return `started ${started}, but completed ${completed} + cancelled ${cancelled}`
  return null
}
