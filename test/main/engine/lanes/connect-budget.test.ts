import { describe, expect, it } from 'vitest'
import { ConnectBudget } from '../../../../src/main/engine/lanes/connect-budget.ts'

describe('the budget of connection attempts', () => {
  it('lets a few begin in one turn and more in the next', () => {
    const budget = new ConnectBudget(3)
    expect(begun(budget, 0)).toBe(3)
    budget.refill()
    expect(begun(budget, 0)).toBe(3)
  })

  it('does not pause for single failures', () => {
    const budget = new ConnectBudget(3)
    for (let i = 0; i < 10; i++) {
      budget.failed(0)
      budget.failed(0)
      budget.succeeded()
    }
    expect(begun(budget, 0)).toBe(3)
  })

  it('pauses longer and longer while all fail, at most 100 ms, and then probes with one at a time', () => {
    const budget = new ConnectBudget(2)
    for (let i = 0; i < 50; i++) budget.failed(1000)
    budget.refill()
    expect(budget.mayTake(1099, 0)).toBe(false)
    expect(budget.mayTake(1100, 0)).toBe(true)
    expect(budget.mayTake(1100, 1)).toBe(false)
    budget.succeeded()
    expect(budget.mayTake(1100, 1)).toBe(true)
  })
})

function begun(budget: ConnectBudget, now: number): number {
  let count = 0
  for (; count < 100 && budget.mayTake(now, count); count++) budget.take()
  return count
}
