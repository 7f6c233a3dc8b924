import { significant } from '../format.ts'
import type { Sentence } from '../locales/sentence.ts'

/**
 * Capacity: the highest target rate at which every threshold of a task holds, found by runs of increasing rate and then
 * by halving what is left between the highest rate that held and the lowest that did not.
 *
 * One failed hold is no proof, as any service has a bad moment: a rate counts as failed when it has failed twice. A
 * generator that gives way ends the search: what lies beyond says nothing of the target.
 */
export interface CapacityOptions {
  /** First rate, iterations per second. */
  fromRate: number
  /** Highest rate to try; null: until it fails. */
  ceiling: number | null
}

/** `untrusted`: the generator gave way, or load got lost. */
export type HoldOutcome = 'held' | 'failed' | 'untrusted'

/** Where a search ended. Rates in iterations per second. */
export interface CapacityBounds {
  /** Highest rate that held; null: none did. */
  holds: number | null
  /** Lowest rate above it that failed; null: none was found. */
  failsAt: number | null
  /** What kept the search from going on upwards; null while it goes on. */
  limitedBy: 'target' | 'generator' | 'ceiling' | null
}

const GROWTH = 1.5
/** The width of the answer, of the rate that holds. */
const PRECISION = 0.05
const LOWEST_RATE = 1
/** Failures that prove a rate too high, and untrusted holds that prove a generator too weak. */
const PROOF = 2

/** The search itself: says which rate comes next and learns what became of it. */
export class CapacitySearch {
  readonly #options: CapacityOptions
  #holds: number | null = null
  #failsAt: number | null = null
  #weak = false
  /** The rate that is being tried, and how often it has failed or could not be trusted. */
  #rate: number
  #failures = 0
  #untrusted = 0

  constructor(options: CapacityOptions) {
    this.#options = options
    this.#rate = options.ceiling === null ? options.fromRate : Math.min(options.fromRate, options.ceiling)
  }

  /** The rate to hold next; null when the answer is known. */
  get next(): number | null {
    return this.#isDone ? null : this.#rate
  }

  get bounds(): CapacityBounds {
    return { holds: this.#holds, failsAt: this.#failsAt, limitedBy: this.#limitedBy }
  }

  /** What became of a hold at {@link next}. */
  record(outcome: HoldOutcome): void {
    if (outcome === 'held') this.#holds = this.#rate
    else if (outcome === 'failed') this.#failures++
    else this.#untrusted++
    this.#weak ||= this.#untrusted >= PROOF
    if (this.#failures >= PROOF) this.#failsAt = this.#rate
    if (outcome === 'held' || this.#failures >= PROOF) this.#choose()
  }

  get #limitedBy(): CapacityBounds['limitedBy'] {
    if (this.#weak) return 'generator'
    if (!this.#isDone) return null
    return this.#failsAt === null ? 'ceiling' : 'target'
  }

  get #isDone(): boolean {
    if (this.#weak) return true
    const { ceiling } = this.#options
    if (this.#failsAt === null) return this.#holds !== null && ceiling !== null && this.#holds >= ceiling
    return this.#holds === null ? this.#failsAt <= LOWEST_RATE : this.#rate <= this.#holds || this.#rate >= this.#failsAt || (this.#failsAt - this.#holds) / this.#holds <= PRECISION
  }

  #choose(): void {
    this.#failures = this.#untrusted = 0
    const { ceiling } = this.#options
    if (this.#failsAt === null) this.#rate = Math.min(significant(this.#rate * GROWTH), ceiling ?? Infinity)
    else if (this.#holds === null) this.#rate = Math.max(LOWEST_RATE, significant(this.#failsAt / GROWTH))
    else this.#rate = significant((this.#holds + this.#failsAt) / 2)
  }
}

/** One hold of a search: a run of its own. */
export interface CapacityHold {
  /** Iterations per second. */
  rate: number
  runId: string
  /** Null while it goes on. */
  outcome: HoldOutcome | null
  /** Its verdict, in words; null while it goes on. */
  sentence: Sentence | null
  achievedRate: number | null
  /** Of the response time, ms. */
  p50: number | null
  p99: number | null
  /** 0 … 1. */
  errorRate: number | null
}

/** A search for capacity, as screens and the command line show it. */
export interface CapacityView {
  id: string
  taskId: string
  taskName: string
  target: string
  thresholds: string[]
  /** Of each hold, settling included, ms. */
  holdMs: number
  status: 'running' | 'finished' | 'stopped' | 'failed'
  startedAt: number
  holds: CapacityHold[]
  /** The rate that is held now; null when the search is over. */
  rate: number | null
  bounds: CapacityBounds
  /** Where it stands, or the answer. */
  sentence: Sentence
}
