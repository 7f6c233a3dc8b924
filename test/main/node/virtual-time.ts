import { AsyncLocalStorage } from 'node:async_hooks'

/** A process of a virtual world: it can stand still (SIGSTOP), sleep with its machine and die (kill -9), and its timers with it. */
export interface VirtualProcess {
  readonly id: string
  /** The last time that it stood still. */
  stoppedFrom: number
  stoppedUntil: number
  dead: boolean
  /** When it began, ms of the virtual time: 0 of its monotonic clock. */
  readonly since: number
  /** By how much its monotonic clock is behind, because it stood still while the machine slept, ms. */
  sleptMs: number
  /** By how much its wall clock is wrong, ms. */
  wallOffMs: number
}

export interface Timer {
  at: number
  /** When it was first due. */
  due: number
  order: number
  callback: () => void
  owner: VirtualProcess | null
  /** Set by the program of the process: on its monotonic clock, which sleeps with the machine. */
  own: boolean
  cancelled: boolean
}

/** Wall clock of a virtual world at its beginning, ms since the epoch. */
export const BORN = 1_700_000_000_000

/** Whose code runs now. One for all worlds: what is kept per context is copied at each entry. */
const OWNER = new AsyncLocalStorage<VirtualProcess>()

/**
 * Time for programs that use the global timers and clocks: it moves only in {@link passTo}, from one timer to the next,
 * and lets every promise settle in between. So a minute takes milliseconds and one seed always gives one course of
 * events.
 */
export class VirtualTime {
  now = 0
  #order = 0
  readonly #timers = new TimerHeap()
  readonly #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout }
  readonly #clocks = { dateNow: Date.now, performanceNow: performance.now }

  install(): void {
    const { setTimeout, clearTimeout } = this.#real
    const set = (callback: () => void, ms = 0): unknown => {
      const owner = OWNER.getStore()
      return owner === undefined ? setTimeout(callback, ms) : this.#add(ms, callback, owner, true)
    }
    const clear = (timer: Timer | NodeJS.Timeout | undefined): void => {
      if (timer !== undefined && 'cancelled' in timer) this.cancel(timer)
      else clearTimeout(timer)
    }
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear })
    const { dateNow, performanceNow } = this.#clocks
    Date.now = () => this.#mine(this.wall, dateNow)
    performance.now = () => this.#mine(this.monotonic, () => performanceNow.call(performance))
  }

  uninstall(): void {
    Object.assign(globalThis, this.#real)
    Date.now = this.#clocks.dateNow
    performance.now = this.#clocks.performanceNow
  }

  /** All timers that `main` sets, now and later, are of the process. */
  run(process: VirtualProcess, main: () => void): void {
    OWNER.run(process, main)
  }

  process(id: string): VirtualProcess {
    return { id, stoppedFrom: 0, stoppedUntil: 0, dead: false, since: this.now, sleptMs: 0, wallOffMs: 0 }
  }

  /** What a process reads on its clocks, ms: wall, monotonic without the machine's sleep, and with it. */
  readonly wall = ({ wallOffMs }: VirtualProcess): number => BORN + this.now + wallOffMs
  readonly monotonic = ({ since, sleptMs }: VirtualProcess): number => this.now - since - sleptMs
  readonly uptime = ({ since }: VirtualProcess): number => this.now - since

  /** SIGSTOP, for so long. */
  stop(process: VirtualProcess, ms: number): void {
    if (process.stoppedUntil <= this.now) process.stoppedFrom = this.now
    process.stoppedUntil = Math.max(process.stoppedUntil, this.now + ms)
  }

  /** The lid of the laptop, for so long: its monotonic clock and the timers on it stand still. */
  sleep(process: VirtualProcess, ms: number): void {
    this.stop(process, ms)
    process.sleptMs += ms
    this.#timers.delay(process, ms)
  }

  /** `owner` null: the world's own, which never stops. */
  after(ms: number, callback: () => void, owner: VirtualProcess | null): Timer {
    return this.#add(ms, callback, owner, false)
  }

  cancel(timer: Timer): void {
    timer.cancelled = true
  }

  passTo(instant: number): Promise<void> {
    // In a turn of its own: where promises are being settled, they cannot be settled once more.
    return new Promise((resolve, reject) => setImmediate(() => {
      try {
        this.#pass(instant)
        resolve()
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    }))
  }

  #pass(instant: number): void {
    settle()
    for (let timer = this.#timers.take(instant); timer !== null; timer = this.#timers.take(instant)) {
      const { owner, callback } = timer
      if (timer.cancelled || owner?.dead === true) continue
      this.now = Math.max(this.now, timer.at)
      if (owner !== null && owner.stoppedUntil > this.now) {
        timer.at = owner.stoppedUntil
        this.#timers.add(timer)
        continue
      }
      if (owner === null) callback()
      else OWNER.run(owner, callback)
      settle()
    }
    this.now = instant
  }

  #add(ms: number, callback: () => void, owner: VirtualProcess | null, own: boolean): Timer {
    const at = this.now + Math.max(0, ms)
    const timer: Timer = { at, due: at, order: this.#order++, callback, owner, own, cancelled: false }
    this.#timers.add(timer)
    return timer
  }

  #mine(clock: (process: VirtualProcess) => number, real: () => number): number {
    const owner = OWNER.getStore()
    return owner === undefined ? real() : clock(owner)
  }
}

/** Timers by instant; at the same one by when they were due, then as they were set. */
class TimerHeap {
  readonly #heap: Timer[] = []

  add(timer: Timer): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(timer)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(timer, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = timer
  }

  /** The first one due by `until`, or null. */
  take(until: number): Timer | null {
    const first = this.#heap[0]
    if (first === undefined || first.at > until) return null
    const last = this.#heap.pop()!
    if (this.#heap.length > 0) this.#sink(last)
    return first
  }

  delay(process: VirtualProcess, ms: number): void {
    const timers = this.#heap.splice(0)
    for (const timer of timers) {
      if (timer.owner === process && timer.own) timer.at = timer.due += ms
      this.add(timer)
    }
  }

  #sink(timer: Timer): void {
    const heap = this.#heap
    let index = 0
    for (let child = 1; child < heap.length; child = 2 * index + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, timer)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = timer
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at - b.at < 0 || (a.at === b.at && (a.due - b.due || a.order - b.order) < 0)
}

/**
 * Settles every promise that waits for nothing but other promises, as Node does between two callbacks. There is no
 * other way to do that in one turn of the loop, and a turn each would cost more than all the rest.
 */
const settle = (process as unknown as { _tickCallback: () => void })._tickCallback

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
