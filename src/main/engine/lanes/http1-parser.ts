import { chunkSizeOf, lengthOf, listEndsWith, listHas, mayBeStatusLine, nameEnd, sameText, statusOf } from './http1-head.ts'

/**
 * Reads HTTP/1.x responses as they come in, cut anywhere. One parser per connection, one response at a time.
 *
 * It allocates nothing as long as no line is cut by the end of a read, never throws, and holds at most 64 KiB.
 * Framing follows RFC 9112 §6.3; a bare LF ends a line; folded lines and control characters are errors.
 */
export interface ParserHandler {
  /** The status of the final response (never 1xx). True: hand over the lines of the head and the bytes of the body. */
  onStatus(status: number): boolean
  /** One line of the head without its end; only if `onStatus` asked for it. */
  onHeadLine(bytes: Uint8Array, start: number, end: number): void
  /** The head is complete. */
  onHead(): void
  /** Bytes of the content, chunk framing removed; only if `onStatus` asked for them. */
  onBody(bytes: Uint8Array, start: number, end: number): void
  /** @param reusable the connection may carry another request. False also when bytes follow the response: nobody asked for them. */
  onResponse(status: number, reusable: boolean): void
}

/** Bytes of one head, or of one line between chunks. */
export const MAX_HEAD_BYTES = 65_536
/** 1xx responses before the final one. */
export const MAX_INTERIM = 100

const KEPT_CARRY_BYTES = 1024
const LF = 10
const CR = 13
const TAB = 9

// Line states first: `state < LENGTH_BODY` means that the next bytes are text.
const STATUS = 0
const HEADER = 1
const CHUNK_SIZE = 2
const TRAILER = 3
const LENGTH_BODY = 4
const CLOSE_BODY = 5
const CHUNK_DATA = 6
const CHUNK_END = 7
const CHUNK_END_LF = 8
const COMPLETE = 9
const FAILED = 10

export class Http1Parser {
  /** What was wrong, for a person; null as long as nothing was. */
  error: string | null = null

  private readonly handler: ParserHandler
  private readonly headOnly: boolean
  private state = STATUS
  private status = 0
  private minor = 1
  private contentLength = -1
  private encoded = false
  private chunked = false
  private close = false
  private keepAlive = false
  private collect = false
  private interim = 0
  /** Bytes left of a body of known length or of a chunk. */
  private remaining = 0
  private headBytes = 0
  /** The beginning of a line whose end has not come yet. */
  private carry: Uint8Array | null = null
  private carried = 0

  /** @param headOnly answers to HEAD have no body, whatever their head says. */
  constructor(handler: ParserHandler, headOnly: boolean) {
    this.handler = handler
    this.headOnly = headOnly
  }

  /** True before the first byte of a response. */
  get untouched(): boolean {
    return this.state === STATUS && this.carried === 0 && this.headBytes === 0 && this.interim === 0
  }

  /** True while the status line or the fields are being read. */
  get inHead(): boolean {
    return this.state === STATUS || this.state === HEADER
  }

  /** Takes `[start, end)`; false: not HTTP, see {@link error}. Stops at the end of the response; what follows is dropped. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start
    while (at < end) {
      at = this.state < LENGTH_BODY ? this.text(bytes, at, end) : this.data(bytes, at, end)
      if (at < 0) return false
      if (this.state === COMPLETE) {
        this.finish(at === end)
        return true
      }
    }
    return true
  }

  /** The connection ended. True: that completed a response delimited by the end, or nothing had begun. */
  eof(): boolean {
    if (this.state === CLOSE_BODY) {
      this.finish(false)
      return true
    }
    return this.untouched
  }

  private finish(exact: boolean): void {
    const status = this.status
    const framed = this.state === COMPLETE && !(this.encoded && this.contentLength >= 0)
    const reusable = exact && framed && !this.close && (this.minor === 1 || this.keepAlive)
    this.interim = 0
    this.beginHead()
    if (this.carry !== null && this.carry.length > KEPT_CARRY_BYTES) this.carry = null
    this.handler.onResponse(status, reusable)
  }

  private beginHead(): void {
    this.state = STATUS
    this.contentLength = -1
    this.encoded = false
    this.chunked = false
    this.close = false
    this.keepAlive = false
    this.collect = false
    this.headBytes = 0
  }

  private fail(reason: string): -1 {
    this.error = reason
    this.state = FAILED
    this.carry = null
    this.carried = 0
    return -1
  }

  private reject(reason: string): false {
    this.fail(reason)
    return false
  }

  /** Takes one line, or the beginning of one. Returns the offset behind it, -1 on failure. */
  private text(bytes: Uint8Array, start: number, end: number): number {
    const lineEnd = this.findLineEnd(bytes, start, end)
    if (lineEnd < 0) return -1
    this.headBytes += Math.min(lineEnd + 1, end) - start
    if (this.headBytes > MAX_HEAD_BYTES) return this.fail(this.state === CHUNK_SIZE ? 'chunk line larger than 64 KiB' : 'head larger than 64 KiB')
    if (lineEnd === end) return this.save(bytes, start, end)
    const next = lineEnd + 1
    if (this.carried === 0) return this.line(bytes, start, withoutCr(bytes, start, lineEnd)) ? next : -1
    if (this.save(bytes, start, lineEnd) < 0) return -1
    const length = this.carried
    this.carried = 0
    return this.line(this.carry!, 0, withoutCr(this.carry!, 0, length)) ? next : -1
  }

  /** Offset of the LF, `end` when there is none yet, -1 (failed) at a control character. */
  private findLineEnd(bytes: Uint8Array, start: number, end: number): number {
    if (this.carried > 0 && this.carry![this.carried - 1] === CR && bytes[start] !== LF) return this.fail('carriage return inside a line')
    let at = start
    for (;;) {
      while (at < end && bytes[at]! > 31) at++
      if (at === end) return end
      const byte = bytes[at]!
      if (byte === LF) return at
      if (byte === CR && at + 1 < end && bytes[at + 1] !== LF) return this.fail('carriage return inside a line')
      if (byte !== CR && byte !== TAB) return this.fail(this.state === STATUS ? 'bad status line' : 'control character in the head')
      at++
    }
  }

  private save(bytes: Uint8Array, start: number, end: number): number {
    const needed = this.carried + end - start
    if (this.carry === null || this.carry.length < needed) {
      const larger = Buffer.allocUnsafeSlow(Math.max(256, Math.min(needed * 2, MAX_HEAD_BYTES)))
      if (this.carried > 0) larger.set(this.carry!.subarray(0, this.carried))
      this.carry = larger
    }
    for (let from = start, to = this.carried; from < end; from++, to++) this.carry[to] = bytes[from]!
    this.carried = needed
    if (this.state === STATUS && this.carry[0] !== CR && !mayBeStatusLine(this.carry, 0, needed)) return this.fail('bad status line')
    return end
  }

  private line(bytes: Uint8Array, start: number, end: number): boolean {
    switch (this.state) {
      case HEADER:
        return start === end ? this.headComplete() : this.header(bytes, start, end)
      case STATUS:
        return start === end || this.statusLine(bytes, start, end)
      case CHUNK_SIZE:
        return this.chunkSize(bytes, start, end)
      default:
        return this.trailer(bytes, start, end)
    }
  }

  private trailer(bytes: Uint8Array, start: number, end: number): boolean {
    if (start === end) this.state = COMPLETE
    else if (nameEnd(bytes, start, end) < 0) return this.reject('bad trailer line')
    return true
  }

  private statusLine(bytes: Uint8Array, start: number, end: number): boolean {
    const status = statusOf(bytes, start, end)
    if (status < 0) return this.reject('bad status line')
    this.minor = bytes[start + 7]! - 48
    this.status = status
    this.state = HEADER
    if (status < 200) return true
    this.collect = this.handler.onStatus(status)
    if (this.collect) this.handler.onHeadLine(bytes, start, end)
    return true
  }

  private header(bytes: Uint8Array, start: number, end: number): boolean {
    const colon = nameEnd(bytes, start, end)
    if (colon < 0) return this.reject(bytes[start] === 32 || bytes[start] === TAB ? 'folded header line' : 'bad header line')
    if (this.collect) this.handler.onHeadLine(bytes, start, end)
    const length = colon - start
    if (length === 14 && sameText(bytes, start, colon, 'content-length')) return this.lengthField(bytes, colon + 1, end)
    if (length === 10 && sameText(bytes, start, colon, 'connection')) {
      if (listHas(bytes, colon + 1, end, 'close')) this.close = true
      if (listHas(bytes, colon + 1, end, 'keep-alive')) this.keepAlive = true
    } else if (length === 17 && sameText(bytes, start, colon, 'transfer-encoding')) {
      this.encoded = true
      this.chunked = listEndsWith(bytes, colon + 1, end, 'chunked')
    }
    return true
  }

  private lengthField(bytes: Uint8Array, start: number, end: number): boolean {
    const length = lengthOf(bytes, start, end)
    if (length < 0) return this.reject('bad content-length')
    if (this.contentLength >= 0 && this.contentLength !== length) return this.reject('two different content-lengths')
    this.contentLength = length
    return true
  }

  private headComplete(): boolean {
    if (this.status < 200) return this.interimComplete()
    this.handler.onHead()
    this.headBytes = 0
    this.state = this.bodyState()
    return true
  }

  private interimComplete(): boolean {
    if (this.status === 101) return this.reject('unexpected 101 Switching Protocols')
    if (++this.interim > MAX_INTERIM) return this.reject('more than 100 interim responses')
    this.beginHead()
    return true
  }

  private bodyState(): number {
    if (this.headOnly || this.status === 204 || this.status === 304) return COMPLETE
    if (this.encoded) return this.chunked ? CHUNK_SIZE : CLOSE_BODY
    if (this.contentLength < 0) return CLOSE_BODY
    this.remaining = this.contentLength
    return this.contentLength === 0 ? COMPLETE : LENGTH_BODY
  }

  private chunkSize(bytes: Uint8Array, start: number, end: number): boolean {
    const size = chunkSizeOf(bytes, start, end)
    if (size < 0) return this.reject('bad chunk size')
    this.headBytes = 0
    this.remaining = size
    this.state = size === 0 ? TRAILER : CHUNK_DATA
    return true
  }

  /** Takes body bytes. Returns the offset behind them, -1 on failure. */
  private data(bytes: Uint8Array, start: number, end: number): number {
    switch (this.state) {
      case LENGTH_BODY:
      case CHUNK_DATA:
        return this.counted(bytes, start, end)
      case CLOSE_BODY:
        if (this.collect) this.handler.onBody(bytes, start, end)
        return end
      case CHUNK_END:
      case CHUNK_END_LF:
        return this.chunkEnd(bytes[start]!) ? start + 1 : this.fail('chunk longer than its size')
      default:
        return -1
    }
  }

  private counted(bytes: Uint8Array, start: number, end: number): number {
    const next = Math.min(end, start + this.remaining)
    if (this.collect) this.handler.onBody(bytes, start, next)
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

function withoutCr(bytes: Uint8Array, start: number, lineEnd: number): number {
  return lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd
}
