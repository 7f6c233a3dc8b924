import { expect, test } from 'vitest'
import { h2loadCost } from '../../../bench/groups/lanes.ts'

test('the cost of h2load is read from what it prints, unless requests failed', () => {
  const printed = 'requests: 120 total, 120 started, 120 done, 100 succeeded, 0 failed, 0 errored, 0 timeout'
  expect(h2loadCost(printed, 0.001)).toBeCloseTo(10)
  expect(h2loadCost(printed.replace('0 failed', '3 failed'), 0.001)).toBeNaN()
  expect(h2loadCost('', 0.001)).toBeNaN()
})
