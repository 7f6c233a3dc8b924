import { describe, expect, it } from 'vitest'
import { compileRequest } from '../../../../src/main/engine/request/template.ts'
import type { CompiledRequest } from '../../../../src/main/engine/lanes/compiled-request.ts'
import { nextHop } from '../../../../src/main/engine/lanes/redirect.ts'
import type { AuthSpec, TaskSpec } from '../../../../src/shared/task/task.ts'
import { specOf } from '../../../conformance/lane-driver.ts'

function compile(auth: AuthSpec, rest: Partial<TaskSpec> = {}, url = 'http://shop.example/cart', token = (): string => ''): CompiledRequest {
  return compileRequest({ ...specOf({ url }), auth, ...rest }, { token })
}

function header({ headers }: CompiledRequest, name: string): string | undefined {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1]
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

describe('a request with auth', () => {
  it('carries a name and password, and costs no more than a fixed one', () => {
    const request = compile({ type: 'basic', username: 'ada', password: 'gehéim:1' })
    expect(header(request, 'authorization')).toBe(basic('ada:gehéim:1'))
    expect(request.source).toBeUndefined()
    expect(compile({ type: 'basic', username: 'ada', password: '{{env.P}}' }, { env: { P: 'x' } }).source!.textFor(1)).toContain(`\r\nAuthorization: ${basic('ada:x')}\r\n`)
  })

  it('may be of another user in each iteration', () => {
    const source = compile({ type: 'basic', username: 'user{{seq}}', password: '{{vars.p}}' }, { vars: { p: 'ü' } }).source!
    expect([1, 22].map((n) => header(source.requestFor(n), 'authorization'))).toEqual([basic('user1:ü'), basic('user22:ü')])
    expect(source.textFor(22)).toContain(`\r\nAuthorization: ${basic('user22:ü')}\r\n`)
  })

  it('carries a token, or a key in a header or in the query', () => {
    expect(header(compile({ type: 'bearer', token: 'abc' }), 'authorization')).toBe('Bearer abc')
    expect(header(compile({ type: 'api-key', in: 'header', name: 'X-Api-Key', value: 'abc' }), 'x-api-key')).toBe('abc')
    expect(compile({ type: 'api-key', in: 'query', name: 'a key', value: 'a&b' }).path).toBe('/cart?a%20key=a%26b')
    expect(compile({ type: 'api-key', in: 'query', name: 'k', value: '{{env.K}}' }, { env: { K: 'a&b' } }, 'http://shop.example/?q=1').source!.requestFor(1).path).toBe('/?q=1&k=a%26b')
  })

  it('leaves alone what the request says itself', () => {
    const request = compileRequest({ ...specOf({ url: 'http://shop.example/', request: { headers: { authorization: 'own' } } }), auth: { type: 'bearer', token: 'abc' } })
    expect(request.headers.filter(([name]) => /authorization/i.test(name))).toEqual([['authorization', 'own']])
  })

  it('carries the token of OAuth 2.0 that holds when it is written', () => {
    let token = 'first'
    const source = compile({ type: 'oauth2', tokenUrl: 'http://a.example/', clientId: 'a', clientSecret: 'b', credentialsIn: 'header' }, {}, undefined, () => token).source!
    expect(source.textFor(1)).toContain('\r\nAuthorization: Bearer first\r\n')
    token = 'second'
    expect(source.textFor(2)).toContain('\r\nAuthorization: Bearer second\r\n')
    expect(header(source.requestFor(2), 'authorization')).toBe('Bearer second')
  })

  it('does not take its key to another host', () => {
    const key = compile({ type: 'api-key', in: 'header', name: 'X-Key', value: 'abc' })
    expect(header(nextHop(key, 302, 'http://elsewhere.example/'), 'x-key')).toBeUndefined()
    expect(header(nextHop(key, 302, '/here'), 'x-key')).toBe('abc')
    expect(header(nextHop(compile({ type: 'bearer', token: 'abc' }), 302, 'http://elsewhere.example/'), 'authorization')).toBeUndefined()
  })
})
