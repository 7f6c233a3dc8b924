import { describe, expect, it } from 'vitest'
import { chooseLane } from '../../../src/main/engine/lane-choice.ts'
import type { TaskSpec, TransportSpec } from '../../../src/shared/task.ts'
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
    ['HTTP/2', { protocol: 'http2' }, /HTTP\/2/],
    ['redirects', { follow: true }, /redirects/],
    ['a proxy', { proxy: 'http://p.example:3128' }, /proxy/],
  ])('takes undici for %s and says why', (_, transport, reason) => {
    expect(choose(transport)).toMatchObject({ lane: 'undici', reason: expect.stringMatching(reason) })
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
