import type { Interval, Share } from './cluster.ts'

/**
 * Dividing work so that the parts always add up.
 *
 * Numbers are split by largest remainder. Arrivals are shared by position: arrival number n sits at
 * {@link positionOf}(n) in the unit range and belongs to whoever's share holds that point, so that nodes and threads
 * need not talk, nobody sends twice and nothing is forgotten. Positions step by the golden ratio (Knuth's
 * multiplicative hash, a Weyl sequence): over any stretch of arrivals every interval receives its part almost evenly.
 */

/** Whole parts in proportion to the weights that sum to `total` exactly. All weights 0: equal parts. Ties go to the first. */
export function split(total: number, weights: readonly number[]): number[] {
  const usable = orEqual(weights)
  const sum = add(usable)
  const fractions = usable.map((weight) => weight / sum)
  const parts = fractions.map((fraction) => Math.floor(total * fraction))
  const order = fractions.map((fraction, index) => ({ index, rest: total * fraction - (parts[index] ?? 0) }))
  order.sort((a, b) => b.rest - a.rest || a.index - b.index)
  hand(parts, order.map(({ index }) => index), total - add(parts))
  return parts
}

/** Adjacent intervals in proportion to the weights that cover [0, 1) exactly. A weight of 0 gets an empty one; all 0: equal ones. */
export function intervals(weights: readonly number[]): Interval[] {
  const usable = orEqual(weights)
  const total = add(usable)
  let running = 0
  return usable.map((weight) => {
    const from = running / total
    running += weight
    return { from, to: running / total }
  })
}

/** Divides a share into `parts` shares of equal measure: disjoint, and together exactly the given one. */
export function subdivide(share: Share, parts: number): Share[] {
  const result: Share[] = []
  let rest = share
  for (let left = parts; left > 1; left--) {
    const [taken, remaining] = take(rest, measure(rest) / left)
    result.push(taken)
    rest = remaining
  }
  result.push(rest.filter(({ from, to }) => from < to))
  return result
}

/** The part of all arrivals that a share holds, 0 … 1. */
export function measure(share: Share): number {
  return share.reduce((sum, { from, to }) => sum + (to - from), 0)
}

/** Where arrival number n (1, 2, …) sits in [0, 1). */
export function positionOf(arrival: number): number {
  return (Math.imul(arrival, 0x9e3779b9) >>> 0) / 4_294_967_296
}

export function owns(share: Share, arrival: number): boolean {
  const position = positionOf(arrival)
  for (const { from, to } of share) {
    if (position >= from && position < to) return true
  }
  return false
}

function orEqual(weights: readonly number[]): readonly number[] {
  return weights.some((weight) => weight > 0) ? weights : weights.map(() => 1)
}

function add(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}

/** Adds the remainder one by one in the given order; takes back from the last where rounding gave one too many. */
function hand(parts: number[], order: readonly number[], remainder: number): void {
  for (let k = 0; k < remainder; k++) {
    const index = order[k % order.length]
    if (index === undefined) return
    parts[index] = (parts[index] ?? 0) + 1
  }
  for (let k = order.length - 1; remainder < 0 && k >= 0; k--) {
    const index = order[k] ?? 0
    if ((parts[index] ?? 0) === 0) continue
    parts[index] = (parts[index] ?? 0) - 1
    remainder++
  }
}

/** Cuts `wanted` off the front of a share. Both sides of the cut use the same number, so nothing falls between. */
function take(share: Share, wanted: number): [Share, Share] {
  const taken: Share = []
  const rest: Share = []
  for (const { from, to } of share) {
    const cut = Math.min(to, Math.max(from, from + wanted))
    if (from < cut) taken.push({ from, to: cut })
    if (cut < to) rest.push({ from: cut, to })
    wanted -= cut - from
  }
  return [taken, rest]
}
