/** What a {@link TimeoutWheel} watches. `slot` and `place` belong to the wheel. */
export interface Watched {
  /** Instant at which it expires, `performance.now()` ms; Infinity: not at present. */
  deadline: number
  slot: number
  place: number
}

const SLOTS = 128
/** Width of a slot, so that a timeout is noticed at most 1/100 of itself late (plus a tick). */
const SLOTS_PER_SPAN = 100

/**
 * Deadlines of many connections without a timer or any work per request. Each item lies in one slot that is not later than
 * its deadline. Moving a deadline *later* needs no call: when the slot comes up the item is filed anew. Moving it
 * *earlier* needs {@link hasten}. An item costs one visit per span, however many requests it carried.
 */
export class TimeoutWheel<T extends Watched> {
  private readonly slots: T[][] = Array.from({ length: SLOTS }, () => [])
  private readonly spanMs: number
  private readonly widthMs: number
  /** Number of the first slot not yet swept, counted from the clock's zero. */
  private next: number

  /** @param spanMs the longest time between now and a deadline. */
  constructor(spanMs: number, now: number) {
    this.spanMs = spanMs
    this.widthMs = Math.max(1, spanMs / SLOTS_PER_SPAN)
    this.next = Math.floor(now / this.widthMs)
  }

  add(item: T, now: number): void {
    const at = Math.floor(Math.min(item.deadline, now + this.spanMs) / this.widthMs)
    item.slot = Math.max(at, this.next) % SLOTS
    item.place = this.slots[item.slot]!.push(item) - 1
  }

  remove(item: T): void {
    if (item.slot < 0) return
    const slot = this.slots[item.slot]!
    const last = slot.pop()!
    if (last !== item) {
      slot[item.place] = last
      last.place = item.place
    }
    item.slot = -1
  }

  /** To be called after a deadline was moved to an earlier instant than it had. */
  hasten(item: T, now: number): void {
    this.remove(item)
    this.add(item, now)
  }

  /** Hands over every item whose deadline has passed; `expire` finds it already removed. */
  sweep(now: number, expire: (item: T) => void): void {
    const current = Math.floor(now / this.widthMs)
    if (current - this.next > SLOTS) this.next = current - SLOTS
    for (; this.next < current; ) this.sweepSlot(this.next++ % SLOTS, now, expire)
  }

  /** Backwards, as after a long time without a sweep an item may be filed into the very slot it came from: at its end. */
  private sweepSlot(index: number, now: number, expire: (item: T) => void): void {
    const slot = this.slots[index]!
    for (let place = slot.length - 1; place >= 0; place--) {
      const item = slot[place]
      if (item === undefined) continue // removed with one that expired
      this.remove(item)
      if (item.deadline > now) this.add(item, now)
      else expire(item)
    }
  }

  /** Everything watched, in no order. */
  items(): T[] {
    return this.slots.flat()
  }
}
