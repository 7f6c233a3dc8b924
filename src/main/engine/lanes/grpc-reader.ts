import { GRPC_STATUSES, grpcStatusText } from '../../../shared/task/grpc-status.ts'
import type { GrpcOutcome } from '../measure/check-predicates.ts'
import { statusText } from '../measure/status-text.ts'
import type { AnswerReader, Heard } from './answer-reader.ts'
import type { Failure } from './socket-errors.ts'

/** What a call of gRPC gets back. */
export interface GrpcCall {
  /** The method answers with a stream of messages. */
  streams: boolean
  /** A message as checks see it: JSON. Throws for bytes that are no such message. */
  show(message: Buffer): Buffer
}

/** A message longer than this is refused: as gRPC's own clients do unless they are told otherwise. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024
const PREFIX_BYTES = 5
const SHOWN_CHARACTERS = 200
const UNKNOWN = 2

/** What a status of HTTP means to a caller of gRPC (github.com/grpc/grpc, doc/http-grpc-status-mapping.md). */
const BY_HTTP: Record<number, number> = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14 }

/** Reads the messages of an answer, each behind a prefix of five bytes, and the trailers that say what came of the call. */
export class GrpcReader implements AnswerReader {
  failure: Failure | null = null
  firstAt = 0

  private readonly call: GrpcCall
  private readonly heard: Heard
  private readonly result: GrpcOutcome = { code: -1, text: '', messages: 0, bytes: 0 }
  private readonly prefix = Buffer.alloc(PREFIX_BYTES)
  private prefixLength = 0
  /** Bytes of the message that are still to come. */
  private left = 0
  /** What is kept of the present message, and the last one that was complete. */
  private parts: Buffer[] = []
  private last: Buffer | null = null
  private kept = false
  private status = 0
  private dueAt = 0
  private sentAt = 0
  private previousAt = 0

  constructor(call: GrpcCall, heard: Heard) {
    this.call = call
    this.heard = heard
  }

  get outcome(): GrpcOutcome | null {
    return this.result
  }

  start(dueAt: number, sentAt: number): void {
    this.failure = null
    this.firstAt = 0
    this.result.code = -1
    this.result.text = ''
    this.result.messages = 0
    this.result.bytes = 0
    this.prefixLength = 0
    this.left = 0
    this.parts = []
    this.last = null
    this.dueAt = dueAt
    this.sentAt = sentAt
  }

  head(status: number, kept: boolean): void {
    this.status = status
    this.kept = kept
  }

  take(bytes: Uint8Array, start: number, end: number, now: number): boolean {
    // An answer with another status is one of HTTP, a page that says why, and holds no messages.
    if (this.status !== 200) return false
    let at = start
    while (at < end && this.failure === null) at = this.prefixLength < PREFIX_BYTES ? this.takePrefix(bytes, at, end, now) : this.takeContent(bytes, at, end, now)
    return this.failure !== null
  }

  trailers(field: (name: string) => string | undefined): void {
    const code = field('grpc-status')
    if (code === undefined) return
    if (!/^\d{1,3}$/.test(code)) return this.refuse('bad grpc-status')
    this.result.code = Number(code)
    this.result.text = textOf(this.result.code, field('grpc-message') ?? '')
  }

  end(): Failure | null {
    const { result, status } = this
    if (this.failure === null && result.code === -1 && status !== 200) {
      result.code = BY_HTTP[status] ?? UNKNOWN
      result.text = textOf(result.code, `HTTP ${statusText(status)}`)
    }
    if (this.failure === null && result.code === -1) this.refuse('answer without grpc-status')
    else if (result.code === 0) this.judgeGood()
    return this.failure
  }

  shown(): Buffer | null {
    if (this.status !== 200) return null
    return this.last === null ? Buffer.alloc(0) : this.call.show(this.last)
  }

  private takePrefix(bytes: Uint8Array, start: number, end: number, now: number): number {
    const next = Math.min(end, start + PREFIX_BYTES - this.prefixLength)
    for (let at = start; at < next; at++) this.prefix[this.prefixLength++] = bytes[at]!
    if (this.prefixLength === PREFIX_BYTES) this.begin(now)
    return next
  }

  private begin(now: number): void {
    const flag = this.prefix[0]!
    this.left = this.prefix.readUInt32BE(1)
    if (flag === 1) return this.refuse('compressed message, which was not agreed on')
    if (flag !== 0) return this.refuse('the content is not made of messages')
    if (this.left > MAX_MESSAGE_BYTES) return this.refuse('message longer than 4 MiB')
    if (++this.result.messages > 1 && !this.call.streams) return this.refuse('more than one message in answer to one')
    this.result.bytes += this.left
    if (this.left === 0) this.complete(now)
  }

  private takeContent(bytes: Uint8Array, start: number, end: number, now: number): number {
    const next = Math.min(end, start + this.left)
    if (this.kept) this.parts.push(Buffer.from(bytes.subarray(start, next)))
    this.left -= next - start
    if (this.left === 0) this.complete(now)
    return next
  }

  private complete(now: number): void {
    this.prefixLength = 0
    if (this.kept) this.last = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts)
    this.parts = []
    const first = this.firstAt === 0
    if (first) this.firstAt = now
    if (this.call.streams) this.heard(this.dueAt, first, now - (first ? this.sentAt : this.previousAt))
    this.previousAt = now
  }

  private judgeGood(): void {
    if (this.prefixLength > 0) this.refuse('answer that ends in the middle of a message')
    else if (!this.call.streams && this.result.messages === 0) this.refuse('OK without a message')
  }

  private refuse(message: string): void {
    this.failure = { kind: 'protocol', message }
  }
}

/** `14 UNAVAILABLE: no connection`. What a server says is cut, and of one line. */
function textOf(code: number, message: string): string {
  const said = unescaped(message).replace(/[\p{Cc}\s]+/gu, ' ').trim()
  const shown = said.length > SHOWN_CHARACTERS ? `${said.slice(0, SHOWN_CHARACTERS).toWellFormed()}…` : said
  return shown === '' || shown === GRPC_STATUSES[code] ? grpcStatusText(code) : `${grpcStatusText(code)}: ${shown}`
}

/** Percent-encoded UTF-8; what is none stays as it came. @param message one character per byte. */
function unescaped(message: string): string {
  const bytes = message.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
