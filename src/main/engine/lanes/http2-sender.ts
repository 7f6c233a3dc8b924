import { DATA, END_STREAM, FIRST_WINDOW, FRAME_HEAD_BYTES, MAX_31_BITS, MAX_FRAME_BYTES, writeFrameHead, writeUint32 } from './http2-frames.ts'
import type { Http2Stream } from './http2-stream.ts'
import type { Outbox } from './outbox.ts'

/** Bodies wait while so much of a connection is on its way to the kernel: memory must not stand in for a slow server. */
const MOST_BACKLOG = 262_144

/** Sends requests within the room that the server grants (RFC 9113 §5.2): the connection's, and that of each stream. */
export class Http2Sender {
  private readonly outbox: Outbox
  private window = FIRST_WINDOW
  /** What new streams begin with. */
  private firstWindow = FIRST_WINDOW
  /** Streams of which the body is not sent yet, in the order of asking. */
  private readonly unfinished = new Set<Http2Stream>()

  constructor(outbox: Outbox) {
    this.outbox = outbox
  }

  /** Sends the head, and of the body what there is room for. */
  begin(stream: Http2Stream): void {
    const { wire, headLength, body } = stream.request
    stream.window = this.firstWindow
    const whole = body.length <= Math.min(MAX_FRAME_BYTES, this.window, this.firstWindow)
    this.copy(stream, whole ? wire.length : headLength)
    if (whole) {
      this.window -= body.length
      return
    }
    stream.unsent = body.length
    this.unfinished.add(stream)
    this.feed(stream)
  }

  /** Nothing more of its body is sent. */
  forget(stream: Http2Stream): void {
    this.unfinished.delete(stream)
    stream.unsent = 0
  }

  /** Goes on with bodies, as far as there is room. */
  resume(): void {
    for (const stream of this.unfinished) {
      if (this.window <= 0) return
      this.feed(stream)
    }
  }

  /** False: beyond what a window can be. */
  widen(increment: number): boolean {
    this.window += increment
    if (this.window > MAX_31_BITS) return false
    this.resume()
    return true
  }

  /** As {@link widen}, for one stream. */
  widenStream(stream: Http2Stream, increment: number): boolean {
    stream.window += increment
    if (stream.window > MAX_31_BITS) return false
    if (stream.unsent > 0) this.feed(stream)
    return true
  }

  /** The server has changed what streams begin with: also those under way gain or lose so much. False: one of them then has too much. */
  setFirstWindow(value: number, streams: Iterable<Http2Stream>): boolean {
    const gain = value - this.firstWindow
    this.firstWindow = value
    for (const stream of streams) if (!this.widenStream(stream, gain)) return false
    return true
  }

  private copy({ id, request: { wire, idsAt } }: Http2Stream, length: number): void {
    const at = this.outbox.reserve(length)
    const { bytes } = this.outbox
    // Heads are mostly of some 50 bytes: a loop takes less time than a call.
    if (length < 100) for (let i = 0; i < length; i++) bytes[at + i] = wire[i]!
    else wire.copy(bytes, at, 0, length)
    for (let i = 0; i < idsAt.length && idsAt[i]! < length; i++) writeUint32(bytes, at + idsAt[i]!, id)
  }

  private feed(stream: Http2Stream): void {
    while (stream.unsent > 0 && this.outbox.backlog < MOST_BACKLOG) {
      const length = Math.min(stream.unsent, MAX_FRAME_BYTES, this.window, stream.window)
      if (length <= 0) return
      this.sendData(stream, length)
    }
    if (stream.unsent === 0) this.unfinished.delete(stream)
  }

  private sendData(stream: Http2Stream, length: number): void {
    const { body } = stream.request
    const from = body.length - stream.unsent
    const at = this.outbox.reserve(FRAME_HEAD_BYTES + length)
    const { bytes } = this.outbox
    stream.unsent -= length
    stream.window -= length
    this.window -= length
    writeFrameHead(bytes, at, length, DATA, stream.unsent === 0 ? END_STREAM : 0, stream.id)
    body.copy(bytes, at + FRAME_HEAD_BYTES, from, from + length)
  }
}
