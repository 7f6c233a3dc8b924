import { expect, test } from 'vitest'
import { ClockOffset } from '../../../src/main/node/clock-offset.ts'

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
