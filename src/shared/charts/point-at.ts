/** The second that contains or is nearest to an instant; seconds are in order, so by bisection. */
export function pointAt<P extends { atMs: number }>(points: readonly P[], atMs: number): P | null {
  const low = Math.min(firstNot(points, (ms) => ms < atMs), points.length - 1)
  const [before, here] = [points[low - 1], points[low]]
  if (here === undefined) return null
  return before !== undefined && atMs - before.atMs < here.atMs - atMs ? before : here
}

/** Those that lie in a stretch of time at least in part; seconds are in order. `spanMs`: how long one of them is. */
export function pointsWithin<P extends { atMs: number }>(points: readonly P[], fromMs: number, toMs: number, spanMs = 1000): P[] {
  return points.slice(firstNot(points, (ms) => ms <= fromMs), firstNot(points, (ms) => ms - spanMs < toMs))
}

/** The place of the first point that does not lie before; the number of points if all do. */
function firstNot(points: readonly { atMs: number }[], isBefore: (atMs: number) => boolean): number {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(points[middle]?.atMs ?? 0)) low = middle + 1
    else high = middle
  }
  return low
}
