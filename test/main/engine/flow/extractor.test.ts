import { describe, expect, it } from 'vitest'
import { CookieJar } from '../../../../src/main/engine/flow/cookie-jar.ts'
import { compileExtractors } from '../../../../src/main/engine/flow/extractor.ts'
import { JsonReader } from '../../../../src/main/engine/json/json-reader.ts'
import type { AppError } from '../../../../src/shared/errors.ts'

const HEAD = 'HTTP/1.1 201 Created\r\nLocation: /orders/42\r\nX-Name: Ren\u00c3\u00a9\r\nSet-Cookie: sid=abc; Path=/\r\nset-cookie: b=\r\n'

function found(expression: string, body: string, jar: CookieJar | null = null): string | null {
  const [extractor] = compileExtractors({ it: expression }, 'extract', new JsonReader())
  return extractor!.find({ status: 201, head: Buffer.from(HEAD, 'latin1'), body: Buffer.from(body), bytesReceived: 0, responseTimeMs: 1 }, jar)
}

describe('what is taken out of an answer', () => {
  it.each<[string, string, string | null]>([
    ['$.token', '{"token":"é\\n"}', 'é\n'],
    ['$.items[*].id', '{"items":[{"id":7},{"id":8}]}', '7'],
    ['$.user', '{"user":{"a":[1,"x"]}}', '{"a":[1,"x"]}'],
    ['$.ok', '{"ok":false}', 'false'],
    ['$.text', '{"text":""}', ''],
    ['$.token', '{"token":null}', null],
    ['$.token', '{"other":1}', null],
    ['$.token', 'no json', null],
    ['body "id=(\\d+)"', 'a id=17 id=18', '17'],
    ['body "id=\\d+"', 'a id=17', 'id=17'],
    ['body "(a)|b"', 'b', null],
    ['body "x"', '', null],
    ['header location', '', '/orders/42'],
    ['header location "/orders/(\\d+)"', '', '42'],
    ['header x-name', '', 'René'],
    ['header x-none', '', null],
    ['cookie sid', '', 'abc'],
    ['cookie b', '', ''],
    ['cookie c', '', null],
    ['status', '', '201'],
    ['$.long', JSON.stringify({ long: 'x'.repeat(65_537) }), null],
  ])('%s of %s', (expression, body, value) => {
    expect(found(expression, body)).toBe(value)
  })

  it('a cookie that an earlier answer set is in the jar', () => {
    const jar = new CookieJar()
    jar.set('old=1', { secure: false, host: 'a.test', path: '/' })
    expect(found('cookie old', '', jar)).toBe('1')
    expect(found('cookie none', '', jar)).toBeNull()
  })

  it('an expression that cannot be matched is refused with its place', () => {
    expect(() => compileExtractors({ id: 'body "(a"' }, 'extract', new JsonReader())).toThrow(expect.objectContaining({ code: 'bad-input', problems: [expect.objectContaining({ path: 'extract.id' })] }) as AppError)
  })
})
