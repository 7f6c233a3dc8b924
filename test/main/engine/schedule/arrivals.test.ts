import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UniformArrivals } from '../../../../src/main/engine/schedule/arrivals.ts'
import type { ArrivalStream } from '../../../../src/main/engine/schedule/arrivals.ts'
import { PoissonArrivals } from '../../../../src/main/engine/schedule/poisson-arrivals.ts'

function positions(stream: ArrivalStream): number[] {
  const all: number[] = []
  while (stream.advance()) all.push(stream.x)
  return all
}

describe.each([
  ['uniform', (total: number) => new UniformArrivals(total)],
  ['poisson', (total: number) => new PoissonArrivals(total, 42)],
])('%s arrivals', (_name, create) => {
  it('are exactly as many as planned, in order, within the plan', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 5000 }), (total) => {
      const all = positions(create(total))
      expect(all).toHaveLength(total)
      expect(all.every((x, i) => x > (all[i - 1] ?? 0) && x <= total)).toBe(true)
    }), { numRuns: 20 })
  })

  it('are the same after going back', () => {
    const all = positions(create(10_000))
    fc.assert(fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 0, max: 9999 }), (reached, back) => {
      const stream = create(10_000)
      stream.seek(reached)
      stream.seek(Math.min(back, reached))
      stream.advance()
      expect(stream.x).toBe(all[Math.min(back, reached)] ?? stream.x)
      stream.seekBefore(all[back]!)
      expect(stream.n).toBe(back)
    }), { numRuns: 50 })
  })

  it('go on in number when the total changes, and end with the new one', () => {
    const stream = create(1000)
    stream.seek(400)
    stream.replan(stream.x, 1500)
    expect(positions(stream)).toHaveLength(1100)
    expect(stream.n).toBe(1500)
  })
})

describe('Poisson arrivals', () => {
  it('are as irregular as a Poisson process: spacing with a coefficient of variation of 1', () => {
    const all = positions(new PoissonArrivals(100_000, 7))
    const gaps = all.map((x, i) => x - (all[i - 1] ?? 0))
    const variance = gaps.reduce((sum, gap) => sum + (gap - 1) ** 2, 0) / gaps.length
    expect(Math.sqrt(variance)).toBeGreaterThan(0.97)
    expect(Math.sqrt(variance)).toBeLessThan(1.03)
  })

  it('become the same for one who hears of a change late as for one who heard in time', () => {
    const early = new PoissonArrivals(20_000, 3)
    early.replan(9000, 25_000)
    const late = new PoissonArrivals(20_000, 3)
    late.seek(15_000)
    late.replan(9000, 25_000)
    late.seek(0)
    expect(positions(late)).toEqual(positions(early))
  })

  it('fall into each stretch as often as a Poisson process given its total lets them', () => {
    const counts = Array.from({ length: 1000 }, (_, seed) => {
      const stream = new PoissonArrivals(16_384, seed)
      stream.seekBefore(4096)
      return stream.n
    })
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length
    expect(Math.abs(mean - 4096)).toBeLessThan(6) // three standard errors
    expect(variance / (16_384 * 0.25 * 0.75)).toBeGreaterThan(0.85)
    expect(variance / (16_384 * 0.25 * 0.75)).toBeLessThan(1.15)
  })

  it('are found far ahead without walking there, and are the ones that a walk comes to', () => {
    const far = new PoissonArrivals(2e9, 1)
    far.seekBefore(1.5e9)
    expect(Math.abs(far.n - 1.5e9)).toBeLessThan(6 * Math.sqrt(2e9 * 0.75 * 0.25))
    const all = positions(new PoissonArrivals(50_000, 5))
    const jumped = new PoissonArrivals(50_000, 5)
    jumped.seekBefore(37_000)
    expect(jumped.n).toBe(all.findIndex((x) => x >= 37_000))
    expect(positions(jumped)).toEqual(all.slice(all.findIndex((x) => x >= 37_000)))
  })

  it('follow the totals in force, wherever one looks', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 4 }), fc.array(fc.integer({ min: -4000, max: 9000 }), { minLength: 4, maxLength: 4 }), fc.integer({ min: 0, max: 40_000 }), (places, changes, to) => {
      const create = (): PoissonArrivals => {
        const stream = new PoissonArrivals(15_000, 9)
        let total = 15_000
        places.sort((a, b) => a - b).forEach((fromX, i) => stream.replan(fromX, (total = Math.max(fromX, total + changes[i]!))))
        return stream
      }
      const all = positions(create())
      expect(all.every((x, i) => x >= (all[i - 1] ?? 0))).toBe(true)
      const jumped = create()
      jumped.seekBefore(to)
      expect(jumped.n).toBe(all.filter((x) => x < to).length)
      expect(positions(jumped)).toEqual(all.slice(all.filter((x) => x < to).length))
      jumped.seek(Math.floor(all.length / 2))
      expect(positions(jumped)).toEqual(all.slice(Math.floor(all.length / 2)))
    }), { numRuns: 60 })
  })

  it('differ by seed', () => {
    expect(positions(new PoissonArrivals(10, 1))).not.toEqual(positions(new PoissonArrivals(10, 2)))
  })
})
