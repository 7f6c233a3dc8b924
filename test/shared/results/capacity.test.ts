import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CapacitySearch, type CapacityOptions, type HoldOutcome } from '../../../src/shared/results/capacity.ts'

/** Searches against a target of which the outcome of each hold is known; answers with the rates that were held. */
function search(options: CapacityOptions, outcomeAt: (rate: number, hold: number) => HoldOutcome): { rates: number[]; bounds: CapacitySearch['bounds'] } {
  const capacity = new CapacitySearch(options)
  const rates: number[] = []
  for (let rate = capacity.next; rate !== null; rate = capacity.next) {
    capacity.record(outcomeAt(rate, rates.push(rate) - 1))
    if (rates.length > 500) throw new Error('The search does not end.')
  }
  return { rates, bounds: capacity.bounds }
}

describe('the search for capacity', () => {
  test('climbs by half, then halves what is left, and tries each failing rate twice', () => {
    const { rates, bounds } = search({ fromRate: 100, ceiling: null }, (rate) => (rate <= 400 ? 'held' : 'failed'))
    expect(rates).toEqual([100, 150, 225, 338, 507, 507, 423, 423, 381, 402, 402, 392])
    expect(bounds).toEqual({ holds: 392, failsAt: 402, limitedBy: 'target' })
  })

  test('takes one bad hold for no proof', () => {
    const { bounds } = search({ fromRate: 100, ceiling: 150 }, (_, hold) => (hold === 1 ? 'failed' : 'held'))
    expect(bounds).toEqual({ holds: 150, failsAt: null, limitedBy: 'ceiling' })
  })

  test('goes down when even the first rate fails, and says so when nothing holds', () => {
    expect(search({ fromRate: 900, ceiling: null }, (rate) => (rate <= 100 ? 'held' : 'failed')).bounds.holds).toBeGreaterThan(94)
    expect(search({ fromRate: 100, ceiling: null }, () => 'failed').bounds).toEqual({ holds: null, failsAt: 1, limitedBy: 'target' })
  })

  test('ends when the generator gives way twice, with what held before', () => {
    const { rates, bounds } = search({ fromRate: 1000, ceiling: null }, (rate) => (rate <= 2000 ? 'held' : 'untrusted'))
    expect(rates).toEqual([1000, 1500, 2250, 2250])
    expect(bounds).toEqual({ holds: 1500, failsAt: null, limitedBy: 'generator' })
  })

  test('never exceeds the ceiling', () => {
    const { rates } = search({ fromRate: 5000, ceiling: 1200 }, () => 'held')
    expect(rates).toEqual([1200])
  })

  test('finds any capacity to within 5 %, in few holds', () => {
    fc.assert(fc.property(fc.double({ min: 2, max: 1e6, noNaN: true }), fc.integer({ min: 1, max: 100_000 }), (capacity, fromRate) => {
      const { rates, bounds } = search({ fromRate, ceiling: null }, (rate) => (rate <= capacity ? 'held' : 'failed'))
      expect(bounds.limitedBy).toBe('target')
      expect(bounds.holds!).toBeLessThanOrEqual(capacity)
      expect(bounds.failsAt!).toBeGreaterThan(capacity)
      const width = bounds.failsAt! - bounds.holds!
      expect(width <= bounds.holds! * 0.05 || width <= 0.02 * bounds.holds! + 0.02).toBe(true)
      expect(rates.length).toBeLessThan(90)
    }))
  })

  test('ends on any sequence of outcomes, within its bounds', () => {
    const outcomes = fc.array(fc.constantFrom<HoldOutcome>('held', 'failed', 'untrusted'), { minLength: 1, maxLength: 50 })
    fc.assert(fc.property(outcomes, fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 50_000 }), (sequence, fromRate, ceiling) => {
      const { rates } = search({ fromRate, ceiling }, (_, hold) => sequence[hold] ?? 'failed')
      expect(Math.max(...rates)).toBeLessThanOrEqual(ceiling)
    }))
  })
})
