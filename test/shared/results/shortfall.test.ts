import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Shortfall } from '../../../src/shared/results/shortfall.ts'

const due = (n: number) => ({ all: n, judged: n })

describe('the shortfall of a run', () => {
  test('is what nobody was told to execute', () => {
    const shortfall = new Shortfall()
    shortfall.close(0, due(100), 100)
    shortfall.close(1, due(100), 70)
    shortfall.close(2, due(100), 0)
    expect([shortfall.lost, shortfall.over]).toEqual([130, 0])
  })

  test('is filled by samples that come late', () => {
    const shortfall = new Shortfall()
    shortfall.close(0, due(100), 60)
    shortfall.close(1, due(100), 60)
    shortfall.tellLate(1, 40)
    expect(shortfall.lost).toBe(40)
    shortfall.tellLate(0, 40)
    expect([shortfall.lost, shortfall.over]).toEqual([0, 0])
  })

  test('tells of arrivals that were executed twice, and does not set them off against others that were lost', () => {
    const shortfall = new Shortfall()
    shortfall.close(0, due(100), 50)
    for (let second = 1; second < 5; second++) shortfall.close(second, due(100), 100)
    expect(shortfall.close(5, due(100), 120)).toBe(20)
    expect([shortfall.lost, shortfall.over]).toEqual([50, 20])
  })

  test('does not call it twice when a node catches up with what it heard of late', () => {
    const shortfall = new Shortfall()
    shortfall.close(0, due(100), 70)
    expect(shortfall.close(1, due(100), 130)).toBe(0)
    expect([shortfall.lost, shortfall.over]).toEqual([0, 0])
  })

  test('does not mind an arrival on the very border of two seconds', () => {
    const shortfall = new Shortfall()
    shortfall.close(0, due(100), 101)
    shortfall.close(1, due(100), 99)
    shortfall.close(2, due(100), 99)
    shortfall.close(3, due(100), 101)
    expect([shortfall.lost, shortfall.over]).toEqual([0, 0])
  })

  test('counts nothing of the warm-up', () => {
    const shortfall = new Shortfall()
    shortfall.close(0, { all: 100, judged: 0 }, 50)
    shortfall.close(1, { all: 100, judged: 30 }, 50)
    expect(shortfall.lost).toBe(30)
  })

  test('ends where the run was stopped, or where the nodes had stopped before the master heard of it', () => {
    const shortfall = new Shortfall()
    const told = [100, 60, 100, 100, 40, 0, 0, 0]
    told.forEach((planned, second) => shortfall.close(second, due(100), planned))
    shortfall.stopIn(7)
    expect(shortfall.lost).toBe(100)
    const stopped = new Shortfall()
    stopped.close(0, due(100), 60)
    stopped.close(5, due(100), 80)
    stopped.close(6, due(100), 10)
    stopped.stopIn(6)
    expect(stopped.lost).toBe(40)
  })

  test('is the sum of the profile less what was told, whenever each sample comes and however long the run is', () => {
    const seconds = fc.array(fc.record({ onTime: fc.nat(50), late: fc.nat(50) }), { minLength: 1, maxLength: 900 })
    fc.assert(fc.property(seconds, (list) => {
      let shortfall = new Shortfall()
      list.forEach(({ onTime }, second) => {
        shortfall.close(second, due(100), onTime)
        const lateBy = second - 100
        if (lateBy >= 0) shortfall.tellLate(lateBy, list[lateBy]!.late)
        if (second % 97 === 0) shortfall = new Shortfall(structuredClone(shortfall.save()))
      })
      const told = list.reduce((sum, { onTime, late }, second) => sum + onTime + (second + 100 < list.length ? late : 0), 0)
      expect([shortfall.lost, shortfall.over]).toEqual([100 * list.length - told, 0])
    }), { numRuns: 20 })
  })
})
