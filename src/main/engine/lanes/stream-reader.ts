import type { Expectation } from '../../../shared/task/expect.ts'
import type { AnswerReader, Heard } from './answer-reader.ts'
import type { StreamPlan } from './compiled-request.ts'
import { EventParser } from './event-parser.ts'
import { compilePattern } from './pattern.ts'
import type { Failure } from './socket-errors.ts'
import { DelimiterFinder, GOES_ON } from './tcp-answer.ts'

export function createStreamReader(plan: StreamPlan, heard: Heard): AnswerReader {
  return plan.mode === 'sse' ? new EventReader(plan.expect, heard) : new ChunkReader(plan.expect, heard)
}

/** What both have in common: when pieces came, and whether what was waited for did. */
abstract class StreamReader implements AnswerReader {
  readonly failure: Failure | null = null
  readonly firstAt = 0
  readonly outcome = null

  protected readonly expect: Expectation
  /** What was waited for has come. */
  protected satisfied = false
  /** An answer that says that something went wrong is no stream: it is read to its end, for its status to be judged. */
  protected streaming = false
  private readonly heard: Heard
  private pieces = 0
  private content = 0
  private dueAt = 0
  private previousAt = 0

  constructor(expect: Expectation, heard: Heard) {
    this.expect = expect
    this.heard = heard
  }

  start(dueAt: number, sentAt: number): void {
    this.satisfied = false
    this.pieces = 0
    this.content = 0
    this.dueAt = dueAt
    this.previousAt = sentAt
    this.reset()
  }

  head(status: number): void {
    this.streaming = status >= 200 && status < 300
  }

  take(bytes: Uint8Array, start: number, end: number, now: number, begins: boolean): boolean {
    if (!this.streaming) return false
    this.content += end - start
    this.read(bytes, start, end, now, begins)
    if (this.expect.answer === 'bytes') this.satisfied = this.content >= this.expect.count
    return this.satisfied
  }

  trailers(): void {}

  end(): Failure | null {
    if (!this.streaming || this.satisfied || this.expect.answer === 'end') return null
    return { kind: 'eof', message: 'the stream ended before what was expected of it' }
  }

  shown(): Buffer | null {
    return null
  }

  protected abstract reset(): void
  protected abstract read(bytes: Uint8Array, start: number, end: number, now: number, begins: boolean): void

  /** A piece has come. */
  protected piece(now: number): void {
    this.heard(this.dueAt, this.pieces++ === 0, now - this.previousAt)
    this.previousAt = now
    if ((this.expect.answer === 'events' || this.expect.answer === 'chunks') && this.pieces >= this.expect.count) this.satisfied = true
  }
}

/** Chunks as the server sent them: of the chunked coding, or frames of HTTP/2. */
class ChunkReader extends StreamReader {
  private readonly finder: DelimiterFinder | null

  constructor(expect: Expectation, heard: Heard) {
    super(expect, heard)
    this.finder = expect.answer === 'contains' ? new DelimiterFinder(Buffer.from(expect.text, 'utf8')) : null
  }

  protected reset(): void {
    this.finder?.start()
  }

  protected read(bytes: Uint8Array, start: number, end: number, now: number, begins: boolean): void {
    if (begins) this.piece(now)
    if (this.finder !== null && this.finder.find(bytes, start, end) !== GOES_ON) this.satisfied = true
  }
}

/** Events of text/event-stream. */
class EventReader extends StreamReader {
  private readonly events: EventParser
  private now = 0

  constructor(expect: Expectation, heard: Heard) {
    super(expect, heard)
    const wanted = expect.answer === 'contains' ? Buffer.from(expect.text, 'utf8') : null
    const pattern = expect.answer === 'matches' ? compilePattern(expect.text, 'request.expect') : null
    this.events = new EventParser(wanted !== null || pattern !== null, (data) => {
      this.piece(this.now)
      if (wanted?.length !== undefined && data.includes(wanted)) this.satisfied = true
      if (pattern?.test(data.toString('utf8')) === true) this.satisfied = true
      return this.satisfied
    })
  }

  protected reset(): void {
    this.events.reset()
  }

  protected read(bytes: Uint8Array, start: number, end: number, now: number): void {
    this.now = now
    this.events.push(bytes, start, end)
  }
}
