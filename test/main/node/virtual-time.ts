import { AsyncLocalStorage } from 'node:async_hooks'

/** A process of a virtual world: it can stand still (SIGSTOP) and die (kill -9), and its timers with it. */
export interface VirtualProcess {
  readonly id: string
  stoppedUntil: number
  dead: boolean
}

export interface Timer {
  at: number
  order: number
  callback: () => void
  owner: VirtualProcess | null
}

/** Whose code runs now. One for all worlds: what is kept per context is copied at each entry. */
const OWNER = new AsyncLocalStorage<VirtualProcess>()

/**
 * Time for programs that use the global timers: it moves only in {@link passTo}, from one timer to the next, and lets
 * every promise settle in between. So a minute takes milliseconds and one seed always gives one course of events.
 */
export class VirtualTime {
  now = 0
  #order = 0
  readonly #timers = new Set<Timer>()
  readonly #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout }

  install(): void {
    const set = (callback: () => void, ms = 0): Timer => this.after(ms, callback, OWNER.getStore() ?? null)
    Object.assign(globalThis, { setTimeout: set, clearTimeout: (timer: Timer) => this.cancel(timer) })
  }

  uninstall(): void {
    Object.assign(globalThis, this.#real)
  }

  /** All timers that `main` sets, now and later, are of the process. */
  run(process: VirtualProcess, main: () => void): void {
    OWNER.run(process, main)
  }

  /** `owner` null: the world's own, which never stops. */
  after(ms: number, callback: () => void, owner: VirtualProcess | null): Timer {
    const timer = { at: this.now + Math.max(0, ms), order: this.#order++, callback, owner }
    this.#timers.add(timer)
    return timer
  }

  cancel(timer: Timer): void {
    this.#timers.delete(timer)
  }

  async passTo(instant: number): Promise<void> {
    await settled()
    for (let timer = this.#next(instant); timer !== null; timer = this.#next(instant)) {
      this.now = Math.max(this.now, timer.at)
      if (timer.owner !== null && timer.owner.stoppedUntil > this.now) {
        timer.at = timer.owner.stoppedUntil
        continue
      }
      this.#timers.delete(timer)
      if (timer.owner?.dead === true) continue
      if (timer.owner === null) timer.callback()
      else this.run(timer.owner, timer.callback)
      await settled()
    }
    this.now = instant
  }

  #next(until: number): Timer | null {
    let next: Timer | null = null
    for (const timer of this.#timers) {
      if (timer.at <= until && (next === null || timer.at < next.at || (timer.at === next.at && timer.order < next.order))) next = timer
    }
    return next
  }
}

/** Nothing here waits for anything but timers: after one turn of the loop every promise has settled. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Chance in [0, 1) that is the same for one seed everywhere (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
