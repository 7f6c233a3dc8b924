import { describe, expect, test } from 'vitest'
import { NodeBook } from '../../../src/main/node/master/node-book.ts'
import { TIMINGS } from '../../../src/main/node/timings.ts'
import type { NodeInfo } from '../../../src/shared/cluster/cluster.ts'
import { nodeOf } from '../../contract/fixtures.ts'

const bookOf = (): NodeBook => new NodeBook(TIMINGS)
const member = (info: NodeInfo, connected: boolean | null = null) => ({ info, connected })

/** Looks every half second, as the master does, from `from` to `to`, at what `at` tells. */
function watch(book: NodeBook, from: number, to: number, at: (ms: number) => NodeInfo[], connected: boolean | null = null): void {
  for (let ms = from; ms <= to; ms += 500) book.update(at(ms).map((info) => member(info, connected)), ms)
}
const beating = (id: string) => (ms: number) => [nodeOf(id, { beat: Math.floor(ms / 1000) })]

test('a node lives as long as its beat changes', () => {
  const book = bookOf()
  watch(book, 0, 60_000, beating('a'))
  expect(book.fate('a', 'a-boot')).toBe('here')
})

test('a node whose beat stands still gets nothing more after 3 s, is given up after 12 s, and is back with the next beat', () => {
  const book = bookOf()
  watch(book, 0, 2500, () => [nodeOf('a')])
  expect([book.fate('a', 'a-boot'), book.usable().length]).toEqual(['here', 1])
  watch(book, 3000, 12_000, () => [nodeOf('a')])
  expect([book.fate('a', 'a-boot'), book.usable(), book.lost()]).toEqual(['silent', [], []])
  watch(book, 12_500, 12_500, () => [nodeOf('a')])
  expect(book.fate('a', 'a-boot')).toBe('lost')
  expect(book.lost()).toEqual([{ nodeId: 'a', boot: 'a-boot', beat: 1 }])
  watch(book, 13_000, 13_000, () => [nodeOf('a', { beat: 2 })])
  expect([book.fate('a', 'a-boot'), book.usable().length]).toEqual(['here', 1])
})

test('a node that had been silent before the first look is given up so much earlier', () => {
  const book = new NodeBook(TIMINGS, ({ id }) => (id === 'a' ? 5000 : 0))
  watch(book, 0, 7000, () => [nodeOf('a'), nodeOf('b')])
  expect(['a', 'b'].map((id) => book.fate(id, `${id}-boot`))).toEqual(['silent', 'silent'])
  watch(book, 7500, 7500, () => [nodeOf('a'), nodeOf('b')])
  expect(['a', 'b'].map((id) => book.fate(id, `${id}-boot`))).toEqual(['lost', 'silent'])
  watch(book, 8000, 8000, () => [nodeOf('a', { beat: 2 }), nodeOf('b')])
  expect(book.fate('a', 'a-boot')).toBe('here')
})

test('a silent node whose connection was seen to close is given up after 3 s', () => {
  const book = bookOf()
  watch(book, 0, 2500, () => [nodeOf('a')], false)
  expect(book.fate('a', 'a-boot')).toBe('here')
  watch(book, 3000, 3000, () => [nodeOf('a')], true)
  expect(book.fate('a', 'a-boot')).toBe('silent')
  watch(book, 3500, 3500, () => [nodeOf('a')], false)
  expect(book.fate('a', 'a-boot')).toBe('lost')
})

test('a node that beats is not lost, whatever is said of its connection', () => {
  const book = bookOf()
  watch(book, 0, 20_000, beating('a'), false)
  expect(book.fate('a', 'a-boot')).toBe('here')
})

test('a pause of the master itself condemns nobody', () => {
  const book = bookOf()
  book.update([member(nodeOf('a'))], 0)
  book.update([member(nodeOf('a'), false)], 20_000)
  expect(book.usable()).toHaveLength(1)
})

test('a restarted node is another one, and the former one is gone', () => {
  const book = bookOf()
  book.update([member(nodeOf('a', { boot: 'first' }))], 0)
  book.update([member(nodeOf('a', { boot: 'second' }))], 500)
  expect(book.find('a', 'first')).toBeNull()
  expect(book.find('a', 'second')).not.toBeNull()
  expect([book.fate('a', 'first'), book.fate('a', 'second')]).toEqual(['gone', 'here'])
})

test('the last words of a former life that come late change nothing, unless nothing else is heard any more', () => {
  const book = bookOf()
  const first = nodeOf('a', { boot: 'first', startedAt: 1000, beat: 7 })
  book.update([member(nodeOf('a', { boot: 'second', startedAt: 2000 }))], 0)
  book.update([member(first)], 500)
  expect([book.fate('a', 'first'), book.fate('a', 'second'), book.version]).toEqual(['gone', 'here', 1])
  watch(book, 1000, 4000, () => [first])
  expect(book.fate('a', 'first')).toBe('here') // the clock of its machine was set back between the two
})

test('a node that has left is gone, once its next beat would have come', () => {
  const book = bookOf()
  book.update([member(nodeOf('a'))], 0)
  watch(book, 500, 1500, () => [])
  expect(book.fate('a', 'a-boot')).toBe('here')
  book.update([], 2000)
  expect(book.fate('a', 'a-boot')).toBe('gone')
})

test('a list that was lost and is told anew leaves everybody in', () => {
  const book = bookOf()
  book.update([member(nodeOf('a')), member(nodeOf('b'))], 0)
  book.update([], 500)
  book.update([member(nodeOf('a', { beat: 2 }))], 1000)
  book.update([member(nodeOf('a', { beat: 2 })), member(nodeOf('b', { beat: 2 }))], 1500)
  watch(book, 2000, 3000, (ms) => ['a', 'b'].map((id) => nodeOf(id, { beat: ms })))
  expect([book.fate('a', 'a-boot'), book.fate('b', 'b-boot')]).toEqual(['here', 'here'])
})

test('a node of which only the former master knew has time to find its way back', () => {
  const book = bookOf()
  watch(book, 0, 12_000, () => [])
  expect(book.fate('a', 'a-boot')).toBe('silent')
  watch(book, 12_500, 12_500, () => [])
  expect(book.fate('a', 'a-boot')).toBe('gone')
})

test('a sign of life that only the cluster state has seen acquits', () => {
  const book = bookOf()
  watch(book, 0, 12_500, () => [nodeOf('a')])
  book.acquit('a')
  expect([book.fate('a', 'a-boot'), book.lost()]).toEqual(['here', []])
})

test('a user is believed that a node is dead only if it is silent', () => {
  const book = bookOf()
  watch(book, 0, 2000, () => [nodeOf('a')])
  expect([book.writeOff('a'), book.fate('a', 'a-boot')]).toEqual([false, 'here'])
  watch(book, 2500, 3500, () => [nodeOf('a')])
  expect([book.writeOff('a'), book.fate('a', 'a-boot')]).toEqual([true, 'lost'])
  watch(book, 4000, 4000, () => [nodeOf('a', { beat: 2 })])
  expect(book.fate('a', 'a-boot')).toBe('here')
})

test('drained nodes, sentinels and nodes of another protocol get no work', () => {
  const book = bookOf()
  const all = [nodeOf('ok'), nodeOf('d', { drained: true }), nodeOf('s', { role: 'sentinel' }), nodeOf('p', { protocol: { major: 2, minor: 0 } })]
  book.update(all.map((info) => member(info)), 0)
  expect(book.usable().map((node) => node.id)).toEqual(['ok'])
  expect(book.known().map((node) => node.id)).toEqual(['ok', 'd'])
})

describe('a node that comes and goes', () => {
  /** Started anew every two seconds, so many times. */
  function flap(book: NodeBook, times: number, from = 0): number {
    for (let k = 0; k < times; k++) watch(book, from + 2000 * k, from + 2000 * k + 1500, () => [nodeOf('a', { boot: `boot-${k}`, beat: k })])
    return from + 2000 * times
  }

  test('is used again until it was lost three times within a minute', () => {
    const book = bookOf()
    flap(book, 3)
    expect(book.usable()).toHaveLength(1)
    flap(book, 1, 6000)
    expect(book.usable()).toEqual([])
  })

  test('is trusted again when it has stayed for five minutes', () => {
    const book = bookOf()
    const stays = flap(book, 6)
    watch(book, stays, stays + 290_000, (ms) => [nodeOf('a', { boot: 'boot-5', beat: ms })])
    expect(book.usable()).toEqual([])
    watch(book, stays + 290_500, stays + 301_000, (ms) => [nodeOf('a', { boot: 'boot-5', beat: ms })])
    expect(book.usable()).toHaveLength(1)
  })

  test('is not blamed for losses that are far apart', () => {
    const book = bookOf()
    for (let k = 0; k < 6; k++) {
      watch(book, 40_000 * k, 40_000 * k + 39_500, (ms) => [nodeOf('a', { boot: `boot-${k}`, beat: ms })])
      expect(book.usable()).toHaveLength(1)
    }
  })
})
