import { describe, expect, test } from 'vitest'
import { generatorRows } from '../../../../src/renderer/src/views/run/generator-rows.ts'
import type { NodeRow } from '../../../../src/shared/contract/contract.ts'
import type { RunNode } from '../../../../src/shared/results/run.ts'
import type { Point } from '../../../../src/shared/results/summary.ts'
import { scriptedNode } from '../../cluster-scenes.ts'
import { points, runView } from '../../synthetic-run.ts'

const seconds = points(20)
const view = runView(0)
const IDS = ['desk', 'w1', 'w2', 'w3']

/** One node of the run, changed. */
function rowOf(id: string, { part = {}, node, recent = seconds }: { part?: Partial<RunNode>; node?: NodeRow; recent?: Point[] } = {}) {
  const nodes = view.nodes.map((one) => (one.id === id ? { ...one, ...part } : one))
  return generatorRows({ ...view, nodes }, recent, node === undefined ? [] : [node], IDS).find((row) => row.id === id)
}

describe('a generator', () => {
  test('that keeps up is told with the figures of its last seconds', () => {
    expect(rowOf('w1')).toMatchObject({ name: 'w1', state: 'ok', share: 0.3, cpuPercent: 61 })
  })

  test('that was given up stays, last, with when and without figures', () => {
    const rows = generatorRows({ ...view, nodes: view.nodes.map((node, i) => (i === 0 ? { ...node, share: 0, lostAtMs: 140_000 } : node)) }, seconds, [], IDS)
    expect(rows.at(-1)).toMatchObject({ id: 'desk', state: 'lost', lostAtMs: 140_000, share: 0, perSecond: null, cpuPercent: null })
  })

  test('that is cut off or silent is told from one that is drained', () => {
    expect(rowOf('w1', { node: scriptedNode('w1', { state: 'parked' }) })?.state).toBe('parked')
    expect(rowOf('w1', { node: scriptedNode('w1', { state: 'lost', silentMs: 6000 }) })?.state).toBe('silent')
    expect(rowOf('w1', { part: { share: 0 }, node: scriptedNode('w1', { state: 'drained' }, { drained: true }) })?.state).toBe('drained')
    expect(rowOf('w1', { recent: seconds.map((point) => ({ ...point, nodes: point.nodes.filter(({ id }) => id !== 'w1') })) })?.state).toBe('silent')
  })

  test('is not to blame for what waits for a slow target: the published lag tells of that wait too', () => {
    const waiting = seconds.map((point) => ({ ...point, nodes: point.nodes.map((node) => ({ ...node, lagP99: 3600 })) }))
    expect(rowOf('w1', { recent: waiting })).toMatchObject({ state: 'ok', lagP99: 3600, hot: { lag: false } })
    expect(rowOf('w1', { recent: waiting.map((point): Point => ({ ...point, problems: ['schedule-lag'] })) })).toMatchObject({ state: 'hot', hot: { lag: true } })
  })

  test('before the start tells whether it is ready', () => {
    expect(rowOf('w1', { part: { phase: null }, recent: [] })?.state).toBe('preparing')
    expect(rowOf('w1', { part: { phase: 'armed' }, recent: [] })?.state).toBe('ready')
    expect(rowOf('w1', { recent: [] })?.state).toBe('ok')
  })

  test('of a run that was closed without a result is known by what it sent', () => {
    const rows = generatorRows({ ...view, nodes: [] }, seconds, [], IDS)
    expect(rows.map(({ id }) => id)).toEqual(['desk', 'w1', 'w2', 'w3'])
    expect(rows.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
  })
})
