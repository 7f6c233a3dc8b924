import { expect, test } from 'vitest'
import { binomial } from '../../../../src/main/engine/schedule/binomial.ts'
import { randomOf } from '../../node/virtual-time.ts'

test.each([[5, 0.3], [40, 0.9], [100, 0.05], [1000, 0.5], [1000, 0.02], [100_000, 0.04], [3_000_000, 0.001], [20, 0.5]])('of %i trials with a chance of %d as many succeed as should, and as unevenly', (n, p) => {
  const random = randomOf(n)
  const counts = Array.from({ length: 20_000 }, () => binomial(n, p, random))
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length
  const expected = n * p * (1 - p)
  expect(Math.abs(mean - n * p)).toBeLessThan(4 * Math.sqrt(expected / counts.length))
  expect(Math.abs(variance / expected - 1)).toBeLessThan(0.06)
  expect(counts.every((count) => Number.isInteger(count) && count >= 0 && count <= n)).toBe(true)
})

test('each count comes as often as it should', () => {
  const [n, p, random] = [60, 0.4, randomOf(7)]
  const seen = new Array<number>(n + 1).fill(0)
  for (let k = 0; k < 200_000; k++) seen[binomial(n, p, random)]! += 1
  let chance = (1 - p) ** n
  let deviation = 0
  for (let k = 0; k <= n; k++) {
    if (chance * 200_000 > 5) deviation += (seen[k]! - chance * 200_000) ** 2 / (chance * 200_000)
    chance *= (p * (n - k)) / ((1 - p) * (k + 1))
  }
  expect(deviation).toBeLessThan(65) // chi-squared of some 35 degrees: 1 in 1,000 is beyond 67
})

test('nothing and everything are certain', () => {
  const never = (): number => {
    throw new Error('nothing is left to chance')
  }
  expect([binomial(0, 0.5, never), binomial(9, 0, never), binomial(9, 1, never)]).toEqual([0, 0, 9])
})
