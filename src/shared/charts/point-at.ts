/** The second that contains or is nearest to an instant; seconds are in order, so by bisection. */
export function pointAt<P extends { atMs: number }>(points: readonly P[], atMs: number): P | null {
  let low = 0
  let high = points.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((points[middle]?.atMs ?? 0) < atMs) low = middle + 1
    else high = middle
  }
  const [before, here] = [points[low - 1], points[low]]
  if (here === undefined) return null
  return before !== undefined && atMs - before.atMs < here.atMs - atMs ? before : here
}
