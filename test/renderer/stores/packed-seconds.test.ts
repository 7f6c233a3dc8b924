import { expect, test } from 'vitest'
import { packSeconds } from '../../../src/renderer/src/stores/packed-seconds.ts'
import { PointSeries } from '../../../src/renderer/src/stores/point-series.ts'
import type { ChartPoint } from '../../../src/shared/results/summary.ts'
import { latency } from '../../../src/shared/format.ts'
import { points, withSteps } from '../synthetic-run.ts'

const FIGURES = ['atMs', 'warmup', 'target', 'completed', 'failed', 'dropped', 'inFlight', 'problems', 'errors'] as const
const TIMES = ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'serviceP99', 'lagP99'] as const
const told = (point: ChartPoint) => ({ ...Object.fromEntries(FIGURES.map((name) => [name, point[name]])), target: Math.fround(point.target), heat: Array.from(point.heat), ...Object.fromEntries(TIMES.map((name) => [name, latency(point[name])])) })

test('a packed second says what it said before', () => {
  const [first, ...seconds] = points(192, true)
  const nothing = { ...first!, p50: null, p99: null, lagP99: null, heat: [], errors: [], completed: 0 }
  const many = { ...first!, warmup: true, heat: [3, 70_000, 5, 4_000_000_000] }
  const all = [nothing, many, ...seconds]
  expect(packSeconds(all).map(told)).toEqual(all.map(told))
})

test('a packed second still tells of each step, and of none where nothing came', () => {
  const seconds = withSteps(points(30))
  const all: ChartPoint[] = [{ ...seconds[0]!, steps: undefined }, ...seconds.slice(1)]
  const said = ({ steps }: ChartPoint) => steps?.map((step) => ({ ...step, heat: Array.from(step.heat), ...Object.fromEntries((['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'serviceP99'] as const).map((name) => [name, latency(step[name])])) }))
  expect(packSeconds(all).map(said)).toEqual(all.map(said))
  expect(said(packSeconds(all)[1]!)).toHaveLength(3)
})

test('of a long run the older seconds are packed, and the newest still tell of each node', () => {
  const seconds = points(1500)
  const series = new PointSeries()
  series.add(seconds.slice(0, 700))
  for (const second of seconds.slice(700)) series.add([second])
  expect(series.points.value.map(told)).toEqual(seconds.map(told))
  expect(series.points.value.filter((point) => 'nodes' in point).length).toBeLessThan(600)
  expect(series.newest.value).toEqual(seconds.slice(-10))
  expect([...series.nodeIds]).toEqual(['desk', 'w1', 'w2', 'w3'])
})
