import type { NodeInfo } from '../../../shared/cluster/cluster.ts'
import { cut, onGrid, WHOLE } from '../../../shared/cluster/share.ts'
import { sendingEndMs } from '../../../shared/task/run-rates.ts'
import { elapsedOf, joinerOf, partCarried, type ActiveRun } from './active-run.ts'
import { bootKey } from '../boot-key.ts'
import type { Round } from '../master/round.ts'
import type { RunLead } from './run-lead.ts'

/** A node that joins gets ready within this time, or stays out of the run, ms. */
const READY_WITHIN_MS = 10_000
/** Others give for joiners at most so often, ms. */
const REBALANCE_EVERY_MS = 5000
/** With less left of a run nobody joins any more, ms. */
const WORTH_JOINING_MS = 3000
/** Nodes that join at a time to take what nobody carries. */
const MOST_JOINERS = 8

/**
 * Nodes that come while a run goes on. They take what nobody carries; if shares are to be balanced anew, they are also to
 * have their part of the rest. First each gets ready; a share it gets when it is.
 */
export class RunJoins {
  #rebalancedAt = -Infinity
  #seen = ''

  next(lead: RunLead, round: Round): void {
    const { active } = lead
    for (const part of active.parts) if (part.standing === 'joining' && (part.report?.problem !== undefined || round.now - part.askedAt > READY_WITHIN_MS)) lead.lose(part, round.now, part.report?.problem?.message ?? 'It did not get ready in time.')
    const short = shortOf(active)
    if (!this.#isWorthLooking(active, short, round)) return
    const nodes = candidates(active, round)
    if (short > 0) this.#fill(lead, nodes.slice(0, MOST_JOINERS), short, round)
    else if (round.rebalance === 'on-join' && nodes.length > 0) this.#balance(lead, nodes, round)
  }

  #isWorthLooking(active: ActiveRun, short: number, round: Round): boolean {
    const leftMs = sendingEndMs(active.load, active.stopAtMs) - elapsedOf(active, round.now)
    if (active.phase !== 'run' || leftMs < WORTH_JOINING_MS || active.parts.some(({ standing }) => standing === 'joining')) return false
    const seen = `${round.version} ${short} ${active.parts.length}`
    const isNew = seen !== this.#seen || round.now - this.#rebalancedAt < 2 * REBALANCE_EVERY_MS
    this.#seen = seen
    return isNew
  }

  #fill(lead: RunLead, nodes: readonly NodeInfo[], short: number, round: Round): void {
    const { active } = lead
    for (const node of nodes) active.parts.push(joinerOf(active, node, cut(WHOLE, short)[0], null, round.now))
    if (nodes.length > 0) lead.touch()
  }

  #balance(lead: RunLead, nodes: readonly NodeInfo[], round: Round): void {
    const { active } = lead
    if (round.now - this.#rebalancedAt < REBALANCE_EVERY_MS) return
    const carrying = active.parts.filter((part) => partCarried(part) > 0).flatMap((part) => round.book.find(part.nodeId, part.boot) ?? [])
    const weights = round.weights([...carrying, ...nodes])
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    nodes.forEach((node, index) => {
      const goal = onGrid(Math.min(round.cap(node, active), (weights[carrying.length + index] ?? 0) / Math.max(total, Number.MIN_VALUE)))
      active.parts.push(joinerOf(active, node, cut(WHOLE, goal)[0], goal, round.now))
    })
    this.#rebalancedAt = round.now
    lead.touch()
  }
}

/** The part that nobody carries, or soon nobody will: where all who carry are leaving, whoever joins must get ready at once. */
function shortOf({ parts, deficit }: ActiveRun): number {
  return parts.some(({ standing }) => standing === 'leaving') && !parts.some(({ standing }) => standing === 'in') ? 1 : deficit
}

/** Nodes that could carry load and have never been asked to carry this run. */
export function candidates(active: ActiveRun, round: Round): NodeInfo[] {
  const asked = new Set(active.parts.map(bootKey))
  return round.usable().filter(({ id, boot }) => !asked.has(bootKey({ nodeId: id, boot })))
}
