/** Looks at what a target has recorded: instants of arrival, ms since the epoch, ascending. */

/** How many came in [from, to). */
export function arrivedBetween(arrivals: readonly number[], from: number, to: number): number {
  return arrivals.filter((at) => at >= from && at < to).length
}

/** Mean rate over [from, to), per second. */
export function rateBetween(arrivals: readonly number[], from: number, to: number): number {
  return (arrivedBetween(arrivals, from, to) * 1000) / (to - from)
}

/** The most that came within any stretch of this length. */
export function mostWithin(arrivals: readonly number[], lengthMs: number): number {
  let most = 0
  for (let first = 0, last = 0; last < arrivals.length; last++) {
    while ((arrivals[last] ?? 0) - (arrivals[first] ?? 0) >= lengthMs) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}

/** The longest time without any, ms. */
export function longestSilence(arrivals: readonly number[]): number {
  return arrivals.reduce((longest, at, i) => (i === 0 ? 0 : Math.max(longest, at - (arrivals[i - 1] ?? at))), 0)
}
