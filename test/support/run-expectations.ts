import { expect } from 'vitest'
import type { RunEvent, Summary } from '../../src/shared/summary.ts'
import { mostWithin } from './arrivals.ts'
import { startedByNodes } from './cluster-runs.ts'

/** Everything adds up: in each second over the nodes, over the seconds, and in the ledger. No second is missing or doubled. */
export function expectBalanced({ points, ledger, imbalance }: Summary): void {
  expect(imbalance).toBeNull()
  expect(points.map(({ atMs }) => atMs)).toEqual(points.map((_, i) => (i + 1) * 1000))
  for (const point of points) expect(startedByNodes(point), `nodes in the second to ${point.atMs}`).toBe(point.started)
  expect(points.reduce((sum, { started }) => sum + started, 0)).toBe(ledger.started)
  expect(ledger.planned).toBe(ledger.started + ledger.dropped + ledger.lost)
}

/** Over any 3 s, with room for a machine that was busy and then caught up. */
export function expectNeverAbove(rate: number, arrivals: readonly number[]): void {
  expect(mostWithin(arrivals, 3000)).toBeLessThan(rate * 3 * 1.15)
}

/** What was missed while a process stood still is not sent when it wakes. */
export function expectNoBurst(rate: number, arrivals: readonly number[], wokenAt: number): void {
  const after = arrivals.filter((at) => at >= wokenAt && at < wokenAt + 2000)
  expect(mostWithin(after, 200)).toBeLessThan(rate * 0.2 * 1.5 + 10)
}

/** Names in the events of this kind, in order. */
export function namesIn(events: readonly RunEvent[], kind: string): unknown[] {
  return events.filter((event) => event.kind === kind).map(({ detail }) => detail['node'])
}
