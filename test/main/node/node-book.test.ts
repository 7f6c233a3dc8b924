import { expect, test } from 'vitest'
import { NodeBook } from '../../../src/main/node/node-book.ts'
import { nodeOf } from '../../contract/fixtures.ts'

/** Looks every half second, as the master does, from `from` to `to`, at what `at` tells. */
function watch(book: NodeBook, from: number, to: number, at: (ms: number) => ReturnType<typeof nodeOf>[]): void {
  for (let ms = from; ms <= to; ms += 500) book.update(at(ms), ms)
}

test('a node lives as long as its beat changes', () => {
  const book = new NodeBook()
  watch(book, 0, 60_000, (ms) => [nodeOf('a', { beat: Math.floor(ms / 1000) })])
  expect(book.find('a', 'a-boot')).not.toBeNull()
})

test('a node whose beat stands still is given up after 12 s, and is back with the next one', () => {
  const book = new NodeBook()
  watch(book, 0, 12_000, () => [nodeOf('a')])
  expect(book.usable()).toHaveLength(1)
  book.update([nodeOf('a')], 12_500)
  expect(book.usable()).toEqual([])
  expect(book.find('a', 'a-boot')).toBeNull()
  book.update([nodeOf('a', { beat: 2 })], 13_000)
  expect(book.usable()).toHaveLength(1)
})

test('a pause of the master itself condemns nobody', () => {
  const book = new NodeBook()
  book.update([nodeOf('a')], 0)
  book.update([nodeOf('a')], 20_000)
  expect(book.usable()).toHaveLength(1)
})

test('a restarted node is another one', () => {
  const book = new NodeBook()
  book.update([nodeOf('a', { boot: 'second' })], 0)
  expect(book.find('a', 'first')).toBeNull()
  expect(book.find('a', 'second')).not.toBeNull()
})

test('a node that has left is gone at once', () => {
  const book = new NodeBook()
  book.update([nodeOf('a')], 0)
  book.update([], 500)
  expect(book.find('a', 'a-boot')).toBeNull()
})

test('drained nodes, sentinels and nodes of another protocol get no work', () => {
  const book = new NodeBook()
  book.update([nodeOf('ok'), nodeOf('d', { drained: true }), nodeOf('s', { role: 'sentinel' }), nodeOf('p', { protocol: { major: 2, minor: 0 } })], 0)
  expect(book.usable().map((node) => node.id)).toEqual(['ok'])
})
