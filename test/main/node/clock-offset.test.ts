import { expect, test } from 'vitest'
import { ClockOffset } from '../../../src/main/node/work/clock-offset.ts'

test('believes the shortest of the recent round trips', () => {
  const clock = new ClockOffset(3)
  expect(clock.best).toEqual({ offsetMs: 0, errorMs: 0 })
  clock.add(1000, 6100, 1200)
  expect(clock.best).toEqual({ offsetMs: 5000, errorMs: 100 })
  clock.add(2000, 7003, 2004)
  expect(clock.best).toEqual({ offsetMs: 5001, errorMs: 2 })
  for (let i = 0; i < 3; i++) clock.add(3000, 8050, 3100)
  expect(clock.best).toEqual({ offsetMs: 5000, errorMs: 50 })
})

test('follows a clock that was set at once, and says by how much', () => {
  const clock = new ClockOffset()
  for (let at = 0; at < 5000; at += 1000) expect(clock.add(at, at + 502, at + 4)).toBe(0)
  expect(clock.add(6000, 6000 + 9502, 6004)).toBe(9000)
  expect(clock.best).toEqual({ offsetMs: 9500, errorMs: 2 })
})

test('takes a slow answer for what it is, not for a clock that was set', () => {
  const clock = new ClockOffset()
  clock.add(0, 502, 4)
  expect(clock.add(1000, 1000 + 510, 3000)).toBe(0)
  expect(clock.best.offsetMs).toBe(500)
})

test('keeps what it knew until something new is known', () => {
  const clock = new ClockOffset()
  clock.add(0, 502, 4)
  clock.reset()
  expect(clock.best.offsetMs).toBe(500)
  expect(clock.add(1000, 1000 + 9502, 1004)).toBe(0)
  expect(clock.best.offsetMs).toBe(9500)
})
