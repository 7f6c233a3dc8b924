import { describe, expect, test } from 'vitest'
import { TIMINGS, timingsOf } from '../../../src/main/node/timings.ts'

describe('the times of a cluster', () => {
  test('are the defaults, with the changes that were asked for', () => {
    expect(timingsOf()).toEqual(TIMINGS)
    expect(timingsOf({ heartbeatMs: 500 })).toMatchObject({ heartbeatMs: 500, runLeaseMs: 10_000 })
  })

  test('may lack a lease on runs where contact cannot be lost', () => {
    expect(timingsOf({ runLeaseMs: Infinity }).runLeaseMs).toBe(Infinity)
  })

  test.each([
    ['work that is given away while its node may still do it', { lostAfterMs: 10_500 }, 'lostAfterMs'],
    ['a lease that one lost renewal ends', { leaseTtlMs: 3000 }, 'leaseTtlMs'],
    ['a run lease that one lost heartbeat ends', { runLeaseMs: 2000 }, 'runLeaseMs'],
    ['a node given up between two heartbeats', { goneAfterMs: 2000 }, 'goneAfterMs'],
    ['a heartbeat without a pause', { heartbeatMs: 0 }, 'heartbeatMs'],
  ])('refuse %s', (_, changes, name) => {
    expect(() => timingsOf(changes)).toThrow(expect.objectContaining({ code: 'bad-input', message: expect.stringContaining(name) }))
  })
})
