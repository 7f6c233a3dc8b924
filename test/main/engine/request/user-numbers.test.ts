import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closedPart } from '../../../../src/main/engine/request/feed.ts'
import { UserNumbers } from '../../../../src/main/engine/request/user-numbers.ts'
import { subdivide } from '../../../../src/shared/cluster/split.ts'

const take = (numbers: UserNumbers, count: number): number[] => Array.from({ length: count }, () => numbers.next())

describe('numbers of the iterations of virtual users', () => {
  it('are those from 1 to the total, each once, however the users are divided', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 500 }), (users, parts, requests) => {
      const load = { model: 'closed' as const, connections: users, requests, durationMs: null, warmupMs: 0 }
      const shares = subdivide([{ from: 0, to: 1 }], parts)
      const all = shares.flatMap((share) => take(new UserNumbers(share, users, 0), closedPart(load, share).requests ?? 0))
      expect(all.sort((a, b) => a - b)).toEqual(Array.from({ length: requests }, (_, i) => i + 1))
    }))
  })

  it('never come again when users change hands in the middle of a run', () => {
    const [left, right] = subdivide([{ from: 0, to: 1 }], 2)
    const before = [left!, right!].flatMap((share) => take(new UserNumbers(share, 10, 0), 5000))
    const after = [right!, left!].flatMap((share) => take(new UserNumbers(share, 10, 1000), 5000))
    const again = [left!, right!].flatMap((share) => take(new UserNumbers(share, 10, 2000), 5000))
    expect(new Set([...before, ...after, ...again]).size).toBe(30_000)
  })
})
