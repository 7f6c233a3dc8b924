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
 * When a node's sending got faster, ms since the epoch: the first of several arrivals that come closer together than
 * half-way between the old spacing and the new one. NaN when it never did.
 */
export function fasterFrom(arrivals: readonly number[], since: number, before: number, after: number): number {
  const several = 8
  const within = (several * 2000) / (before + after)
  const later = arrivals.filter((at) => at >= since)
  return later.find((at, i) => (later[i + several] ?? Infinity) - at < within) ?? NaN
}

/** Greatest difference between them. */
export function apart(instants: readonly number[]): number {
  return Math.max(...instants) - Math.min(...instants)
}
