import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ref, shallowRef, triggerRef, watch } from 'vue'
import { createRunCharts } from '../../../src/renderer/src/charts/run-charts.ts'
import { bandsOf } from '../../../src/shared/charts/bands.ts'
import { pointAt, pointsWithin } from '../../../src/shared/charts/point-at.ts'
import { points, runView, withSteps } from '../synthetic-run.ts'

test('neighbouring ill seconds are one hatched stretch', () => {
  expect(bandsOf(points(192, true))).toEqual([{ fromMs: 151_000, toMs: 192_000 }])
  expect(bandsOf(points(192))).toEqual([])
})

test('the crosshair finds the nearest second', () => {
  const seconds = points(60)
  fc.assert(fc.property(fc.integer({ min: 0, max: 70_000 }), (ms) => {
    const nearest = Math.min(...seconds.map(({ atMs }) => Math.abs(atMs - ms)))
    expect(Math.abs((pointAt(seconds, ms)?.atMs ?? Infinity) - ms)).toBe(nearest)
  }))
  expect(pointAt([], 5)).toBeNull()
})

test('of a stretch of time those seconds are shown that lie in it at least in part', () => {
  const seconds = points(60).filter((_, i) => i % 7 !== 3)
  const instant = fc.double({ min: -5000, max: 70_000, noNaN: true })
  fc.assert(fc.property(instant, instant, (fromMs, toMs) => {
    expect(pointsWithin(seconds, fromMs, toMs)).toEqual(fromMs < toMs ? seconds.filter(({ atMs }) => atMs > fromMs && atMs - 1000 < toMs) : expect.any(Array))
  }))
  expect(pointsWithin(seconds, 10_000, 12_000).map(({ atMs }) => atMs)).toEqual([12_000])
  expect(pointsWithin([], 0, 1000)).toEqual([])
})

test('while it runs the axis is the whole plan; afterwards what was recorded', () => {
  const view = ref(runView(0))
  const charts = createRunCharts(shallowRef(points(192)), view)
  expect([charts.fromMs.value, charts.toMs.value]).toEqual([0, 300_000])
  charts.span.value = 'recent'
  expect([charts.fromMs.value, charts.toMs.value]).toEqual([72_000, 192_000])
  charts.span.value = 'whole'
  view.value = { ...view.value, run: { ...view.value.run, endedAt: 1 } }
  expect(charts.toMs.value).toBe(192_000)
})

test('a zoom wins over the chosen span', () => {
  const charts = createRunCharts(shallowRef(points(192)), ref(runView(0)))
  charts.zoom.value = { fromMs: 5000, toMs: 9000 }
  expect([charts.fromMs.value, charts.toMs.value]).toEqual([5000, 9000])
})

test('of a chosen step the charts show its seconds as they come; what a zoom came to stays that of whole iterations', () => {
  const seconds = withSteps(points(20))
  const all = shallowRef(seconds.slice(0, 10))
  const charts = createRunCharts(all, ref(runView(0)))
  const whole = charts.inView.value
  const drawn: number[] = []
  watch(charts.points, (shown) => drawn.push(shown.length), { flush: 'sync' })
  charts.step.value = 0
  expect(charts.inView.value.map(({ p99 }) => p99)).toEqual(seconds.slice(0, 10).map(({ steps }) => steps?.[0]?.p99))
  all.value.push(seconds[10]!)
  triggerRef(all)
  expect(drawn.at(-1)).toBe(11)
  charts.cursorMs.value = 4000
  expect(charts.cursorPoint.value).toMatchObject({ atMs: 4000, p50: seconds[3]?.steps?.[0]?.p50, target: 0 })
  charts.zoom.value = { fromMs: 0, toMs: 5000 }
  expect(charts.stretch.value?.completed).toBe(seconds.slice(0, 5).reduce((sum, { completed }) => sum + completed, 0))
  charts.zoom.value = charts.step.value = null
  expect(charts.inView.value.slice(0, 10)).toEqual(whole)
  all.value.push(seconds[11]!)
  triggerRef(all)
  expect(drawn.at(-1)).toBe(12)
})

test('of an hour’s run, charts are drawn when a pixel has been filled, at once when another part is looked at, and whole at the end', () => {
  const view = ref({ ...runView(0), plannedMs: 3_600_000 })
  const seconds = shallowRef<ReturnType<typeof points>>([])
  const charts = createRunCharts(seconds, view)
  let drawn = 0
  watch(charts.points, () => { drawn++ }, { flush: 'sync' })
  const all = points(121)
  for (const second of all.slice(0, 120)) {
    seconds.value.push(second)
    triggerRef(seconds)
  }
  // A pixel takes 5.45 s of the hour; five at most go by.
  expect(drawn).toBe(24)
  charts.span.value = 'recent'
  expect(drawn).toBe(25)
  charts.span.value = 'whole'
  seconds.value.push(all[120]!)
  triggerRef(seconds)
  view.value = { ...view.value, run: { ...view.value.run, endedAt: 1 } }
  expect(charts.toMs.value).toBe(121_000)
})
