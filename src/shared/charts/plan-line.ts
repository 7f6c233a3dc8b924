/** The planned target as the points of an SVG polyline in px. */
export function planPoints(plan: readonly (readonly [number, number])[], xOf: (ms: number) => number, yOf: (rate: number) => number, endMs: number): string {
  const last = plan.at(-1)
  if (last === undefined) return ''
  const corners = endMs > last[0] ? [...plan, [endMs, last[1]] as const] : plan
  return corners.map(([ms, rate]) => `${xOf(ms).toFixed(1)},${yOf(rate).toFixed(1)}`).join(' ')
}

/** The target at an instant of the plan; null outside it. */
export function targetAt(plan: readonly (readonly [number, number])[], ms: number): number | null {
  for (let i = plan.length - 1; i > 0; i--) {
    const [from, to] = [plan[i - 1], plan[i]]
    if (from === undefined || to === undefined || ms < from[0] || ms > to[0]) continue
    return to[0] === from[0] ? to[1] : from[1] + ((to[1] - from[1]) * (ms - from[0])) / (to[0] - from[0])
  }
  return null
}
