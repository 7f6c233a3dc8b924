import { describe, expect, it } from 'vitest'
import { cutAt, parse } from '../../../support/parse-run.ts'

interface Case {
  name: string
  input: string
  status: number
  body: string
  reusable?: boolean
  headOnly?: boolean
}

const OK = 'HTTP/1.1 200 OK\r\n'

/** Each ends exactly where its response ends (or is ended by the connection). */
const CASES: Case[] = [
  { name: 'a length', input: `${OK}Content-Length: 5\r\n\r\nhello`, status: 200, body: 'hello' },
  { name: 'no content', input: `${OK}content-length:0\r\n\r\n`, status: 200, body: '' },
  { name: 'the same length twice', input: `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi`, status: 200, body: 'hi' },
  { name: 'blanks around a length', input: `${OK}Content-Length:\t 2 \t\r\n\r\nhi`, status: 200, body: 'hi' },
  { name: 'chunks', input: `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n`, status: 200, body: 'hello0123456789' },
  { name: 'chunk extensions and trailers', input: `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n3 ;a="b"\r\nabc\r\n0;z\r\nX-T: 1\r\nY: 2\r\n\r\n`, status: 200, body: 'abc' },
  { name: 'a length and chunks: chunks win, the connection ends', input: `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`, status: 200, body: 'x', reusable: false },
  { name: 'a coding that is not chunked last', input: `${OK}Transfer-Encoding: chunked, gzip\r\n\r\n1\r\nx`, status: 200, body: '1\r\nx', reusable: false },
  { name: 'the end of the connection', input: `${OK}Server: x\r\n\r\nabcdef`, status: 200, body: 'abcdef', reusable: false },
  { name: '100 and 103 in front', input: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nConnection: close\r\nLink: x\r\n\r\n${OK}Content-Length: 1\r\n\r\nx`, status: 200, body: 'x' },
  { name: '204 with a length', input: 'HTTP/1.1 204 None\r\nContent-Length: 9\r\n\r\n', status: 204, body: '' },
  { name: '304 with chunks', input: 'HTTP/1.1 304 Same\r\nTransfer-Encoding: chunked\r\n\r\n', status: 304, body: '' },
  { name: 'an answer to HEAD', input: `${OK}Content-Length: 100\r\n\r\n`, status: 200, body: '', headOnly: true },
  { name: 'close among other tokens', input: `${OK}Connection: x, Close ,y\r\nContent-Length: 2\r\n\r\nhi`, status: 200, body: 'hi', reusable: false },
  { name: 'HTTP/1.0', input: 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi', status: 200, body: 'hi', reusable: false },
  { name: 'HTTP/1.0 kept alive', input: 'HTTP/1.0 200 OK\r\nConnection: foo, keep-alive\r\nContent-Length: 2\r\n\r\nhi', status: 200, body: 'hi' },
  { name: 'bare line feeds', input: 'HTTP/1.1 200\nContent-Length: 3\n\nabc', status: 200, body: 'abc' },
  { name: 'chunks with bare line feeds', input: `HTTP/1.1 200\nTransfer-Encoding: chunked\n\n1\nx\n0\n\n`, status: 200, body: 'x' },
  { name: 'an empty line in front', input: `\r\n${OK}Content-Length: 0\r\n\r\n`, status: 200, body: '' },
  { name: 'bytes above 127 in a field', input: `${OK}X: \xe4\xff\r\nContent-Length: 1\r\n\r\nx`, status: 200, body: 'x' },
  { name: 'names that only resemble', input: `${OK}Content-Lengths: 7\r\nConnectiom: close\r\nContent-Length: 1\r\n\r\nx`, status: 200, body: 'x' },
  { name: 'a status without meaning', input: 'HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n', status: 999, body: '' },
]

const BAD: [name: string, input: string, error: RegExp][] = [
  ['HTTP/2', 'HTTP/2 200\r\n\r\n', /status line/],
  ['HTTP/1.2', 'HTTP/1.2 200 OK\r\n\r\n', /status line/],
  ['words', 'GARBAGE GARBAGE\r\n', /status line/],
  ['garbage without a line end', 'SSH-2', /status line/],
  ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x46', /status line/],
  ['a status of letters', 'HTTP/1.1 2x0 OK\r\n\r\n', /status line/],
  ['a status of four digits', 'HTTP/1.1 2000\r\n\r\n', /status line/],
  ['a length of letters', `${OK}Content-Length: x\r\n\r\n`, /content-length/],
  ['an empty length', `${OK}Content-Length:\r\n\r\n`, /content-length/],
  ['a negative length', `${OK}Content-Length: -1\r\n\r\n`, /content-length/],
  ['a list of lengths', `${OK}Content-Length: 1, 1\r\n\r\n`, /content-length/],
  ['a length beyond counting', `${OK}Content-Length: 99999999999999999999\r\n\r\n`, /content-length/],
  ['two different lengths', `${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, /two different/],
  ['a folded line', `${OK}X: a\r\n b\r\n\r\n`, /folded/],
  ['a field without colon', `${OK}nonsense\r\n\r\n`, /header line/],
  ['a field without name', `${OK}: x\r\n\r\n`, /header line/],
  ['a blank before the colon', `${OK}Content-Length : 1\r\n\r\nx`, /header line/],
  ['NUL in a field', `${OK}X: a\0b\r\n\r\n`, /control character/],
  ['a carriage return in a field', `${OK}X: a\rb\r\n\r\n`, /carriage return/],
  ['101', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n', /101/],
  ['a chunk size of letters', `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, /chunk size/],
  ['an empty chunk size', `${OK}Transfer-Encoding: chunked\r\n\r\n\r\n`, /chunk size/],
  ['a chunk size beyond counting', `${OK}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n`, /chunk size/],
  ['a chunk longer than its size', `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n`, /longer than its size/],
  ['a trailer without colon', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\nnonsense\r\n\r\n`, /trailer/],
  ['101 responses in front', 'HTTP/1.1 100 Go on\r\n\r\n'.repeat(101), /interim/],
  ['a flood of fields', OK + 'X: y\r\n'.repeat(20_000), /64 KiB/],
  ['a field without end', `${OK}X: ${'y'.repeat(70_000)}`, /64 KiB/],
  ['a chunk extension without end', `${OK}Transfer-Encoding: chunked\r\n\r\n1;${'y'.repeat(70_000)}`, /64 KiB/],
  ['a flood of trailers', `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n${'X: y\r\n'.repeat(20_000)}`, /64 KiB/],
]

describe.each([
  ['that counts only', { collect: false, memo: false }],
  ['that collects', { collect: true, memo: false }],
  ['that counts only, with a memo', { collect: false, memo: true }],
  ['that collects, with a memo', { collect: true, memo: true }],
])('the parser with a handler %s', (_, options) => {
  it.each(CASES)('reads $name, wherever it is cut', ({ input, status, body, reusable = true, headOnly = false }) => {
    const bytes = Buffer.from(input, 'latin1')
    for (const pieces of everyCut(bytes)) {
      const run = parse(pieces, { ...options, headOnly })
      expect(run).toMatchObject({ error: null, clean: true, responses: [{ status, reusable, body: options.collect ? body : '' }] })
    }
  })

  it.each(BAD)('refuses %s, wherever it is cut', (_name, input, error) => {
    const bytes = Buffer.from(input, 'latin1')
    for (const pieces of everyCut(bytes)) {
      const run = parse(pieces, options)
      expect(run.error).toMatch(error)
      expect(run.responses).toEqual([])
    }
  })

  it('takes one response after another', () => {
    const pieces = CASES.filter((one) => one.reusable !== false && !one.headOnly).map((one) => Buffer.from(one.input, 'latin1'))
    const run = parse([...pieces, ...pieces], options)
    expect(run.error).toBeNull()
    expect(run.responses.map((one) => one.status)).toEqual([...statuses(), ...statuses()])
  })
})

function statuses(): number[] {
  return CASES.filter((one) => one.reusable !== false && !one.headOnly).map((one) => one.status)
}

/** At every offset, byte by byte, and in threes; long inputs at some offsets only. */
function* everyCut(bytes: Uint8Array): Generator<Uint8Array[]> {
  const step = Math.max(1, Math.floor(bytes.length / 300))
  for (let at = 0; at < bytes.length; at += step) yield cutAt(bytes, [at])
  for (const width of bytes.length > 3000 ? [1000] : [1, 3]) yield cutAt(bytes, Array.from(bytes, (_, i) => i).filter((i) => i % width === 0))
}

describe('the end of the connection', () => {
  it.each(CASES.filter((one) => one.reusable !== false || one.input.includes('chunked\r\n')))('before the end of $name is no response', ({ input, headOnly = false }) => {
    const bytes = Buffer.from(input, 'latin1')
    for (let at = 1; at < bytes.length; at++) expect(parse([bytes.subarray(0, at)], { collect: false, headOnly }).clean).toBe(false)
  })

  it('before any byte is clean: nothing had begun', () => {
    expect(parse([], { collect: false })).toEqual({ responses: [], error: null, clean: true })
  })
})

describe('bytes behind a response', () => {
  it('make the connection unusable, but not the response', () => {
    const run = parse([Buffer.from(`${OK}Content-Length: 2\r\n\r\nhi!!`)], { collect: true })
    expect(run.responses).toMatchObject([{ status: 200, body: 'hi', reusable: false }])
  })
})

describe('the collected head', () => {
  it('is what came, without the empty line and without interim responses', () => {
    const head = `HTTP/1.1 404 Not\r\nX: 1\nY:2\r\nContent-Length: 0\r\n`
    const input = Buffer.from(`HTTP/1.1 100 Go on\r\nZ: 3\r\n\r\n${head}\r\n`)
    for (const memo of [false, true]) for (let at = 0; at < input.length; at++) expect(parse(cutAt(input, [at]), { collect: true, memo }).responses[0]!.head).toBe(head)
  })

  it('is the same when the head was known by heart', () => {
    const piece = Buffer.from(`${OK}X: 1\r\nContent-Length: 2\r\n\r\nhi`)
    const run = parse([piece, piece, piece], { collect: true, memo: true })
    expect(run.responses).toEqual(Array(3).fill({ status: 200, reusable: true, head: `${OK}X: 1\r\nContent-Length: 2\r\n`, body: 'hi' }))
  })
})
