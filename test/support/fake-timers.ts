import type { Timers } from '../../src/main/engine/schedule/pacer.ts'

/** A clock that stands until it is moved; timers go off in the order of their instants. */
export class FakeTimers implements Timers {
  #now = 0
  #timers: { at: number; callback: () => void }[] = []

  now(): number {
    return this.#now
  }

  set(callback: () => void, ms: number): object {
    const timer = { at: this.#now + ms, callback }
    this.#timers.push(timer)
    return timer
  }

  clear(handle: unknown): void {
    this.#timers = this.#timers.filter((timer) => timer !== handle)
  }

  /** Instants at which timers are set. */
  get pending(): number[] {
    return this.#timers.map(({ at }) => at).sort((a, b) => a - b)
  }

  advanceTo(at: number): void {
    for (;;) {
      const [due] = this.#timers.filter((timer) => timer.at <= at).sort((a, b) => a.at - b.at)
      if (due === undefined) break
      this.clear(due)
      this.#now = Math.max(this.#now, due.at)
      due.callback()
    }
    this.#now = Math.max(this.#now, at)
  }

  /** The clock goes on, but nobody is served: the thread is blocked. */
  stall(ms: number): void {
    this.#now += ms
  }
}
