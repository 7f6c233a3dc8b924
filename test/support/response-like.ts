import fc from 'fast-check'

const LINE_END = fc.oneof({ weight: 20, arbitrary: fc.constant('\r\n') }, { weight: 2, arbitrary: fc.constant('\n') }, { weight: 1, arbitrary: fc.constantFrom('\r', '') })
const STATUS_LINE = fc.constantFrom('HTTP/1.1 200 OK', 'HTTP/1.1 200 OK', 'HTTP/1.1 500 No', 'HTTP/1.1 204 No', 'HTTP/1.0 200 OK', 'HTTP/1.1 100 Go', 'HTTP/1.1 101 Up', 'HTTP/1.1 304', 'HTTP/1.1 999 x', 'HTTP/2 200', 'HTT')
const FIELD = fc.constantFrom(
  'Content-Length: 3',
  'Content-Length: 0',
  'content-length: 12',
  'Content-Length: -1',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip',
  'Connection: close',
  'Connection: keep-alive, x',
  'Server: nginx',
  'X-\xff: \xff',
  ' folded',
  'broken',
  ': none',
  '',
)
const CHUNK = fc.constantFrom('3\r\nabc', '0', 'a\r\n0123456789', '1;x=y\r\nz', 'g', '', 'ffffffffffffffffff', '2\r\nabc')

const line = (text: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.tuple(text, LINE_END).map((parts) => parts.join(''))
const lines = (text: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> => fc.array(line(text), { maxLength }).map((all) => all.join(''))

/** Something that has the looks of responses, from good to bad, and then perhaps a few bytes changed. */
const message = fc
  .tuple(lines(STATUS_LINE, 2), lines(FIELD, 4), LINE_END, fc.oneof(fc.string({ maxLength: 20 }), lines(CHUNK, 4)), LINE_END)
  .map((parts) => Buffer.from(parts.join(''), 'latin1'))

/** Good ones, with a length or in chunks. */
const valid = fc.tuple(fc.uint8Array({ maxLength: 30 }), fc.nat(5), lines(fc.constantFrom('Server: x', 'Connection: close', 'X: y'), 3)).map(([body, size, fields]) => {
  if (size === 0) return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\n${fields}Content-Length: ${body.length}\r\n\r\n`), body])
  const parts: Uint8Array[] = [Buffer.from(`HTTP/1.1 200 OK\r\n${fields}Transfer-Encoding: chunked\r\n\r\n`)]
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
})

const changed = fc.tuple(fc.oneof(valid, message), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 })).map(([bytes, changes]) => {
  const copy = Buffer.from(bytes)
  if (copy.length > 0) for (const [at, byte] of changes) copy[at % copy.length] = byte
  return copy
})

export const responseLike: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 3, arbitrary: valid },
  { weight: 3, arbitrary: message },
  { weight: 4, arbitrary: changed },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
)

/** Offsets at which to cut; those beyond the end cut nothing. */
export const cuts: fc.Arbitrary<number[]> = fc.array(fc.nat(120), { maxLength: 12 })
