import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decadeTicks, decadesAround, linearTicks, logTicks, timeTicks } from '../../../src/shared/charts/ticks.ts'

test('rates get round steps from zero', () => {
  expect(linearTicks(13_800)).toEqual([0, 4000, 8000, 12_000])
  expect(linearTicks(575)).toEqual([0, 200, 400])
  expect(linearTicks(0)).toEqual([0])
})

test('there are never many ticks, and none beyond the end', () => {
  fc.assert(fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (max) => {
    const ticks = linearTicks(max)
    expect(ticks.length).toBeLessThanOrEqual(6)
    expect(ticks.at(-1)).toBeLessThanOrEqual(max * (1 + 1e-9))
  }))
})

test('time ticks are on round seconds within the window', () => {
  expect(timeTicks(0, 300_000)).toEqual([0, 60_000, 120_000, 180_000, 240_000, 300_000])
  expect(timeTicks(99_000, 162_000)).toEqual([105_000, 120_000, 135_000, 150_000])
  expect(timeTicks(0, 2000)).toEqual([0, 1000, 2000])
})

test('a day has few time ticks', () => {
  expect(timeTicks(0, 86_400_000).length).toBeLessThanOrEqual(8)
})

test('decades hold all values and are at least two', () => {
  expect(decadesAround(4, 488)).toEqual({ min: 1, max: 1000 })
  expect(decadesAround(12, 14)).toEqual({ min: 10, max: 1000 })
  expect(decadeTicks(1, 1000)).toEqual([1, 10, 100, 1000])
  expect(decadeTicks(0.1, 10)).toEqual([0.1, 1, 10])
})

test('a logarithm of few decades has marks at 1, 2 and 5, of many at whole decades', () => {
  expect(logTicks(0.4, 60)).toEqual([0.5, 1, 2, 5, 10, 20, 50])
  expect(logTicks(0.05, 9000)).toEqual([0.1, 1, 10, 100, 1000])
})
