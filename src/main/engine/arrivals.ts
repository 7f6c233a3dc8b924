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
  /** Stands on the last arrival before position `x`. */
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

/** A state to return to every so many arrivals. */
const CHECKPOINT_EVERY = 4096

interface Checkpoint {
  n: number
  x: number
  state: number
}

/**
 * A Poisson process conditioned on its total: the order statistics of M uniform positions, one after the other. Given
 * x after k arrivals, the next of the M − k left is the smallest of M − k uniforms on (x, M):
 * x + (M − x)·(1 − (1 − U)^(1/(M−k))). So the spacing is as random as a Poisson process' and the total exactly M.
 * Once a change of rate has lowered M below what has already arrived, nothing more arrives.
 */
export class PoissonArrivals implements ArrivalStream {
  n = 0
  x = 0
  /** Of the generator mulberry32. */
  #state: number
  #plans: { fromX: number; total: number }[]
  #checkpoints: Checkpoint[] = []

  constructor(total: number, seed: number) {
    this.#state = seed >>> 0
    this.#plans = [{ fromX: -Infinity, total }]
  }

  advance(): boolean {
    const total = this.#total()
    if (this.n >= total) return false
    if (this.n % CHECKPOINT_EVERY === 0) this.#remember()
    this.x -= Math.max(0, total - this.x) * Math.expm1(Math.log1p(-this.#random()) / (total - this.n))
    this.n++
    return true
  }

  replan(fromX: number, total: number): void {
    this.#plans = [...this.#plans.filter((plan) => plan.fromX < fromX), { fromX, total }]
    if (this.x > fromX) this.#restore(({ x }) => x <= fromX)
    this.#checkpoints = this.#checkpoints.filter(({ x }) => x <= fromX)
  }

  seek(n: number): void {
    if (this.n > n) this.#restore((checkpoint) => checkpoint.n <= n)
    while (this.n < n && this.advance());
  }

  seekBefore(x: number): void {
    if (this.n > 0) this.#restore((checkpoint) => checkpoint.x < x || checkpoint.n === 0)
    let last = this.#here()
    while (this.advance() && this.x < x) last = this.#here()
    this.#go(last)
  }

  #total(): number {
    let index = this.#plans.length - 1
    while (index > 0 && this.#plans[index]!.fromX > this.x) index--
    return this.#plans[index]!.total
  }

  #remember(): void {
    if (this.n > (this.#checkpoints.at(-1)?.n ?? -1)) this.#checkpoints.push(this.#here())
  }

  #restore(fits: (checkpoint: Checkpoint) => boolean): void {
    const checkpoint = this.#checkpoints.findLast(fits)
    if (checkpoint !== undefined) this.#go(checkpoint)
  }

  #here(): Checkpoint {
    return { n: this.n, x: this.x, state: this.#state }
  }

  #go({ n, x, state }: Checkpoint): void {
    this.n = n
    this.x = x
    this.#state = state
  }

  /** mulberry32: uniform in [0, 1). */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
