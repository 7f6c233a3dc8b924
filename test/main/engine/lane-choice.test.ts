import { describe, expect, it } from 'vitest'
import { chooseLane, leavesProtocolOpen } from '../../../src/main/engine/lane-choice.ts'
import type { TaskSpec, TransportSpec } from '../../../src/shared/task/task.ts'
import { specOf } from '../../conformance/lane-driver.ts'

function choose(transport: Partial<TransportSpec> = {}, headers: Record<string, string> = {}, checks: string[] = []) {
  const spec: TaskSpec = { ...specOf({ url: 'https://a.example/', request: { method: 'POST', headers, body: 'x' }, transport }), checks }
  return chooseLane(spec)
}

describe('choosing a lane', () => {
  it.each<[string, Partial<TransportSpec>]>([
    ['nothing special', {}],
    ['HTTP/1.1', { protocol: 'http1' }],
    ['no keep-alive', { keepAlive: false }],
    ['options of TLS', { insecure: true, cert: 'c', key: 'k', cacert: 'a', sni: 'b.example' }],
  ])('takes the raw lane for %s', (_, transport) => {
    expect(choose(transport).lane).toBe('http1')
  })

  it.each<[string, Partial<TransportSpec>, RegExp]>([
    ['redirects', { follow: true }, /redirects/],
    ['a proxy', { proxy: 'http://p.example:3128' }, /proxy/],
  ])('takes undici for %s and says why', (_, transport, reason) => {
    expect(choose(transport)).toMatchObject({ lane: 'undici', reason: expect.stringMatching(reason) })
  })

  it('takes the raw HTTP/2 lane when HTTP/2 is asked for, and undici where that lane cannot', () => {
    expect(choose({ protocol: 'http2' })).toEqual({ lane: 'http2', reason: 'HTTP/2 was asked for' })
    expect(choose({ protocol: 'http2', follow: true }).lane).toBe('undici')
    expect(choose({ protocol: 'http2', proxy: 'http://p.example:3128' }).lane).toBe('undici')
    expect(choose({ protocol: 'http2' }, { 'accept-encoding': 'gzip' }, ['body contains "id"']).lane).toBe('undici')
  })

  it('takes what the server speaks where the task leaves it open', () => {
    const spec = specOf({ url: 'https://a.example/' })
    expect(chooseLane(spec, { protocol: 'h2' })).toMatchObject({ lane: 'http2', reason: 'the server speaks HTTP/2' })
    expect(chooseLane(spec, { protocol: 'http/1.1' })).toMatchObject({ lane: 'http1', reason: 'the server does not speak HTTP/2' })
    expect(chooseLane(spec, { failure: 'no answer in time' })).toMatchObject({ lane: 'http1', reason: expect.stringContaining('no answer in time') })
  })

  it.each<[boolean, string, Partial<TransportSpec>]>([
    [true, 'https://a.example/', {}],
    [false, 'http://a.example/', {}],
    [false, 'https://a.example/', { protocol: 'http1' }],
    [false, 'https://a.example/', { protocol: 'http2' }],
    [false, 'https://a.example/', { follow: true }],
  ])('asks the server: %s for %s with %j', (open, url, transport) => {
    expect(leavesProtocolOpen(specOf({ url, transport }))).toBe(open)
  })

  it('takes undici for a compressed body only when a check looks into it', () => {
    const compressed = { 'accept-encoding': 'gzip, deflate, br' }
    expect(choose({}, compressed).lane).toBe('http1')
    expect(choose({}, compressed, ['status == 200']).lane).toBe('http1')
    expect(choose({}, compressed, ['body contains "id"']).lane).toBe('undici')
    expect(choose({}, {}, ['body contains "id"']).lane).toBe('http1')
    expect(choose({}, { 'accept-encoding': 'identity' }, ['body contains "id"']).lane).toBe('http1')
  })
})
