import type { Expectation } from '../../../shared/task/expect.ts'
import type { TransportSpec } from '../../../shared/task/task.ts'
import type { GrpcCall } from './grpc-reader.ts'

/** A request made ready once, so that sending it costs one write. Made by `template.ts`, used by every lane. */
export interface CompiledRequest {
  secure: boolean
  /** Host name or address without brackets. */
  host: string
  port: number
  method: string
  /** Path and query as sent. */
  path: string
  /** Every header as sent, Host and Content-Length included, in order. */
  headers: [name: string, value: string][]
  body: Buffer | null
  /** The whole HTTP/1.1 message. */
  wire: Buffer
  /** Null for plain TCP. PEM texts. */
  tls: { servername: string | undefined; rejectUnauthorized: boolean; ca: string | undefined; cert: string | undefined; key: string | undefined } | null
  /** What a redirect from http to https has to trust, where `tls` is null. */
  trust?: { rejectUnauthorized: boolean; ca: string | undefined }
  follow: boolean
  proxy: string | null
  /** Where connections go instead, see `route.ts`; TLS and headers keep the names. */
  routes?: Pick<TransportSpec, 'resolve' | 'connectTo'>
  /** A header besides the usual ones that is meant for the first host only, in lower case. */
  credentialHeader?: string
  http2: boolean
  /** Where iterations differ: what makes the message of each. `path`, `headers`, `body` and `wire` are then only a pattern. */
  source?: RequestSource
  /** Of a call of gRPC; `body` is then the message behind its prefix. */
  grpc?: GrpcCall
  /** Of an answer that is read as a stream. */
  stream?: StreamPlan
  /** What is exchanged over a WebSocket or a TCP connection; null for HTTP. */
  message: CompiledMessage | null
}

/** How the answer to a request is read where it is a stream. */
export interface StreamPlan {
  mode: 'sse' | 'chunks'
  expect: Expectation
}

/** The requests of iterations that differ, by the number of the iteration (1, 2, …). */
export interface RequestSource {
  /** The whole HTTP/1.1 message as binary text, one character per byte: a socket takes that without a buffer in between. */
  textFor(n: number): string
  /** For those who write the message themselves. */
  requestFor(n: number): CompiledRequest
  /** The request is one for a head only: its answer has no body. */
  isHead(n: number): boolean
  /** What goes out over a WebSocket or a TCP connection. */
  payloadFor(n: number): Buffer
}

/** One iteration over a connection that is no HTTP (any more). */
export interface CompiledMessage {
  /** What is sent; null: nothing is, opening the connection is what counts. */
  payload: Buffer | null
  /** A WebSocket message of bytes instead of text. */
  binary: boolean
  expect: Expectation
}
