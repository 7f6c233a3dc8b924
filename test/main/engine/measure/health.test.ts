import { describe, expect, it } from 'vitest'
import { delayPercentile, problemsOf } from '../../../../src/main/engine/measure/health.ts'
import type { SecondFigures, ThreadVitals } from '../../../../src/main/engine/measure/health.ts'

const WELL: ThreadVitals = { windowMs: 1000, cpuPercent: 40, busyPercent: 50, loopLagMs: 0.5, latenessMs: 0.2 }

function kinds(vitals: Partial<ThreadVitals>, figures: Partial<SecondFigures> = {}): string[] {
  return problemsOf({ threads: [WELL, { ...WELL, ...vitals }], medianResponseMs: 1, dropped: 0, errors: [], ...figures }).map(({ kind }) => kind)
}

describe('problemsOf', () => {
  it('finds nothing wrong with a generator at ease, however slow the target is', () => {
    expect(kinds({}, { medianResponseMs: 30_000, dropped: 100_000, errors: [{ kind: 'timeout', status: 0, message: '', count: 5000 }] })).toEqual([])
  })

  it('suspects an engine thread above 90 % of a core, and one that never rests', () => {
    expect(kinds({ cpuPercent: 91 })).toEqual(['cpu'])
    expect(kinds({ cpuPercent: 60, busyPercent: 99 })).toEqual(['cpu'])
    expect(kinds({ cpuPercent: 89, busyPercent: 95 })).toEqual([])
  })

  it('suspects a loop that is late by more than 20 ms', () => {
    expect(kinds({ loopLagMs: 21 })).toEqual(['loop-lag'])
  })

  it('suspects lateness beyond 5 ms and beyond a tenth of the usual response', () => {
    expect(kinds({ latenessMs: 6 })).toEqual(['schedule-lag'])
    expect(kinds({ latenessMs: 6 }, { medianResponseMs: 100 })).toEqual([])
    expect(kinds({ latenessMs: 6 }, { medianResponseMs: null })).toEqual(['schedule-lag'])
  })

  it('gives no benefit of the doubt where iterations were dropped', () => {
    expect(kinds({ cpuPercent: 85 })).toEqual([])
    expect(kinds({ cpuPercent: 85 }, { dropped: 1 })).toEqual(['cpu'])
    expect(kinds({ latenessMs: 6 }, { dropped: 1, medianResponseMs: 100 })).toEqual(['schedule-lag'])
  })

  it('names ports and sockets that ran out as our own fault', () => {
    const errors = [{ kind: 'ports-exhausted' as const, status: 0, message: 'EADDRNOTAVAIL', count: 3 }, { kind: 'too-many-files' as const, status: 0, message: 'EMFILE', count: 2 }]
    expect(problemsOf({ threads: [WELL], medianResponseMs: 1, dropped: 0, errors })).toEqual([
      { kind: 'ports', detail: 'no free local port, 3 times' },
      { kind: 'sockets', detail: 'no further open socket allowed, 2 times' },
    ])
  })

  it('does not judge by a glimpse', () => {
    expect(kinds({ cpuPercent: 100, windowMs: 80 })).toEqual([])
  })
})

describe('delayPercentile', () => {
  it('is what an event at a random moment meets', () => {
    expect(delayPercentile([], 1000)).toBe(0)
    expect(delayPercentile([9], 1000)).toBe(0)
    expect(delayPercentile([110], 1000)).toBeCloseTo(100)
    expect(delayPercentile([30, 30], 1000)).toBeCloseTo(25)
    expect(delayPercentile([30, 1], 1000)).toBeCloseTo(20)
  })

  it('agrees with events thrown at a timeline', () => {
    const blocks = [40, 25, 25, 3, 3, 3]
    const delays = blocks.flatMap((block) => Array.from({ length: block * 100 }, (_, i) => (i + 0.5) / 100)).sort((a, b) => b - a)
    expect(delayPercentile(blocks, 1000)).toBeCloseTo(delays[0.01 * 1000 * 100]!, 1)
  })
})
