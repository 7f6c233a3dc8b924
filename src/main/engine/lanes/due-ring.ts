/** Cells of an entry; a power of two, so that the ring wraps between entries. */
const WIDTH = 4

/**
 * The queue of iterations that wait for a connection: a ring of (intended instant, instant of queueing, number of the
 * iteration), instants in `performance.now()` ms. Grows by doubling up to what its owner lets in; pushing and dropping allocate nothing.
 */
export class DueRing {
  private cells = new Float64Array(256 * WIDTH)
  private head = 0
  private count = 0

  get size(): number {
    return this.count
  }

  push(dueAt: number, since: number, n: number): void {
    if (this.count * WIDTH === this.cells.length) this.grow()
    const at = (this.head + this.count * WIDTH) & (this.cells.length - 1)
    this.cells[at] = dueAt
    this.cells[at + 1] = since
    this.cells[at + 2] = n
    this.count++
  }

  /** Intended instant of the one that waits longest; NaN when empty. */
  get dueAt(): number {
    return this.count === 0 ? NaN : this.cells[this.head]!
  }

  /** Since when it waits; NaN when empty. */
  get since(): number {
    return this.count === 0 ? NaN : this.cells[this.head + 1]!
  }

  /** Number of the one that waits longest; NaN when empty. */
  get n(): number {
    return this.count === 0 ? NaN : this.cells[this.head + 2]!
  }

  /** Takes the one that waits longest out; nothing happens when empty. */
  drop(): void {
    if (this.count === 0) return
    this.head = (this.head + WIDTH) & (this.cells.length - 1)
    this.count--
  }

  private grow(): void {
    const larger = new Float64Array(this.cells.length * 2)
    larger.set(this.cells.subarray(this.head))
    larger.set(this.cells.subarray(0, this.head), this.cells.length - this.head)
    this.cells = larger
    this.head = 0
  }
}
