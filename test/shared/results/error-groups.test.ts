import { describe, expect, it } from 'vitest'
import { ErrorGroups } from '../../../src/shared/results/error-groups.ts'
import type { ErrorSample, ErrorTally } from '../../../src/shared/results/sample.ts'

const timeout = (count: number): ErrorTally => ({ kind: 'timeout', status: 0, message: 'no answer within 10 s', count })
const odd = (n: number): ErrorTally => ({ kind: 'protocol', status: 0, message: `bad status line ${n}`, count: 1 })
const example = (atMs: number): ErrorSample => ({ kind: 'timeout', status: 0, message: 'no answer within 10 s', atMs, method: 'GET', url: 'http://x/', responseTimeMs: 1, head: '', body: '' })

describe('ErrorGroups', () => {
  it('add up by what went wrong, most frequent first, with the time of the first', () => {
    const groups = new ErrorGroups()
    groups.add([odd(1), timeout(2)], 3000)
    groups.add([timeout(3)], 2000)
    expect(groups.list().map(({ message, count, firstAtMs }) => [message, count, firstAtMs])).toEqual([['no answer within 10 s', 5, 2000], ['bad status line 1', 1, 3000]])
  })

  it('stay bounded with a target that writes a new message each time, and lose no count', () => {
    const groups = new ErrorGroups()
    for (let n = 0; n < 1000; n++) groups.add([odd(n), timeout(1)], n)
    const list = groups.list()
    expect(list).toHaveLength(201)
    expect(list.reduce((sum, { count }) => sum + count, 0)).toBe(2000)
    expect(list.find(({ kind }) => kind === 'other')).toMatchObject({ status: 0, message: 'other', count: 801 })
  })

  it('keep the first five examples of a group and none of a group that was not counted', () => {
    const groups = new ErrorGroups()
    groups.keep([example(1)])
    groups.add([timeout(9)], 0)
    groups.keep([1, 2, 3, 4, 5, 6].map(example))
    expect(groups.list()[0]?.samples.map(({ atMs }) => atMs)).toEqual([1, 2, 3, 4, 5])
  })

  it('are the same after being restored', () => {
    const groups = new ErrorGroups()
    groups.add([timeout(9), odd(1)], 0)
    const restored = ErrorGroups.restore(groups.list())
    restored.add([timeout(1)], 5)
    expect(restored.list()[0]).toMatchObject({ count: 10, firstAtMs: 0 })
  })
})
