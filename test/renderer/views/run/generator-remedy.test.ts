import { expect, test } from 'vitest'
import { generatorRemedy } from '../../../../src/renderer/src/views/run/generator-remedy.ts'
import { generatorRows } from '../../../../src/renderer/src/views/run/generator-rows.ts'
import { bandsOf } from '../../../../src/shared/charts/bands.ts'
import type { RunView } from '../../../../src/shared/results/run.ts'
import type { Point } from '../../../../src/shared/results/summary.ts'
import { points, runView } from '../../synthetic-run.ts'

const IDS = ['desk', 'w1', 'w2', 'w3']

/** w3 has not kept up since 02:31. */
const ill = points(192, true)

function remedyOf(seconds: Point[], change: (view: RunView) => RunView = (view) => view) {
  const view = change(runView(0))
  return generatorRemedy(view, generatorRows(view, seconds.slice(-10), [], IDS), seconds.slice(-10), bandsOf(seconds))
}
const sending = (achievedRate: number, targetRate: number | null) => (view: RunView): RunView => ({ ...view, recent: { ...view.recent, achievedRate, targetRate } })

test('who does not keep up, since when, and what helps', () => {
  expect(remedyOf(ill, sending(9870, 12_000))).toMatchObject({ nodes: [{ id: 'w3' }], sinceMs: 151_000, movable: { id: 'w3' }, lowerTo: 9800 })
})

test('while all keep up, after a single bad second or when it ends, nothing is proposed', () => {
  expect(remedyOf(points(192))).toBeNull()
  expect(remedyOf(ill.slice(0, 153))).toBeNull()
  expect(remedyOf(ill.map((point, i) => (i === 190 ? { ...point, problems: [] } : point)))).toBeNull()
  expect(remedyOf(ill, (view) => ({ ...view, run: { ...view.run, status: 'stopping' } }))).toBeNull()
})

test('nobody else can take the load of the only node, or of all', () => {
  const alone = ill.map((point) => ({ ...point, nodes: point.nodes.filter(({ id }) => id === 'w3') }))
  expect(remedyOf(alone, (view) => ({ ...view, nodes: view.nodes.filter(({ id }) => id === 'w3') }))).toMatchObject({ movable: null })
})

test.each([[800, 800, 720], [11_107, 12_000, 10_000], [950_000, 1_000_000, 900_000], [3, 10, 3], [0.34, 10, 0.34], [0, 10, null], [500, null, null]])('of %d sent of %s a second it goes down to %s', (achieved, target, lower) => {
  expect(remedyOf(ill, sending(achieved, target))?.lowerTo).toBe(lower)
})
