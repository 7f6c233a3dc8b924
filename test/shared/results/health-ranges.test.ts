import { describe, expect, it } from 'vitest'
import { coveredMs, HealthRanges } from '../../../src/shared/results/health-ranges.ts'
import { cpu } from '../samples.ts'

describe('HealthRanges', () => {
  it('join adjacent seconds and keep the newest detail', () => {
    const ranges = new HealthRanges()
    expect(ranges.add('a', 1, [cpu])).toHaveLength(1)
    expect(ranges.add('a', 2, [{ ...cpu, detail: 'worse' }])).toEqual([])
    ranges.add('a', 3, [])
    ranges.add('a', 4, [cpu])
    expect(ranges.list()).toEqual([
      { node: 'a', kind: 'cpu', atMs: 1000, untilMs: 3000, detail: 'worse' },
      { node: 'a', kind: 'cpu', atMs: 4000, untilMs: 5000, detail: cpu.detail },
    ])
  })

  it('count overlapping stretches once, and only within the window', () => {
    const ranges = new HealthRanges()
    for (const second of [0, 1, 2]) ranges.add('a', second, [cpu, { kind: 'ports', detail: 'none left' }])
    for (const second of [2, 3]) ranges.add('b', second, [cpu])
    expect(coveredMs(ranges.list(), 0, 10_000)).toBe(4000)
    expect(coveredMs(ranges.list(), 1500, 3500)).toBe(2000)
    expect(coveredMs([], 0, 1000)).toBe(0)
  })

  it('stay bounded with a node that flickers for hours', () => {
    const ranges = new HealthRanges()
    for (let second = 0; second < 5000; second += 2) ranges.add('a', second, [cpu])
    expect(ranges.list()).toHaveLength(500)
    expect(ranges.list().at(-1)?.untilMs).toBe(4_999_000)
  })

  it('go on after being restored', () => {
    const ranges = new HealthRanges()
    ranges.add('a', 1, [cpu])
    const restored = HealthRanges.restore(ranges.list())
    restored.add('a', 2, [cpu])
    expect(restored.list()).toHaveLength(1)
  })
})
