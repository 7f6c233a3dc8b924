import { encodeInteger } from '../../src/main/engine/lanes/hpack-encoder.ts'
import { CANCEL, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, NO_ERROR, RST_STREAM, uint32 } from '../../src/main/engine/lanes/http2-frames.ts'
import type { ErrorKind } from '../../src/shared/errors.ts'
import { frames, raw } from './http2-peer.ts'
import type { Script } from './http2-peer.ts'
import type { Afterwards } from './peer-server.ts'

/** One unusual answer to a call and what the lane has to make of it. */
export interface GrpcAnswer {
  name: string
  script: Script
  /** 200: a status of gRPC, which `grpc` tells. */
  expected: number | ErrorKind
  grpc?: string
  /** Part of the message, where it failed. */
  says?: string
  /** The message that checks would see. */
  body?: string
  messages?: number
  /** After so many bytes the answer can be complete, so that a cut there need not fail. Default: all of them. */
  completeAt?: number
  afterwards?: Afterwards
  /** The method answers with a stream. */
  streams?: boolean
}

const LAST = END_HEADERS | END_STREAM

function literal(name: string, value: string): number[] {
  const bytes = Buffer.from(value, 'latin1')
  return [0, name.length, ...Buffer.from(name, 'latin1'), ...encodeInteger(bytes.length, 7, 0), ...bytes]
}

const STATUS_200 = 0x88
const GRPC = [STATUS_200, ...literal('content-type', 'application/grpc')]

function head(id: number, block: number[] = GRPC, flags = END_HEADERS): Buffer {
  return raw(HEADERS, flags, id, block)
}

function data(id: number, bytes: number[] | Buffer, flags = 0): Buffer {
  return raw(DATA, flags, id, [...bytes])
}

/** A message behind its prefix; the test's own reader shows it as text. */
export function message(text: string, { flag = 0, length = text.length }: { flag?: number; length?: number } = {}): number[] {
  return [flag, ...uint32(length), ...Buffer.from(text, 'latin1')]
}

function trailers(id: number, status: string | null = '0', more: number[] = []): Buffer {
  return raw(HEADERS, LAST, id, [...(status === null ? [] : literal('grpc-status', status)), ...more])
}

export const GOOD: Script = (id) => frames(head(id), data(id, message('good')), trailers(id))

/** A head, content and OK. */
export function content(...parts: number[][]): Script {
  return (id) => frames(head(id), ...parts.map((part) => data(id, part)), trailers(id))
}

function refused(status: string, text?: string): Script {
  return (id) => raw(HEADERS, LAST, id, [...GRPC, ...literal('grpc-status', status), ...(text === undefined ? [] : literal('grpc-message', text))])
}

function ofHttp(status: number, page: string): Script {
  return (id) => frames(head(id, literal(':status', String(status))), raw(DATA, END_STREAM, id, page))
}

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

export const GRPC_ANSWERS: GrpcAnswer[] = [
  { name: 'a message and OK', script: GOOD, expected: 200, grpc: '0 OK', body: 'good', messages: 1 },
  { name: 'an empty message', script: content(message('')), expected: 200, grpc: '0 OK', body: '', messages: 1 },
  { name: 'a message cut over many frames', script: content(...message('good').map((byte) => [byte])), expected: 200, grpc: '0 OK', body: 'good' },
  { name: 'several messages of a stream', script: content([...message('one'), ...message('two'), ...message('three')]), expected: 200, grpc: '0 OK', body: 'three', messages: 3, streams: true },
  { name: 'a stream without a message', script: content(), expected: 200, grpc: '0 OK', body: '', messages: 0, streams: true },
  { name: 'a stream that fails after messages', script: (id) => frames(head(id), data(id, message('one')), trailers(id, '8', literal('grpc-message', 'enough'))), expected: 200, grpc: '8 RESOURCE_EXHAUSTED: enough', streams: true },
  { name: 'a stream that fails in the middle of a message', script: (id) => frames(head(id), data(id, message('one', { length: 9 })), trailers(id, '13')), expected: 200, grpc: '13 INTERNAL', streams: true },
  { name: 'trailers only', script: refused('14', 'no connection'), expected: 200, grpc: '14 UNAVAILABLE: no connection', messages: 0 },
  { name: 'a message that is percent-encoded', script: refused('3', 'gr%C3%B6%C3%9Fer%20als%0D%0A%25'), expected: 200, grpc: '3 INVALID_ARGUMENT: größer als %' },
  { name: 'a message that is UTF-8 as it is', script: refused('3', utf8('größer')), expected: 200, grpc: '3 INVALID_ARGUMENT: größer' },
  { name: 'a message with escapes that are none', script: refused('3', '100%, %zz %e4'), expected: 200, grpc: '3 INVALID_ARGUMENT: 100%, %zz \ufffd' },
  { name: 'a message without end', script: refused('2', 'x'.repeat(5000)), expected: 200, grpc: `2 UNKNOWN: ${'x'.repeat(200)}…` },
  { name: 'a status that nobody knows', script: refused('77'), expected: 200, grpc: '77' },
  { name: 'a status that is no number', script: refused('OK'), expected: 'protocol', says: 'bad grpc-status' },
  { name: 'a status below nothing', script: refused('-1'), expected: 'protocol', says: 'bad grpc-status' },
  { name: 'OK without a message', script: refused('0'), expected: 'protocol', says: 'OK without a message' },
  { name: 'two messages in answer to one', script: content(message('one'), message('two')), expected: 'protocol', says: 'more than one message' },
  { name: 'content without trailers', script: (id) => frames(head(id), raw(DATA, END_STREAM, id, message('good'))), expected: 'protocol', says: 'without grpc-status' },
  { name: 'a head and nothing else', script: (id) => head(id, GRPC, LAST), expected: 'protocol', says: 'without grpc-status' },
  { name: 'trailers without a status', script: (id) => frames(head(id), data(id, message('good')), trailers(id, null, literal('x', 'y'))), expected: 'protocol', says: 'without grpc-status' },
  { name: 'a message shorter than it says', script: content(message('good', { length: 9 })), expected: 'protocol', says: 'in the middle of a message' },
  { name: 'half a prefix', script: content([0, 0, 0]), expected: 'protocol', says: 'in the middle of a message' },
  { name: 'bytes behind the message', script: content([...message('good'), 1]), expected: 'protocol', says: 'in the middle of a message' },
  { name: 'a message of 4 GiB', script: content(message('good', { length: 0xffff_ffff })), expected: 'protocol', says: 'longer than 4 MiB' },
  { name: 'a message of a byte more than 4 MiB', script: content(message('', { length: 4 * 1024 * 1024 + 1 })), expected: 'protocol', says: 'longer than 4 MiB' },
  { name: 'a compressed message', script: content(message('good', { flag: 1 })), expected: 'protocol', says: 'compressed' },
  { name: 'a flag that is none', script: content(message('good', { flag: 7 })), expected: 'protocol', says: 'not made of messages' },
  { name: 'a page instead of messages', script: content([...Buffer.from('<html>hello</html>')]), expected: 'protocol', says: 'not made of messages' },
  { name: 'a status of HTTP that means unavailable', script: ofHttp(503, 'busy'), expected: 503, grpc: '14 UNAVAILABLE: HTTP 503 Service Unavailable', body: 'busy' },
  { name: 'a status of HTTP that means that nobody is there', script: ofHttp(404, 'gone'), expected: 404, grpc: '12 UNIMPLEMENTED: HTTP 404 Not Found', body: 'gone' },
  { name: 'a status of HTTP that means nothing', script: ofHttp(302, ''), expected: 302, grpc: '2 UNKNOWN: HTTP 302 Found' },
  { name: 'a status of HTTP and one of gRPC', script: (id) => raw(HEADERS, LAST, id, [...literal(':status', '401'), ...literal('grpc-status', '16')]), expected: 401, grpc: '16 UNAUTHENTICATED' },
  { name: 'a reset instead of an answer', script: (id) => raw(RST_STREAM, 0, id, [...uint32(CANCEL)]), expected: 'reset', says: 'CANCEL' },
  { name: 'a reset within the messages', script: (id) => frames(head(id), data(id, message('good')), raw(RST_STREAM, 0, id, [...uint32(2)])), expected: 'reset', says: 'INTERNAL_ERROR' },
  { name: 'a server that goes away with a fault', script: (id) => frames(head(id), raw(GOAWAY, 0, 0, [...uint32(0), ...uint32(11)])), expected: 'reset', says: 'ENHANCE_YOUR_CALM' },
  { name: 'a server that goes away after this call', script: (id) => frames(raw(GOAWAY, 0, 0, [...uint32(id), ...uint32(NO_ERROR)]), GOOD(id)), expected: 200, grpc: '0 OK', body: 'good' },
  { name: 'a connection that ends before the trailers', script: (id) => frames(head(id), data(id, message('good'))), expected: 'eof', says: 'in the middle of the body', afterwards: 'end' },
  { name: 'a message before its head', script: (id) => frames(data(id, message('good')), trailers(id)), expected: 'protocol', says: 'content before its head' },
  { name: 'two heads', script: (id) => frames(head(id), head(id), trailers(id)), expected: 'protocol', says: 'second head' },
]
