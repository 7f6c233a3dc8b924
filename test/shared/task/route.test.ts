import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatConnectTo, formatResolve, parseConnectTo, parseResolve, routeTo } from '../../../src/shared/task/route.ts'
import { parseTaskSpec } from '../../../src/shared/task/task-schema.ts'

const load = { rate: 500, duration: '30s' }
const request = { url: 'https://api.example.com/orders' }

describe('where connections really go', () => {
  it.each([
    [{}, ['a.example', 80, null]],
    [{ resolve: ['a.example:80:127.0.0.1'] }, ['a.example', 80, ['127.0.0.1']]],
    [{ resolve: ['a.example:81:127.0.0.1'] }, ['a.example', 80, null]],
    [{ resolve: ['*:80:[::1],10.0.0.1'] }, ['a.example', 80, ['::1', '10.0.0.1']]],
    [{ connectTo: ['a.example:80:b.example:8080'] }, ['b.example', 8080, null]],
    [{ connectTo: ['::b.example:'] }, ['b.example', 80, null]],
    [{ connectTo: ['x.example:::1234', 'A.EXAMPLE:80::8080', '::never.example:'] }, ['a.example', 8080, null]],
    [{ connectTo: ['a.example:80:b.example:8080'], resolve: ['a.example:80:10.9.9.9', 'b.example:8080:10.0.0.2'] }, ['b.example', 8080, ['10.0.0.2']]],
    [{ connectTo: ['a.example:80:[::1]:8080'] }, ['::1', 8080, null]],
  ] as const)('by %j', (rules, [host, port, addresses]) => {
    expect(routeTo(structuredClone(rules) as { resolve?: string[]; connectTo?: string[] }, 'a.example', 80)).toEqual({ host, port, addresses })
  })

  it('is refused where it is no rule, with what to write', () => {
    for (const text of ['', 'a', 'a:80', 'a:80:b', 'a:80:1.2.3', 'a:80:256.1.1.1', 'a:0:1.2.3.4', 'a:99999:1.2.3.4', ':80:1.2.3.4', 'a:80:', 'a/b:80:1.2.3.4', '-a:80']) expect(parseResolve(text).ok, text).toBe(false)
    for (const text of ['', 'a', 'a:80:b', 'a:80::', 'a:x:b:1', 'a:1:b:70000', 'a b:1:c:2']) expect(parseConnectTo(text).ok, text).toBe(false)
    const parsed = parseTaskSpec({ load, request, transport: { resolve: ['a:80:b'], connectTo: 'nonsense', timeout: '1s' } })
    expect(parsed.ok ? [] : parsed.problems.map(({ path }) => path)).toEqual(['transport.resolve[0]', 'transport.connectTo'])
    const proxied = parseTaskSpec({ load, request, transport: { resolve: ['a:80:127.0.0.1'], proxy: 'http://127.0.0.1:1' } })
    expect(proxied.ok ? [] : proxied.problems[0]?.message).toContain('it is the proxy that connects')
  })

  it('is written as it was read', () => {
    const host = fc.oneof(fc.domain(), fc.ipV6().filter((address) => URL.canParse(`http://[${address}]/`)))
    const bracketed = (text: string): string => (text.includes(':') ? `[${text}]` : text)
    fc.assert(fc.property(host, fc.integer({ min: 1, max: 65_535 }), fc.array(fc.oneof(fc.ipV4(), fc.ipV6().filter((address) => URL.canParse(`http://[${address}]/`))), { minLength: 1, maxLength: 3 }), (name, port, addresses) => {
      const text = `${bracketed(name.toLowerCase())}:${port}:${addresses.map(bracketed).join(',')}`
      const parsed = parseResolve(text)
      expect(parsed.ok && formatResolve(parsed.rule)).toBe(text)
    }))
    fc.assert(fc.property(host, fc.option(fc.integer({ min: 1, max: 65_535 })), host, fc.option(fc.integer({ min: 1, max: 65_535 })), (from, fromPort, to, toPort) => {
      const text = `${bracketed(from.toLowerCase())}:${fromPort ?? ''}:${bracketed(to.toLowerCase())}:${toPort ?? ''}`
      const parsed = parseConnectTo(text)
      expect(parsed.ok && formatConnectTo(parsed.rule)).toBe(text)
    }))
  })
})
