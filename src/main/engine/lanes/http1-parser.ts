import { Carry, MAX_CARRY_BYTES } from './carry.ts'
import type { HeadMemo } from './head-memo.ts'
import { chunkSizeOf, mayBeStatusLine, nameEnd } from './http1-bytes.ts'
import { Http1Head } from './http1-head.ts'

/**
 * Reads HTTP/1.x responses as they come in, cut anywhere. One parser per connection, one response at a time.
 *
 * It allocates nothing as long as no line is cut by the end of a read, never throws, and holds at most 64 KiB.
 * Framing follows RFC 9112 §6.3; a bare LF ends a line; folded lines and control characters are errors.
 */
export interface ParserHandler {
  /** The status of the final response (never 1xx). True: hand over the lines of the head and the bytes of the body. */
  onStatus(status: number): boolean
  /** One or more lines of the head as they came, without the empty one at the end; only if `onStatus` asked for them. */
  onHeadLines(bytes: Uint8Array, start: number, end: number): void
  /** The head is complete. */
  onHead(): void
  /**
   * Bytes of the content, chunk framing removed; only if `onStatus` asked for them.
   * @param begins with the first byte of a chunk; where there are none, with the first of what was read.
   */
  onBody(bytes: Uint8Array, start: number, end: number, begins: boolean): void
  /** @param reusable the connection may carry another request. False also when bytes follow the response: nobody asked for them. */
  onResponse(status: number, reusable: boolean): void
}

/** Bytes of one head, or of one line between chunks. */
export const MAX_HEAD_BYTES = MAX_CARRY_BYTES
/** 1xx responses before the final one. */
export const MAX_INTERIM = 100

const LF = 10
const CR = 13
const TAB = 9
const SPACE = 32

/** Instead of an offset: the input is not HTTP, or the line goes on in the next read. */
const BAD = -1
const INCOMPLETE = -2
const TOO_LARGE = 'head larger than 64 KiB'

// Line states first: `state < LENGTH_BODY` means that the next bytes are text.
const STATUS = 0
const FIELD = 1
const CHUNK_SIZE = 2
const TRAILER = 3
const LENGTH_BODY = 4
const CLOSE_BODY = 5
const CHUNK_DATA = 6
const CHUNK_END = 7
const CHUNK_END_LF = 8
const COMPLETE = 9
const FAILED = 10
/** Complete before its end. */
const LEFT = 11

const BODY_STATE = { none: COMPLETE, length: LENGTH_BODY, chunked: CHUNK_SIZE, close: CLOSE_BODY }

export class Http1Parser {
  /** What was wrong, for a person; null as long as nothing was. */
  error: string | null = null
  /** No byte of the response has come yet. */
  untouched = true
  /** Answers to HEAD have no body, whatever their head says. Set between two responses. */
  headOnly: boolean

  private readonly handler: ParserHandler
  private readonly memo: HeadMemo | null
  private readonly head = new Http1Head()
  private readonly carry = new Carry()
  private state = STATUS
  /** The head began with the first byte of the present read. */
  private whole = false
  private collect = false
  private interim = 0
  /** Bytes of the present head, or of the present line between chunks. */
  private headBytes = 0
  /** Bytes left of a body of known length or of a chunk. */
  private remaining = 0
  /** Nothing of the present chunk has come. */
  private fresh = true

  /**
   * @param headOnly see the field.
   * @param memo shared by the parsers of one target; null: do without.
   */
  constructor(handler: ParserHandler, headOnly: boolean, memo: HeadMemo | null) {
    this.handler = handler
    this.headOnly = headOnly
    this.memo = memo
  }

  /** True while the status line or the fields are being read. */
  get inHead(): boolean {
    return this.state <= FIELD
  }

  /** Takes `[start, end)`; false: not HTTP, see {@link error}. Stops at the end of the response; what follows is dropped. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    let at = this.untouched && start < end ? this.begin(bytes, start, end) : start
    while (at < end && this.state < COMPLETE) at = this.state < LENGTH_BODY ? this.text(bytes, at, end) : this.data(bytes, at, end)
    this.whole = false
    if (this.state === COMPLETE) this.finish(at === end)
    else if (this.state === LEFT) this.finish(false)
    return this.state !== FAILED
  }

  /** From within `onBody`: what else would come of this response is not wanted. It ends with the present read, and nothing can follow it. */
  leave(): void {
    this.state = LEFT
  }

  /** The connection ended. True: that completed a response delimited by the end, or nothing had begun. */
  eof(): boolean {
    if (this.state !== CLOSE_BODY) return this.untouched
    this.finish(false)
    return true
  }

  /** First bytes of a response. Returns the offset behind a head that is known by heart, else `start`. */
  private begin(bytes: Uint8Array, start: number, end: number): number {
    const { memo } = this
    this.untouched = false
    this.whole = start === 0 && memo !== null
    if (memo === null || start !== 0 || !memo.matches(bytes, end)) return start
    this.head.copy(memo.head)
    this.statusKnown()
    if (this.collect) this.handler.onHeadLines(bytes, 0, withoutLineEnd(bytes, 0, memo.length - 1))
    this.headComplete()
    return memo.length
  }

  private finish(exact: boolean): void {
    const { status } = this.head
    const reusable = exact && this.head.persistent
    this.state = STATUS
    this.untouched = true
    this.interim = 0
    this.headBytes = 0
    this.head.clear()
    this.carry.trim()
    this.handler.onResponse(status, reusable)
  }

  private fail(reason: string): typeof BAD {
    this.error = reason
    this.state = FAILED
    return BAD
  }

  /** Takes one line, or the beginning of one. Returns the offset behind it. */
  private text(bytes: Uint8Array, start: number, end: number): number {
    if (this.carry.length > 0) return this.resume(bytes, start, end)
    const from = this.state === FIELD ? this.fields(bytes, start, end) : start
    if (from === end || from === BAD) return from
    const next = this.line(bytes, from, end)
    return next === INCOMPLETE ? this.save(bytes, from, end) : next
  }

  /**
   * The hot loop: plain, whole fields that end with CR LF, every byte looked at once. Returns the offset of the first
   * line that is anything else, for {@link line} to deal with.
   */
  private fields(bytes: Uint8Array, start: number, end: number): number {
    let at = start
    for (;;) {
      const colon = nameEnd(bytes, at, end)
      if (colon < 0) return at
      let lineEnd = colon + 1
      while (lineEnd < end && bytes[lineEnd]! >= SPACE) lineEnd++
      if (lineEnd + 1 >= end || bytes[lineEnd] !== CR || bytes[lineEnd + 1] !== LF) return at
      this.headBytes += lineEnd + 2 - at
      if (this.headBytes > MAX_HEAD_BYTES) return this.fail(TOO_LARGE)
      const problem = this.field(bytes, at, colon, lineEnd + 1)
      if (problem !== null) return this.fail(problem)
      at = lineEnd + 2
    }
  }

  /** Goes on with a line whose beginning was saved. */
  private resume(bytes: Uint8Array, start: number, end: number): number {
    const { carry } = this
    if (carry.lastByte === CR && bytes[start] !== LF) return this.fail('carriage return inside a line')
    const lineEnd = this.findLineEnd(bytes, start, end)
    if (lineEnd === BAD) return BAD
    if (lineEnd === INCOMPLETE) return this.save(bytes, start, end)
    if (!this.hold(bytes, start, lineEnd + 1)) return BAD
    const length = carry.take()
    return this.line(carry.bytes, 0, length) === BAD ? BAD : lineEnd + 1
  }

  private save(bytes: Uint8Array, start: number, end: number): number {
    if (!this.hold(bytes, start, end)) return BAD
    const held = this.carry.bytes
    if (this.state === STATUS && held[0] !== CR && !mayBeStatusLine(held, 0, this.carry.length)) return this.fail('bad status line')
    return end
  }

  private hold(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.headBytes + this.carry.length + end - start > MAX_HEAD_BYTES) return this.fail(TOO_LARGE) !== BAD
    this.carry.add(bytes, start, end)
    return true
  }

  /** Offset of the LF of this line. Control characters have no place in front of it. */
  private findLineEnd(bytes: Uint8Array, start: number, end: number): number {
    let at = start
    for (;;) {
      while (at < end && bytes[at]! >= SPACE) at++
      if (at === end) return INCOMPLETE
      const byte = bytes[at]!
      if (byte === LF) return at
      if (byte !== CR && byte !== TAB) return this.fail(this.state === STATUS ? 'bad status line' : 'control character in the head')
      at++
      if (byte === TAB) continue
      if (at === end) return INCOMPLETE
      return bytes[at] === LF ? at : this.fail('carriage return inside a line')
    }
  }

  /** Takes a whole line. Returns the offset behind it. */
  private line(bytes: Uint8Array, start: number, end: number): number {
    const named = this.state === FIELD || this.state === TRAILER
    const colon = named ? nameEnd(bytes, start, end) : -1
    const lineEnd = this.findLineEnd(bytes, colon < 0 ? start : colon, end)
    if (lineEnd < 0) return lineEnd
    this.headBytes += lineEnd + 1 - start
    if (this.headBytes > MAX_HEAD_BYTES) return this.fail(TOO_LARGE)
    const problem = this.understand(bytes, start, colon, lineEnd)
    return problem === null ? lineEnd + 1 : this.fail(problem)
  }

  private understand(bytes: Uint8Array, start: number, colon: number, lineEnd: number): string | null {
    const end = withoutLineEnd(bytes, start, lineEnd)
    switch (this.state) {
      case FIELD:
        return start === end ? this.endOfHead(bytes, lineEnd + 1) : this.field(bytes, start, colon, lineEnd)
      case STATUS:
        return start === end ? null : this.statusLine(bytes, start, lineEnd)
      case CHUNK_SIZE:
        return this.chunkSize(bytes, start, end)
      default:
        if (start === end) this.state = COMPLETE
        return start === end || colon > 0 ? null : 'bad trailer line'
    }
  }

  private statusLine(bytes: Uint8Array, start: number, lineEnd: number): string | null {
    const problem = this.head.readStatusLine(bytes, start, withoutLineEnd(bytes, start, lineEnd))
    if (problem !== null) return problem
    this.state = FIELD
    if (this.head.status < 200) return null
    this.statusKnown()
    if (this.collect) this.handler.onHeadLines(bytes, start, lineEnd + 1)
    return null
  }

  private statusKnown(): void {
    this.collect = this.handler.onStatus(this.head.status)
  }

  private field(bytes: Uint8Array, start: number, colon: number, lineEnd: number): string | null {
    if (colon < 0) return bytes[start] === SPACE || bytes[start] === TAB ? 'folded header line' : 'bad header line'
    if (this.collect) this.handler.onHeadLines(bytes, start, lineEnd + 1)
    return this.head.readField(bytes, start, colon, withoutLineEnd(bytes, start, lineEnd))
  }

  private endOfHead(bytes: Uint8Array, behind: number): string | null {
    if (this.head.status < 200) return this.endOfInterim()
    if (this.whole) this.memo?.learn(bytes, behind, this.head)
    this.headComplete()
    return null
  }

  private endOfInterim(): string | null {
    if (this.head.status === 101) return 'unexpected 101 Switching Protocols'
    if (++this.interim > MAX_INTERIM) return 'more than 100 interim responses'
    this.head.clear()
    this.headBytes = 0
    this.whole = false
    this.state = STATUS
    return null
  }

  private headComplete(): void {
    this.handler.onHead()
    this.headBytes = 0
    this.state = BODY_STATE[this.head.framing(this.headOnly)]
    this.remaining = this.head.contentLength
  }

  private chunkSize(bytes: Uint8Array, start: number, end: number): string | null {
    const size = chunkSizeOf(bytes, start, end)
    if (size < 0) return 'bad chunk size'
    this.remaining = size
    this.headBytes = 0
    this.state = size === 0 ? TRAILER : CHUNK_DATA
    this.fresh = true
    return null
  }

  /** Takes bytes of the body. Returns the offset behind them. */
  private data(bytes: Uint8Array, start: number, end: number): number {
    switch (this.state) {
      case LENGTH_BODY:
      case CHUNK_DATA:
        return this.counted(bytes, start, end)
      case CLOSE_BODY:
        if (this.collect) this.handler.onBody(bytes, start, end, true)
        return end
      default:
        return this.chunkEnd(bytes[start]!) ? start + 1 : this.fail('chunk longer than its size')
    }
  }

  private counted(bytes: Uint8Array, start: number, end: number): number {
    const next = Math.min(end, start + this.remaining)
    const begins = this.state === LENGTH_BODY || this.fresh
    this.fresh = false
    if (this.collect) this.handler.onBody(bytes, start, next, begins)
    if (this.state === LEFT) return next
    this.remaining -= next - start
    if (this.remaining === 0) this.state = this.state === LENGTH_BODY ? COMPLETE : CHUNK_END
    return next
  }

  private chunkEnd(byte: number): boolean {
    if (byte === LF) this.state = CHUNK_SIZE
    else if (byte === CR && this.state === CHUNK_END) this.state = CHUNK_END_LF
    else return false
    return true
  }
}

/** Where the text of a line ends whose LF is at `lineEnd`. */
function withoutLineEnd(bytes: Uint8Array, start: number, lineEnd: number): number {
  return lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd
}
