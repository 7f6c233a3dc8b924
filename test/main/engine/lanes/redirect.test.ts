import { describe, expect, it } from 'vitest'
import { isRedirect, nextHop } from '../../../../src/main/engine/lanes/redirect.ts'
import { compileRequest } from '../../../../src/main/engine/request/template.ts'
import { specOf } from '../../../conformance/lane-driver.ts'

const HEADERS = { Authorization: 'Bearer x', Cookie: 'a=b', 'Content-Type': 'text/plain', 'X-Own': '1' }

function hop(status: number, location: string, method = 'POST') {
  const body = method === 'POST' ? { body: 'text' } : {}
  return nextHop(compileRequest(specOf({ url: 'http://a.example/dir/page?x', request: { method, headers: HEADERS, ...body } })), status, location)
}

function names(request: ReturnType<typeof hop>): string[] {
  return request.headers.map(([name]) => name)
}

describe('a redirect', () => {
  it('is one of five statuses', () => {
    expect([300, 301, 302, 303, 304, 305, 307, 308, 200].filter(isRedirect)).toEqual([301, 302, 303, 307, 308])
  })

  it.each([
    ['/top', '/top'],
    ['next', '/dir/next'],
    ['?y', '/dir/page?y'],
    ['http://a.example:80/z#part', '/z'],
    ['//a.example/w', '/w'],
  ])('to %s leads to %s', (location, path) => {
    expect(hop(302, location)).toMatchObject({ host: 'a.example', port: 80, path })
  })

  it.each([301, 302, 303])('of status %i turns a POST into a GET without a body', (status) => {
    const next = hop(status, '/')
    expect(next).toMatchObject({ method: 'GET', body: null })
    expect(names(next)).not.toContain('Content-Type')
    expect(names(next)).not.toContain('Content-Length')
    expect(next.wire.toString()).toMatch(/^GET \/ HTTP\/1\.1\r\n/)
  })

  it.each([307, 308])('of status %i keeps method and body', (status) => {
    expect(hop(status, '/')).toMatchObject({ method: 'POST', body: Buffer.from('text') })
  })

  it('of status 303 leaves HEAD a HEAD', () => {
    expect(hop(303, '/', 'HEAD').method).toBe('HEAD')
  })

  it.each(['http://b.example/', 'http://a.example:81/', 'https://a.example/'])('to %s takes no secrets along', (location) => {
    const next = hop(307, location)
    expect(names(next)).not.toContain('Authorization')
    expect(names(next)).not.toContain('Cookie')
    expect(names(next)).toContain('X-Own')
    expect(next.headers.filter(([name]) => name === 'Host')).toEqual([['Host', new URL(location).host]])
  })

  it('within the origin keeps them', () => {
    expect(names(hop(307, '/'))).toEqual(expect.arrayContaining(['Authorization', 'Cookie']))
  })

  it('to TLS trusts as the task says, and shows no client certificate to a foreign host', () => {
    const spec = specOf({ url: 'https://a.example/', transport: { insecure: true, cacert: 'CA', cert: 'C', key: 'K' } })
    expect(nextHop(compileRequest(spec), 302, 'https://b.example/').tls).toEqual({ rejectUnauthorized: false, ca: 'CA', servername: 'b.example', cert: undefined, key: undefined })
    const plain = specOf({ url: 'http://a.example/', transport: { insecure: true, cacert: 'CA' } })
    expect(nextHop(compileRequest(plain), 302, 'https://a.example/').tls).toMatchObject({ rejectUnauthorized: false, ca: 'CA' })
  })

  it.each(['ftp://a.example/', 'javascript:alert(1)', 'http://[', 'http://a b/'])('to %s is a protocol failure', (location) => {
    expect(() => hop(302, location)).toThrow(expect.objectContaining({ kind: 'protocol' }))
  })
})
