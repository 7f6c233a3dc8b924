import { expect, test } from 'vitest'
import { flagPlaces } from '../../../src/shared/charts/flag-places.ts'
import type { RunEvent } from '../../../src/shared/results/summary.ts'

/** One pixel a second. */
const xOf = (ms: number): number => ms / 1000
const flags = (...events: [second: number, kind: RunEvent['kind']][]) => events.map(([second, kind], i) => ({ number: i + 1, event: { atMs: second * 1000, kind, detail: {} } }))

test('a number stands on its line, and beside its neighbour where two are close', () => {
  expect([...flagPlaces(flags([10, 'rate-changed'], [100, 'node-lost'], [101, 'shares-moved']), xOf)]).toEqual([[1, 0], [2, 0], [3, 15]])
})

test('what happened to the nodes keeps its place among what happens every few seconds', () => {
  const crowd = Array.from({ length: 40 }, (_, i): [number, RunEvent['kind']] => [100 + i, 'generator-problem'])
  const places = flagPlaces(flags(...crowd, [120, 'master-changed']), xOf)
  expect(places.get(41)).toBe(0)
  expect(places.size).toBeLessThan(10)
  expect([...places.values()].every((shift) => shift <= 26)).toBe(true)
})
