import { expect, test } from 'vitest'
import { parseTimes } from '../../bench/measure.ts'

test('the last line of time is wall, user, system and memory', () => {
  expect(parseTimes('Command terminated by signal 9\n3.05 1.50 0.25 112640\n')).toEqual({ wallSeconds: 3.05, cpuSeconds: 1.75, peakMb: 110 })
})
