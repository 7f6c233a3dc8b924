import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ThinkQueue } from '../../../../src/main/engine/flow/think-queue.ts'
import { FakeTimers } from '../../../support/fake-timers.ts'

it('everybody is woken once, in the order of their instants and not before, with one timer at a time', () => {
  fc.assert(fc.property(fc.array(fc.record({ slot: fc.nat(1000), ms: fc.integer({ min: 0, max: 500 }), after: fc.integer({ min: 0, max: 50 }) }), { maxLength: 60 }), (pauses) => {
    const timers = new FakeTimers()
    const woken: { slot: number; at: number; now: number }[] = []
    const queue = new ThinkQueue(timers, (slot, at) => void woken.push({ slot, at, now: timers.now() }))
    const wanted: { slot: number; at: number }[] = []
    for (const { slot, ms, after } of pauses) {
      wanted.push({ slot, at: timers.now() + ms })
      queue.add(slot, timers.now() + ms)
      expect(timers.pending.length).toBeLessThanOrEqual(1)
      timers.advanceTo(timers.now() + after)
    }
    timers.advanceTo(timers.now() + 1000)
    expect(queue.size).toBe(0)
    expect(woken.every(({ at, now }) => now >= at)).toBe(true)
    expect(woken.map(({ at }) => at)).toEqual(wanted.map(({ at }) => at).sort((a, b) => a - b))
    const key = ({ slot, at }: { slot: number; at: number }): string => `${at} ${slot}`
    expect(woken.map(key).sort()).toEqual(wanted.map(key).sort())
  }))
})

it('nobody is woken after all were forgotten', () => {
  const timers = new FakeTimers()
  const queue = new ThinkQueue(timers, () => expect.unreachable())
  queue.add(1, 10)
  queue.clear()
  timers.advanceTo(100)
  expect([queue.size, timers.pending]).toEqual([0, []])
})
