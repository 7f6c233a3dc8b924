import { Histogram } from '../../../shared/results/histogram.ts'
import type { StepTally, Tally } from '../../../shared/results/sample.ts'
import { ErrorBook } from './error-book.ts'

const STATUSES = 1000

/** Counts and histograms of the second that is going on. Recording into it allocates nothing. */
export class TallyBook {
  planned = 0
  started = 0
  dropped = 0
  completed = 0
  failed = 0
  cancelled = 0
  requests = 0
  bytesSent = 0
  bytesReceived = 0
  readonly statuses = new Uint32Array(STATUSES)
  readonly errors = new ErrorBook()
  readonly checksPassed: Float64Array
  readonly checksFailed: Float64Array
  readonly response = new Histogram()
  readonly service = new Histogram()
  readonly lag = new Histogram()
  readonly firstByte = new Histogram()
  readonly connect = new Histogram()
  readonly tls = new Histogram()
  readonly dns = new Histogram()
  /** Of answers that are streams; null for a task without any. */
  readonly pieces: { count: number; first: Histogram; gap: Histogram } | null

  /** Empty for a task without steps. */
  readonly steps: readonly StepBook[]

  /** @param steps how many of the checks are each step's, in order. */
  constructor(checks: number, { streams = false, steps = [] }: { streams?: boolean; steps?: readonly number[] } = {}) {
    this.pieces = streams ? { count: 0, first: new Histogram(), gap: new Histogram() } : null
    this.checksPassed = new Float64Array(checks)
    this.checksFailed = new Float64Array(checks)
    let from = 0
    this.steps = steps.map((count) => {
      const to = from + count
      const book = new StepBook(this.checksPassed.subarray(from, to), this.checksFailed.subarray(from, to))
      from = to
      return book
    })
  }

  /** Nothing happened. */
  get empty(): boolean {
    return this.planned + this.started + this.dropped + this.completed + this.cancelled + this.connect.count + (this.pieces?.count ?? 0) === 0
  }

  /** The counts so far; starts anew. */
  take(): Tally {
    const { planned, started, dropped, completed, failed, cancelled, requests, bytesSent, bytesReceived } = this
    const tally: Tally = {
      planned, started, dropped, completed, failed, cancelled, requests, bytesSent, bytesReceived,
      statuses: this.#statuses(),
      errors: this.errors.take(),
      checks: Array.from(this.checksPassed, (passed, i) => ({ passed, failed: this.checksFailed[i] ?? 0 })),
      response: drain(this.response), service: drain(this.service), lag: drain(this.lag), firstByte: drain(this.firstByte),
      connect: drain(this.connect), tls: drain(this.tls), dns: drain(this.dns),
      ...this.#stream(),
      ...(this.steps.length === 0 ? {} : { steps: this.steps.map((step) => step.take()) }),
    }
    this.#clear()
    return tally
  }

  #stream(): Pick<Tally, 'stream'> {
    const { pieces } = this
    if (pieces === null) return {}
    const chunks = pieces.count
    pieces.count = 0
    return { stream: { chunks, firstChunk: drain(pieces.first), gap: drain(pieces.gap) } }
  }

  #statuses(): Record<string, number> {
    const counts: Record<string, number> = {}
    // 0: an answer that has none.
    for (let status = 1; status < STATUSES; status++) {
      const count = this.statuses[status]!
      if (count > 0) counts[status] = count
    }
    return counts
  }

  #clear(): void {
    this.planned = this.started = this.dropped = this.completed = this.failed = this.cancelled = 0
    this.requests = this.bytesSent = this.bytesReceived = 0
    this.statuses.fill(0)
    this.checksPassed.fill(0)
    this.checksFailed.fill(0)
  }
}

/** The part of one step. */
export class StepBook {
  requests = 0
  failed = 0
  /** Views of the whole book's. */
  readonly checksPassed: Float64Array
  readonly checksFailed: Float64Array
  readonly response = new Histogram()
  readonly service = new Histogram()

  constructor(checksPassed: Float64Array, checksFailed: Float64Array) {
    this.checksPassed = checksPassed
    this.checksFailed = checksFailed
  }

  take(): StepTally {
    const { requests, failed } = this
    this.requests = this.failed = 0
    return { requests, failed, response: drain(this.response), service: drain(this.service) }
  }
}

function drain(histogram: Histogram): Uint8Array {
  const bytes = histogram.encode()
  histogram.clear()
  return bytes
}
