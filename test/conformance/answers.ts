import { deflateRawSync, deflateSync, brotliCompressSync, gzipSync } from 'node:zlib'
import type { ErrorKind } from '../../src/shared/errors.ts'
import type { RequestSpec } from '../../src/shared/task/task.ts'
import type { Step } from './hostile-server.ts'

export type Result = number | ErrorKind

/** One unusual answer and what each lane has to make of it. */
export interface Answer {
  name: string
  steps: Step[]
  /** The same on both lanes, or different ones, and then why. */
  expected: Result | { http1: Result; undici: Result; why: string }
  /** Content as the lane hands it over, where it succeeds. */
  body?: string | { http1: string; undici: string }
  /** After so many bytes the answer can be complete, so that a cut there need not fail. Default: all of them. */
  completeAt?: number
  request?: Partial<RequestSpec>
}

export const GOOD: Step[] = [{ write: 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood' }]

const OK = 'HTTP/1.1 200 OK\r\n'
const HEAD: Partial<RequestSpec> = { method: 'HEAD' }
const ZIPPED: Partial<RequestSpec> = { headers: { 'Accept-Encoding': 'gzip, deflate, br' } }
const gzipped = gzipSync('zipped')

/** An answer by its text. */
function text(name: string, written: string, expected: Answer['expected'], more: Partial<Answer> = {}): Answer {
  return { name, steps: [{ write: written }], expected, ...more }
}

/** As {@link text}, with the connection closed by the server afterwards. */
function closed(name: string, written: string, expected: Answer['expected'], more: Partial<Answer> = {}): Answer {
  return { name, steps: [{ write: written }, 'end'], expected, ...more }
}

function encoded(name: string, coding: string, body: Buffer, expected: Answer['expected'], more: Partial<Answer> = {}): Answer {
  const head = `${OK}Content-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`
  return { name, steps: [{ write: Buffer.concat([Buffer.from(head), body]) }], expected, request: ZIPPED, ...more }
}

const RAW_BODY = 'The raw lane hands bytes over as they came; chooseLane gives it no task that must look into a compressed body.'

const VERSIONS = 'RFC 9112 §2.3 wants the major version 1; llhttp accepts 0.9 and 2.0 as well.'

/** Answers that are bytes and nothing else: each is also given cut at every byte. */
export const ANSWERS: Answer[] = [
  // Status line
  text('a plain answer', `${OK}Content-Length: 2\r\n\r\nok`, 200, { body: 'ok' }),
  text('no reason phrase, but its space', 'HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n', 200),
  text('no reason phrase and no space', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', 200),
  text('a very high status', 'HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n', 999),
  text('a server error', 'HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy', 503, { body: 'busy' }),
  closed('a status line that is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'protocol'),
  closed('the version HTTP/2.0', 'HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n', { http1: 'protocol', undici: 200, why: VERSIONS }),
  closed('the version HTTP/0.9', 'HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n', { http1: 'protocol', undici: 200, why: VERSIONS }),
  closed('the version HTTP/1.7', 'HTTP/1.7 200 OK\r\nContent-Length: 0\r\n\r\n', 'protocol'),
  closed('a status of two digits', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n', 'protocol'),
  closed('a status of four digits', 'HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n', 'protocol'),
  closed('a status of letters', 'HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n', 'protocol'),
  closed('a request instead of an answer', 'GET / HTTP/1.1\r\n\r\n', 'protocol'),
  closed('HTML without a head', '<html>hello</html>\r\n\r\n', 'protocol'),

  // Header fields
  text('lower-case names and no space', 'HTTP/1.1 200 OK\r\ncontent-length:2\r\n\r\nok', 200, { body: 'ok' }),
  text('upper-case names and tabs', 'HTTP/1.1 200 OK\r\nCONTENT-LENGTH:\t2\r\n\r\nok', 200, { body: 'ok' }),
  text('blanks behind a length', `${OK}Content-Length: 2 \t \r\n\r\nok`, {
    http1: 200,
    undici: 'protocol',
    why: 'Blanks around a value mean nothing (RFC 9112 §5); undici adds them up as if they were digits.',
  }, { body: 'ok' }),
  text('an empty header value', `${OK}X-Empty:\r\nContent-Length: 0\r\n\r\n`, 200),
  text('bytes beyond ASCII in a value', `${OK}X-City: K\xf6ln\r\nContent-Length: 0\r\n\r\n`, 200),
  closed('a header without a colon', `${OK}Nonsense\r\nContent-Length: 0\r\n\r\n`, 'protocol'),
  closed('a header without a name', `${OK}: value\r\nContent-Length: 0\r\n\r\n`, 'protocol'),
  closed('a space before the colon', `${OK}Content-Length : 2\r\n\r\nok`, 'protocol'),
  closed('a NUL in a header value', `${OK}X: a\0b\r\nContent-Length: 0\r\n\r\n`, 'protocol'),
  closed('a bare CR in a header value', `${OK}X: a\rb\r\nContent-Length: 0\r\n\r\n`, 'protocol'),
  closed('a folded header line', `${OK}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`, 'protocol'),

  // Lengths
  text('two equal lengths', `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`, {
    http1: 200,
    undici: 'protocol',
    why: 'RFC 9112 §6.3 allows either; llhttp refuses any second length.',
  }),
  closed('two different lengths', `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nokk`, 'protocol'),
  closed('a list of lengths', `${OK}Content-Length: 2, 2\r\n\r\nok`, 'protocol'),
  closed('a negative length', `${OK}Content-Length: -2\r\n\r\nok`, 'protocol'),
  closed('a length with a plus sign', `${OK}Content-Length: +2\r\n\r\nok`, 'protocol'),
  closed('a length in hexadecimal', `${OK}Content-Length: 0x2\r\n\r\nok`, 'protocol'),
  closed('an empty length', `${OK}Content-Length:\r\n\r\n`, 'protocol'),
  closed('a length beyond 64 bits', `${OK}Content-Length: 99999999999999999999\r\n\r\nok`, 'protocol'),
  closed('a body shorter than its length', `${OK}Content-Length: 10\r\n\r\nshort`, 'eof'),
  text('no body where the length is 0', `${OK}Content-Length: 0\r\n\r\n`, 200, { body: '' }),
  closed('until the connection closes', `${OK}\r\nall of it`, 200, { body: 'all of it', completeAt: OK.length + 2 }),

  // Chunks
  text('chunks', `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n3\r\n...\r\n0\r\n\r\n`, 200, { body: 'ok...' }),
  text('chunks in upper and lower hexadecimal', `${OK}Transfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\nb\r\n0123456789a\r\n0\r\n\r\n`, 200),
  text('chunk extensions', `${OK}Transfer-Encoding: chunked\r\n\r\n2;a=b;c="d"\r\nok\r\n0;last\r\n\r\n`, 200, { body: 'ok' }),
  text('trailers', `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n`, 200, { body: 'ok' }),
  text('leading zeros in a chunk size', `${OK}Transfer-Encoding: chunked\r\n\r\n0002\r\nok\r\n000\r\n\r\n`, 200, { body: 'ok' }),
  closed('a chunk size that is no number', `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n`, 'protocol'),
  closed('an empty chunk size', `${OK}Transfer-Encoding: chunked\r\n\r\n\r\nok\r\n0\r\n\r\n`, 'protocol'),
  closed('a negative chunk size', `${OK}Transfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n0\r\n\r\n`, 'protocol'),
  closed('a chunk size beyond 64 bits', `${OK}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nok\r\n0\r\n\r\n`, 'protocol'),
  closed('a chunk longer than its size', `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n`, 'protocol'),
  closed('no line end behind a chunk', `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok0\r\n\r\n`, 'protocol'),
  closed('an end within a chunk', `${OK}Transfer-Encoding: chunked\r\n\r\nff\r\nok`, 'eof'),
  closed('an end before the last chunk', `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n`, 'eof'),
  closed('an end within the trailers', `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: 1\r\n`, 'eof'),
  closed('chunks and a length', `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n`, {
    http1: 200,
    undici: 'protocol',
    why: 'RFC 9112 §6.3 lets chunks win and the connection end, or refuses; llhttp refuses.',
  }),

  // Ends in the head
  closed('an end without a byte', '', 'eof'),
  closed('an end within the status line', 'HTTP/1.1 20', 'eof'),
  closed('an end within a header', `${OK}Content-Le`, 'eof'),
  closed('an end before the empty line', `${OK}Content-Length: 0\r\n`, 'eof'),

  // More than one answer
  text('bytes behind the answer', `${OK}Content-Length: 2\r\n\r\nokAND MORE`, 200, { body: 'ok', completeAt: 40 }),
  text('two answers to one request', `${OK}Content-Length: 2\r\n\r\nok${OK}Content-Length: 2\r\n\r\nno`, 200, { body: 'ok', completeAt: 40 }),
  text('103 before the answer', `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}Content-Length: 2\r\n\r\nok`, 200, { body: 'ok' }),
  text('100 before the answer', `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 2\r\n\r\nok`, {
    http1: 200,
    undici: 'protocol',
    why: 'RFC 9110 §15.2 wants 1xx to be skipped; undici takes a 100 that it did not ask for as a bad response.',
  }),
  closed('101 that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', 'protocol'),

  // Answers without a body
  text('204', 'HTTP/1.1 204 No Content\r\n\r\n', 204, { body: '' }),
  text('204 with a length of 0', 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', 204),
  text('304 with the length of the body it spares', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n', 304),
  text('304 without a length', 'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n', 304),
  text('HEAD with a length', `${OK}Content-Length: 500\r\n\r\n`, 200, { request: HEAD, body: '' }),
  text('HEAD without a length', `${OK}\r\n`, 200, { request: HEAD }),
  text('HEAD with chunks announced', `${OK}Transfer-Encoding: chunked\r\n\r\n`, 200, { request: HEAD }),

  // Persistence
  closed('HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok', 200, { body: 'ok' }),
  text('HTTP/1.0 with keep-alive', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok', 200, { body: 'ok' }),
  closed('HTTP/1.0 until the connection closes', 'HTTP/1.0 200 OK\r\n\r\nall', 200, { body: 'all', completeAt: 19 }),
  closed('Connection: close', `${OK}Connection: close\r\nContent-Length: 2\r\n\r\nok`, 200, { body: 'ok' }),
  text('Connection: close from a server that leaves it open', `${OK}Connection: close\r\nContent-Length: 2\r\n\r\nok`, 200, { body: 'ok' }),

  // Compressed bodies
  encoded('gzip', 'gzip', gzipped, 200, { body: { http1: gzipped.toString('latin1'), undici: 'zipped' } }),
  encoded('deflate', 'deflate', deflateSync('zipped'), 200, { body: { http1: deflateSync('zipped').toString('latin1'), undici: 'zipped' } }),
  encoded('deflate without its zlib frame', 'deflate', deflateRawSync('zipped'), 200, { body: { http1: deflateRawSync('zipped').toString('latin1'), undici: 'zipped' } }),
  encoded('brotli', 'br', brotliCompressSync('zipped'), 200, { body: { http1: brotliCompressSync('zipped').toString('latin1'), undici: 'zipped' } }),
  encoded('gzip of no bytes at all', 'gzip', Buffer.alloc(0), 200, { body: '' }),
  encoded('plain text that calls itself gzip', 'gzip', Buffer.from('not zipped'), { http1: 200, undici: 'protocol', why: RAW_BODY }),
  encoded('half a gzip', 'gzip', gzipped.subarray(0, 15), { http1: 200, undici: 'protocol', why: RAW_BODY }),
  encoded('gzip with a wrong checksum', 'gzip', Buffer.concat([gzipped.subarray(0, -8), Buffer.alloc(8)]), { http1: 200, undici: 'protocol', why: RAW_BODY }),
  encoded('plain text that calls itself brotli', 'br', Buffer.from('not zipped'), { http1: 200, undici: 'protocol', why: RAW_BODY }),
  encoded('an encoding that nobody knows', 'rot13', Buffer.from('mvccrq'), 200, { body: 'mvccrq' }),
]
