import type { NodeInfo, Share } from '../../../shared/cluster/cluster.ts'
import { common, without } from '../../../shared/cluster/share.ts'
import { measure } from '../../../shared/cluster/split.ts'
import { elapsedOf, isDone, isReady, partCarried, type ActiveRun, type Part } from './active-run.ts'
import type { Round } from '../master/round.ts'
import { aheadUntil } from './run-ahead.ts'
import type { RunLead } from './run-lead.ts'
import { isDrained, tellDeficit } from './run-prepare.ts'
import { nextShares, type Carrier, type Step } from './sharing.ts'
import { hear, latestShare, offer, prune } from './tenure.ts'

/** A part of the load that nobody can take is told when it has lasted for so long: others may just be about to, ms. */
const TELL_DEFICIT_AFTER_MS = 2000
/** Below this a change of the deficit is not worth an event. */
const WORTH_TELLING = 0.005
/** A goal is on the grid of places to within this. */
const MET = 1e-9
/** Takers of a share that are named. */
const MOST_NAMES = 3

/** The shares of one run while it goes on: takes them from who leaves, and gives away what is free. */
export class RunShares {
  /** Since when the deficit has been another one than was told, ms of the run. */
  #differsSinceMs: number | null = null
  /** What the last step was made for: while nothing is on the move, the next one would be the same. */
  #seen = ''

  next(lead: RunLead, round: Round): void {
    const { active } = lead
    const seen = `${round.version} ${active.orderNo} ${active.parts.length}`
    if (isQuiet(active) && seen === this.#seen) return
    this.#seen = seen
    const nowMs = elapsedOf(active, round.now)
    for (const part of active.parts) {
      if (part.lastTaken) settleLast(active, part, nowMs)
      prune(part, nowMs)
    }
    this.#dismiss(active, round)
    const carried = active.parts.filter((part) => isCarrier(part))
    const { orderMs, moveMs } = round.leads(active)
    const step = nextShares(carriersOf(carried, active, round), { nowMs, soonMs: nowMs + orderMs, plannedMs: nowMs + moveMs })
    carryOut(active, carried, step, nowMs)
    this.#noteDeficit(active, step.deficit, round.now)
  }

  /** Nodes that are drained leave, and have left when their last sample is there. */
  #dismiss(active: ActiveRun, round: Round): void {
    for (const part of active.parts) {
      if (part.standing === 'in' && !part.lastTaken && isDrained(part, round)) {
        active.freed.push({ node: part.name, share: latestShare(part), atMs: elapsedOf(active, round.now) })
        Object.assign(part, { standing: 'leaving', goal: null })
      } else if (part.standing === 'joining' && isDrained(part, round)) part.standing = 'out'
      if (part.standing !== 'leaving' || !isDone(active, part)) continue
      part.standing = 'out'
      active.staged.push({ atMs: elapsedOf(active, round.now), kind: 'node-drained', detail: { node: part.name, share: 0 } })
    }
  }

  #noteDeficit(active: ActiveRun, deficit: number, now: number): void {
    const nowMs = elapsedOf(active, now)
    const differs = Math.abs(deficit - active.deficit) > WORTH_TELLING || (deficit === 0) !== (active.deficit === 0)
    if (!differs) this.#differsSinceMs = null
    else this.#differsSinceMs ??= nowMs
    if (!differs || (deficit > active.deficit && nowMs - (this.#differsSinceMs ?? nowMs) < TELL_DEFICIT_AFTER_MS)) return
    tellDeficit(active, deficit, now)
  }
}

/** Who has told its last had heard what it was told last, also if nothing more is heard of that. */
function settleLast(active: ActiveRun, part: Part, nowMs: number): void {
  const told = part.tenures.at(-1)?.told ?? null
  if (part.standing !== 'in' && told !== null) hear(part, told, aheadUntil(active, part, nowMs), nowMs)
}

/** Who has a share, or could be given one at once. */
function isCarrier(part: Part): boolean {
  if (part.standing === 'out') return part.tenures.length > 1 // what it has done ahead of time must not be done again
  return part.standing === 'in' || part.standing === 'leaving' || (part.standing === 'joining' && isReady(part))
}

function carriersOf(parts: readonly Part[], active: ActiveRun, round: Round): Carrier[] {
  const usable = new Set(round.usable().map(({ id, boot }) => `${id}#${boot}`))
  const nodes = parts.map((part) => round.book.find(part.nodeId, part.boot))
  const known = nodes.filter((node) => node !== null)
  const weights = new Map(round.weights(known).map((weight, index) => [known[index]!, weight]))
  return parts.map((part, index) => {
    const node = nodes[index] ?? null
    return { tenures: part.tenures, goal: part.goal, ...abilityOf(part, node, node !== null && usable.has(`${part.nodeId}#${part.boot}`), active, round), weight: node === null ? 0 : (weights.get(node) ?? 0) }
  })
}

function abilityOf(part: Part, node: NodeInfo | null, isUsable: boolean, active: ActiveRun, round: Round): Pick<Carrier, 'part' | 'cap'> {
  if (part.standing === 'leaving' || part.standing === 'out') return { part: 'yields', cap: 0 }
  if (node === null || part.lastTaken) return { part: 'keeps', cap: 1 }
  const mayTake = isUsable && part.report?.problem === undefined && part.report?.phase !== 'drain' && part.report?.phase !== 'stop'
  return { part: mayTake ? 'takes' : 'keeps', cap: round.cap(node, active) }
}

function carryOut(active: ActiveRun, carried: readonly Part[], { offers }: Step, nowMs: number): void {
  const gained: { name: string; share: Share }[] = []
  for (const { index, share, fromMs } of offers) {
    const part = carried[index]!
    const before = latestShare(part)
    offer(part, share, fromMs)
    if (part.standing === 'joining') welcome(active, part, fromMs)
    const [more, less] = [without(share, before), without(before, share)]
    if (more.length > 0) gained.push({ name: part.name, share: more })
    if (less.length > 0 && part.standing === 'in' && !active.parts.some(({ goal }) => goal !== null)) active.freed.push({ node: part.name, share: less, atMs: nowMs })
  }
  for (const part of carried) if (part.goal !== null && partCarried(part) >= part.goal - MET) part.goal = null
  for (const freed of active.freed) handOver(active, freed, gained, nowMs)
  active.freed = active.freed.filter(({ share }) => share.length > 0)
}

function welcome(active: ActiveRun, part: Part, fromMs: number): void {
  Object.assign(part, { standing: 'in', fromMs })
  active.staged.push({ atMs: fromMs, kind: 'node-joined', detail: { node: part.name, share: partCarried(part) } })
}

function handOver(active: ActiveRun, freed: ActiveRun['freed'][number], gained: readonly { name: string; share: Share }[], nowMs: number): void {
  const takers = gained.map(({ name, share }) => ({ name, share: common(share, freed.share) })).filter(({ share }) => share.length > 0)
  if (takers.length === 0) return
  const share = takers.reduce((sum, taker) => sum + measure(taker.share), 0)
  const more = takers.length - MOST_NAMES
  const to = [...takers.slice(0, MOST_NAMES).map(({ name }) => name), ...(more > 0 ? [`+${more}`] : [])].join(', ')
  // Never before it was given up, however the clock was corrected meanwhile.
  active.staged.push({ atMs: Math.max(nowMs, freed.atMs), kind: 'shares-moved', detail: { node: freed.node, share, to } })
  for (const taker of takers) freed.share = without(freed.share, taker.share)
}

/** Nothing of a run is on the move or wanted by anybody. */
function isQuiet(active: ActiveRun): boolean {
  return active.freed.length === 0 && active.deficit === 0 && active.parts.every(({ standing, tenures }) => standing === 'out' || (standing === 'in' && tenures.length === 1 && tenures[0]!.sureMs !== null))
}
