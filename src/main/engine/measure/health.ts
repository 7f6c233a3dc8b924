import { OWN_FAULTS } from '../../../shared/errors.ts'
import type { ErrorKind } from '../../../shared/errors.ts'
import type { ErrorTally, HealthKind, HealthProblem } from '../../../shared/results/sample.ts'

/**
 * When is the generator itself to blame for what a second shows? (ux.md §4.3, "Generator-bound".)
 *
 * - cpu: an engine thread used more than 90 % of a core, or never rested because others had the core.
 * - loop-lag: 99 % of what came in was seen later than 20 ms after it came.
 * - schedule-lag: the thread handed arrivals to the lane late: p99 > max(5 ms, 10 % of the median response time).
 *   Only its own lateness counts. What an arrival then waits for a free connection is in its response time and in the
 *   published schedule lag, but it is the target that keeps the connections busy: a slow target with an idle generator
 *   raises no problem here, however long the queue.
 * - ports, sockets: this machine ran out of them.
 *
 * Dropped iterations alone say nothing: the bound is reached as well by a target that does not answer. But in a second
 * with drops the generator has to be beyond doubt: 80 % of a core, or 5 ms of own lateness, is then enough.
 */
export interface SecondFigures {
  threads: ThreadVitals[]
  /** Median response time in the second, ms; null without a response. */
  medianResponseMs: number | null
  dropped: number
  errors: ErrorTally[]
}

/** How one engine thread fared in one second. */
export interface ThreadVitals {
  /** Length of the observation. */
  windowMs: number
  /** CPU of the thread in % of a core. */
  cpuPercent: number
  /** Time in which its event loop did not rest, %. */
  busyPercent: number
  /** 99th percentile of event-loop delay. */
  loopLagMs: number
  /** 99th percentile of the lateness in handing arrivals to the lane. */
  latenessMs: number
}

const CPU_PERCENT = 90
const CPU_PERCENT_WITH_DROPS = 80
/** A loop that never rests is at its end, even if the system gives it less than a core. */
const BUSY_PERCENT = 97
const LOOP_LAG_MS = 20
const LATENESS_MS = 5
const LATENESS_OF_MEDIAN = 0.1
/** A shorter last second is no evidence. */
const SHORTEST_WINDOW_MS = 500

export function problemsOf(figures: SecondFigures): HealthProblem[] {
  const threads = figures.threads.filter(({ windowMs }) => windowMs >= SHORTEST_WINDOW_MS)
  return [cpuProblem(threads, figures.dropped), loopProblem(threads), latenessProblem(threads, figures), ...exhaustion(figures.errors)].filter((problem) => problem !== null)
}

function cpuProblem(threads: ThreadVitals[], dropped: number): HealthProblem | null {
  const cpu = greatest(threads.map(({ cpuPercent }) => cpuPercent))
  if (cpu > (dropped > 0 ? CPU_PERCENT_WITH_DROPS : CPU_PERCENT)) return { kind: 'cpu', detail: `engine thread at ${Math.round(cpu)} % of a core` }
  const busy = greatest(threads.map(({ busyPercent }) => busyPercent))
  if (busy > BUSY_PERCENT) return { kind: 'cpu', detail: `engine thread never at rest, yet given only ${Math.round(cpu)} % of a core` }
  return null
}

function loopProblem(threads: ThreadVitals[]): HealthProblem | null {
  const lag = greatest(threads.map(({ loopLagMs }) => loopLagMs))
  return lag > LOOP_LAG_MS ? { kind: 'loop-lag', detail: `event loop late by ${Math.round(lag)} ms (p99)` } : null
}

function latenessProblem(threads: ThreadVitals[], { medianResponseMs, dropped }: SecondFigures): HealthProblem | null {
  const late = greatest(threads.map(({ latenessMs }) => latenessMs))
  const bound = dropped > 0 ? LATENESS_MS : Math.max(LATENESS_MS, LATENESS_OF_MEDIAN * (medianResponseMs ?? 0))
  return late > bound ? { kind: 'schedule-lag', detail: `sent late by ${late.toFixed(1)} ms (p99)` } : null
}

function exhaustion(errors: ErrorTally[]): HealthProblem[] {
  const kinds: [ErrorKind, HealthKind, string][] = [['ports-exhausted', 'ports', 'no free local port'], ['too-many-files', 'sockets', 'no further open socket allowed']]
  return kinds.flatMap(([error, kind, what]) => {
    const count = errors.filter((group) => group.kind === error && OWN_FAULTS.has(group.kind)).reduce((sum, group) => sum + group.count, 0)
    return count > 0 ? [{ kind, detail: `${what}, ${count} times` }] : []
  })
}

/**
 * Percentile of the delay that an event meets if it comes at any moment of the window, given the blocks during which
 * the loop was deaf: within a block of B ms the delay is anything from 0 to B. It is v where Σ max(0, B − v) = (1 − p)·window.
 */
export function delayPercentile(blocksMs: readonly number[], windowMs: number, p = 0.99): number {
  const sorted = [...blocksMs].sort((a, b) => b - a)
  const allowed = (1 - p) * windowMs
  let sum = 0
  for (let k = 0; k < sorted.length; k++) {
    sum += sorted[k]!
    const v = (sum - allowed) / (k + 1)
    if (v > (sorted[k + 1] ?? 0)) return Math.max(0, v)
  }
  return 0
}

function greatest(values: number[]): number {
  return Math.max(0, ...values)
}
