/**
 * The stream of arrivals in N-space: arrival number n sits at position x and is due when N(t) = x. The stream does not
 * know time, so a change of rate only bends the way from x to an instant; numbers and positions that have passed stay.
 * Every thread of every node walks the same stream and executes the numbers that it owns.
 */
export interface ArrivalStream {
  /** Number of the arrival it stands on; 0 before the first. */
  readonly n: number
  readonly x: number
  /** Moves on to the next arrival. False when there is none: then it stays. */
  advance(): boolean
  /** From position `fromX` on, the run holds `total` arrivals. May step back behind arrivals already passed. */
  replan(fromX: number, total: number): void
  /** Stands on arrival `n` again, or on the last one if there are not so many. */
  seek(n: number): void
  /** Stands on the last arrival before position `x`, or between it and the next. */
  seekBefore(x: number): void
}

/** Arrival n at x = n − ½: evenly spaced wherever the rate is constant. */
export class UniformArrivals implements ArrivalStream {
  n = 0
  x = -0.5
  #total: number

  constructor(total: number) {
    this.#total = total
  }

  advance(): boolean {
    if (this.n >= this.#total) return false
    this.x = ++this.n - 0.5
    return true
  }

  replan(_fromX: number, total: number): void {
    this.#total = total
  }

  seek(n: number): void {
    this.n = Math.min(n, this.#total)
    this.x = this.n - 0.5
  }

  seekBefore(x: number): void {
    this.seek(Math.max(0, Math.ceil(x + 0.5) - 1))
  }
}
