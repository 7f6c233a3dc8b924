import { describe, expect, it } from 'vitest'
import { corpus, imported, requestsOf, skippedOf, takenOf } from '../imported.ts'

interface Entry {
  url: string
  method?: string
  at?: number
  time?: number
  type?: string
  status?: number
  headers?: Record<string, string>
  post?: object
  sets?: string
}

function recording(...entries: Entry[]): object {
  return { log: { version: '1.2', creator: { name: 'test' }, entries: entries.map(({ url, method = 'GET', at = 0, time = 0, type = 'xhr', status = 200, headers = {}, post, sets }) => ({
    startedDateTime: new Date(1_772_359_200_000 + at).toISOString(), time, _resourceType: type,
    request: { method, url, headers: Object.entries(headers).map(([name, value]) => ({ name, value })), ...(post === undefined ? {} : { postData: post }) },
    response: { status, headers: sets === undefined ? [] : [{ name: 'Set-Cookie', value: sets }], content: { mimeType: 'application/json' } },
  })) } }
}

describe('a recording', () => {
  it('of Chrome becomes the requests that matter, in order, with their pauses', async () => {
    const result = await imported(corpus('chrome.har'))
    expect(result.format).toBe('har')
    expect(result.spec.name).toBe('shop.example.com')
    expect(result.spec.steps?.map(({ name, thinkTime }) => [name, thinkTime])).toEqual([
      ['GET /', '1.8s'], ['POST /v2/login?trace={}', undefined], ['GET /v2/orders/{id}?page={}&size={}', '10s'], ['PUT /v2/orders/{id}', undefined],
    ])
    expect(requestsOf(result)['POST /v2/login?trace={}']).toEqual({ method: 'POST', url: 'https://api.example.com/v2/login?trace=t0ps3cret', headers: { 'content-type': 'application/json', cookie: 'consent=yes', origin: 'https://shop.example.com' }, body: `{"user":"ada","tpl":"{{'{{'}}name}}"}` })
    expect(requestsOf(result)['PUT /v2/orders/{id}']).toMatchObject({ form: { note: 'two words', n: '1' } })
    expect(requestsOf(result)['GET /v2/orders/{id}?page={}&size={}']?.headers).toEqual({ authorization: 'Bearer eyJ0ZXN0' })
    expect(skippedOf(result)).toEqual({
      'GET data:': 'local', 'GET live.example.com/socket': 'websocket', 'OPTIONS /v2/login': 'preflight', 'DELETE /v2/orders/99': 'unanswered', 'GET /assets/app.3f9c.js': 'static', 'GET cdn.example.net/theme.css': 'other-host',
      ':authority': 'automatic', ':method': 'automatic', ':path': 'automatic', ':scheme': 'automatic', 'content-length': 'automatic', 'sec-ch-*': 'browser', 'sec-fetch-*': 'browser', 'upgrade-insecure-requests': 'browser', 'if-none-match': 'conditional', 'cookie session': 'jar',
    })
    expect(takenOf(result)).toEqual({ requests: { n: 4 }, pauses: { most: '10s' } })
    expect(result.requests).toContain('GET /assets/app.3f9c.js')
  })

  it('tells no secret in what it left out', async () => {
    const { skipped, taken } = await imported(corpus('chrome.har'))
    expect(JSON.stringify([skipped, taken])).not.toMatch(/t0ps3cret|eyJ0ZXN0|first|iVBOR/)
  })

  it('of Firefox keeps bodies as they were sent, and cookies that only stand apart', async () => {
    const result = await imported(corpus('firefox.har'))
    expect(requestsOf(result)['POST /upload']).toMatchObject({ headers: { 'Content-Type': 'multipart/form-data; boundary=----geckoformboundary1', Cookie: 'sid=from-cookies-only' }, body: expect.stringMatching(/^------geckoformboundary1\r\n[\s\S]*--\r\n$/) })
    expect(skippedOf(result)).toMatchObject({ Host: 'automatic', Connection: 'automatic', DNT: 'browser', Priority: 'browser', 'POST /report': 'no-body' })
    expect(result.spec.steps?.map(({ name }) => name)).toEqual(['POST /upload', 'GET /done', 'POST /report'])
  })

  it('of Charles is put in order, and bytes stay bytes', async () => {
    const result = await imported(corpus('charles.har'))
    expect(result.spec.steps?.map(({ name }) => name)).toEqual(['GET /v1/items', 'POST /v1/items'])
    expect(result.spec.steps?.[1]?.request).toMatchObject({ bodyBase64: 'AAEC/w==' })
    expect(skippedOf(result)).toMatchObject({ 'CONNECT /': 'tunnel', 'entry 4': 'no-request', 'entry 5': 'no-request', 'entry 6': 'no-request' })
  })

  it('of one request becomes a task of one request', async () => {
    const result = await imported(recording({ url: 'http://api.test/x', headers: { accept: '*/*' } }))
    expect(result.spec).toMatchObject({ request: { method: 'GET', url: 'http://api.test/x', headers: { accept: '*/*' } }, load: { rate: 100 } })
    expect(result.spec.steps).toBeUndefined()
    expect(takenOf(result)).toEqual({ method: { method: 'GET' }, header: { n: 1 } })
  })

  it('gives what is selected, whatever site or kind it is, and sends it elsewhere on request', async () => {
    const har = recording({ url: 'https://a.test/' }, { url: 'https://a.test/logo.png', type: 'image' }, { url: 'https://tracker.example/t?x=1', type: 'ping' })
    expect(Object.keys(requestsOf(await imported(har)))).toEqual(['GET https://a.test/'])
    const result = await imported(har, { select: ['/logo.*', 'GET https://tracker.example/*'], server: 'http://127.0.0.1:9/base/' })
    expect(Object.values(requestsOf(result)).map(({ url }) => url)).toEqual(['http://127.0.0.1:9/base/logo.png', 'http://127.0.0.1:9/base/t?x=1'])
    expect(skippedOf(result)).toEqual({ 'GET /': 'not-selected' })
    await expect(imported(har, { select: ['POST /nothing'] })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('POST /nothing'), hint: expect.stringContaining('GET /logo.png') })
  })

  it.each<[string, string, string, boolean]>([
    ['hosts of one site', 'https://app.shop.com/', 'https://api.shop.com/x', true],
    ['hosts under one name of a country', 'https://app.shop.co.uk/', 'https://api.shop.co.uk/x', true],
    ['two shops under one country', 'https://one.co.uk/', 'https://other.co.uk/x', false],
    ['two addresses', 'http://10.0.0.1/', 'http://10.0.0.2/x', false],
    ['two ports of this machine', 'http://localhost:3000/', 'http://localhost:8080/x', true],
  ])('tells sites apart: %s', async (_, page, other, isKept) => {
    expect(Object.keys(requestsOf(await imported(recording({ url: page, type: 'document' }, { url: other }))))).toHaveLength(isKept ? 2 : 1)
  })

  it('pauses neither beside what ran side by side nor for ever', async () => {
    const har = recording({ url: 'http://a/1', at: 0, time: 5000 }, { url: 'http://a/2', at: 100, time: 100 }, { url: 'http://a/3', at: 5250 }, { url: 'http://a/4', at: 5290 }, { url: 'http://a/5', at: 3_600_000 })
    expect((await imported(har)).spec.steps?.map(({ thinkTime }) => thinkTime)).toEqual([undefined, '300ms', undefined, '10s', undefined])
    expect((await imported(har, { thinkTime: false })).spec.steps?.some(({ thinkTime }) => thinkTime !== undefined)).toBe(false)
  })

  it('leaves to the jar only cookies that its own answers set', async () => {
    const har = recording({ url: 'http://a/1', headers: { Cookie: 'sid=old; theme=dark' }, sets: 'sid=new; Path=/' }, { url: 'http://a/2', headers: { Cookie: 'sid=new; theme=dark' } })
    expect(Object.values(requestsOf(await imported(har))).map(({ headers }) => headers['Cookie'])).toEqual(['sid=old; theme=dark', 'theme=dark'])
  })

  it('writes forms that were recorded as fields', async () => {
    const multipart = { mimeType: 'multipart/form-data; boundary=x', params: [{ name: 'a"', value: '1' }, { name: 'f', fileName: 'a.png', contentType: 'image/png' }] }
    const encoded = { mimeType: '', params: [{ name: 'q', value: 'a%20b' }] }
    const result = await imported(recording({ url: 'http://a/1', method: 'POST', post: multipart }, { url: 'http://a/2', method: 'POST', post: encoded }))
    const [one, two] = Object.values(requestsOf(result))
    expect(one).toMatchObject({ headers: {}, multipart: [{ name: 'a"', value: '1' }, { name: 'f', value: '', filename: 'a.png', contentType: 'image/png' }] })
    expect(two).toMatchObject({ headers: {}, form: { q: 'a b' } })
    expect(skippedOf(result)).toEqual({ 'a.png': 'no-body' })
  })

  it('is imported without the one request that cannot be sent', async () => {
    const result = await imported(recording({ url: 'http://a/one' }, { url: 'http://a/two', method: 'CON NECT' }, { url: 'http://a/three' }))
    expect(Object.keys(requestsOf(result))).toEqual(['GET /one', 'GET /three'])
    expect(result.skipped).toEqual([{ what: 'CON NECT /two', sentence: { key: 'imports.skipped.refused', params: { why: expect.stringContaining('no method') } } }])
  })

  it('is imported without headers that cannot be sent', async () => {
    const result = await imported(recording({ url: 'http://a/', headers: { 'Content-Length;x': '1', bad: 'a\r\nb', good: 'c' } }))
    expect(result.spec.request.headers).toEqual({ good: 'c' })
    expect(skippedOf(result)).toEqual({ 'Content-Length;x': 'refused', bad: 'refused' })
  })

  it('of more requests than a task has steps is cut, and says how many were left', async () => {
    const result = await imported(recording(...Array.from({ length: 700 }, (_, i) => ({ url: `http://a/word${String.fromCharCode(97 + (i % 26))}/${i}`, at: i }))))
    expect(result.spec.steps).toHaveLength(100)
    expect(result.skipped).toHaveLength(26)
    expect(result.skipped.at(-1)).toMatchObject({ what: expect.stringMatching(/^\+\d+$/), sentence: { key: 'imports.skipped.too-many' } })
    expect(new Set(result.spec.steps?.map(({ name }) => name)).size).toBe(100)
  })

  it.each<[string, unknown, string]>([
    ['no entries at all', { log: { entries: [] } }, 'no request'],
    ['static files only', recording({ url: 'http://a/x.css', type: 'stylesheet' }), 'no request'],
    ['no recording', { log: {} }, 'log.entries'],
  ])('with %s is refused', async (_, har, words) => {
    await expect(imported(har as object, { format: 'har' })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining(words), hint: expect.stringMatching(/./) })
  })
})
