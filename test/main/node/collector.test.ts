import { expect, test } from 'vitest'
import { Collector, type PartState, type Result } from '../../../src/main/node/run/collector.ts'
import { sampleOf } from '../../contract/fixtures.ts'

const result = (nodeId: string, second: number, boot = 'boot', changes: Partial<Result> = {}): Result => ({ runId: 'run', nodeId, boot, seq: second + 1, sample: sampleOf('run', second), gapBefore: false, ...changes })
const part = (nodeId: string, changes: Partial<PartState> = {}): PartState => ({ source: `${nodeId}#boot`, done: false, fromSecond: 0, ...changes })
const parts = (...nodeIds: string[]) => nodeIds.map((nodeId) => part(nodeId))

test('a second is complete when all nodes have sent it', () => {
  const collector = new Collector()
  collector.take(result('a', 0), 0)
  expect(collector.complete(parts('a', 'b'), 0)).toEqual([])
  collector.take(result('b', 0), 0)
  expect(collector.complete(parts('a', 'b'), 0)).toEqual([0])
  expect(collector.complete(parts('a', 'b'), 0)).toEqual([])
})

test('nodes that have sent their last are not waited for', () => {
  const collector = new Collector()
  collector.take(result('a', 0), 0)
  expect(collector.complete([part('a'), part('b', { done: true })], 0)).toEqual([0])
})

test('a second that one node is late with is complete 3 s after the first node sent it', () => {
  const collector = new Collector()
  collector.take(result('a', 0), 1000)
  collector.take(result('a', 1), 2000)
  expect(collector.complete(parts('a', 'b'), 3999)).toEqual([])
  expect(collector.complete(parts('a', 'b'), 4000)).toEqual([0])
  expect(collector.complete(parts('a', 'b'), 5000)).toEqual([1])
})

test('seconds that nobody has sent are never complete', () => {
  const collector = new Collector()
  expect(collector.complete(parts('a'), 1e9)).toEqual([])
  collector.take(result('a', 0), 0)
  expect(collector.complete(parts('a'), 1e9)).toEqual([0])
  expect(collector.complete([part('a', { done: true })], 1e9)).toEqual([])
})

test('a sample is taken once, also by a successor that reads again what was not committed', () => {
  const collector = new Collector()
  expect(collector.take(result('a', 0), 0)).toEqual({ gap: null })
  expect(collector.take(result('a', 0), 0)).toBeNull()
  expect(collector.complete(parts('a'), 0)).toEqual([0])
  const successor = new Collector(collector.save())
  expect(successor.take(result('a', 0), 0)).toBeNull()
  expect(successor.take(result('a', 1), 0)).toEqual({ gap: null })
  expect(successor.complete(parts('a'), 0)).toEqual([1])
})

test('numbers that were passed over are looked for once more, and missing only when they are not there either', () => {
  const collector = new Collector()
  collector.take(result('a', 0), 0)
  expect([collector.take(result('a', 3), 0), collector.take(result('a', 4), 0)]).toEqual(['hole', 'hole'])
  collector.readAgain()
  expect(collector.take(result('a', 0), 0)).toBeNull()
  expect(collector.take(result('a', 1), 0)).toEqual({ gap: null })
  expect(collector.take(result('a', 3), 0)).toBe('hole')
  collector.readAgain()
  expect(collector.take(result('a', 3), 0)).toEqual({ gap: { from: 2, to: 3 } })
  expect(collector.take(result('a', 4), 0)).toEqual({ gap: null })
})

test('a hole that its node has told of is one', () => {
  const collector = new Collector()
  collector.take(result('a', 0), 0)
  expect(collector.take(result('a', 3, 'boot', { gapBefore: true }), 0)).toEqual({ gap: { from: 1, to: 3 } })
})

test('boots of one node are numbered apart', () => {
  const collector = new Collector()
  expect(collector.take(result('a', 0, 'first'), 0)).not.toBeNull()
  expect(collector.take(result('a', 0, 'second'), 0)).not.toBeNull()
})

test('a node that joined later is not waited for in the seconds before', () => {
  const collector = new Collector()
  const joined = [part('a'), part('b', { fromSecond: 2 })]
  for (const second of [0, 1, 2]) collector.take(result('a', second), 0)
  expect(collector.complete(joined, 0)).toEqual([0, 1])
  collector.take(result('b', 2, 'boot', { seq: 1 }), 0)
  expect(collector.complete(joined, 0)).toEqual([2])
})

test('seconds that a node will never tell are a gap, between which seconds it is known', () => {
  const collector = new Collector()
  collector.take(result('a', 0), 0)
  expect(collector.take(result('a', 4, 'boot', { gapBefore: true }), 0)).toEqual({ gap: { from: 1, to: 4 } })
  expect(collector.take(result('a', 5), 0)).toEqual({ gap: null })
  expect(collector.take(result('a', 9, 'boot', { seq: 7 }), 0), 'not measured, as its engine was replaced').toEqual({ gap: { from: 6, to: 9 } })
  expect(collector.take(result('late', 7, 'boot', { seq: 1 }), 0)).toEqual({ gap: null })
})
