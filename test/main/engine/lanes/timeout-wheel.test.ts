import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimeoutWheel } from '../../../../src/main/engine/lanes/timeout-wheel.ts'

const SPAN = 1000

interface Item {
  deadline: number
  slot: number
  place: number
}

const at = (deadline: number): Item => ({ deadline, slot: -1, place: 0 })

describe('the wheel of timeouts', () => {
  it('hands over every item after its deadline, at most 1 % of the span and one sweep late', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: SPAN }), { maxLength: 50 }), fc.integer({ min: 1, max: 300 }), fc.nat(1e6), (delays, everyMs, start) => {
        const wheel = new TimeoutWheel<Item>(SPAN, start)
        const waiting = new Set(delays.map((delay) => at(start + delay)))
        for (const item of waiting) wheel.add(item, start)
        for (let now = start; now <= start + 2 * SPAN; now += everyMs) {
          wheel.sweep(now, (item) => {
            expect(item.deadline).toBeLessThanOrEqual(now)
            expect(waiting.delete(item)).toBe(true)
          })
          for (const item of waiting) expect(item.deadline).toBeGreaterThan(now - SPAN / 50 - everyMs)
        }
      }),
    )
  })

  it('follows a deadline that moves later without being told, and one that moves earlier when told', () => {
    const wheel = new TimeoutWheel<Item>(SPAN, 0)
    const [later, earlier] = [at(100), at(900)]
    wheel.add(later, 0)
    wheel.add(earlier, 0)
    later.deadline = 700
    earlier.deadline = 200
    wheel.hasten(earlier, 0)
    expect(expiredAt(wheel, 150)).toEqual([])
    expect(expiredAt(wheel, 250)).toEqual([earlier])
    expect(expiredAt(wheel, 690)).toEqual([])
    expect(expiredAt(wheel, 750)).toEqual([later])
  })

  it('never expires what has no deadline at present, and keeps watching it', () => {
    const wheel = new TimeoutWheel<Item>(SPAN, 0)
    const item = at(Infinity)
    wheel.add(item, 0)
    for (let now = 0; now < 10 * SPAN; now += 50) expect(expiredAt(wheel, now)).toEqual([])
    item.deadline = 10.5 * SPAN
    expect(expiredAt(wheel, 11 * SPAN + 50)).toEqual([item])
  })

  it.each([0.2, 0.29, 0.5, 1, 1.28, 1.3, 5])('goes on after %s spans in which nobody swept, though an item comes back to the slot that is being swept', (spans) => {
    const wheel = new TimeoutWheel<Item>(SPAN, 0)
    const [one, other] = [at(Infinity), at(Infinity)]
    for (const item of [one, other]) wheel.add(item, 0)
    expect(expiredAt(wheel, SPAN)).toEqual([])
    const woken = SPAN + spans * SPAN
    expect(expiredAt(wheel, woken)).toEqual([])
    one.deadline = woken + SPAN / 2
    expect(expiredAt(wheel, woken + SPAN + 20)).toEqual([one])
    expect(wheel.items()).toContain(other)
  })

  it('forgets what was removed, and survives a long time without a sweep', () => {
    const wheel = new TimeoutWheel<Item>(SPAN, 0)
    const items = [at(500), at(500), at(500)]
    for (const item of items) wheel.add(item, 0)
    wheel.remove(items[0]!)
    wheel.remove(items[0]!)
    expect(wheel.items()).toHaveLength(2)
    expect(expiredAt(wheel, 1e9)).toHaveLength(2)
    expect(wheel.items()).toEqual([])
  })
})

function expiredAt(wheel: TimeoutWheel<Item>, now: number): Item[] {
  const expired: Item[] = []
  wheel.sweep(now, (item) => expired.push(item))
  return expired
}
