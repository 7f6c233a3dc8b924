import { expect, test } from 'vitest'
import { growth } from '../../../bench/groups/memory.ts'

test('growth compares the end with the time after settling, blind to single peaks', () => {
  const eachSecond = [...Array<number>(20).fill(60), ...Array<number>(20).fill(80), ...Array<number>(20).fill(83)]
  eachSecond[55] = 200
  expect(growth(eachSecond, 20)).toBe(3)
})
