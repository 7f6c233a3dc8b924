import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, test, vi } from 'vitest'
import { createApp } from 'vue'
import { BRIDGE } from '../../../src/renderer/src/bridge/index.ts'
import { PointSeries, SERIES_CAPACITY } from '../../../src/renderer/src/stores/point-series.ts'
import { useRuns } from '../../../src/renderer/src/stores/runs.ts'
import { createScriptedBridge, emptyScript, type ScriptedBridge } from '../scripted-bridge.ts'
import { points, runView } from '../synthetic-run.ts'

let bridge: ScriptedBridge
const seconds = points(20)

beforeEach(() => {
  const script = emptyScript(0)
  script.views.set('r1', { view: runView(0), points: seconds.slice(0, 10) })
  bridge = createScriptedBridge(script)
  const app = createApp({})
  app.provide(BRIDGE, bridge)
  app.use(createPinia())
  setActivePinia(app.config.globalProperties.$pinia)
})

const instants = (live: { series: PointSeries }) => live.series.points.value.map(({ atMs }) => atMs / 1000)

async function opened() {
  const runs = useRuns()
  runs.listen()
  const live = runs.watchRun('r1')
  await vi.waitUntil(() => live.view !== null)
  return { runs, live }
}

test('an opened run has its view and all points so far', async () => {
  const { live } = await opened()
  expect(instants(live)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  expect(live.view?.run.id).toBe('r1')
})

test('a new second is appended, one that comes twice is kept once', async () => {
  const { live } = await opened()
  for (const point of [seconds[10], seconds[10], seconds[9]]) if (point !== undefined) bridge.tell('run:point', { runId: 'r1', point, events: [] })
  expect(instants(live).slice(-2)).toEqual([10, 11])
})

test('after missed events the seconds between are asked for', async () => {
  const { live } = await opened()
  bridge.script.views.set('r1', { view: runView(0), points: seconds })
  const late = seconds[19]
  if (late !== undefined) bridge.tell('run:point', { runId: 'r1', point: late, events: [] })
  await vi.waitUntil(() => instants(live).at(-1) === 20)
  expect(instants(live)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
})

test('an unknown run shows why, and can be asked for again', async () => {
  const runs = useRuns()
  const live = runs.watchRun('r9')
  await vi.waitUntil(() => live.error !== null)
  expect(live.error?.code).toBe('not-found')
  bridge.script.views.set('r9', { view: { ...runView(0), run: { ...runView(0).run, id: 'r9' } }, points: [] })
  await runs.refresh(live)
  expect(live.error).toBeNull()
})

test('the points of a long run stay bounded in memory', () => {
  const series = new PointSeries()
  const [first] = seconds
  if (first === undefined) throw new Error('no second')
  series.add(Array.from({ length: SERIES_CAPACITY + 5 }, (_, i) => ({ ...first, atMs: (i + 1) * 1000 })))
  expect(series.points.value).toHaveLength(SERIES_CAPACITY)
  expect(series.points.value[0]?.atMs).toBe(6000)
})

test('a run is compared with the baseline of its task, else with the run before it, else with the newest', async () => {
  const { run } = runView(0)
  const [first, second, third] = [1000, 2000, 3000].map((startedAt) => ({ ...run, id: `r${startedAt}`, startedAt, endedAt: startedAt + 500 })) as [typeof run, typeof run, typeof run]
  const going = { ...run, id: 'going', startedAt: 4000, endedAt: null }
  const runs = useRuns()
  bridge.script.runs = [going, third, second, first]
  const of = async (one: typeof run) => (await runs.counterpart(one))?.id
  expect([await of(third), await of(second), await of(first)]).toEqual(['r2000', 'r1000', 'r3000'])
  bridge.script.runs = [third, second, { ...first, baseline: true }]
  expect([await of(third), await of(first)]).toEqual(['r1000', 'r3000'])
  const namesake = { ...first, id: 'of another task', taskId: 't9' }
  bridge.script.runs = [going, third, namesake, { ...namesake, id: 'of another name', taskName: `${run.taskName} 2`, startedAt: 2000 }]
  expect(await of(third)).toBe('of another task')
  bridge.script.runs = [going, third]
  expect(await of(third)).toBeUndefined()
})
