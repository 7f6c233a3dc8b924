import { expect, test } from 'vitest'
import type { Noise } from '../../bench/noise.ts'
import { interleave } from '../../bench/rounds.ts'

const QUIET: Noise = { foreignPercent: 3, stealPercent: 0 }
const LOUD: Noise = { foreignPercent: 90, stealPercent: 0 }
const say = (): void => undefined

/** Contestants that say their name, on a machine whose noise per run is given. */
function race(names: string[], noises: Noise[]): { contestants: (() => Promise<{ name: string; noise: Noise }>)[]; order: string[] } {
  const order: string[] = []
  const run = (name: string) => async () => {
    order.push(name)
    return { name, noise: noises.shift() ?? QUIET }
  }
  return { contestants: names.map(run), order }
}

test('each round begins with another contestant, and results stay in the order of the list', async () => {
  const { contestants, order } = race(['a', 'b', 'c'], [])
  const { kept } = await interleave(contestants, { rounds: 3, say })
  expect(order.join('')).toBe('abcbcacab')
  expect(kept.map((round) => round.map(({ name }) => name).join(''))).toEqual(['abc', 'abc', 'abc'])
})

test('a round in which one contestant met noise is thrown away for all, and repeated', async () => {
  const { contestants } = race(['a', 'b'], [QUIET, QUIET, QUIET, LOUD])
  const { kept, discarded, quiet } = await interleave(contestants, { rounds: 4, say })
  expect([kept.length, discarded, quiet]).toEqual([4, 1, true])
})

test('much stolen time is noise as well', async () => {
  const { contestants } = race(['a'], [{ foreignPercent: 0, stealPercent: 60 }])
  expect((await interleave(contestants, { rounds: 2, say })).discarded).toBe(1)
})

test('on a machine that never falls quiet it ends, and says that the figures are loud', async () => {
  const { contestants } = race(['a'], Array.from({ length: 99 }, () => LOUD))
  const { kept, discarded, quiet } = await interleave(contestants, { rounds: 4, say })
  expect([kept.length, discarded, quiet]).toEqual([6, 0, false])
})
