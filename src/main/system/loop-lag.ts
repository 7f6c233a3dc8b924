import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * How long this thread's loop keeps others waiting. Each sample is a timer that goes off: 100 a second cost half a
 * percent of a core (measured, Node 24), which is the price of a run's figures but not of a program at rest.
 */
const BUSY_MS = 10
const IDLE_MS = 250

export class LoopLag {
  readonly #monitors: Record<typeof BUSY_MS | typeof IDLE_MS, ReturnType<typeof monitorEventLoopDelay>>
  #stepMs: typeof BUSY_MS | typeof IDLE_MS = BUSY_MS

  constructor(monitor = monitorEventLoopDelay) {
    this.#monitors = { [BUSY_MS]: monitor({ resolution: BUSY_MS }), [IDLE_MS]: monitor({ resolution: IDLE_MS }) }
    this.#monitor.enable()
  }

  /** 99th percentile since the last time, ms. From here on it is sampled every 10 ms if `isBusy`, else every 250 ms. */
  read(isBusy: boolean): number {
    const lagMs = Math.max(0, this.#monitor.percentile(99) / 1e6 - this.#stepMs)
    this.#monitor.reset()
    this.#sampleEvery(isBusy ? BUSY_MS : IDLE_MS)
    return Number.isFinite(lagMs) ? lagMs : 0
  }

  close(): void {
    this.#monitor.disable()
  }

  get #monitor() {
    return this.#monitors[this.#stepMs]
  }

  #sampleEvery(stepMs: typeof BUSY_MS | typeof IDLE_MS): void {
    if (stepMs === this.#stepMs) return
    this.#monitor.disable()
    this.#stepMs = stepMs
    this.#monitor.enable()
  }
}
