import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { AnswerReader } from './answer-reader.ts'
import type { Phase, Pooled } from './connection-pool.ts'
import { isSecure } from './dial.ts'
import type { Dial } from './dial.ts'
import { HpackDecoder } from './hpack-decoder.ts'
import {
  ACK, CANCEL, COMPRESSION_ERROR, ENABLE_PUSH, ENHANCE_YOUR_CALM, FLOW_CONTROL_ERROR, FRAME_HEAD_BYTES, GOAWAY, INITIAL_WINDOW_SIZE, MAX_31_BITS,
  MAX_CONCURRENT_STREAMS, MAX_FRAME_BYTES, MAX_FRAME_SIZE, NO_ERROR, PING, PREFACE, PROTOCOL_ERROR, RST_STREAM, SETTINGS_ACK, STREAM_CLOSED, WINDOW_UPDATE,
  errorName, frame, readUint32, uint32,
} from './http2-frames.ts'
import { Http2Head } from './http2-head.ts'
import { Http2Parser } from './http2-parser.ts'
import type { FrameHandler } from './http2-parser.ts'
import { Http2Sender } from './http2-sender.ts'
import type { Http2Stream } from './http2-stream.ts'
import { MAX_INTERIM } from './http1-parser.ts'
import { Outbox } from './outbox.ts'
import type { Address } from './resolver.ts'
import type { ResponseCollector } from './response-collector.ts'
import { describeSocketError } from './socket-errors.ts'
import type { Failure } from './socket-errors.ts'

export type CarriedStream = Http2Stream<Http2Connection>

/** What a connection tells the lane. A stream that it speaks of has left the connection. */
export interface Http2Owner {
  /** It stands and the server has said its settings; durations in ms, `tlsMs` NaN over plain TCP. */
  opened(connection: Http2Connection, connectMs: number, tlsMs: number): void
  notOpened(connection: Http2Connection, failure: Failure, error: NodeJS.ErrnoException): void
  /** Shall this response be collected, and in what? Null: no. */
  collectorFor(status: number, n: number): ResponseCollector | null
  responded(connection: Http2Connection, stream: CarriedStream, now: number): void
  failed(connection: Http2Connection, stream: CarriedStream, now: number, failure: Failure): void
  /** The server has not looked at it and goes away: it may be sent again elsewhere. */
  returned(stream: CarriedStream): void
  /** How many streams it may carry has changed. */
  changed(connection: Http2Connection): void
  /** It takes no new streams. */
  closing(connection: Http2Connection): void
  /** It is of no more use. What it carried is reported afterwards. */
  lost(connection: Http2Connection): void
}

/** What all connections of a lane share. */
export interface Http2Traits {
  /** Id of the first stream of a connection: 1, but where the end of the ids is to be seen. */
  firstStream: number
}

/** Content after which a server is told that there is room for as much again. */
const TOP_UP_BYTES = 2 ** 29
/** Answers to what the server sends pile up only if it does not read. */
const MOST_BACKLOG = 8 * 1024 * 1024
/** What a server may still send for streams that were given up. */
const MOST_STRAY_BYTES = 64 * 1024 * 1024
const NO_CODE = -1

/** One socket with HTTP/2 on it, and the streams on that. */
export class Http2Connection implements FrameHandler, Pooled {
  phase: Phase = 'connecting'
  ended = false
  above: this | null = null
  below: this | null = null
  deadline: number
  slot = -1
  place = 0
  /** When something was last read. */
  readAt = 0
  readonly address: Address

  private readonly owner: Http2Owner
  private readonly socket: Socket
  private readonly outbox: Outbox
  private readonly sender: Http2Sender
  private readonly parser = new Http2Parser(this)
  private readonly decoder = new HpackDecoder()
  private readonly head = new Http2Head(this.decoder)
  private readonly streams = new Map<number, CarriedStream>()
  private readonly field = (name: string): string | undefined => this.head.field(name)
  /** Id of the next stream: odd, ever larger, and at an end after a thousand million. */
  private nextId: number
  private readonly startedAt: number
  private tcpAt = NaN
  private secureAt = NaN
  /** Streams that the server allows at once. */
  private allowed = Infinity
  /** Why the server goes away, as its code says. */
  private goaway = NO_CODE
  private consumed = 0
  /** We have given a stream up: frames may still come for it. */
  private gaveUp = false
  private strayBytes = 0

  constructor(owner: Http2Owner, dial: Dial, address: Address, { firstStream }: Http2Traits, now: number, deadline: number) {
    this.owner = owner
    this.address = address
    this.nextId = firstStream
    this.startedAt = now
    this.deadline = deadline
    this.socket = dial(address.address, (count, bytes) => this.read(count, bytes))
    this.outbox = new Outbox(this.socket)
    this.sender = new Http2Sender(this.outbox)
    const secure = isSecure(this.socket)
    this.socket.once('connect', () => this.reached(secure))
    if (secure) this.socket.once('secureConnect', () => this.secured())
    this.socket.on('drain', () => this.drained())
    this.socket.on('end', () => this.end())
    this.socket.on('close', () => this.end())
    this.socket.on('error', (error) => this.fail(error))
  }

  /** Streams under way. */
  get active(): number {
    return this.streams.size
  }

  /** Streams that the server allows at once; Infinity if it does not say. */
  get limit(): number {
    return this.allowed
  }

  /** Ids are left. */
  get lasting(): boolean {
    return this.nextId <= MAX_31_BITS
  }

  /** Something was read later than this, and it was no head that never ends. */
  alive(sentAt: number): boolean {
    return this.readAt > sentAt && !this.parser.inHeaders
  }

  begin(stream: CarriedStream): void {
    stream.open(this, this.nextId)
    this.nextId += 2
    this.streams.set(stream.id, stream)
    this.sender.begin(stream)
  }

  /** Gives one stream up; the others go on. */
  abort(stream: CarriedStream, code = CANCEL): void {
    this.forget(stream)
    this.gaveUp = true
    this.outbox.add(frame(RST_STREAM, 0, stream.id, uint32(code)))
  }

  linger(until: number): void {
    this.phase = 'lingering'
    this.deadline = until
    this.outbox.add(frame(GOAWAY, 0, 0, Buffer.concat([uint32(0), uint32(NO_ERROR)])))
  }

  destroy(): void {
    this.phase = 'closed'
    this.outbox.flush()
    this.socket.destroy()
    this.parser.refuse('closed', NO_ERROR)
  }

  onHeaders(id: number, block: Uint8Array, start: number, end: number, endStream: boolean, bytes: number): void {
    const stream = this.streams.get(id)
    if (stream === undefined) return this.strayHeaders(id, block, start, end)
    stream.received += bytes
    if (stream.status !== 0) this.trailers(stream, block, start, end, endStream)
    else if (!this.head.read(block, start, end)) this.badHead(stream)
    else if (this.head.status < 200) this.interim(stream, endStream)
    else this.final(stream, block, start, end, endStream)
  }

  onData(id: number, bytes: Uint8Array, start: number, end: number): void {
    const stream = this.streams.get(id)
    if (stream === undefined) return
    if (stream.status === 0) return this.malformed(stream, 'content before its head')
    stream.content += end - start
    stream.collector?.addBody(bytes, start, end)
    const begins = !stream.inFrame
    stream.inFrame = true
    if (stream.reader?.take(bytes, start, end, this.readAt, begins) === true) this.leave(stream, stream.reader)
  }

  onDataEnd(id: number, length: number, endStream: boolean): void {
    this.consumed += length
    if (this.consumed >= TOP_UP_BYTES) {
      this.outbox.add(frame(WINDOW_UPDATE, 0, 0, uint32(this.consumed)))
      this.consumed = 0
    }
    const stream = this.streams.get(id)
    if (stream === undefined) return this.strayData(id, length)
    stream.received += FRAME_HEAD_BYTES + length
    stream.consumed += length
    stream.inFrame = false
    if (endStream) this.complete(stream)
    else if (stream.consumed >= TOP_UP_BYTES) this.topUp(stream)
  }

  onReset(id: number, code: number): void {
    const stream = this.streams.get(id)
    if (stream === undefined) return this.judgeStray(id, true)
    this.forget(stream)
    this.owner.failed(this, stream, this.readAt, { kind: 'reset', message: `stream reset by the server (${errorName(code)})` })
  }

  onSettings(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; at += 6) if (!this.setting((bytes[at]! << 8) | bytes[at + 1]!, readUint32(bytes, at + 2))) return
    this.outbox.add(SETTINGS_ACK)
    if (this.phase === 'connecting') this.owner.opened(this, this.tcpAt - this.startedAt, this.secureAt - this.tcpAt)
    else this.owner.changed(this)
  }

  onSettingsAck(): void {
    this.decoder.refuseTable()
  }

  onPing(bytes: Uint8Array, start: number): void {
    this.outbox.add(frame(PING, ACK, 0, bytes.subarray(start, start + 8)))
  }

  onGoaway(lastStream: number, code: number): void {
    this.goaway = code
    this.owner.closing(this)
    for (const stream of [...this.streams.values()]) if (stream.id > lastStream) this.handBack(stream, code)
    this.owner.changed(this)
  }

  onWindowUpdate(id: number, increment: number): void {
    if (id === 0) {
      if (increment === 0) this.parser.refuse('window raised by nothing', PROTOCOL_ERROR)
      else if (!this.sender.widen(increment)) this.parser.refuse('window beyond its bound', FLOW_CONTROL_ERROR)
      return
    }
    const stream = this.streams.get(id)
    if (stream === undefined) return this.judgeStray(id, true)
    if (increment === 0) this.malformed(stream, 'window raised by nothing')
    else if (!this.sender.widenStream(stream, increment)) this.malformed(stream, 'window beyond its bound', FLOW_CONTROL_ERROR)
  }

  private reached(secure: boolean): void {
    this.tcpAt = performance.now()
    if (!secure) this.greet()
  }

  private secured(): void {
    this.secureAt = performance.now()
    if ((this.socket as TLSSocket).alpnProtocol === 'h2') this.greet()
    else if (this.phase === 'connecting') this.owner.notOpened(this, { kind: 'protocol', message: 'the server does not speak HTTP/2 (ALPN)' }, new Error('no h2'))
  }

  private greet(): void {
    this.outbox.add(PREFACE)
    this.outbox.flush()
  }

  /** The one clock reading per read: it stands for everything that these bytes complete. */
  private read(count: number, bytes: Uint8Array): boolean {
    if (this.phase === 'closed') return true
    this.readAt = performance.now()
    this.outbox.attend()
    const good = this.parser.push(bytes, 0, count)
    if (this.socket.destroyed) return true
    if (!good) this.breakOff({ kind: 'protocol', message: this.parser.error! }, this.parser.errorCode)
    else if (this.outbox.backlog > MOST_BACKLOG) this.breakOff({ kind: 'protocol', message: 'the server asks and does not read' }, ENHANCE_YOUR_CALM)
    else this.outbox.flush()
    return true
  }

  private setting(id: number, value: number): boolean {
    switch (id) {
      case MAX_CONCURRENT_STREAMS:
        this.allowed = value
        return true
      case INITIAL_WINDOW_SIZE:
        if (value <= MAX_31_BITS && this.sender.setFirstWindow(value, this.streams.values())) return true
        this.parser.refuse('window beyond its bound', FLOW_CONTROL_ERROR)
        return false
      case ENABLE_PUSH:
      case MAX_FRAME_SIZE: {
        const good = id === ENABLE_PUSH ? value === 0 : value >= MAX_FRAME_BYTES && value < 2 ** 24
        if (!good) this.parser.refuse('setting that must not be', PROTOCOL_ERROR)
        return good
      }
      default:
        return true
    }
  }

  private final(stream: CarriedStream, block: Uint8Array, start: number, end: number, endStream: boolean): void {
    const { head } = this
    stream.status = head.status
    stream.contentLength = head.contentLength
    stream.headAt = this.readAt
    stream.collector = this.owner.collectorFor(head.status, stream.n)
    if (stream.collector !== null) {
      const text = head.text(block, start, end)
      if (text === null) return this.badHead(stream)
      stream.collector.addHeadLines(text, 0, text.length)
    }
    stream.reader?.head(head.status, stream.collector !== null)
    if (!endStream) return
    if (stream.reader !== null && !this.readTrailers(stream, head.readFields(block, start, end), stream.reader)) return
    this.complete(stream)
  }

  private readTrailers(stream: CarriedStream, good: boolean, reader: AnswerReader): boolean {
    if (good) reader.trailers(this.field)
    else this.badHead(stream)
    return good
  }

  private interim(stream: CarriedStream, endStream: boolean): void {
    if (endStream) this.malformed(stream, 'interim head that ends the answer')
    else if (this.head.status === 101) this.malformed(stream, 'unexpected 101 Switching Protocols')
    else if (++stream.interim > MAX_INTERIM) this.malformed(stream, `more than ${MAX_INTERIM} interim responses`)
  }

  private trailers(stream: CarriedStream, block: Uint8Array, start: number, end: number, endStream: boolean): void {
    const good = this.head.readTrailers(block, start, end)
    if (this.head.lost) this.badHead(stream)
    else if (!endStream) this.malformed(stream, 'second head within an answer')
    else if (!good) this.badHead(stream)
    else {
      stream.reader?.trailers(this.field)
      if (stream.reader?.outcome != null) this.addLines(stream)
      this.complete(stream)
    }
  }

  /** Whoever looks for a header of gRPC means the trailers as well. */
  private addLines({ collector }: CarriedStream): void {
    if (collector === null) return
    const lines = Buffer.from(this.head.lines(), 'latin1')
    collector.addHeadLines(lines, 0, lines.length)
  }

  private badHead(stream: CarriedStream): void {
    if (this.head.lost) this.parser.refuse(this.head.error!, COMPRESSION_ERROR)
    else this.malformed(stream, this.head.error!)
  }

  private complete(stream: CarriedStream): void {
    if (stream.status === 0) return this.malformed(stream, 'answer without a head')
    if (!this.fits(stream)) return this.malformed(stream, 'content-length does not fit the content')
    const failure = stream.reader?.end() ?? null
    if (stream.unsent > 0) this.abort(stream)
    else this.streams.delete(stream.id)
    this.strayBytes = 0
    if (failure !== null) return this.owner.failed(this, stream, this.readAt, failure)
    this.owner.responded(this, stream, this.readAt)
  }

  private fits({ request, status, contentLength, content }: CarriedStream): boolean {
    if (request.headOnly || status === 204 || status === 304) return content === 0
    return contentLength < 0 || contentLength === content
  }

  /** The rest of the answer does not matter. */
  private leave(stream: CarriedStream, { failure }: AnswerReader): void {
    this.abort(stream)
    this.strayBytes = 0
    if (failure === null) this.owner.responded(this, stream, this.readAt)
    else this.owner.failed(this, stream, this.readAt, failure)
  }

  /** An answer that is none spoils its stream, not the connection (RFC 9113 §8.1.1). */
  private malformed(stream: CarriedStream, what: string, code = PROTOCOL_ERROR): void {
    this.abort(stream, code)
    this.owner.failed(this, stream, this.readAt, { kind: 'protocol', message: what })
  }

  private forget(stream: CarriedStream): void {
    this.streams.delete(stream.id)
    if (stream.unsent > 0) this.sender.forget(stream)
  }

  private handBack(stream: CarriedStream, code: number): void {
    this.forget(stream)
    if (code === NO_ERROR && stream.returned === 0) this.owner.returned(stream)
    else this.owner.failed(this, stream, this.readAt, this.givenUp(code))
  }

  private givenUp(code: number): Failure {
    return { kind: 'reset', message: `connection given up by the server (${errorName(code)})` }
  }

  private topUp(stream: CarriedStream): void {
    this.outbox.add(frame(WINDOW_UPDATE, 0, stream.id, uint32(stream.consumed)))
    stream.consumed = 0
  }

  private strayHeaders(id: number, block: Uint8Array, start: number, end: number): void {
    if (!this.head.read(block, start, end) && this.head.lost) return this.parser.refuse(this.head.error!, COMPRESSION_ERROR)
    this.judgeStray(id, false)
  }

  private strayData(id: number, length: number): void {
    this.strayBytes += length
    if (this.strayBytes > MOST_STRAY_BYTES) this.parser.refuse('content for streams that were given up', ENHANCE_YOUR_CALM)
    this.judgeStray(id, false)
  }

  /** A frame for no stream under way. @param late it may come for any stream that there was. */
  private judgeStray(id: number, late: boolean): void {
    if (id % 2 === 0 || id >= this.nextId) this.parser.refuse('frame on a stream that was never opened', PROTOCOL_ERROR)
    else if (!late && !this.gaveUp) this.parser.refuse('frame on a stream that is over', STREAM_CLOSED)
  }

  private drained(): void {
    this.sender.resume()
    this.outbox.flush()
  }

  private end(): void {
    this.ended = true
    if (this.phase === 'closed') return
    if (this.phase === 'connecting') return this.refusedToOpen()
    this.readAt = performance.now()
    this.breakOff(null, NO_ERROR)
  }

  private refusedToOpen(): void {
    const failure: Failure = Number.isNaN(this.tcpAt) || (isSecure(this.socket) && Number.isNaN(this.secureAt))
      ? describeSocketError(Object.assign(new Error('closed'), { code: 'ECONNRESET' }), true)
      : { kind: 'eof', message: 'connection closed before the HTTP/2 settings' }
    this.owner.notOpened(this, failure, new Error('closed'))
  }

  private fail(error: NodeJS.ErrnoException): void {
    if (this.phase === 'closed') return
    if (this.phase === 'connecting') return this.owner.notOpened(this, describeSocketError(error, true), error)
    this.readAt = performance.now()
    this.breakOff(this.goaway > NO_ERROR ? this.givenUp(this.goaway) : describeSocketError(error, false), NO_ERROR)
  }

  /** The connection is of no more use. @param failure null: the server has ended it. @param code what the server is told, unless it is NO_ERROR. */
  private breakOff(failure: Failure | null, code: number): void {
    if (this.phase === 'connecting') return this.owner.notOpened(this, failure ?? { kind: 'eof', message: 'connection closed' }, new Error('broken'))
    if (code !== NO_ERROR) this.outbox.add(frame(GOAWAY, 0, 0, Buffer.concat([uint32(0), uint32(code)])))
    const streams = [...this.streams.values()]
    this.streams.clear()
    this.owner.lost(this)
    for (const stream of streams) this.owner.failed(this, stream, this.readAt, failure ?? this.endOf(stream))
  }

  private endOf(stream: CarriedStream): Failure {
    if (this.goaway > NO_ERROR) return this.givenUp(this.goaway)
    if (stream.status !== 0) return { kind: 'eof', message: 'connection closed in the middle of the body' }
    return { kind: 'eof', message: this.parser.inFrame ? 'connection closed in the middle of the head' : 'connection closed without an answer' }
  }
}
