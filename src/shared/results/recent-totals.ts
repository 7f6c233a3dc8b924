import type { RunTotals } from './run.ts'
import { roundedRate } from '../format.ts'
import { Histogram } from './histogram.ts'
import { timesOf, type MergedSecond } from './open-second.ts'
import type { Point } from './summary.ts'

/** Figures of a few closed seconds together: counts added, histograms merged. `open`: there is a target rate. */
export function recentTotals(seconds: readonly MergedSecond[], open: boolean): RunTotals {
  const sum = (of: (point: Point) => number): number => seconds.reduce((total, { point }) => total + of(point), 0)
  const perSecond = (n: number): number => roundedRate(n / Math.max(1, seconds.length))
  const completed = sum((point) => point.completed)
  const failed = sum((point) => point.failed)
  return {
    targetRate: open ? perSecond(sum((point) => point.target)) : null,
    achievedRate: perSecond(completed),
    planned: sum((point) => point.planned),
    started: sum((point) => point.started),
    completed,
    failed,
    dropped: sum((point) => point.dropped),
    errorRate: completed === 0 ? null : failed / completed,
    ...timesOf(merged(seconds, 'response'), merged(seconds, 'service'), merged(seconds, 'lag')),
    inFlight: seconds.at(-1)?.point.inFlight ?? 0,
    bytesReceived: sum((point) => point.bytesReceived),
  }
}

function merged(seconds: readonly MergedSecond[], name: 'response' | 'service' | 'lag'): Histogram {
  const histogram = new Histogram()
  for (const second of seconds) histogram.mergeEncoded(second[name])
  return histogram
}
