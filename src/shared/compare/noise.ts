import { BINS, binLowMs } from '../results/heat.ts'
import type { Point } from '../results/summary.ts'

/**
 * How far the figures of a run would lie apart if it were run again, judged from its own seconds (docs/adr/0013).
 *
 * Seconds are joined to blocks, as neighbours are alike. For a percentile q of a share p: how much the part of answers
 * beyond q differs from block to block says how uncertain p is, and the distribution, read at p ± that, how uncertain q is
 * (Woodruff 1952). Blocks that resemble their neighbours count for less, and the same is done over blocks of twice and four
 * times the length, of which the widest counts: what swings slowly shows only there. Nothing is drawn by chance: the same
 * two runs are always judged the same way.
 */

/** One block: how many answers fell into each bin of `heat.ts`, and what else is compared. */
interface Block {
  bins: Float64Array
  answers: number
  completed: number
  failed: number
  due: number
}

/** A run second by second, and as a whole. */
export interface Seconds {
  each: Block[]
  whole: Block
}

/** Fewer blocks say nothing about each other. */
const LEAST_BLOCKS = 6
/** Longer blocks are tried while there are so many. */
const ENOUGH_BLOCKS = 12
/** Answers beyond a percentile that it must rest on. */
const LEAST_BEYOND = 40
/** Two-sided 99.5 %: a table of figures is right about all of them in 19 of 20 comparisons. */
const Z = 2.807
/** Neighbours that are more alike than that are one and the same event; of few blocks only less can be believed. */
const mostAlike = (blocks: number): number => Math.min(0.75, blocks / 36)
/** Runs of the same length to this part are laid side by side. */
const SAME_LENGTH = 0.05

/** Warm-up is left out, as it is out of the result. */
export function secondsOf(points: readonly Point[]): Seconds {
  const each = points.filter(({ warmup, completed, planned }) => !warmup && (completed > 0 || planned > 0)).map(blockOf)
  return { each, whole: sum(each) }
}

/** Half the width of the interval of ln(percentile of one ÷ percentile of the other): 0.06 is about ±6 %. Null: too little to tell. `p`: 0 … 1. */
export function percentileNoise(one: Seconds, other: Seconds, p: number): number | null {
  if ([one, other].some(({ whole }) => whole.answers * Math.min(p, 1 - p) < LEAST_BEYOND)) return null
  const swings = doubt(one, other, ({ whole }) => {
    const q = quantile(whole, p)
    return (block) => (beyond(block, q) - (1 - p) * block.answers) / whole.answers
  })
  if (swings === null) return null
  const part = Math.max(swings, counting(p, one.whole.answers, other.whole.answers))
  return Math.max(reach(one.whole, p, part), reach(other.whole, p, part))
}

/** Of the difference of failed ÷ completed, as a part. Null: too little to tell. */
export function errorNoise(one: Seconds, other: Seconds): number | null {
  const swings = doubt(one, other, ({ whole }) => (block) => (whole.completed === 0 ? 0 : (block.failed - (whole.failed / whole.completed) * block.completed) / whole.completed))
  // No failure seen is not none possible: at least as uncertain as counting is.
  const share = (one.whole.failed + other.whole.failed + 1) / (one.whole.completed + other.whole.completed + 2)
  return swings === null ? null : Math.max(swings, counting(share, one.whole.completed, other.whole.completed))
}

/** Of the difference of completed ÷ due, as a part. Null: too little to tell. */
export function rateNoise(one: Seconds, other: Seconds): number | null {
  return doubt(one, other, ({ whole }) => (block) => (whole.due === 0 ? 0 : (block.completed - (whole.completed / whole.due) * block.due) / whole.due))
}

/** Of the ratio of completed per second, as a part: where no rate was asked for. */
export function throughputNoise(one: Seconds, other: Seconds): number | null {
  return doubt(one, other, ({ whole, each }) => (block, seconds) => (whole.completed === 0 ? 0 : block.completed / whole.completed - seconds / each.length))
}

/** How much a block of so many seconds pulls the figure of its run from what it is. */
type Pull = (block: Block, seconds: number) => number

/**
 * Half the width of the interval of the difference of two figures. Runs of one length are laid side by side, so that a course
 * which both share (a ramp, a cache that fills) is no noise; others are taken each by itself.
 */
function doubt(one: Seconds, other: Seconds, pullIn: (seconds: Seconds) => Pull): number | null {
  const [length, longer] = [Math.min(one.each.length, other.each.length), Math.max(one.each.length, other.each.length)]
  const lengths = lengthsFor(length)
  if (lengths.length === 0) return null
  const [pull, otherPull] = [pullIn(one), pullIn(other)]
  const beside = longer - length <= SAME_LENGTH * longer
  return Math.max(...lengths.map((seconds) => {
    const [a, b] = [pulls(one, pull, seconds), pulls(other, otherPull, seconds)]
    return beside ? halfWidth(a.slice(0, b.length).map((value, i) => value - (b[i] ?? 0))) : Math.hypot(halfWidth(a), halfWidth(b))
  }))
}

function pulls({ each }: Seconds, pull: Pull, seconds: number): number[] {
  return Array.from({ length: Math.floor(each.length / seconds) }, (_, i) => pull(sum(each.slice(i * seconds, (i + 1) * seconds)), seconds))
}

/** Of blocks, s: the shortest that will do, twice and four times as much while there are enough. */
function lengthsFor(seconds: number): number[] {
  const first = lengthFor(seconds)
  if (seconds / first < LEAST_BLOCKS) return []
  return [first, 2 * first, 4 * first].filter((length, i) => i === 0 || seconds / length >= ENOUGH_BLOCKS)
}

/** Of a difference of two shares, from numbers alone. */
function counting(share: number, ...counts: number[]): number {
  return Z * Math.sqrt(counts.reduce((total, n) => total + (share * (1 - share)) / Math.max(n, 1), 0))
}

/** How far ln(percentile) goes when its share is off by `part`. */
function reach(whole: Block, p: number, part: number): number {
  const q = quantile(whole, p)
  return Math.max(quantile(whole, Math.min(p + part, 1)) - q, q - quantile(whole, Math.max(p - part, 0)))
}

/** Of a sum, from the pulls of its blocks: those that resemble their neighbours tell less than as many that do not. */
function halfWidth(values: readonly number[]): number {
  const n = values.length
  const mean = values.reduce((total, value) => total + value, 0) / n
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0)
  if (squares === 0) return 0
  const inflation = inflationOf(values, mean, squares)
  return Math.sqrt((squares * n * inflation) / (n - 1)) * critical(n / Math.sqrt(inflation) - 1)
}

/** First-order correlation, its bias taken out. */
function inflationOf(values: readonly number[], mean: number, squares: number): number {
  const n = values.length
  const along = values.reduce((total, value, i) => total + (i === 0 ? 0 : (value - mean) * ((values[i - 1] ?? 0) - mean)), 0) / squares
  const kept = Math.min(Math.max(along + (1 + 3 * along) / n, 0), mostAlike(n))
  return (1 + kept) / (1 - kept)
}

/** Student's t at 99.5 % (Cornish and Fisher 1937): few blocks know their own spread badly. */
function critical(df: number): number {
  return Z + (Z ** 3 + Z) / (4 * df) + (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * df ** 2)
}

/** Seconds of a block: 5 at least, but fewer in short runs, where there would be too few blocks. */
function lengthFor(seconds: number): number {
  if (seconds < 120) return 1
  return seconds < 300 ? 2 : Math.max(5, Math.ceil(seconds / 240))
}

function blockOf({ heat, completed, failed, planned }: Point): Block {
  const bins = new Float64Array(BINS)
  let answers = 0
  for (let i = 0; i + 1 < heat.length; i += 2) {
    bins[heat[i] ?? 0] = heat[i + 1] ?? 0
    answers += heat[i + 1] ?? 0
  }
  return { bins, answers, completed, failed, due: planned }
}

function sum(blocks: readonly Block[]): Block {
  const total: Block = { bins: new Float64Array(BINS), answers: 0, completed: 0, failed: 0, due: 0 }
  for (const block of blocks) {
    for (let bin = 0; bin < BINS; bin++) total.bins[bin] = (total.bins[bin] ?? 0) + (block.bins[bin] ?? 0)
    total.answers += block.answers
    total.completed += block.completed
    total.failed += block.failed
    total.due += block.due
  }
  return total
}

/** ln of the value below which a part `p` of the answers is; even within a bin on its logarithm. */
function quantile({ bins, answers }: Block, p: number): number {
  let left = p * answers
  for (let bin = 0; bin < BINS; bin++) {
    const count = bins[bin] ?? 0
    if (count > 0 && count >= left) return edge(bin) + (left / count) * (edge(bin + 1) - edge(bin))
    left -= count
  }
  return edge(bins.findLastIndex((count) => count > 0) + 1)
}

/** Answers of a block that took longer than e^q. */
function beyond({ bins, answers }: Block, q: number): number {
  let below = 0
  for (let bin = 0; bin < BINS; bin++) {
    if (edge(bin) >= q) break
    below += (bins[bin] ?? 0) * Math.min((q - edge(bin)) / (edge(bin + 1) - edge(bin)), 1)
  }
  return answers - below
}

const EDGES = Float64Array.from({ length: BINS + 1 }, (_, bin) => Math.log(binLowMs(bin)))

function edge(bin: number): number {
  return EDGES[bin] ?? 0
}
