import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/shared/errors.ts'
import { Histogram } from '../../../src/shared/results/histogram.ts'
import { ByteWriter } from '../../../src/shared/varint.ts'

const durations = fc.array(fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 2_000_000 }), fc.integer({ min: 0, max: 600_000_000 })), { maxLength: 300 })

const of = (values: number[]): Histogram => {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}
const bytesOf = (...histograms: Histogram[]): string => {
  const all = new Histogram()
  for (const histogram of histograms) all.merge(histogram)
  return Buffer.from(all.encode()).toString('hex')
}

describe('Histogram', () => {
  it('tells every percentile within 0.1 %, minimum, maximum, mean and count exactly', () => {
    fc.assert(fc.property(durations, fc.double({ min: 0, max: 100, noNaN: true }), (values, p) => {
      fc.pre(values.length > 0)
      const sorted = values.toSorted((a, b) => a - b)
      const histogram = of(values)
      const truth = sorted[Math.max(0, Math.ceil((sorted.length * p) / 100 * (1 - 1e-12)) - 1)]!
      expect(Math.abs(histogram.percentile(p)! - truth)).toBeLessThanOrEqual(truth * 0.001)
      expect([histogram.count, histogram.min, histogram.max]).toEqual([sorted.length, sorted[0], sorted.at(-1)])
      expect(histogram.mean).toBe(sorted.reduce((sum, v) => sum + v, 0) / sorted.length)
    }))
  })

  it('keeps min <= p50 <= p95 <= p99 <= p99.9 <= max', () => {
    fc.assert(fc.property(durations, (values) => {
      fc.pre(values.length > 0)
      const h = of(values)
      const course = [h.min!, ...[0, 50, 75, 90, 95, 99, 99.9, 99.99, 100].map((p) => h.percentile(p)!), h.max!]
      expect(course).toEqual(course.toSorted((a, b) => a - b))
    }))
  })

  it('takes the nearest rank where floating point would go one too far', () => {
    const h = of(Array.from({ length: 1000 }, (_, i) => i + 1))
    expect([h.percentile(50), h.percentile(99), h.percentile(99.9), h.percentile(100)]).toEqual([500, 990, 999, 1000])
  })

  it('merges in any order and grouping to the same', () => {
    fc.assert(fc.property(durations, durations, durations, (a, b, c) => {
      const [x, y, z] = [of(a), of(b), of(c)]
      const yz = of(b)
      yz.merge(z)
      expect(bytesOf(x, y, z)).toBe(bytesOf(z, y, x))
      expect(bytesOf(x, yz)).toBe(bytesOf(x, y, z))
      expect(bytesOf(x, y, z)).toBe(bytesOf(of([...a, ...b, ...c])))
    }))
  })

  it('is the same after encoding and decoding, and merges encoded as decoded', () => {
    fc.assert(fc.property(durations, durations, (a, b) => {
      const decoded = Histogram.decode(of(a).encode())
      expect(bytesOf(decoded)).toBe(bytesOf(of(a)))
      expect([decoded.count, decoded.min, decoded.max, decoded.mean]).toEqual([of(a).count, of(a).min, of(a).max, of(a).mean])
      decoded.mergeEncoded(of(b).encode())
      expect(bytesOf(decoded)).toBe(bytesOf(of([...a, ...b])))
    }))
  })

  it('takes no bytes and has no figures while empty', () => {
    const empty = new Histogram()
    expect(empty.encode()).toHaveLength(0)
    expect([empty.count, empty.min, empty.max, empty.mean, empty.percentile(50)]).toEqual([0, null, null, null, null])
    expect(Histogram.decode(new Uint8Array(0)).count).toBe(0)
  })

  it('is as new after clear', () => {
    const h = of([5, 5000, 5_000_000, 700_000_000])
    h.clear()
    h.record(7)
    expect(bytesOf(h)).toBe(bytesOf(of([7])))
    let slots = 0
    h.forEach(() => slots++)
    expect(slots).toBe(1)
  })

  it('puts durations beyond 10 minutes together and still knows the longest', () => {
    const h = of([1000, 3_600_000_000, 7_200_000_000])
    expect(h.max).toBe(7_200_000_000)
    expect(h.percentile(50)).toBeGreaterThan(599_000_000)
    expect(bytesOf(Histogram.decode(h.encode()))).toBe(bytesOf(h))
  })

  it('counts a negative or broken duration as 0 and cuts fractions', () => {
    const h = of([-5, NaN, 3.9])
    expect([h.count, h.min, h.max]).toEqual([3, 0, 3])
    expect(Histogram.decode(h.encode()).count).toBe(3)
  })

  it('goes on counting beyond 2^32 in one slot', () => {
    const writer = new ByteWriter()
    for (const number of [1, 2 ** 32 - 1, 7 * (2 ** 32 - 1), 7, 7, 7, 2 ** 32 - 1]) writer.write(number)
    const h = Histogram.decode(writer.take())
    h.record(7)
    h.record(9)
    h.mergeEncoded(writer.take())
    expect(h.count).toBe(2 ** 33)
    let sevens = 0
    h.forEach((us, count) => { if (us === 7) sevens = count })
    expect(sevens).toBe(2 ** 33 - 1)
    expect(Histogram.decode(h.encode()).count).toBe(2 ** 33)
    const other = of([7])
    other.merge(h)
    expect(other.count).toBe(2 ** 33 + 1)
  })

  describe('refuses damaged bytes and stays as it was', () => {
    const refuses = (bytes: Uint8Array): void => {
      const h = of([1, 2, 3])
      try {
        h.mergeEncoded(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
        expect((error as AppError).code).toBe('bad-input')
        expect(bytesOf(h)).toBe(bytesOf(of([1, 2, 3])))
        return
      }
      throw new Error(`accepted ${Buffer.from(bytes).toString('hex')}`)
    }

    it('cut at every byte', () => {
      const bytes = of([12, 900, 5000, 70_000, 70_001]).encode()
      for (let end = 1; end < bytes.length; end++) refuses(bytes.slice(0, end))
    })

    it('of another version, with impossible slots, counts, sums', () => {
      for (const numbers of [[2, 1, 7, 7, 7, 7, 1], [1, 2, 7, 7, 7, 7, 1], [1, 1, 7, 8, 7, 7, 1], [1, 1, 7, 6, 7, 7, 1], [1, 1, 900, 7, 7, 7, 1], [1, 1, 0, 7, 7, 7, 1], [1, 1, 7, 7, 7, 1e6, 1], [1, 0, 0, 0, 0], [1, 2, 14, 7, 7, 7, 1, 0, 1], [1, 0, 0, 7, 7, 7, 0]]) {
        const writer = new ByteWriter()
        for (const number of numbers) writer.write(number)
        refuses(writer.take())
      }
    })

    it('whatever the bytes are: an answer or a refusal, never another error or a broken figure', () => {
      fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        try {
          const h = Histogram.decode(bytes)
          expect(Number.isSafeInteger(h.count)).toBe(true)
          expect(Buffer.from(h.encode())).toEqual(Buffer.from(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(AppError)
        }
      }), { numRuns: 2000 })
    })
  })
})
