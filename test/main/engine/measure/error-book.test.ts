import { describe, expect, it } from 'vitest'
import { ErrorBook, SampleQuota } from '../../../../src/main/engine/measure/error-book.ts'

describe('ErrorBook', () => {
  it('counts by kind, status and message, most frequent first', () => {
    const book = new ErrorBook()
    book.count('timeout', 0, 'no answer')
    for (let i = 0; i < 3; i++) book.count('check', 503, '503 Service Unavailable')
    expect(book.take()).toEqual([
      { kind: 'check', status: 503, message: '503 Service Unavailable', count: 3 },
      { kind: 'timeout', status: 0, message: 'no answer', count: 1 },
    ])
    expect(book.take()).toEqual([])
  })

  it('stays small when every failure has a message of its own, and loses none', () => {
    const book = new ErrorBook()
    for (let i = 0; i < 10_000; i++) book.count('other', 0, `message ${i}`)
    const groups = book.take()
    expect(groups.length).toBeLessThan(60)
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(10_000)
  })
})

describe('SampleQuota', () => {
  it('lets five of a group pass per minute', () => {
    const quota = new SampleQuota()
    const taken = Array.from({ length: 10 }, () => quota.take('a', 1000)).filter(Boolean)
    expect(taken).toHaveLength(5)
    expect(quota.take('b', 1000)).toBe(true)
    expect(quota.open('a', 59_999)).toBe(false)
    expect(quota.open('a', 60_000)).toBe(true)
  })
})
