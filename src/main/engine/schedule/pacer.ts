/**
 * The pacer wakes the engine thread at the right instants and burns as little CPU as that takes. The thread itself
 * never naps: answers would wait for it. A helper thread sleeps instead and sends it a message (`ticker.ts`).
 *
 * Measured (engine.md §4): 1-ms timers are late by 0.5 ms on average; the ticker by 30–70 µs, but each of its wake-ups
 * costs 20 µs or more. Hence a bound on their rate that widens with the arrival rate, and plain timers (eco) when the
 * thread is short of CPU.
 */
export type Precision = 'eco' | 'normal' | 'exact'

/** Wakes us at an instant of this thread's `performance.now()`. A later order replaces the earlier one. */
export interface Ticker {
  /** False while it cannot do better than a timer: not yet calibrated, or the system sleeps in whole milliseconds. */
  readonly precise: boolean
  arm(at: number): void
  /** Called at each tick. */
  onTick: () => void
  close(): void
}

/** Clock and timers, injected for tests. */
export interface Timers {
  now(): number
  set(callback: () => void, ms: number): unknown
  clear(handle: unknown): void
}

export const SYSTEM_TIMERS: Timers = {
  now: () => performance.now(),
  set: (callback, ms) => setTimeout(callback, ms),
  clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
}

/** setTimeout's own limit is 2^31 ms. */
const LONGEST_TIMER_MS = 60_000

export class Pacer {
  readonly #work: (now: number) => number
  readonly #ticker: Ticker | null
  readonly #timers: Timers
  #precision: Precision = 'exact'
  #quantumMs = 0.05
  #timer: unknown = undefined
  #armedFor = 0
  #running = false

  /** @param work does what is due and returns the next instant to be woken at (Infinity: none). */
  constructor(work: (now: number) => number, ticker: Ticker | null, timers: Timers = SYSTEM_TIMERS) {
    this.#work = work
    this.#ticker = ticker
    this.#timers = timers
    if (ticker !== null) ticker.onTick = this.wake
  }

  get precision(): Precision {
    return this.#ticker?.precise === true ? this.#precision : 'eco'
  }

  /** Suits the pacing to the arrivals per second of this thread and to its CPU use in % of a core. */
  tune(rate: number, cpuPercent: number): void {
    this.#precision = precisionFor(rate, cpuPercent, this.#precision)
    this.#quantumMs = quantumFor(rate)
  }

  start(): void {
    this.#running = true
    this.wake()
  }

  stop(): void {
    this.#running = false
    this.#timers.clear(this.#timer)
  }

  /** Does what is due now and plans the next wake-up; to be called whenever the next instant may have changed. */
  readonly wake = (): void => {
    if (!this.#running) return
    const next = this.#work(this.#timers.now())
    this.#sleepUntil(next)
  }

  #sleepUntil(next: number): void {
    if (!this.#running || next === Infinity) return
    const now = this.#timers.now()
    if (this.precision === 'eco') return this.#setTimer(next - now)
    // In even steps, as the ticker expects, unless that has passed.
    this.#armedFor = Math.max(next, Math.min(now + this.#quantumMs, Math.max(now, this.#armedFor + this.#quantumMs)))
    this.#ticker?.arm(this.#armedFor)
  }

  #setTimer(ms: number): void {
    this.#timers.clear(this.#timer)
    this.#timer = this.#timers.set(this.wake, Math.min(LONGEST_TIMER_MS, Math.max(1, Math.floor(ms))))
  }
}

/** Least time between two wake-ups, ms: below 2,000 per second each arrival has its own. */
export function quantumFor(rate: number): number {
  if (rate <= 2000) return 0.05
  return rate <= 10_000 ? 0.3 : 0.5
}

/** Leaves eco only well below the CPU use at which it is entered, so that it does not swing. */
export function precisionFor(rate: number, cpuPercent: number, current: Precision): Precision {
  if (cpuPercent > (current === 'eco' ? 60 : 80)) return 'eco'
  return rate <= 2000 ? 'exact' : 'normal'
}
