import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HeadMemo } from '../../../../src/main/engine/lanes/head-memo.ts'
import { Http1Head } from '../../../../src/main/engine/lanes/http1-head.ts'

const HEAD = Buffer.from('HTTP/1.1 200 OK\r\nDate: now\r\n\r\n')

describe('the memo of the last head', () => {
  it('knows exactly the bytes that it learnt, whatever lies behind them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.uint8Array({ maxLength: 9 }), (learnt, at, change, behind) => {
        const buffer = Buffer.alloc(64)
        const memo = new HeadMemo(buffer)
        buffer.set(learnt)
        memo.learn(buffer, learnt.length, new Http1Head())
        buffer.set(behind, learnt.length)
        expect(memo.matches(buffer, learnt.length)).toBe(true)
        expect(memo.matches(buffer, learnt.length - 1)).toBe(false)
        buffer[at % learnt.length]! ^= change
        expect(memo.matches(buffer, 64)).toBe(false)
      }),
    )
  })

  it('knows nothing at first, and nothing of other buffers', () => {
    const buffer = Buffer.from(HEAD)
    const memo = new HeadMemo(buffer)
    expect(memo.matches(buffer, buffer.length)).toBe(false)
    memo.learn(Buffer.from(HEAD), HEAD.length, new Http1Head())
    expect(memo.length).toBe(0)
  })

  it('does not learn heads that are too long for it', () => {
    const buffer = Buffer.alloc(65_536, 'x')
    const memo = new HeadMemo(buffer)
    memo.learn(buffer, 5000, new Http1Head())
    expect(memo.length).toBe(0)
  })

  it('learns seldom once every head is another, and still learns', () => {
    const buffer = Buffer.alloc(64)
    const memo = new HeadMemo(buffer)
    let learnt = 0
    for (let i = 0; i < 640; i++) {
      memo.length = 0
      memo.learn(buffer, 8, new Http1Head())
      if (memo.length > 0) learnt++
    }
    expect(learnt).toBeGreaterThan(16)
    expect(learnt).toBeLessThan(32)
  })
})
