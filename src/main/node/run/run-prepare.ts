import { isSame, WHOLE } from '../../../shared/cluster/share.ts'
import { adopt, awaitsNodes, begin, elapsedOf, isReady, joinerOf, partCarried, present, type ActiveRun, type Part } from './active-run.ts'
import type { Round } from '../master/round.ts'
import { candidates } from './run-joins.ts'
import type { RunLead } from './run-lead.ts'
import { perSecond } from './run-view.ts'
import { firstShares } from './sharing.ts'
import { latestShare } from './tenure.ts'

type Lead = Pick<RunLead, 'active' | 'touch' | 'lose'>

/** A node that is not ready by then is left out if others are, ms. */
const READY_WITHIN_MS = 10_000

/**
 * Before the start: nodes that cannot carry the run are left out and the others take their part; when all that remain are
 * ready, it begins. Nobody executes anything yet, so shares can change hands freely.
 */
export function prepare(lead: Lead, round: Round): void {
  const { active } = lead
  if (adopt(active)) return lead.touch()
  if (awaitsNodes(active)) recruit(lead, round)
  const wanting = present(active).map((part) => ({ part, why: objection(active, part, round) })).filter(({ why }) => why !== null)
  if (wanting.length < present(active).length) for (const { part, why } of wanting) lead.lose(part, round.now, why ?? undefined)
  if (present(active).length !== active.sharers) shareAnew(active, round)
  const parts = present(active)
  if (parts.length === 0 || parts.length !== active.sharers || !parts.every((part) => hasArmed(part, round))) return
  begin(active, round.now, round.leads(active).startMs)
  tellDeficit(active, Math.max(0, 1 - parts.reduce((sum, part) => sum + partCarried(part), 0)), round.now)
  lead.touch()
}

/** Nodes that were not asked yet; one that was started anew is another one. */
function recruit(lead: Lead, round: Round): void {
  const { active } = lead
  const nodes = candidates(active, round)
  if (nodes.length === 0) return
  for (const node of nodes) active.parts.push({ ...joinerOf(active, node, WHOLE, null, round.now), standing: 'in', tenures: [{ share: [], fromMs: 0, sureMs: null, told: null }] })
  active.sharers = 0
  lead.touch()
}

/** Another part of the load than before is one that nobody can take. */
export function tellDeficit(active: ActiveRun, deficit: number, now: number): void {
  if (deficit === active.deficit) return
  active.deficit = deficit
  active.staged.push({ atMs: elapsedOf(active, now), kind: 'deficit', detail: { perSecond: perSecond(active, deficit, now) } })
}

/** As it said in this term: it may have heard of a start that a former master ordered. */
function hasArmed(part: Part, { stamp }: Round): boolean {
  return isReady(part) && part.report?.epoch === stamp.epoch
}

/** What speaks against waiting for this node any longer. */
function objection(active: ActiveRun, part: Part, round: Round): string | null {
  if (part.report?.problem !== undefined) return part.report.problem.message
  if (isDrained(part, round)) return 'It is drained.'
  return !isReady(part) && round.now - active.openedAt >= READY_WITHIN_MS && present(active).some(isReady) ? 'It did not get ready in time.' : null
}

export function isDrained({ nodeId, boot }: Part, { orders, book }: Round): boolean {
  return orders.of(nodeId, boot).drained || book.find(nodeId, boot)?.drained === true
}

function shareAnew(active: ActiveRun, round: Round): void {
  const parts = present(active)
  const nodes = parts.flatMap((part) => round.book.find(part.nodeId, part.boot) ?? [])
  if (nodes.length < parts.length) return // a new master has not seen everybody yet
  const weights = round.weights(nodes)
  const shares = firstShares(nodes.map((node, index) => ({ weight: weights[index] ?? 0, cap: round.cap(node, active) })))
  active.sharers = parts.length
  parts.forEach((part, index) => {
    const share = shares[index] ?? []
    if (!isSame(share, latestShare(part))) part.tenures = [{ share, fromMs: 0, sureMs: null, told: null }]
  })
}
