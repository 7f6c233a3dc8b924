import { expect } from 'vitest'
import type { RunEvent, Summary } from '../../src/shared/results/summary.ts'
import { mostWithin } from './arrivals.ts'
import { startedByNodes } from './cluster-runs.ts'

/**
 * Everything adds up: in each second over the nodes, over the seconds, and in the ledger. No second is missing or doubled.
 * What was in flight on a node that is lost has no end that could be told: it counts as lost.
 * `late`: a node was silent for longer than a second waits for it; what it brought afterwards counts in the ledger alone.
 */
export function expectBalanced({ points, ledger, imbalance, nodes }: Summary, { late = false } = {}): void {
  expect(imbalance).toBeNull()
  expect(points.map(({ atMs }) => atMs)).toEqual(points.map((_, i) => (i + 1) * 1000))
  for (const point of points) expect(startedByNodes(point), `nodes in the second to ${point.atMs}`).toBe(point.started)
  const inPoints = points.reduce((sum, { started }) => sum + started, 0)
  const inFlight = Math.max(0, ...points.map((point) => point.inFlight)) * nodes.filter(({ lostAtMs }) => lostAtMs !== null).length
  expect(inPoints).toBeLessThanOrEqual(ledger.started + inFlight)
  if (!late) expect(inPoints).toBeGreaterThanOrEqual(ledger.started)
  expect(ledger.planned).toBe(ledger.started + ledger.dropped + ledger.lost)
}

/** The share that a node had in this second of the run, 0 … 1, by what it sent. */
export function shareIn({ points, nodes }: Summary, name: string, atMs: number): number {
  const id = nodes.find((node) => node.name === name)?.id
  const point = points.find((one) => one.atMs === atMs)
  return (point?.nodes.find((node) => node.id === id)?.started ?? 0) / (point?.started ?? 1)
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
