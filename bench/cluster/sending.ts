import { arrivedBetween } from '../../test/support/arrivals.ts'

/**
 * How long the share of one node was carried by nobody, ms: what is missing at the target after it fell silent, by what
 * that share would have sent. Needs no word of the product.
 */
export function uncarriedMs(arrivals: readonly number[], since: number, until: number, rate: number, share: number): number {
  const due = (rate * (until - since)) / 1000
  return ((due - arrivedBetween(arrivals, since, until)) * 1000) / (rate * share)
}

/**
 * When a node's rate changed, ms since the epoch: where the line through its arrivals before meets the one through those
 * afterwards. That some came late does not move it. NaN where the rate is the same.
 */
export function kneeOf(arrivals: readonly number[], before: Stretch, after: Stretch): number {
  const [slow, fast] = [lineThrough(arrivals, before), lineThrough(arrivals, after)]
  const knee = (slow.offset - fast.offset) / (fast.perMs - slow.perMs)
  return Math.abs(fast.perMs - slow.perMs) < 0.2 * slow.perMs ? NaN : arrivals[0]! + knee
}

/** Instants, ms since the epoch. */
export interface Stretch {
  from: number
  to: number
}

/**
 * Numbers of arrivals over time since the first, as they were due: on a busy machine some come late, but none comes before
 * it is due, so it is the longest edge of the hull above them.
 */
function lineThrough(arrivals: readonly number[], { from, to }: Stretch): { perMs: number; offset: number } {
  const hull: Point[] = []
  for (const [n, at] of arrivals.entries()) if (at >= from && at < to) extend(hull, { x: at - arrivals[0]!, n })
  const edges = hull.slice(1).map((end, i) => ({ start: hull[i]!, end }))
  const longest = edges.reduce((long, edge) => (edge.end.x - edge.start.x > long.end.x - long.start.x ? edge : long), edges[0] ?? { start: NOWHERE, end: NOWHERE })
  const perMs = slope(longest.start, longest.end)
  return { perMs, offset: longest.start.n - perMs * longest.start.x }
}

interface Point {
  x: number
  n: number
}

const NOWHERE: Point = { x: NaN, n: NaN }

/** `point` lies to the right of all, or above the last. */
function extend(hull: Point[], point: Point): void {
  while (hull.length > 1 && slope(hull.at(-2)!, point) >= slope(hull.at(-2)!, hull.at(-1)!)) hull.pop()
  hull.push(point)
}

function slope(from: Point, to: Point): number {
  return to.x === from.x ? Infinity : (to.n - from.n) / (to.x - from.x)
}

/** Greatest difference between them. */
export function apart(instants: readonly number[]): number {
  return Math.max(...instants) - Math.min(...instants)
}
