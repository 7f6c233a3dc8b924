import { describe, expect, it } from 'vitest'
import { ThreadMerger } from '../../../../src/main/engine/threads/thread-merger.ts'
import { TallyBook } from '../../../../src/main/engine/measure/tally-book.ts'
import type { ThreadSecond } from '../../../../src/main/engine/threads/thread-messages.ts'
import { Histogram } from '../../../../src/shared/results/histogram.ts'

const VITALS = { windowMs: 1000, cpuPercent: 10, busyPercent: 20, loopLagMs: 1, latenessMs: 0.1 }

function secondOf(second: number, change: Partial<ThreadSecond> = {}, fill: (book: TallyBook) => void = () => {}): ThreadSecond {
  const book = new TallyBook(1)
  fill(book)
  return { second, tally: book.take(), warmup: null, inFlight: 1, queued: 2, connections: 3, vitals: VITALS, errorSamples: [], last: false, ...change }
}

describe('ThreadMerger', () => {
  it('gives out a second once every thread has told of it', () => {
    const merger = new ThreadMerger('run', 2, () => 42)
    expect(merger.add(0, secondOf(0))).toEqual([])
    expect(merger.add(0, secondOf(1))).toEqual([])
    const [sample] = merger.add(1, secondOf(0))
    expect(sample).toMatchObject({ runId: 'run', second: 0, inFlight: 2, queued: 4, connections: 6, last: false, vitals: { processCpuPercent: 42, threads: 2 } })
  })

  it('counts on from the second with which it began', () => {
    const merger = new ThreadMerger('run', 1, () => 0)
    merger.begin(7)
    expect([7, 8].flatMap((second) => merger.add(0, secondOf(second))).map(({ second }) => second)).toEqual([7, 8])
  })

  it('does not wait for threads that have ended, and is over with the last of them', () => {
    const merger = new ThreadMerger('run', 2, () => 0)
    merger.add(0, secondOf(0, { last: true }))
    const samples = [secondOf(0), secondOf(1), secondOf(2, { last: true })].flatMap((second) => merger.add(1, second))
    expect(samples.map(({ second, last }) => [second, last])).toEqual([[0, false], [1, false], [2, true]])
  })

  it('does not call a second the last while another thread has one more', () => {
    const merger = new ThreadMerger('run', 2, () => 0)
    merger.add(0, secondOf(0))
    merger.add(0, secondOf(1, { last: true }))
    expect(merger.add(1, secondOf(0, { last: true })).map(({ last }) => last)).toEqual([false, true])
  })

  it('adds counts and merges histograms', () => {
    const merger = new ThreadMerger('run', 2, () => 0)
    const fill = (us: number) => (book: TallyBook) => {
      book.planned = book.started = book.completed = 1
      book.statuses[200] = 1
      book.checksPassed[0] = 1
      book.errors.count('timeout', 0, 'no answer')
      book.response.record(us)
    }
    merger.add(0, secondOf(0, {}, fill(1000)))
    const [{ tally }] = merger.add(1, secondOf(0, {}, fill(5000))) as [Awaited<ReturnType<typeof merger.add>>[number]]
    expect(tally).toMatchObject({ planned: 2, started: 2, completed: 2, statuses: { 200: 2 }, checks: [{ passed: 2, failed: 0 }], errors: [{ kind: 'timeout', count: 2 }] })
    const response = Histogram.decode(tally.response)
    expect([response.count, response.min, response.max]).toEqual([2, 1000, 5000])
  })

  it('shows the worst thread, and a problem that any of them has', () => {
    const merger = new ThreadMerger('run', 2, () => 0)
    merger.add(0, secondOf(0))
    const [sample] = merger.add(1, secondOf(0, { vitals: { ...VITALS, cpuPercent: 97, latenessMs: 2 } }))
    expect(sample?.vitals).toMatchObject({ threadCpuPercent: 97, scheduleLagMs: 2 })
    expect(sample?.problems.map(({ kind }) => kind)).toEqual(['cpu'])
  })

  it('keeps error samples few, however many threads there are', () => {
    const merger = new ThreadMerger('run', 2, () => 0)
    const errorSamples = Array.from({ length: 5 }, () => ({ kind: 'timeout' as const, status: 0, message: 'no answer', atMs: 10, method: 'GET', url: '', responseTimeMs: 1, head: '', body: '' }))
    merger.add(0, secondOf(0, { errorSamples }))
    expect(merger.add(1, secondOf(0, { errorSamples }))[0]?.errorSamples).toHaveLength(5)
  })
})
