import type { ErrorKind } from '../../../shared/errors.ts'
import { Histogram } from '../../../shared/results/histogram.ts'
import type { ErrorSample, Tally } from '../../../shared/results/sample.ts'
import type { Exchange, GrpcOutcome } from './check-predicates.ts'
import type { CheckFailure, Checks } from './checks.ts'
import { SampleQuota, groupKey } from './error-book.ts'
import type { LaneSink } from '../lanes/lane.ts'
import { maskHead } from '../../../shared/task/masking.ts'
import type { Scrub } from '../request/scrubber.ts'
import { statusText } from './status-text.ts'
import { TallyBook } from './tally-book.ts'

const SAMPLE_HEAD_CHARACTERS = 2048
const SAMPLE_BODY_BYTES = 4096
/** A secret that the end of a sample would cut is taken out whole. */
const LONGEST_SECRET = 16_384

export interface RecorderOptions {
  checks: Checks
  /** How many checks each step has, in order, where iterations have steps. `checks` then count for nothing. */
  steps?: readonly number[]
  method: string
  /** As shown in error samples: already masked. */
  url: string
  /** Answers are streams, of which pieces are told. */
  streams?: boolean
  /** Iterations due before this instant of the run are tallied apart, ms. */
  warmupMs: number
  /** For what a target has sent back; by default nothing is taken out. */
  scrub?: Scrub
}

/**
 * Keeps the books of one thread: the ear of its lane, and the ledger. Every iteration is planned once, then started or
 * dropped; every started one is completed or cancelled. All times are `performance.now()` of the thread.
 */
export class Recorder implements LaneSink {
  /** What to do when a connection is free; set by the thread. */
  onIdle: (now: number) => void = () => {}
  /** Iterations planned and not yet dropped, completed or cancelled. */
  outstanding = 0
  /** When the last iteration left. */
  lastSentAt = 0
  /** By how much arrivals were handed to the lane late, µs: the generator's own part of the schedule lag. */
  readonly lateness = new Histogram()
  readonly #options: RecorderOptions
  readonly #main: TallyBook
  readonly #warmup: TallyBook | null
  readonly #quota = new SampleQuota()
  #samples: ErrorSample[] = []
  readonly #scrub: Scrub
  #said = { message: '', clean: '' }
  #startedAt = 0
  #warmupEndsAt = -Infinity
  /** One for all responses: judging allocates nothing. */
  readonly #exchange: Exchange = { status: 0, head: null, body: null, bytesReceived: 0, responseTimeMs: 0, grpc: null }

  constructor(options: RecorderOptions) {
    this.#options = options
    this.#scrub = options.scrub ?? ((text) => text)
    const { steps, warmupMs, streams = false } = options
    const newBook = (): TallyBook => new TallyBook(steps?.reduce((sum, count) => sum + count, 0) ?? options.checks.count, { streams, ...(steps === undefined ? {} : { steps }) })
    this.#main = newBook()
    this.#warmup = warmupMs > 0 ? newBook() : null
  }

  /** The instant that is 0 ms of the run. */
  begin(startedAt: number): void {
    this.#startedAt = startedAt
    this.#warmupEndsAt = startedAt + this.#options.warmupMs
  }

  /** An iteration is due and about to be handed to the lane at `now`. */
  planned(dueAt: number, now: number): void {
    this.bookOf(dueAt).planned++
    this.outstanding++
    this.lateness.record(micros(now - dueAt))
  }

  keep(status: number): boolean {
    const { checks } = this.#options
    if (checks.needsContent) return true
    return checks.refusesStatus(status) && this.wantsSample(status, statusText(status))
  }

  /** Would a sample of a failed check with this message be kept? */
  wantsSample(status: number, message: string): boolean {
    return this.#quota.open(groupKey('check', status, message), this.lastSentAt - this.#startedAt)
  }

  sent(dueAt: number, sentAt: number, bytes: number): void {
    const book = this.bookOf(dueAt)
    book.started++
    book.requests++
    book.bytesSent += bytes
    book.lag.record(micros(sentAt - dueAt))
    this.lastSentAt = sentAt
  }

  hop(bytes: number): void {
    // The lane does not say whose request it is; around the end of the warm-up a few may land on the wrong side of it.
    this.#further(this.bookOf(this.lastSentAt), bytes)
  }

  /** A further request of an iteration leaves. */
  further(dueAt: number, sentAt: number, bytes: number): void {
    this.lastSentAt = sentAt
    this.#further(this.bookOf(dueAt), bytes)
  }

  done(dueAt: number, sentAt: number, headAt: number, now: number, status: number, bytesReceived: number, head: Buffer | null, body: Buffer | null, _n: number, grpc: GrpcOutcome | null = null): void {
    const book = this.bookOf(dueAt)
    this.outstanding--
    book.completed++
    book.bytesReceived += bytesReceived
    book.statuses[status]!++
    book.response.record(micros(now - dueAt))
    book.service.record(micros(now - sentAt))
    book.firstByte.record(micros(headAt - sentAt))
    const exchange = this.#exchange
    exchange.status = status
    exchange.head = head
    exchange.body = body
    exchange.grpc = grpc
    exchange.bytesReceived = bytesReceived
    exchange.responseTimeMs = now - dueAt
    const failure = this.#options.checks.judge(exchange, book.checksPassed, book.checksFailed)
    if (failure !== null) this.#fail(book, failure, now)
  }

  heard(dueAt: number, first: boolean, ms: number): void {
    const { pieces } = this.bookOf(dueAt)
    if (pieces === null) return
    pieces.count++
    if (first) pieces.first.record(micros(ms))
    else pieces.gap.record(micros(ms))
  }

  failed(dueAt: number, sentAt: number, now: number, kind: ErrorKind, message: string, bytesReceived: number): void {
    const book = this.bookOf(dueAt)
    this.outstanding--
    if (sentAt === 0) book.started++
    book.completed++
    book.failed++
    book.bytesReceived += bytesReceived
    const clean = this.cleaned(message)
    book.errors.count(kind, 0, clean)
    this.sample(kind, 0, clean, now, now - dueAt, null, null)
  }

  cancelled(dueAt: number, sentAt: number): void {
    const book = this.bookOf(dueAt)
    this.outstanding--
    if (sentAt === 0) book.started++
    book.cancelled++
  }

  dropped(dueAt: number): void {
    this.outstanding--
    this.bookOf(dueAt).dropped++
  }

  connected(dnsMs: number, connectMs: number, tlsMs: number): void {
    const book = this.#main
    if (dnsMs >= 0) book.dns.record(micros(dnsMs))
    if (connectMs >= 0) book.connect.record(micros(connectMs))
    if (tlsMs >= 0) book.tls.record(micros(tlsMs))
  }

  idle(now: number): void {
    this.onIdle(now)
  }

  /** What happened since the last call. */
  take(): { tally: Tally; warmup: Tally | null; errorSamples: ErrorSample[] } {
    const errorSamples = this.#samples
    this.#samples = []
    const warmup = this.#warmup === null || this.#warmup.empty ? null : this.#warmup.take()
    return { tally: this.#main.take(), warmup, errorSamples }
  }

  /** The book in which an iteration counts. */
  bookOf(dueAt: number): TallyBook {
    return this.#warmup !== null && dueAt < this.#warmupEndsAt ? this.#warmup : this.#main
  }

  #further(book: TallyBook, bytes: number): void {
    book.requests++
    book.bytesSent += bytes
  }

  #fail(book: TallyBook, { status, message: said }: CheckFailure, now: number): void {
    const message = this.cleaned(said)
    book.failed++
    book.errors.count('check', status, message)
    const { head, body, responseTimeMs } = this.#exchange
    this.sample('check', status, message, now, responseTimeMs, head, body)
  }

  /** Keeps a failed exchange, if there is room for one more of its group. @param from what was asked, masked. */
  sample(kind: ErrorKind, status: number, message: string, now: number, responseTimeMs: number, head: Buffer | null, body: Buffer | null, from: { method: string; url: string } = this.#options): void {
    const atMs = now - this.#startedAt
    if (!this.#quota.take(groupKey(kind, status, message), atMs)) return
    const { method, url } = from
    this.#samples.push({
      kind, status, message, atMs, method, url, responseTimeMs,
      head: head === null ? '' : maskHead(this.#scrub(head.toString('latin1')), SAMPLE_HEAD_CHARACTERS),
      body: body === null ? '' : this.#scrub(body.toString('utf8', 0, SAMPLE_BODY_BYTES + LONGEST_SECRET)).slice(0, SAMPLE_BODY_BYTES),
    })
  }

  /** A message without secrets. Most failures say the same as the one before. */
  cleaned(message: string): string {
    if (message !== this.#said.message) this.#said = { message, clean: this.#scrub(message) }
    return this.#said.clean
  }
}

/** Whole µs, rounded: histograms record integers. */
function micros(ms: number): number {
  return ms > 0 ? Math.round(ms * 1000) : 0
}
