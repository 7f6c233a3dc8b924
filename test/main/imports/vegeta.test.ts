import { describe, expect, it } from 'vitest'
import { importText } from '../../../src/main/imports/import-text.ts'
import { corpus, imported, requestsOf, skippedOf } from './imported.ts'

describe("vegeta's targets", () => {
  it('become requests of which each iteration draws one, as often as they are listed', async () => {
    const result = await imported(corpus('targets.vegeta.txt'))
    expect(result.format).toBe('vegeta')
    expect(result.spec.stepOrder).toBe('weighted')
    expect(result.spec.steps?.map(({ name, weight }) => [name, weight])).toEqual([['GET /health', 2], ['DELETE /orders/%7B%7Bid%7D%7D', undefined]])
    expect(result.spec.steps?.[1]?.request).toMatchObject({ url: "http://127.0.0.1:8080/orders/{{'{{'}}id}}", headers: { Authorization: 'Token DEADBEEF' } })
    expect(skippedOf(result)).toEqual({ '@./order.json': 'body-file' })
  })

  it('bring bodies from files where those can be seen', async () => {
    const files: Record<string, Buffer> = { './order.json': Buffer.from('{"a":1}') }
    const readFile = async (path: string): Promise<Uint8Array> => files[path] ?? Promise.reject(Object.assign(new Error('none'), { code: 'ENOENT' }))
    const result = await importText({ format: 'vegeta', text: corpus('targets.vegeta.txt') }, readFile)
    expect(requestsOf(result)['POST /orders']).toEqual({ method: 'POST', url: 'http://127.0.0.1:8080/orders?source=test', headers: { 'Content-Type': 'application/json', 'X-Account': ['8675309', '2'] }, body: '{"a":1}' })
    const missing = await importText({ format: 'vegeta', text: 'POST http://x.test/\n@gone\n\nGET http://x.test/' }, readFile)
    expect(skippedOf(missing)).toEqual({ '@gone': 'unreadable' })
  })

  it('in JSON are read too, bytes as bytes', async () => {
    const result = await imported(corpus('targets.vegeta.jsonl'))
    expect(Object.values(requestsOf(result))).toEqual([
      { method: 'POST', url: 'http://127.0.0.1:8080/a', headers: { 'Content-Type': 'application/json', 'X-Twice': ['1', '2'] }, body: '{"a":1}' },
      { method: 'PUT', url: 'http://127.0.0.1:8080/b', headers: {}, bodyBase64: 'AAEC/w==' },
    ])
  })

  it('go to another server, and only those that are selected', async () => {
    const result = await imported(corpus('targets.vegeta.txt'), { server: 'https://other.test/v1', select: ['GET /health'] })
    expect(result.spec.request.url).toBe('https://other.test/v1/health')
    expect(skippedOf(result)).toMatchObject({ 'POST /orders': 'not-selected' })
  })

  it.each<[string, string, string]>([
    ['a line that begins no target', 'GET http://x.test/\n\nContent-Type: a', 'Line 3 begins no target'],
    ['a header without a colon', 'GET http://x.test/\nnonsense', 'Line 2 is no header'],
    ['broken JSON', '{"method":"GET","url":"http://x.test/"}\n{"method"', 'Line 2 is no JSON'],
    ['JSON without a URL', '{"method":"GET"}', 'Line 1 has no method, or no url'],
  ])('are refused with the line of %s', async (_, text, words) => {
    await expect(imported(text, { format: 'vegeta' })).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining(words), hint: expect.stringMatching(/./) })
  })
})
