import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCurl } from '../../../src/main/imports/curl/curl.ts'
import { isForCurl, quote, toCurl } from '../../../src/shared/task/to-curl.ts'
import { requireTaskSpec } from '../../../src/shared/task/task-schema.ts'

const load = { rate: 1, duration: '1s' }

describe('a task as a curl command', () => {
  it('is short where nothing is special', () => {
    expect(toCurl(requireTaskSpec({ load, request: { url: 'https://a.example/x' } }))).toBe('curl https://a.example/x')
  })

  it('names what differs from curl, one flag a line', () => {
    const spec = requireTaskSpec({ load, request: { url: 'https://a.example/x?y=1&z', method: 'PUT', headers: { a: 'b c' }, body: "it's" }, transport: { insecure: true, follow: true, protocol: 'http2', timeout: 2.5, proxy: 'http://p:3128' } })
    expect(toCurl(spec).split(' \\\n  ')).toEqual(["curl -X PUT 'https://a.example/x?y=1&z'", "-H 'a: b c'", '-H Content-Type:', "--data-raw 'it'\\''s'", '--http2', '-k', '-L', '-m 2.5', '-x http://p:3128'])
  })

  it('writes forms as curl does', () => {
    expect(toCurl(requireTaskSpec({ load, request: { url: 'http://a.example/', method: 'POST', form: { user: 'ada l', tag: ['a', 'b&c'] } } }))).toBe("curl http://a.example/ \\\n  --data-urlencode 'user=ada l' \\\n  --data-urlencode tag=a \\\n  --data-urlencode 'tag=b&c'")
    expect(toCurl(requireTaskSpec({ load, request: { url: 'http://a.example/', method: 'POST', multipart: [{ name: 'title', value: '@x' }] } }))).toBe('curl http://a.example/ \\\n  --form-string title=@x')
  })

  it('says who asks, and where connections lead', () => {
    const command = (auth: object, transport: object = {}): string => toCurl(requireTaskSpec({ load, request: { url: 'http://a.example/x' }, auth, transport }))
    expect(command({ type: 'basic', username: 'me', password: 'a b' })).toBe("curl http://a.example/x \\\n  -u 'me:a b'")
    expect(command({ type: 'bearer', token: 't' })).toBe("curl http://a.example/x \\\n  -H 'Authorization: Bearer t'")
    expect(command({ type: 'api-key', name: 'X-Key', value: 'k' })).toBe("curl http://a.example/x \\\n  -H 'X-Key: k'")
    expect(command({ type: 'api-key', name: 'key', in: 'query', value: 'k&' }, { resolve: ['a.example:80:10.0.0.1'], connectTo: ['::stage:8080'] })).toBe("curl 'http://a.example/x?key=k%26' \\\n  --resolve a.example:80:10.0.0.1 \\\n  --connect-to ::stage:8080")
    expect(isForCurl(requireTaskSpec({ load, request: { url: 'http://a.example/' }, auth: { type: 'oauth2', tokenUrl: 'http://a.example/t', clientId: 'c', clientSecret: 's' } }))).toBe(false)
  })

  it('is not offered for what curl cannot do', () => {
    expect(isForCurl(requireTaskSpec({ load, request: { url: 'http://a.example/' } }))).toBe(true)
    expect(isForCurl(requireTaskSpec({ load, request: { url: 'ws://a.example/', send: 'x' } }))).toBe(false)
    expect(isForCurl(requireTaskSpec({ load, steps: [{ name: 'one', request: { url: 'http://a.example/' } }] }))).toBe(false)
  })

  it('quotes everything that a shell could read', () => {
    for (const text of ['', ' ', '$x', '`x`', '!x', '~', '*', "'", '"', '\\', 'a;b', '日']) expect(quote(text).startsWith("'")).toBe(true)
    expect(quote('http://a.example:80/x-y_z.%20,@+=')).toBe('http://a.example:80/x-y_z.%20,@+=')
  })

  it('comes back as the same task when it is pasted', () => {
    const request = fc.record({
      url: fc.webUrl({ withQueryParameters: true }),
      method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD'),
      headers: fc.dictionary(fc.stringMatching(/^x-[a-z]{1,6}$/), fc.oneof(fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/).filter((text) => !text.includes('{{')), fc.constant(''), fc.constant('日本'))),
      body: fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('{{')),
    }, { requiredKeys: ['url', 'method', 'headers'] })
    const transport = fc.record({ insecure: fc.boolean(), follow: fc.boolean(), timeout: fc.constantFrom('10s', '1.5s', '500ms'), protocol: fc.constantFrom('auto', 'http1', 'http2') })
    fc.assert(fc.property(request, transport, (one, two) => {
      const spec = requireTaskSpec({ load, request: one, transport: two })
      const back = parseCurl(toCurl(spec)).spec
      expect(back.request).toEqual({ ...spec.request, url: new URL(spec.request.url).href })
      expect(back.transport).toEqual(spec.transport)
    }), { numRuns: 1000 })
  })
})
