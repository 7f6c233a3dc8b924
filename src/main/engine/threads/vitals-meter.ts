import { performance } from 'node:perf_hooks'
import { delayPercentile } from '../measure/health.ts'
import type { ThreadVitals } from '../measure/health.ts'
import type { Histogram } from '../../../shared/results/histogram.ts'

/** Watches the thread it lives in, second by second, at the price of one subtraction per housekeeping tick. */
export class VitalsMeter {
  readonly #intervalMs: number
  #cpu = threadCpu()
  #utilization = performance.eventLoopUtilization()
  #since = performance.now()
  #lastTick = performance.now()
  #blocks: number[] = []

  /** @param intervalMs of the timer that calls {@link tick}: what it is late by, the event loop was blocked for. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  tick(now: number): void {
    const late = now - this.#lastTick - this.#intervalMs
    if (late > 1) this.#blocks.push(late)
    this.#lastTick = now
  }

  /** CPU of the thread since the last {@link take}, % of a core. */
  get cpuPercent(): number {
    const spent = threadCpu() - this.#cpu
    return (100 * spent) / Math.max(1, performance.now() - this.#since)
  }

  /** The second that ends now. @param lateness in µs, is cleared. */
  take(lateness: Histogram): ThreadVitals {
    const now = performance.now()
    const windowMs = now - this.#since
    const utilization = performance.eventLoopUtilization()
    const vitals: ThreadVitals = {
      windowMs,
      cpuPercent: this.cpuPercent,
      busyPercent: 100 * performance.eventLoopUtilization(utilization, this.#utilization).utilization,
      loopLagMs: delayPercentile(this.#blocks, windowMs),
      latenessMs: (lateness.percentile(99) ?? 0) / 1000,
    }
    this.#cpu = threadCpu()
    this.#utilization = utilization
    this.#since = now
    this.#blocks = []
    lateness.clear()
    return vitals
  }
}

/** CPU time of this thread, ms. Before Node 23.9 there is only that of the process. */
function threadCpu(): number {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage()
  return (user + system) / 1000
}
