import { expect, test } from 'vitest'
import { recordedTimesWrk } from '../../../bench/peers/recorded.ts'

test('recorded peers are multiples of wrk; of others there is no record', () => {
  expect(recordedTimesWrk('k6')).toBeCloseTo(10.5, 1)
  expect(() => recordedTimesWrk('nobody')).toThrow('no record')
})
