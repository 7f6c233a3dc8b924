import { expect, test } from 'vitest'
import { createVitals, type SystemProbe } from '../../../src/main/system/vitals.ts'

test('the machine is measured within its bounds', async () => {
  const vitals = createVitals({ detailAfterMs: 0 })
  const { cpuPercent, memoryPercent, memoryBytes, cores, loopLagMs } = await vitals.read()
  vitals.close()
  for (const percent of [cpuPercent, memoryPercent]) expect(percent).toBeGreaterThanOrEqual(0)
  expect(cpuPercent).toBeLessThanOrEqual(100)
  expect(memoryPercent).toBeLessThanOrEqual(100)
  expect(memoryBytes).toBeGreaterThan(2 ** 20)
  expect(cores).toBeGreaterThanOrEqual(1)
  expect(loopLagMs).toBeGreaterThanOrEqual(0)
})

test('the library is not loaded in the first seconds, and memory is asked for seldom afterwards', async () => {
  let time = 0
  const asked: string[] = []
  const probe = async (): Promise<SystemProbe> => {
    asked.push('load')
    return { memory: async () => { asked.push('memory'); return { active: 1, total: 4 } } }
  }
  const vitals = createVitals({ now: () => time, detailAfterMs: 3000, probe })
  await vitals.read()
  expect(asked).toEqual([])
  for (time of [3000, 4000, 7999]) expect(await vitals.read()).toMatchObject({ memoryPercent: 25, memoryBytes: 4 })
  expect(asked).toEqual(['load', 'memory'])
  time = 8000
  await vitals.read()
  vitals.close()
  expect(asked).toEqual(['load', 'memory', 'memory'])
})

test('a library that cannot be loaded leaves the own counters', async () => {
  const vitals = createVitals({ detailAfterMs: 0, probe: () => Promise.reject(new Error('not here')) })
  expect((await vitals.read()).memoryPercent).toBeGreaterThan(0)
  vitals.close()
})
