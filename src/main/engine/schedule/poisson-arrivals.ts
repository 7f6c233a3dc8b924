import type { ArrivalStream } from './arrivals.ts'
import { binomial } from './binomial.ts'

/** Positions per block. Whoever joins late draws one number for each block that it skips. */
const BLOCK = 4096

/** From one change of the total to the next. Blocks begin anew in it. */
interface Segment {
  fromX: number
  /** Arrivals in it were drawn for all positions up to this one. */
  toX: number
  /** Arrivals before it. */
  before: number
  /** Drawn in it. */
  drawn: number
  /** Of these, before the next segment. */
  count: number
  /** Arrivals of the segment before each of its blocks, as far as known. */
  starts: number[]
}

/**
 * A Poisson process conditioned on its total: M points that are uniform in (0, M). How many of them lie in a block is drawn
 * first, from those that are left for it and the blocks after it (binomial); the points of a block are then the order
 * statistics of as many uniforms, one after the other: x + (end − x)·(1 − (1 − U)^(1/left)). So the spacing is as random
 * as a Poisson process', the total exactly M, and a place far ahead is found without walking there.
 * Once a change of rate has lowered M below what has already arrived, nothing more arrives.
 */
export class PoissonArrivals implements ArrivalStream {
  n = 0
  x = 0
  readonly #seed: number
  #segments: Segment[]
  #segment!: Segment
  #block = 0
  /** Of the block: its end, its arrivals still to come, and the state of its generator. */
  #endX = 0
  #left = 0
  #state = 0

  constructor(total: number, seed: number) {
    this.#seed = seed >>> 0
    this.#segments = [segmentFrom(0, total, 0)]
    this.#enter(this.#segments[0]!, 0)
  }

  advance(): boolean {
    while (this.#left === 0 || this.n >= this.#segment.before + this.#segment.count) if (!this.#enterNext()) return false
    this.x -= (this.#endX - this.x) * Math.expm1(Math.log1p(-this.#random()) / this.#left)
    this.#left--
    this.n++
    return true
  }

  replan(fromX: number, total: number): void {
    const { n, x } = this
    const kept = this.#segments.filter((segment) => segment.fromX < fromX)
    const last = kept.at(-1)
    if (last === undefined) this.#segments = [segmentFrom(0, total, 0)]
    else {
      last.count = last.drawn
      this.#segments = kept
      this.#walkTo(fromX, true)
      last.count = this.n - last.before
      this.#segments.push(segmentFrom(fromX, total, this.n))
    }
    this.seek(x > fromX ? this.#segments.at(-1)!.before : n)
  }

  seek(n: number): void {
    const segment = this.#segments.findLast(({ before }) => before < n) ?? this.#segments[0]!
    const goal = Math.min(n - segment.before, segment.count)
    let block = Math.max(0, segment.starts.findLastIndex((start) => start < goal))
    while (this.#startOf(segment, block + 1) < goal) block++
    this.#enter(segment, block)
    while (this.n < segment.before + goal && this.advance());
  }

  seekBefore(x: number): void {
    this.#walkTo(x, false)
  }

  /** Stands on the last arrival before `x`, or at it if `including`. */
  #walkTo(x: number, including: boolean): void {
    const segment = this.#segments.findLast(({ fromX }) => fromX < x) ?? this.#segments[0]!
    const block = Math.floor((Math.min(x, segment.toX) - segment.fromX) / BLOCK)
    this.#enter(segment, Math.min(Math.max(0, block), blocksOf(segment) - 1))
    let last = this.#here()
    while (this.advance() && this.#segment === segment && (this.x < x || (including && this.x === x))) last = this.#here()
    this.#enter(segment, last.block)
    this.n = last.n
    this.x = last.x
    this.#left = last.left
    this.#state = last.state
  }

  #here(): { n: number; x: number; block: number; left: number; state: number } {
    return { n: this.n, x: this.x, block: this.#block, left: this.#left, state: this.#state }
  }

  #enterNext(): boolean {
    const [segment, block] = [this.#segment, this.#block + 1]
    if (block < blocksOf(segment) && this.n < segment.before + segment.count) return this.#enter(segment, block)
    const next = this.#segments[this.#segments.indexOf(segment) + 1]
    return next !== undefined && this.#enter(next, 0)
  }

  #enter(segment: Segment, block: number): true {
    const start = this.#startOf(segment, block)
    this.#segment = segment
    this.#block = block
    this.#left = this.#startOf(segment, block + 1) - start
    this.#endX = endOf(segment, block)
    this.#state = mixed(this.#seed, segment.fromX, 2 * block + 1)
    this.n = segment.before + start
    this.x = segment.fromX + block * BLOCK
    return true
  }

  /** Arrivals of the segment before a block. */
  #startOf(segment: Segment, block: number): number {
    const { starts, drawn, fromX, toX } = segment
    while (starts.length <= block) {
      const index = starts.length - 1
      const [start, from] = [starts[index]!, fromX + index * BLOCK]
      const part = index >= blocksOf(segment) - 1 ? 1 : BLOCK / (toX - from)
      this.#state = mixed(this.#seed, fromX, 2 * index)
      starts.push(start + binomial(drawn - start, part, () => this.#random()))
    }
    return starts[block]!
  }

  /** mulberry32: uniform in [0, 1). */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

function segmentFrom(fromX: number, total: number, before: number): Segment {
  const drawn = Math.max(0, total - before)
  return { fromX, toX: Math.max(total, fromX), before, drawn, count: drawn, starts: [0] }
}

function blocksOf({ fromX, toX }: Segment): number {
  return Math.max(1, Math.ceil((toX - fromX) / BLOCK))
}

function endOf(segment: Segment, block: number): number {
  return block >= blocksOf(segment) - 1 ? segment.toX : segment.fromX + (block + 1) * BLOCK
}

/** A state of the generator for each use (the finaliser of MurmurHash3). */
function mixed(seed: number, fromX: number, use: number): number {
  let h = seed ^ Math.imul(use + 1, 0x9e3779b1) ^ Math.imul(Math.round(fromX * 16) | 0, 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
