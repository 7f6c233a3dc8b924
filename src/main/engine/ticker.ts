import { MessageChannel, Worker } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { Ticker } from './pacer.ts'

/**
 * Memory shared with the ticker thread: one Int32 that counts orders (the thread sleeps on it) and, from byte 8, one
 * Float64 with the instant ordered, in ms of the engine thread's `performance.now()`; NaN ends the thread.
 */
export const TICKER_BYTES = 16

export interface TickerData {
  memory: SharedArrayBuffer
  port: MessagePort
  /** `performance.timeOrigin` of the engine thread. */
  timeOrigin: number
}

/** First message of the thread: by how much it oversleeps, ms, as measured at start. */
export interface Calibration {
  oversleepMs: number
}

/** A system that oversleeps by more than this (Windows waits in whole ms) is no better than a timer. */
const USEFUL_OVERSLEEP_MS = 0.4

/** Starts the helper thread. It takes orders at once and is precise once it has calibrated itself; `ready` tells when. */
export class TickerThread implements Ticker {
  precise = false
  onTick: () => void = () => {}
  readonly ready: Promise<void>
  readonly #memory = new SharedArrayBuffer(TICKER_BYTES)
  readonly #orders = new Int32Array(this.#memory, 0, 1)
  readonly #instant = new Float64Array(this.#memory, 8, 1)
  readonly #worker: Worker

  constructor(entry: URL) {
    const { port1, port2 } = new MessageChannel()
    const workerData: TickerData = { memory: this.#memory, port: port2, timeOrigin: performance.timeOrigin }
    this.#instant[0] = Infinity
    this.#worker = new Worker(entry, { workerData, transferList: [port2], resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 1 } })
    this.#worker.unref()
    this.#worker.once('exit', () => this.#retire())
    this.ready = new Promise((resolve, reject) => {
      this.#worker.once('error', reject)
      port1.once('message', ({ oversleepMs }: Calibration) => {
        this.precise = oversleepMs < USEFUL_OVERSLEEP_MS
        port1.on('message', () => this.onTick())
        resolve()
      })
    })
  }

  arm(at: number): void {
    this.#instant[0] = at
    Atomics.add(this.#orders, 0, 1)
    Atomics.notify(this.#orders, 0)
  }

  close(): void {
    this.arm(NaN)
  }

  /** Without the thread, timers go on alone; the order it may have died with is answered. */
  #retire(): void {
    this.precise = false
    this.onTick()
  }
}
