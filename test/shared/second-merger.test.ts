import { describe, expect, it } from 'vitest'
import { Histogram } from '../../src/shared/histogram.ts'
import { SecondMerger } from '../../src/shared/second-merger.ts'
import { cpu, sample, tally, times } from './samples.ts'

const frame = { second: 4, warmup: false, target: 10 }

describe('SecondMerger', () => {
  it('merges tally and warm-up where the border falls into the second', () => {
    const { point, response } = new SecondMerger().merge(frame, [['a', sample(4, { response: times(3, 1000) }, { warmup: tally({ response: times(2, 5000) }) })]])
    expect(point).toMatchObject({ atMs: 5000, completed: 5, p50: 1, max: 5, statuses: { 200: 5 } })
    expect(Histogram.decode(response).count).toBe(5)
  })

  it('keeps nothing of the second before', () => {
    const merger = new SecondMerger()
    merger.merge(frame, [['a', sample(4, { response: times(3, 900_000) })]])
    expect(merger.merge(frame, []).point).toMatchObject({ p99: null, lagP99: null, heat: [] })
  })

  it('bounds the groups of failures and loses no count', () => {
    const errors = Array.from({ length: 120 }, (_, n) => ({ kind: 'protocol' as const, status: 0, message: `bad line ${n}`, count: n + 1 }))
    const { point } = new SecondMerger().merge(frame, [['a', sample(4, { errors })], ['b', sample(4, { errors: errors.slice(0, 1) })]])
    expect(point.errors).toHaveLength(51)
    expect(point.errors.at(-1)).toMatchObject({ kind: 'other', message: 'other' })
    expect(point.errors.reduce((sum, { count }) => sum + count, 0)).toBe(121 * 60 + 1)
  })

  it('names each kind of generator problem once and shows the worst node', () => {
    const { point } = new SecondMerger().merge(frame, [
      ['a', sample(4, {}, { problems: [cpu] })],
      ['b', sample(4, {}, { problems: [cpu, { kind: 'ports', detail: 'none left' }], vitals: { processCpuPercent: 99, threadCpuPercent: 98, loopLagMs: 30, scheduleLagMs: 9, threads: 1 } })],
    ])
    expect(point).toMatchObject({ problems: ['cpu', 'ports'], cpuPercent: 98, loopLagMs: 30 })
  })
})
