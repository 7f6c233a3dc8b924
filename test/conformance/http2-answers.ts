import { encodeInteger } from '../../src/main/engine/lanes/hpack-encoder.ts'
import { encodeHuffman } from '../../src/main/engine/lanes/hpack-huffman.ts'
import {
  ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING, PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, WITH_PRIORITY,
  settingsFrame,
} from '../../src/main/engine/lanes/http2-frames.ts'
import type { ErrorKind } from '../../src/shared/errors.ts'
import type { RequestSpec } from '../../src/shared/task/task.ts'
import { frames, raw } from './http2-peer.ts'
import type { Script } from './http2-peer.ts'
import type { Afterwards } from './peer-server.ts'

/** One unusual sequence of frames and what the lane has to make of it. */
export interface Http2Answer {
  name: string
  script: Script
  expected: number | ErrorKind
  /** Part of the message, where it failed. */
  says?: string
  body?: string
  head?: string
  /** After so many bytes the answer can be complete, so that a cut there need not fail. Default: all of them. */
  completeAt?: number
  afterwards?: Afterwards
  request?: Partial<RequestSpec>
}

/** `:status: 200`, and the same as literals. */
const OK = [0x88]
const LAST = END_HEADERS | END_STREAM
const PRIORITY_FIELDS = [0, 0, 0, 0, 16]

/** A literal without indexing whose name and value are plain texts. */
function literal(name: string, value: string): number[] {
  return [0, name.length, ...Buffer.from(name, 'latin1'), ...encodeInteger(value.length, 7, 0), ...Buffer.from(value, 'latin1')]
}

/** `:status` by its name in the static table. */
function status(value: string, kind = 0): number[] {
  return [...(kind === 0x40 ? encodeInteger(8, 6, 0x40) : encodeInteger(8, 4, kind)), value.length, ...Buffer.from(value)]
}

function head(id: number, block: number[] = OK, flags = END_HEADERS): Buffer {
  return raw(HEADERS, flags, id, block)
}

function body(id: number, text = 'good', flags = END_STREAM): Buffer {
  return raw(DATA, flags, id, text)
}

/** A whole answer with this head. */
function withHead(block: number[]): Script {
  return (id) => frames(head(id, block), body(id))
}

/** Something before an otherwise good answer. */
function before(...made: ((id: number) => Buffer)[]): Script {
  return (id) => frames(...made.map((make) => make(id)), head(id), body(id))
}

function answer(name: string, script: Script, more: Partial<Http2Answer> = {}): Http2Answer {
  return { name, script, expected: 200, ...more }
}

function bad(name: string, script: Script, says: string, more: Partial<Http2Answer> = {}): Http2Answer {
  return { name, script, expected: 'protocol', says, ...more }
}

/** A head that is HPACK and no answer. */
function malformed(name: string, block: number[], says: string): Http2Answer {
  return bad(name, withHead(block), says)
}

export const GOOD: Script = (id) => frames(head(id), body(id))
export const HEAD_ONLY: Script = (id) => head(id, OK, LAST)

const LONG = 'x'.repeat(20_000)

export const HTTP2_ANSWERS: Http2Answer[] = [
  // Frames as they may be
  answer('a plain answer', GOOD, { body: 'good', head: 'HTTP/2 200\r\n' }),
  answer('a head that ends the stream', HEAD_ONLY, { body: '' }),
  answer('padded frames', (id) => frames(raw(HEADERS, END_HEADERS | PADDED, id, [3, ...OK, 0, 0, 0]), raw(DATA, END_STREAM | PADDED, id, [2, ...Buffer.from('good'), 0, 0])), { body: 'good' }),
  answer('content that is all padding', (id) => frames(head(id), raw(DATA, PADDED, id, [2, 0, 0]), body(id)), { body: 'good' }),
  answer('padding of no length', (id) => frames(head(id), raw(DATA, PADDED | END_STREAM, id, [0, ...Buffer.from('good')])), { body: 'good' }),
  answer('priorities within HEADERS', (id) => frames(raw(HEADERS, END_HEADERS | WITH_PRIORITY, id, [...PRIORITY_FIELDS, ...OK]), body(id))),
  answer('priorities and padding within HEADERS', (id) => frames(raw(HEADERS, END_HEADERS | WITH_PRIORITY | PADDED, id, [1, ...PRIORITY_FIELDS, ...OK, 0]), body(id))),
  answer('a head in three frames', (id) => frames(head(id, OK, 0), raw(CONTINUATION, 0, id, literal('x-a', 'b')), raw(CONTINUATION, END_HEADERS, id, literal('x-c', 'd')), body(id)), { head: 'HTTP/2 200\r\nx-a: b\r\nx-c: d\r\n' }),
  answer('a head cut within a field, and empty frames', (id) => frames(head(id, [], 0), raw(CONTINUATION, 0, id, [...OK, 0, 3]), raw(CONTINUATION, 0, id), raw(CONTINUATION, END_HEADERS, id, [...Buffer.from('x-a'), 1, 98]), body(id)), { head: 'HTTP/2 200\r\nx-a: b\r\n' }),
  answer('a head in two frames that ends the stream', (id) => frames(head(id, OK, END_STREAM), raw(CONTINUATION, END_HEADERS, id, literal('x-a', 'b'))), { body: '' }),
  answer('a head of 20 KB', (id) => frames(head(id, [...OK, ...literal('x-long', LONG)].slice(0, 16_384), 0), raw(CONTINUATION, END_HEADERS, id, [...OK, ...literal('x-long', LONG)].slice(16_384)), body(id))),
  answer('content in many frames, empty ones among them', (id) => frames(head(id), body(id, 'go', 0), body(id, '', 0), body(id, 'od', 0), body(id, '')), { body: 'good' }),
  answer('trailers', (id) => frames(head(id), body(id, 'good', 0), head(id, literal('x-sum', '1'), LAST)), { body: 'good' }),
  answer('trailers without content', (id) => frames(head(id), head(id, literal('x-sum', '1'), LAST)), { body: '' }),
  answer('103 before the answer', (id) => frames(head(id, status('103')), head(id), body(id)), { body: 'good' }),
  answer('100 before the answer', (id) => frames(head(id, status('100')), head(id), body(id)), { body: 'good' }),
  answer('a frame type that nobody knows', before(() => raw(0xbe, 0xff, 0, 'what'), (id) => raw(0xee, 0, id, 'ever'))),
  answer('flags that mean nothing', (id) => frames(raw(HEADERS, END_HEADERS | 0xd2, id, OK), raw(DATA, END_STREAM | 0xf6, id, 'good')), { body: 'good' }),
  answer('a reserved bit before the stream', (id) => frames(raw(HEADERS, END_HEADERS, id + 2 ** 31, OK), raw(DATA, END_STREAM, id + 2 ** 31, 'good'))),
  answer('priorities', before((id) => raw(PRIORITY, 0, id, PRIORITY_FIELDS), () => raw(PRIORITY, 0, 9, PRIORITY_FIELDS))),
  answer('a ping, and the answer to one that nobody sent', before(() => raw(PING, 0, 0, '12345678'), () => raw(PING, ACK, 0, '87654321'))),
  answer('further settings, known and unknown', before(() => settingsFrame([[1, 0], [3, 100], [4, 1000], [5, 16_384], [6, 65_536], [0xff, 1]]))),
  answer('windows raised', before((id) => raw(WINDOW_UPDATE, 0, id, [0, 0, 1, 0]), () => raw(WINDOW_UPDATE, 0, 0, [0, 0, 1, 0]))),
  answer('GOAWAY that includes the stream', (id) => frames(raw(GOAWAY, 0, 0, [0, 0, 0, id, 0, 0, 0, 0, ...Buffer.from('soon')]), head(id), body(id))),
  answer('204', withoutContent('204'), { expected: 204, body: '' }),
  answer('304 with the length of what it spares', (id) => head(id, [...status('304'), ...literal('content-length', '500')], LAST), { expected: 304 }),
  answer('HEAD with a length', (id) => head(id, [...OK, ...literal('content-length', '500')], LAST), { request: { method: 'HEAD' }, body: '' }),
  answer('a stream reset behind its answer', (id) => frames(head(id), body(id), raw(RST_STREAM, 0, id, [0, 0, 0, 0])), { completeAt: 23 }),
  answer('a window raised behind the answer', (id) => frames(head(id), body(id), raw(WINDOW_UPDATE, 0, id, [0, 0, 1, 0])), { completeAt: 23 }),

  // Heads as they may be
  answer('a status as a literal', withHead(status('201')), { expected: 201 }),
  answer('a status that is never indexed', withHead(status('202', 0x10)), { expected: 202 }),
  answer('a status that is to be indexed', withHead(status('203', 0x40)), { expected: 203 }),
  answer('a status in Huffman code', withHead([8, 0x80 | encodeHuffman(Buffer.from('206')).length, ...encodeHuffman(Buffer.from('206'))]), { expected: 206 }),
  answer('a status with its name spelt out', withHead(literal(':status', '404')), { expected: 404 }),
  answer('a server error', withHead([0x8e]), { expected: 500 }),
  answer('a header table that is given up', withHead([0x20, ...OK]), { head: 'HTTP/2 200\r\n' }),
  answer('entries of the header table, used again', (id) => frames(head(id, [...OK, 0x40, ...literal('x-a', 'b').slice(1), 0xbe, 0xbe]), body(id)), { head: 'HTTP/2 200\r\nx-a: b\r\nx-a: b\r\nx-a: b\r\n' }),
  answer('an entry larger than the table', withHead([0x3f, 0x21, ...OK, 0x40, ...literal('x-large', 'y'.repeat(100)).slice(1)])),
  answer('a length that fits', withHead([...OK, ...literal('content-length', '4')]), { body: 'good' }),
  answer('the same length twice', withHead([...OK, ...literal('content-length', '4'), ...literal('content-length', '4')])),
  answer('an empty value and bytes beyond ASCII', withHead([...OK, ...literal('x-empty', ''), ...literal('x-city', 'K\xf6ln')]), { head: 'HTTP/2 200\r\nx-empty: \r\nx-city: K\xf6ln\r\n' }),

  // Frames that must not be
  bad('a frame larger than allowed', (id) => frames(head(id), raw(DATA, END_STREAM, id, Buffer.alloc(16_385))), 'larger than 16 KiB'),
  bad('content on stream 0', () => body(0), 'stream 0'),
  bad('a head on stream 0', () => head(0, OK, LAST), 'stream 0'),
  bad('a reset of stream 0', () => raw(RST_STREAM, 0, 0, [0, 0, 0, 0]), 'stream 0'),
  bad('a priority of stream 0', () => raw(PRIORITY, 0, 0, PRIORITY_FIELDS), 'stream 0'),
  bad('CONTINUATION on stream 0', () => raw(CONTINUATION, END_HEADERS, 0, OK), 'CONTINUATION'),
  bad('a head on a stream of the server', () => head(2, OK, LAST), 'never opened'),
  bad('a head on a stream to come', (id) => head(id + 2, OK, LAST), 'never opened'),
  bad('content on a stream to come', (id) => body(id + 2), 'never opened'),
  bad('a reset of a stream to come', (id) => raw(RST_STREAM, 0, id + 2, [0, 0, 0, 0]), 'never opened'),
  bad('a window for a stream to come', (id) => raw(WINDOW_UPDATE, 0, id + 2, [0, 0, 0, 1]), 'never opened'),
  bad('a reset of a wrong size', (id) => raw(RST_STREAM, 0, id, [0, 0, 0]), 'wrong size'),
  bad('a priority of a wrong size', (id) => raw(PRIORITY, 0, id, [0, 0, 0, 0]), 'wrong size'),
  bad('a ping of a wrong size', () => raw(PING, 0, 0, '1234567'), 'wrong size'),
  bad('a ping on a stream', (id) => raw(PING, 0, id, '12345678'), 'on a stream'),
  bad('settings of a wrong size', () => raw(SETTINGS, 0, 0, [0, 1, 0, 0, 0]), 'wrong size'),
  bad('an acknowledgement that says more', () => raw(SETTINGS, ACK, 0, [0, 1, 0, 0, 0, 0]), 'wrong size'),
  bad('settings on a stream', (id) => raw(SETTINGS, 0, id), 'on a stream'),
  bad('a setting that allows pushes', () => settingsFrame([[2, 1]]), 'must not be'),
  bad('a setting of a window beyond its bound', () => settingsFrame([[4, 2 ** 31]]), 'beyond its bound'),
  bad('a setting of frames too small', () => settingsFrame([[5, 16_383]]), 'must not be'),
  bad('a setting of frames too large', () => settingsFrame([[5, 2 ** 24]]), 'must not be'),
  bad('GOAWAY of a wrong size', () => raw(GOAWAY, 0, 0, [0, 0, 0, 0, 0, 0, 0]), 'wrong size'),
  bad('GOAWAY on a stream', (id) => raw(GOAWAY, 0, id, [0, 0, 0, 0, 0, 0, 0, 0]), 'on a stream'),
  bad('a window update of a wrong size', (id) => raw(WINDOW_UPDATE, 0, id, [0, 0, 1]), 'wrong size'),
  bad('the window of the connection raised by nothing', () => raw(WINDOW_UPDATE, 0, 0, [0, 0, 0, 0]), 'by nothing'),
  bad('the window of a stream raised by nothing', (id) => raw(WINDOW_UPDATE, 0, id, [0, 0, 0, 0]), 'by nothing'),
  bad('the window of the connection beyond its bound', () => raw(WINDOW_UPDATE, 0, 0, [0x7f, 255, 255, 255]), 'beyond its bound'),
  bad('the window of a stream beyond its bound', (id) => raw(WINDOW_UPDATE, 0, id, [0x7f, 255, 255, 255]), 'beyond its bound'),
  bad('CONTINUATION without HEADERS', (id) => raw(CONTINUATION, END_HEADERS, id, OK), 'CONTINUATION'),
  bad('CONTINUATION behind a complete head', (id) => frames(head(id), raw(CONTINUATION, END_HEADERS, id, OK)), 'CONTINUATION'),
  bad('CONTINUATION of another stream', (id) => frames(head(id, OK, 0), raw(CONTINUATION, END_HEADERS, id + 2, [])), 'within a header block'),
  bad('content within a header block', (id) => frames(head(id, OK, 0), body(id)), 'within a header block'),
  bad('a ping within a header block', (id) => frames(head(id, OK, 0), raw(PING, 0, 0, '12345678')), 'within a header block'),
  bad('an unknown frame within a header block', (id) => frames(head(id, OK, 0), raw(0xbe, 0, 0)), 'within a header block'),
  bad('a push', (id) => raw(PUSH_PROMISE, END_HEADERS, id, [0, 0, 0, 2, 0x82, 0x84, 0x87, 0x81]), 'push'),
  bad('content with padding longer than its frame', (id) => frames(head(id), raw(DATA, PADDED | END_STREAM, id, [4, 1, 2, 3])), 'padding'),
  bad('a head with padding longer than its frame', (id) => raw(HEADERS, PADDED | LAST, id, [4, ...OK, 2, 3]), 'padding'),
  bad('padded content without a length of padding', (id) => frames(head(id), raw(DATA, PADDED | END_STREAM, id)), 'wrong size'),
  bad('a padded head without a length of padding', (id) => raw(HEADERS, PADDED | LAST, id), 'wrong size'),
  bad('a head shorter than its priorities', (id) => raw(HEADERS, WITH_PRIORITY | LAST, id, [0, 0]), 'padding'),

  // Answers that are none
  bad('content before its head', (id) => body(id), 'before its head', { completeAt: 9 }),
  bad('an end before the head', (id) => body(id, ''), 'without a head'),
  bad('a second head within the content', (id) => frames(head(id), body(id, 'go', 0), head(id), body(id)), 'second head'),
  bad('trailers with a status', (id) => frames(head(id), body(id, 'good', 0), head(id, OK, LAST)), 'status where none belongs'),
  bad('content behind the end', (id) => frames(head(id), body(id), body(id)), '', { expected: 200, completeAt: 23 }),
  bad('a head behind the end', (id) => frames(head(id), body(id), head(id, OK, LAST)), '', { expected: 200, completeAt: 23 }),
  bad('content behind HEAD', (id) => frames(head(id), body(id)), 'does not fit', { request: { method: 'HEAD' } }),
  bad('content shorter than its length', withHead([...OK, ...literal('content-length', '5')]), 'does not fit'),
  bad('content longer than its length', withHead([...OK, ...literal('content-length', '3')]), 'does not fit'),
  bad('a length and no content', (id) => head(id, [...OK, ...literal('content-length', '5')], LAST), 'does not fit'),
  bad('101', (id) => head(id, status('101')), '101'),
  bad('an interim head that ends the answer', (id) => head(id, status('103'), LAST), 'interim'),
  malformed('no status', literal('x-a', 'b'), 'without a status'),
  malformed('an empty head', [], 'without a status'),
  malformed('two statuses', [...OK, ...OK], 'status where none belongs'),
  malformed('a status behind a field', [...literal('x-a', 'b'), ...OK], 'status where none belongs'),
  malformed('a field of requests', [...OK, 0x84], 'pseudo-header'),
  malformed('a pseudo-field that nobody knows', [...OK, ...literal(':what', 'x')], 'pseudo-header'),
  malformed('a status of two digits', status('20'), 'bad status'),
  malformed('a status of four digits', status('2000'), 'bad status'),
  malformed('a status of letters', status('abc'), 'bad status'),
  malformed('an upper-case name', [...OK, ...literal('X-A', 'b')], 'bad header name'),
  malformed('an empty name', [...OK, ...literal('', 'b')], 'bad header name'),
  malformed('a name with a space', [...OK, ...literal('x a', 'b')], 'bad header name'),
  malformed('a line break in a value', [...OK, ...literal('x-a', 'b\r\nx-c: d')], 'control character'),
  malformed('a NUL in a value', [...OK, ...literal('x-a', 'b\0')], 'control character'),
  malformed('a header of connections', [...OK, ...literal('connection', 'close')], 'HTTP/1 connections'),
  malformed('chunks announced', [...OK, ...literal('transfer-encoding', 'chunked')], 'HTTP/1 connections'),
  malformed('a length that is none', [...OK, ...literal('content-length', '0x4')], 'bad content-length'),
  malformed('two different lengths', [...OK, ...literal('content-length', '4'), ...literal('content-length', '5')], 'two different'),

  // Header blocks that are no HPACK
  malformed('an index of 0', [...OK, 0x80], 'stands for nothing'),
  malformed('an index beyond the tables', [...OK, 0xff, 0x20], 'stands for nothing'),
  malformed('a name from beyond the tables', [...OK, 0x0f, 0x60, 1, 97], 'stands for nothing'),
  malformed('a text that is cut off', [...OK, 0, 3, 120, 45], 'cut off'),
  malformed('a field without a value', [...OK, 0, 1, 97], 'cut off'),
  malformed('a length of text without an end', [...OK, 0, 0x7f, 0xff, 0xff], 'cut off'),
  malformed('an integer beyond all bounds', [...OK, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], 'cut off'),
  malformed('a header table larger than allowed', [0x3f, 0xe2, 0x1f, ...OK], 'larger than allowed'),
  malformed('a header table changed within a block', [...OK, 0x20], 'within a block'),
  malformed('a Huffman code that stands for the end', [...OK, 0, 0x84, 0xff, 0xff, 0xff, 0xff, 1, 98], 'cut off'),
  malformed('Huffman padding of zeros', [...OK, 0, 0x81, 0x18, 1, 98], 'cut off'),
  malformed('Huffman padding of a whole byte', [...OK, 0, 0x82, 0x1f, 0xff, 1, 98], 'cut off'),
  bad('a header bomb', (id) => raw(HEADERS, LAST, id, [...OK, 0x40, ...literal('x-bomb', 'y'.repeat(4000)).slice(1), ...Array<number>(100).fill(0xbe)]), 'larger than 64 KiB'),

  // Resets
  answer('a reset', (id) => raw(RST_STREAM, 0, id, [0, 0, 0, 2]), { expected: 'reset', says: 'INTERNAL_ERROR' }),
  answer('a refusal', (id) => raw(RST_STREAM, 0, id, [0, 0, 0, 7]), { expected: 'reset', says: 'REFUSED_STREAM' }),
  answer('a reset for a reason that nobody knows', (id) => raw(RST_STREAM, 0, id, [0, 9, 9, 9]), { expected: 'reset', says: 'unknown error' }),
  answer('a reset without an error', (id) => raw(RST_STREAM, 0, id, [0, 0, 0, 0]), { expected: 'reset', says: 'NO_ERROR' }),
  answer('a reset within the content', (id) => frames(head(id), body(id, 'go', 0), raw(RST_STREAM, 0, id, [0, 0, 0, 8])), { expected: 'reset', says: 'CANCEL' }),
  answer('GOAWAY for a reason', () => raw(GOAWAY, 0, 0, [0, 0, 0, 0, 0, 0, 0, 11]), { expected: 'reset', says: 'ENHANCE_YOUR_CALM' }),
  answer('GOAWAY for a reason, and the end', (id) => raw(GOAWAY, 0, 0, [0, 0, 0, id, 0, 0, 0, 2]), { expected: 'reset', says: 'INTERNAL_ERROR', afterwards: 'end' }),
]

function withoutContent(code: string): Script {
  return (id) => head(id, status(code), LAST)
}
