import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileRequest } from '../../../../src/main/engine/request/template.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import type { RequestSpec, TransportSpec } from '../../../../src/shared/task/task.ts'
import { specOf } from '../../../conformance/lane-driver.ts'

function compile(request: Partial<RequestSpec> = {}, transport: Partial<TransportSpec> = {}) {
  return compileRequest(specOf({ url: 'http://shop.example/cart?id=1#top', request, transport }))
}

function problemsOf(run: () => unknown): string[] {
  try {
    run()
  } catch (error) {
    if (error instanceof AppError) return error.problems.map(({ path }) => path)
  }
  return []
}

describe('compiling a request', () => {
  it('writes the whole message once', () => {
    const { wire } = compile({ method: 'POST', headers: { 'X-A': ['1', '2'] }, body: 'grün' })
    expect(wire.toString('utf8')).toBe('POST /cart?id=1 HTTP/1.1\r\nHost: shop.example\r\nX-A: 1\r\nX-A: 2\r\nUser-Agent: stampede\r\nContent-Length: 5\r\n\r\ngrün')
  })

  it('keeps what the user wrote, in whatever case', () => {
    const { wire } = compile({ headers: { host: 'other.example', 'user-agent': 'mine' } })
    expect(wire.toString()).toBe('GET /cart?id=1 HTTP/1.1\r\nhost: other.example\r\nuser-agent: mine\r\n\r\n')
  })

  it.each(['POST', 'PUT', 'PATCH'])('says that a %s has no body', (method) => {
    expect(compile({ method }).headers).toContainEqual(['Content-Length', '0'])
  })

  it('sends binary bodies as they are', () => {
    const bytes = Buffer.from([0, 255, 13, 10])
    const { wire, body } = compile({ method: 'PUT', bodyBase64: bytes.toString('base64') })
    expect(body).toEqual(bytes)
    expect(wire.subarray(-4)).toEqual(bytes)
  })

  it('knows ports, addresses and names', () => {
    const at = (url: string) => compileRequest(specOf({ url }))
    expect(at('http://a.example')).toMatchObject({ host: 'a.example', port: 80, path: '/', secure: false, tls: null })
    expect(at('https://a.example:8443/x')).toMatchObject({ port: 8443, secure: true, tls: { servername: 'a.example', rejectUnauthorized: true } })
    expect(at('https://[::1]/')).toMatchObject({ host: '::1', port: 443, tls: { servername: undefined } })
    expect(at('http://[::1]:81/').headers).toContainEqual(['Host', '[::1]:81'])
    expect(at('http://bücher.example/ä')).toMatchObject({ host: 'xn--bcher-kva.example', path: '/%C3%A4' })
  })

  it('turns credentials of the URL into a header, unless there is one', () => {
    const withUser = (headers: Record<string, string>) => compileRequest(specOf({ url: 'http://me:p%40ss@a.example/', request: { headers } })).headers
    expect(withUser({})).toContainEqual(['Authorization', `Basic ${Buffer.from('me:p@ss').toString('base64')}`])
    expect(withUser({ authorization: 'Bearer x' }).filter(([name]) => /authorization/i.test(name))).toEqual([['authorization', 'Bearer x']])
  })

  it('asks to close when keep-alive is off', () => {
    expect(compile({}, { keepAlive: false }).headers).toContainEqual(['Connection', 'close'])
  })

  it('refuses whatever could split or misframe the message, and names every place', () => {
    expect(problemsOf(() => compile({ method: 'GE T', headers: { 'X-A': 'a\r\nX-B: b', 'bad name': 'x', 'Transfer-Encoding': 'chunked', 'Content-Length': '7' } }))).toEqual([
      'request.headers["X-A"]',
      'request.headers["bad name"]',
      'request.headers["Transfer-Encoding"]',
      'request.headers["Content-Length"]',
      'request.method',
    ])
    expect(problemsOf(() => compile({ headers: { Host: ['a', 'b'] } }))).toEqual(['request.headers["Host"]'])
    expect(problemsOf(() => compile({ headers: { 'content-length': '0', 'Content-Length': '0' } }))).toEqual(['request.headers["Content-Length"]'])
    expect(problemsOf(() => compileRequest(specOf({ url: 'ftp://a.example' })))).toEqual(['request.url'])
    expect(problemsOf(() => compile({}, { proxy: 'socks5://p.example' }))).toEqual(['transport.proxy'])
  })

  it('refuses what undici cannot send only where undici is needed', () => {
    expect(problemsOf(() => compile({ headers: { Expect: '100-continue' } }, { follow: true }))).toEqual(['request.headers["Expect"]'])
    expect(compile({ headers: { Expect: '100-continue' } }).headers).toContainEqual(['Expect', '100-continue'])
  })

  it('never makes more than one head, whatever the header value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const allowed = problemsOf(() => compile({ headers: { 'X-Any': value } })).length === 0
        expect(allowed).toBe(!/[\0-\x08\x0a-\x1f\x7f]/.test(value))
        if (!allowed) return
        const wire = compile({ headers: { 'X-Any': value } }).wire.toString('utf8')
        expect(wire.indexOf('\r\n\r\n')).toBe(wire.length - 4)
      }),
    )
  })
})
