import { MessageChannel, Worker } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import type { Ticker } from '../schedule/pacer.ts'

/**
 * What an engine thread and its ticker thread share: a port for ticks, and memory for orders. The ticker sleeps on a
 * counter of orders; instants are ms since the epoch on the monotonic clock (`performance.timeOrigin +
 * performance.now()`, exact to 0.3 µs), NaN ends the thread.
 *
 * Arrivals mostly come at even distances, so after a tick the ticker sleeps on towards the instant that it expects
 * next, and an order for then or later need not wake it: one wake-up per tick instead of two, and one system call less
 * in the engine thread. The goal is read without a lock; should a wake-up be lost by that, the next order, at the
 * latest that of the housekeeping, makes up for it.
 */
export interface TickerLink {
  memory: SharedArrayBuffer
  port: MessagePort
}

const MEMORY_BYTES = 24

/** An order this little before the ticker's goal does not wake it. */
const TOLERANCE_MS = 0.02

/** First message of the thread: by how much it oversleeps, ms, as measured at start. */
export interface Calibration {
  oversleepMs: number
}

/** A system that oversleeps by more than this (Windows waits in whole ms) is no better than a timer. */
const USEFUL_OVERSLEEP_MS = 0.4

/** Its heap stays almost empty; the rest is for loading it. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 1 }

/** Starts a ticker thread. The link goes to the engine thread that it is for, its port in the transfer list. */
export function startTicker(entry: URL): { worker: Worker; link: TickerLink } {
  const { port1, port2 } = new MessageChannel()
  const memory = new SharedArrayBuffer(MEMORY_BYTES)
  instantsIn(memory).fill(Infinity)
  const workerData: TickerLink = { memory, port: port2 }
  const worker = new Worker(entry, { workerData, transferList: [port2], resourceLimits: RESOURCE_LIMITS })
  worker.unref()
  return { worker, link: { memory, port: port1 } }
}

/** The engine thread's end. Takes orders at once; `ready` once the ticker has calibrated itself, rejects if it never will. */
export class LinkedTicker implements Ticker {
  precise = false
  onTick: () => void = () => {}
  readonly ready: Promise<void>
  readonly #orders: Int32Array
  readonly #instants: Float64Array
  readonly #timeOrigin = performance.timeOrigin

  constructor({ memory, port }: TickerLink) {
    this.#orders = ordersIn(memory)
    this.#instants = instantsIn(memory)
    this.ready = new Promise((resolve, reject) => {
      port.once('close', () => {
        reject(new Error('The ticker thread did not start.'))
        this.#retire()
      })
      port.once('message', ({ oversleepMs }: Calibration) => {
        this.precise = oversleepMs < USEFUL_OVERSLEEP_MS
        port.on('message', () => this.onTick())
        resolve()
      })
    })
  }

  arm(at: number): void {
    const instant = this.#timeOrigin + at
    this.#instants[0] = instant
    Atomics.add(this.#orders, 0, 1)
    if (!(instant >= this.#instants[1]! - TOLERANCE_MS)) Atomics.notify(this.#orders, 0)
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

export function ordersIn(memory: SharedArrayBuffer): Int32Array {
  return new Int32Array(memory, 0, 1)
}

/** The instant ordered, and the one that the ticker sleeps towards. */
export function instantsIn(memory: SharedArrayBuffer): Float64Array {
  return new Float64Array(memory, 8, 2)
}
