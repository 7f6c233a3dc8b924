import type { Share } from '../../../shared/cluster/cluster.ts'
import { cut, floorOnGrid, union, WHOLE, without } from '../../../shared/cluster/share.ts'
import { measure } from '../../../shared/cluster/split.ts'
import { apportion } from './apportion.ts'
import { isSettled, latestFromMs, latestShare, mayCarry, type Holder } from './tenure.ts'

/**
 * Who is to carry which arrivals of a run from when on: the next step from what is to what should be. Pure. Nothing is
 * given to a node that another one may still execute (`protocol.md` §4: shrink before grow), whoever need not move keeps
 * what it has, and nobody gets more than it may take. What nobody can take is the deficit.
 */
export interface Carrier extends Holder {
  weight: number
  /** Most that it may carry, as a part of all arrivals. */
  cap: number
  /** `takes`: may get more; `keeps`: what it has, and nothing more; `yields`: gives everything away. */
  part: 'takes' | 'keeps' | 'yields'
  /** What it is to have although others have to give for it; null: only what is free. */
  goal: number | null
}

/** Instants of the run, ms. */
export interface Moment {
  nowMs: number
  /** The earliest at which an order can be in force everywhere. */
  soonMs: number
  /** Far enough ahead that a share can be taken from one node and given to another without a hole. */
  plannedMs: number
}

export interface Step {
  /** Shares to offer, by index of the carrier. */
  offers: { index: number; share: Share; fromMs: number }[]
  /** Part of all arrivals that nobody can take. */
  deficit: number
}

/** Among more, what one node gave up goes to those that carry least for their weight: small pieces cost everybody. */
const MOST_TAKERS = 32

export function nextShares(carriers: readonly Carrier[], moment: Moment): Step {
  const shrinks = [...yielded(carriers, moment), ...overCap(carriers, moment)]
  const meant = sharesAfter(carriers, shrinks)
  const makingRoom = shrinks.length > 0 ? [] : givenForGoals(carriers, meant, moment)
  const growth = makingRoom.length > 0 ? [] : grown(carriers, meant, moment)
  return { offers: [...shrinks, ...makingRoom, ...growth], deficit: deficitOf(carriers, meant) }
}

/** The first shares of a run: all arrivals in one piece per node, as far as the caps go. */
export function firstShares(takers: readonly Pick<Carrier, 'weight' | 'cap'>[]): Share[] {
  let rest = WHOLE
  return apportion(1, takers.map(({ weight, cap }) => ({ weight, room: cap }))).map((part) => {
    const [taken, left] = cut(rest, part)
    rest = left
    return taken
  })
}

type Offer = Step['offers'][number]

function yielded(carriers: readonly Carrier[], { plannedMs }: Moment): Offer[] {
  return carriers.flatMap((carrier, index) => (carrier.part === 'yields' && latestShare(carrier).length > 0 ? [{ index, share: [], fromMs: plannedMs }] : []))
}

function overCap(carriers: readonly Carrier[], { soonMs }: Moment): Offer[] {
  return carriers.flatMap((carrier, index) => {
    const share = latestShare(carrier)
    if (carrier.part === 'yields' || measure(share) <= carrier.cap) return []
    const [kept] = cut(share, floorOnGrid(carrier.cap))
    return [{ index, share: kept, fromMs: soonMs }]
  })
}

/** Everybody gives in proportion to what it has, once nothing else is moving. */
function givenForGoals(carriers: readonly Carrier[], meant: readonly Share[], { nowMs, plannedMs }: Moment): Offer[] {
  const wanted = carriers.reduce((sum, carrier, index) => sum + unmet(carrier, meant[index]!), 0)
  const missing = wanted - measure(unowned(meant))
  if (missing <= 0 || !carriers.every((carrier) => isSettled(carrier, nowMs))) return []
  const given = apportion(missing, carriers.map((carrier, index) => {
    const has = carrier.goal === null && carrier.part !== 'yields' ? measure(meant[index]!) : 0
    return { weight: has, room: has }
  }))
  return given.flatMap((part, index) => (part === 0 ? [] : [{ index, share: cut(meant[index]!, measure(meant[index]!) - part)[0], fromMs: plannedMs }]))
}

/** Gives away what nobody can be executing at the instant: what is free soon; else what becomes free when all orders are in force. */
function grown(carriers: readonly Carrier[], meant: readonly Share[], moment: Moment): Offer[] {
  const free = unowned(meant)
  if (free.length === 0) return []
  for (const atMs of instantsOf(carriers, moment)) {
    const ready = without(free, union(carriers.map((carrier) => mayCarry(carrier, atMs))))
    if (ready.length > 0) return handedOut(ready, carriers, meant, atMs)
  }
  return []
}

/** A piece that is to change hands at an instant ahead waits there for the others, so that each node gets one order for all of them. */
function instantsOf(carriers: readonly Carrier[], { soonMs }: Moment): number[] {
  if (carriers.some(({ tenures }) => tenures.some(({ sureMs, fromMs }) => sureMs === null && fromMs > soonMs))) return [soonMs]
  const last = Math.max(...carriers.flatMap(({ tenures }) => tenures.map(({ sureMs }) => sureMs ?? 0)))
  return last > soonMs ? [soonMs, last] : [soonMs]
}

function handedOut(pieces: Share, carriers: readonly Carrier[], meant: readonly Share[], atMs: number): Offer[] {
  let rest = pieces
  const offers: Offer[] = []
  for (const { index, amount } of amountsOf(measure(pieces), carriers, meant)) {
    const [taken, left] = cut(rest, amount)
    rest = left
    if (taken.length > 0) offers.push({ index, share: union([meant[index]!, taken]), fromMs: Math.max(atMs, latestFromMs(carriers[index]!)) })
  }
  return offers
}

/** First to those for whom others have made room, then by weight. */
function amountsOf(total: number, carriers: readonly Carrier[], meant: readonly Share[]): { index: number; amount: number }[] {
  const takers = takersOf(carriers, meant)
  const first = apportion(total, takers.map((index) => ({ weight: unmet(carriers[index]!, meant[index]!), room: Math.min(unmet(carriers[index]!, meant[index]!), roomOf(carriers[index]!, meant[index]!)) })))
  const left = total - first.reduce((sum, part) => sum + part, 0)
  const then = apportion(left, takers.map((index, k) => ({ weight: carriers[index]!.weight, room: roomOf(carriers[index]!, meant[index]!) - first[k]! })))
  return takers.map((index, k) => ({ index, amount: first[k]! + then[k]! }))
}

function takersOf(carriers: readonly Carrier[], meant: readonly Share[]): number[] {
  const able = carriers.map((_, index) => index).filter((index) => roomOf(carriers[index]!, meant[index]!) > 0)
  const load = (index: number): number => (unmet(carriers[index]!, meant[index]!) > 0 ? -1 : measure(meant[index]!) / Math.max(carriers[index]!.weight, Number.MIN_VALUE))
  return able.length <= MOST_TAKERS ? able : able.sort((a, b) => load(a) - load(b) || a - b).slice(0, MOST_TAKERS).sort((a, b) => a - b)
}

function roomOf({ part, cap }: Carrier, share: Share): number {
  return part === 'takes' ? Math.max(0, floorOnGrid(cap) - measure(share)) : 0
}

function unmet({ part, goal, cap }: Carrier, share: Share): number {
  return part === 'takes' && goal !== null ? Math.max(0, floorOnGrid(Math.min(goal, cap)) - measure(share)) : 0
}

function deficitOf(carriers: readonly Carrier[], meant: readonly Share[]): number {
  const room = carriers.reduce((sum, carrier, index) => sum + roomOf(carrier, meant[index]!), 0)
  return Math.max(0, measure(unowned(meant)) - room)
}

function unowned(shares: readonly Share[]): Share {
  return without(WHOLE, union(shares))
}

function sharesAfter(carriers: readonly Carrier[], offers: readonly Offer[]): Share[] {
  const offered = new Map(offers.map(({ index, share }) => [index, share]))
  return carriers.map((carrier, index) => offered.get(index) ?? latestShare(carrier))
}
