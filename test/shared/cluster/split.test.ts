import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intervals, measure, owns, positionOf, split, subdivide } from '../../../src/shared/cluster/split.ts'

const weights = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1000 }), fc.double({ min: 1e-9, max: 1e9, noNaN: true })), { minLength: 1, maxLength: 40 })
const sum = (numbers: number[]): number => numbers.reduce((total, n) => total + n, 0)

describe('split', () => {
  it('always adds up to the total', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e9 }), weights, (total, w) => {
      const parts = split(total, w)
      expect(sum(parts)).toBe(total)
      expect(parts.every((part) => Number.isInteger(part) && part >= 0)).toBe(true)
    }))
  })

  it('gives every part its proportion to less than one', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1e6 }), fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 20 }), (total, w) => {
      split(total, w).forEach((part, i) => expect(Math.abs(part - (total * w[i]!) / sum(w))).toBeLessThan(1.000001))
    }))
  })

  it('does not lose what truncation would: 200 over 3 workers', () => {
    expect(split(200, [1, 1, 1])).toEqual([67, 67, 66])
    expect(split(10, [0.5, 0.3, 0.2])).toEqual([5, 3, 2])
    expect(split(1, [0, 5])).toEqual([0, 1])
  })

  it('splits equally when no weight is given', () => {
    expect(split(4, [0, 0])).toEqual([2, 2])
    expect(split(0, [])).toEqual([])
  })
})

describe('intervals', () => {
  it('cover [0, 1) without gap or overlap', () => {
    fc.assert(fc.property(weights, (w) => {
      const parts = intervals(w)
      expect(parts[0]!.from).toBe(0)
      expect(parts.at(-1)!.to).toBe(1)
      parts.forEach((part, i) => { if (i > 0) expect(part.from).toBe(parts[i - 1]!.to) })
      expect(parts.every(({ from, to }) => from <= to)).toBe(true)
    }))
  })

  it('give every arrival exactly one owner', () => {
    fc.assert(fc.property(weights, fc.integer({ min: 1, max: 2 ** 40 }), (w, first) => {
      const shares = intervals(w).map((interval) => [interval])
      for (let n = first; n < first + 50; n++) expect(shares.filter((share) => owns(share, n))).toHaveLength(1)
    }))
  })

  it('spread arrivals evenly: a third holds a third of any thousand', () => {
    const share = [{ from: 1 / 3, to: 2 / 3 }]
    for (const first of [1, 777, 1_000_000]) {
      let owned = 0
      for (let n = first; n < first + 1000; n++) if (owns(share, n)) owned++
      expect(Math.abs(owned - 333)).toBeLessThanOrEqual(4)
    }
  })
})

describe('subdivide', () => {
  const share = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 12 }).map((points) => {
    const sorted = points.sort((a, b) => a - b)
    return sorted.flatMap((from, i) => (i % 2 === 0 && i + 1 < sorted.length ? [{ from, to: sorted[i + 1]! }] : []))
  })

  it('gives every owned arrival to exactly one part and no other', () => {
    fc.assert(fc.property(share, fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 1e9 }), (whole, parts, first) => {
      const pieces = subdivide(whole, parts)
      expect(pieces).toHaveLength(parts)
      for (let n = first; n < first + 50; n++) expect(pieces.filter((piece) => owns(piece, n))).toHaveLength(owns(whole, n) ? 1 : 0)
    }))
  })

  it('makes parts of equal measure', () => {
    fc.assert(fc.property(share, fc.integer({ min: 1, max: 16 }), (whole, parts) => {
      for (const piece of subdivide(whole, parts)) expect(measure(piece)).toBeCloseTo(measure(whole) / parts, 9)
    }))
  })

  it('leaves the whole untouched for one part', () => {
    expect(subdivide([{ from: 0, to: 0.25 }, { from: 0.5, to: 1 }], 1)).toEqual([[{ from: 0, to: 0.25 }, { from: 0.5, to: 1 }]])
  })
})

describe('positionOf', () => {
  it('stays within [0, 1) for every arrival number', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (n) => {
      expect(positionOf(n)).toBeGreaterThanOrEqual(0)
      expect(positionOf(n)).toBeLessThan(1)
    }))
  })
})
