import { expect, test } from 'vitest'
import { latencyColumns, latencyDots, latencyRange, rateColumns } from '../../../src/shared/charts/columns.ts'
import { points } from '../../renderer/synthetic-run.ts'

const seconds = points(5)

test('a missing second is a gap in the line, never a bridge', () => {
  const { x, columns } = rateColumns(seconds.filter(({ atMs }) => atMs !== 3000))
  expect(x).toEqual([0, 500, 1500, 2500, 3500, 4500, 5000])
  expect(columns.achieved[3]).toBeNull()
  expect(columns.achieved.filter((value) => value === null)).toHaveLength(1)
})

test('a run of one second has a line, not a point', () => {
  expect(rateColumns(seconds.slice(0, 1)).x).toEqual([0, 500, 1000])
})

test('below 100 responses p99 is a dot, below 20 there is only the maximum', () => {
  const [second] = seconds
  if (second === undefined) throw new Error('no second')
  const few = { ...second, completed: 99 }
  const hardlyAny = { ...second, completed: 19 }
  expect(latencyColumns([few]).columns.p99).toEqual([null, null, null])
  expect(latencyColumns([few]).columns.p50).toEqual([few.p50, few.p50, few.p50])
  expect(latencyDots([few])).toEqual([{ x: 500, max: few.max, fewP99: few.p99 }])
  expect(latencyColumns([hardlyAny]).columns.p50).toEqual([null, null, null])
  expect(latencyDots([hardlyAny])).toEqual([{ x: 500, max: hardlyAny.max, fewP99: null }])
})

test('the range leaves room below p50, where half of the responses are', () => {
  const range = latencyRange(seconds)
  expect(range?.low).toBe(Math.min(...seconds.map(({ p50 }) => p50 ?? Infinity)) / 2)
  expect(range?.high).toBe(Math.max(...seconds.map(({ max }) => max ?? 0)))
  expect(latencyRange([])).toBeNull()
})

test('of more steps than a chart has pixels, each stretch keeps its lowest and its highest, and gaps stay gaps', () => {
  const seconds = points(3600).filter(({ atMs }) => atMs < 1_000_000 || atMs > 1_200_000)
  const all = latencyColumns(seconds)
  const thin = latencyColumns(seconds, 1000, 600)
  expect(thin.x.length).toBeLessThanOrEqual(610)
  expect(thin.x).toEqual(thin.x.toSorted((a, b) => a - b))
  for (const key of ['p50', 'p99'] as const) {
    const [known, kept] = [all.columns[key], thin.columns[key]].map((column) => column.filter((value) => value !== null))
    expect([Math.min(...kept!), Math.max(...kept!)]).toEqual([Math.min(...known!), Math.max(...known!)])
    expect(kept!.every((value) => known!.includes(value))).toBe(true)
  }
  const gap = thin.columns.p99.indexOf(null)
  expect([thin.x[gap - 1]! < 1_000_000, thin.x[gap + 1]! > 1_200_000]).toEqual([true, true])
  expect(latencyDots(seconds, 1000, 300).reduce((most, { max }) => Math.max(most, max ?? 0), 0)).toBe(Math.max(...seconds.map(({ max }) => max ?? 0)))
})
