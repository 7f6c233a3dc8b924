import { elapsed, latency, percent, rate } from '../../shared/format.ts'
import type { RunView } from '../../shared/results/run.ts'
import type { Point } from '../../shared/results/summary.ts'

/** `03:10 run 11,958/12,000 req/s p50 6.1 ms p99 111 ms err 0.42% lag 0.3 ms`: for logs, without ANSI. */
export function plainLine(view: RunView, point: Point): string {
  const { recent } = view
  const goal = recent.targetRate === null ? '' : `/${rate(recent.targetRate).replace(/ .*$/, '')}`
  return [
    elapsed(point.atMs),
    view.run.status === 'stopping' ? 'stop' : point.warmup ? 'warm' : 'run',
    `${rate(recent.achievedRate).replace(/ .*$/, '')}${goal} req/s`,
    `p50 ${latency(recent.p50)}`,
    `p99 ${latency(recent.p99)}`,
    `err ${percent(recent.errorRate)}`,
    `lag p99 ${latency(recent.lagP99)}`,
  ].join(' ')
}
