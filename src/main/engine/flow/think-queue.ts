import type { Timers } from '../schedule/pacer.ts'

/**
 * Who pauses until when: a heap by instant, and one timer for the first of them, however many there are.
 * All times are ms of the timers' clock.
 */
export class ThinkQueue {
  readonly #timers: Timers
  readonly #wake: (slot: number, at: number) => void
  /** Heap: instants, and whose they are. */
  readonly #at: number[] = []
  readonly #slots: number[] = []
  #timer: unknown = null
  #timerAt = Infinity

  /** @param wake is told who has paused long enough, and until when it was to pause. */
  constructor(timers: Timers, wake: (slot: number, at: number) => void) {
    this.#timers = timers
    this.#wake = wake
  }

  get size(): number {
    return this.#at.length
  }

  add(slot: number, at: number): void {
    let place = this.#at.push(at) - 1
    this.#slots.push(slot)
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (this.#at[parent]! <= at) break
      this.#swap(place, parent)
      place = parent
    }
    if (at < this.#timerAt) this.#arm()
  }

  /** Wakes everybody whose time has come. */
  sweep(now: number): void {
    while (this.#at.length > 0 && this.#at[0]! <= now) {
      const at = this.#at[0]!
      const slot = this.#slots[0]!
      this.#drop()
      this.#wake(slot, at)
    }
    this.#arm()
  }

  /** Nobody is woken any more. */
  clear(): void {
    this.#at.length = 0
    this.#slots.length = 0
    this.#arm()
  }

  #drop(): void {
    const lastAt = this.#at.pop()!
    const lastSlot = this.#slots.pop()!
    const { length } = this.#at
    if (length === 0) return
    this.#at[0] = lastAt
    this.#slots[0] = lastSlot
    for (let place = 0; ; ) {
      const left = 2 * place + 1
      if (left >= length) return
      const child = left + 1 < length && this.#at[left + 1]! < this.#at[left]! ? left + 1 : left
      if (this.#at[child]! >= lastAt) return
      this.#swap(place, child)
      place = child
    }
  }

  #swap(a: number, b: number): void {
    const at = this.#at[a]!
    const slot = this.#slots[a]!
    this.#at[a] = this.#at[b]!
    this.#slots[a] = this.#slots[b]!
    this.#at[b] = at
    this.#slots[b] = slot
  }

  #arm(): void {
    const next = this.#at[0] ?? Infinity
    if (next === this.#timerAt) return
    if (this.#timer !== null) this.#timers.clear(this.#timer)
    this.#timerAt = next
    this.#timer = next === Infinity ? null : this.#timers.set(this.#due, Math.max(0, next - this.#timers.now()))
  }

  readonly #due = (): void => {
    this.#timer = null
    this.#timerAt = Infinity
    this.sweep(this.#timers.now())
  }
}
