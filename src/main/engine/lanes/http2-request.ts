import type { CompiledRequest } from './compiled-request.ts'
import { encodeHeaderBlock } from './hpack-encoder.ts'
import { CONTINUATION, DATA, END_HEADERS, END_STREAM, FRAME_HEAD_BYTES, HEADERS, MAX_FRAME_BYTES, frame } from './http2-frames.ts'

/** A request as frames, made once: to send it means to copy them and to write the id of the stream into each. */
export interface Http2Request {
  /** The frames of the head; behind them that of the body, where one frame holds it. */
  wire: Buffer
  /** Bytes of `wire` that are the head's. */
  headLength: number
  /** Where in `wire` the ids of the stream stand. */
  idsAt: number[]
  body: Buffer
  /** All that is sent, frames of the body included. */
  totalBytes: number
  /** Answers to HEAD have no content, whatever their length says. */
  headOnly: boolean
}

/** Of connections; HTTP/2 has other ways to say it (RFC 9113 §8.2.2), and `:authority` for Host. */
const LEFT_OUT = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'http2-settings'])

export function encodeHttp2Request(request: CompiledRequest): Http2Request {
  return new Http2RequestEncoder().encode(request)
}

const NOTHING = Buffer.alloc(0)

/** Encodes requests of one task. Those that have the same list of headers, and so differ in their bodies alone, share a head. */
export class Http2RequestEncoder {
  private headers: CompiledRequest['headers'] | null = null
  private path = ''
  private bodiless = false
  private head: Buffer = NOTHING
  /** Where the ids of the stream stand in the head. */
  private idsAt: number[] = []

  encode(request: CompiledRequest): Http2Request {
    const body = request.body ?? NOTHING
    if (request.headers !== this.headers || request.path !== this.path || this.bodiless !== (body.length === 0)) this.encodeHead(request, body.length === 0)
    const { head, idsAt } = this
    const small = body.length > 0 && body.length <= MAX_FRAME_BYTES
    return {
      wire: small ? Buffer.concat([head, frame(DATA, END_STREAM, 0, body)]) : head,
      headLength: head.length,
      idsAt: small ? [...idsAt, head.length + 5] : idsAt,
      body,
      totalBytes: head.length + body.length + Math.ceil(body.length / MAX_FRAME_BYTES) * FRAME_HEAD_BYTES,
      headOnly: request.method === 'HEAD',
    }
  }

  private encodeHead(request: CompiledRequest, bodiless: boolean): void {
    const frames = headFrames(encodeHeaderBlock(fieldsOf(request)), bodiless)
    this.headers = request.headers
    this.path = request.path
    this.bodiless = bodiless
    this.head = Buffer.concat(frames)
    this.idsAt = frames.map((_, i) => lengthOf(frames.slice(0, i)) + 5)
  }
}

function fieldsOf(request: CompiledRequest): [name: string, value: string][] {
  const fields = request.headers.map(([name, value]): [string, string] => [name.toLowerCase(), value])
  const host = fields.find(([name]) => name === 'host')?.[1] ?? request.host
  return [
    [':method', request.method],
    [':scheme', request.secure ? 'https' : 'http'],
    [':authority', host],
    [':path', request.path],
    ...fields.filter(([name]) => !LEFT_OUT.has(name)),
  ]
}

/** HEADERS, and CONTINUATION for what does not fit. */
function headFrames(block: Buffer, endStream: boolean): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at < block.length; at += MAX_FRAME_BYTES) {
    const first = at === 0
    const last = at + MAX_FRAME_BYTES >= block.length
    const flags = (first && endStream ? END_STREAM : 0) | (last ? END_HEADERS : 0)
    frames.push(frame(first ? HEADERS : CONTINUATION, flags, 0, block.subarray(at, at + MAX_FRAME_BYTES)))
  }
  return frames
}

function lengthOf(frames: readonly Buffer[]): number {
  return frames.reduce((sum, { length }) => sum + length, 0)
}
