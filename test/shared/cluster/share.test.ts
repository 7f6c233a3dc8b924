import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { common, cut, isSame, onGrid, union, WHOLE, without } from '../../../src/shared/cluster/share.ts'
import { measure, owns, positionOf } from '../../../src/shared/cluster/split.ts'
import type { Share } from '../../../src/shared/cluster/cluster.ts'

const place = fc.double({ min: 0, max: 1, noNaN: true }).map(onGrid)
const share: fc.Arbitrary<Share> = fc.array(fc.tuple(place, place), { maxLength: 8 }).map((pairs) => pairs.map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })))
const arrivals = Array.from({ length: 200 }, (_, index) => index * 7919 + 1)

describe('shares as sets of arrivals', () => {
  test('an arrival is in the union if it is in one of them, and in the rest if it was not taken', () => {
    fc.assert(fc.property(share, share, (a, b) => {
      for (const arrival of arrivals) {
        const [inA, inB] = [owns(a, arrival), owns(b, arrival)]
        expect(owns(union([a, b]), arrival)).toBe(inA || inB)
        expect(owns(without(a, b), arrival)).toBe(inA && !inB)
        expect(owns(common(a, b), arrival)).toBe(inA && inB)
      }
    }))
  })

  test('measures add up exactly, not nearly', () => {
    fc.assert(fc.property(share, share, (a, b) => {
      expect(measure(without(a, b)) + measure(common(a, b))).toBe(measure(union([a])))
      expect(measure(union([a, b]))).toBe(measure(union([b])) + measure(without(a, b)))
      expect(measure(without(WHOLE, a)) + measure(union([a]))).toBe(1)
    }))
  })

  test('are in order, and neighbours are one', () => {
    expect(union([[{ from: 0.5, to: 0.75 }], [{ from: 0.25, to: 0.5 }, { from: 0, to: 0.125 }]])).toEqual([{ from: 0, to: 0.125 }, { from: 0.25, to: 0.75 }])
  })

  test('are cut where it was asked, to a place on the grid, and nothing falls between', () => {
    fc.assert(fc.property(share.map((parts) => union([parts])), fc.double({ min: 0, max: 1, noNaN: true }), (whole, wanted) => {
      const [taken, rest] = cut(whole, wanted)
      expect(measure(taken)).toBe(Math.min(measure(whole), onGrid(wanted)))
      expect(isSame(union([taken, rest]), whole)).toBe(true)
      expect(common(taken, rest)).toEqual([])
    }))
  })

  test('every arrival sits on the grid', () => {
    for (const arrival of arrivals) expect(onGrid(positionOf(arrival))).toBe(positionOf(arrival))
  })
})
