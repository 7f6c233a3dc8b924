import { expect, test } from 'vitest'
import { Collector } from '../../../src/main/node/collector.ts'
import { sampleOf } from '../../contract/fixtures.ts'

const result = (nodeId: string, second: number, boot = 'boot') => ({ nodeId, boot, seq: second + 1, sample: sampleOf('run', second) })
const parts = (...nodeIds: string[]) => nodeIds.map((nodeId) => ({ nodeId, done: false }))

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
  expect(collector.complete([{ nodeId: 'a', done: false }, { nodeId: 'b', done: true }], 0)).toEqual([0])
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
  expect(collector.complete([{ nodeId: 'a', done: true }], 1e9)).toEqual([])
})

test('a sample is taken once, also by a successor that reads again what was not committed', () => {
  const collector = new Collector()
  expect(collector.take(result('a', 0), 0)).toBe(true)
  expect(collector.take(result('a', 0), 0)).toBe(false)
  expect(collector.complete(parts('a'), 0)).toEqual([0])
  const successor = new Collector(collector.save())
  expect(successor.take(result('a', 0), 0)).toBe(false)
  expect(successor.take(result('a', 1), 0)).toBe(true)
  expect(successor.complete(parts('a'), 0)).toEqual([1])
})

test('boots of one node are numbered apart', () => {
  const collector = new Collector()
  expect(collector.take(result('a', 0, 'first'), 0)).toBe(true)
  expect(collector.take(result('a', 0, 'second'), 0)).toBe(true)
})
