import { expect, test } from 'vitest'
import { orderLeads } from '../../../src/main/node/master/order-leads.ts'

const carriers = (...rtts: number[]) => rtts.map((rttMs, index) => ({ id: `n${index}`, rttMs }))

test('an order is given far enough ahead for the slowest node, but not by the time for which Redis stood still', () => {
  expect(orderLeads(carriers(1, 2), 'n0').orderMs).toBe(300)
  expect(orderLeads(carriers(1, 200), 'n0').orderMs).toBe(1000)
  expect(orderLeads(carriers(1, 1400), 'n0').orderMs).toBe(2000)
})
