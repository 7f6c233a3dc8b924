import type { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { LoopLag } from '../../../src/main/system/loop-lag.ts'

test('the loop is sampled finely while there is work and seldom at rest, and what it waits for the next sample is no lag', () => {
  const on = new Set<number>()
  let reset = 0
  const monitor = ({ resolution = 0 } = {}) => ({
    enable: () => on.add(resolution),
    disable: () => on.delete(resolution),
    reset: () => { reset++ },
    percentile: () => (resolution + 4) * 1e6,
  })
  const lag = new LoopLag(monitor as unknown as typeof monitorEventLoopDelay)
  expect([lag.read(true), ...on]).toEqual([4, 10])
  expect([lag.read(false), ...on]).toEqual([4, 250])
  expect([lag.read(true), ...on]).toEqual([4, 10])
  expect(reset).toBe(3)
  lag.close()
  expect(on.size).toBe(0)
})
