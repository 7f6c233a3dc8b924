import { describe, expect, it } from 'vitest'
import { tryOnce } from '../../../src/main/engine/try-once.ts'
import { readProto } from '../../../src/main/proto/read-proto.ts'
import { AppError } from '../../../src/shared/errors.ts'
import type { AuthSpec } from '../../../src/shared/task/task.ts'
import { requireTaskSpec } from '../../../src/shared/task/task-schema.ts'
import { certificates } from '../../support/certificates.ts'
import { runTask } from '../../support/engine-run.ts'
import { SHOP_PROTO, grpcServer } from '../../support/grpc-server.ts'
import { freePort } from '../../support/ports.ts'

/** The engine over gRPC against grpc-js: both sides count the same. */

const read = await readProto(SHOP_PROTO)
const descriptor = read.ok ? read.descriptor : ''

function task(url: string, request: object, more: object = {}) {
  return requireTaskSpec({ load: { rate: 1, duration: '1s' }, request: { url, ...request }, ...more })
}

describe('over gRPC to grpc-js', () => {
  it('calls at a rate are answered, counted to the call', async () => {
    const server = await grpcServer()
    const counts = await runTask(`${server.url}Add`, { load: { rate: 1000, duration: '1s' }, request: { descriptor, message: '{"sku":"a","count":5}' } })
    expect(counts).toMatchObject({ lane: { lane: 'grpc' }, planned: 1000, completed: 1000, failed: 0, statuses: { 200: 1000 } })
    expect(server.calls).toEqual({ Add: 1000 })
    expect(server.items[999]).toMatchObject({ sku: 'a', count: 5 })
  })

  it('variables make each message another one, in many calls at once, over TLS and on two threads', async () => {
    const server = await grpcServer({ certificate: certificates().good })
    const counts = await runTask(`${server.url}Add`, {
      load: { connections: 20, requests: 2000 }, threads: 2, transport: { cacert: certificates().ca }, vars: { word: 'a "quote" ü' },
      request: { descriptor, message: JSON.stringify({ sku: '{{vars.word}} {{seq}}', count: '{{int 1 5}}', size: 'LARGE', stock: { x: '{{seq}}' }, at: '{{now iso}}' }), headers: { 'x-seq': '{{seq}}', authorization: 'Bearer x', 'x-bytes-bin': 'AAEC' } },
    })
    expect(counts).toMatchObject({ completed: 2000, failed: 0 })
    expect(new Set(server.items.map(({ sku }) => sku))).toEqual(new Set(Array.from({ length: 2000 }, (_, i) => `a "quote" ü ${i + 1}`)))
    expect(new Set(server.items.map(({ count }) => count))).toEqual(new Set([1, 2, 3, 4, 5]))
    expect(new Set(server.metadata.map((one) => one.get('x-seq')[0]))).toHaveLength(2000)
    expect(server.metadata[0]!.get('x-bytes-bin')).toEqual([Buffer.from([0, 1, 2])])
    expect(server.metadata[0]!.get('authorization')).toEqual(['Bearer x'])
  })

  it('a method that answers with a stream is read to its end, every message counted', async () => {
    const server = await grpcServer()
    const counts = await runTask(`${server.url}Watch`, { load: { connections: 4, requests: 50 }, request: { descriptor, message: '{"sku":"w","count":20}' }, checks: ['$.ok == true', '$.id == "20"', '$.item.sku == "w"'] })
    expect(counts).toMatchObject({ completed: 50, failed: 0 })
    expect(server.written).toBe(1000)
    expect(counts.stream).toMatchObject({ chunks: 1000, first: 50, gaps: 950 })
  })

  it('what a server refuses is told by its status', async () => {
    const server = await grpcServer()
    const counts = await runTask(`${server.url}Fail`, { load: { connections: 2, requests: 100 }, request: { descriptor, message: '{"sku":"größer als erlaubt","count":14}' } })
    expect(counts).toMatchObject({ completed: 100, failed: 100, errors: ['check: grpc 14 UNAVAILABLE: größer als erlaubt'], statuses: { 200: 100 } })
    const meant = await runTask(`${server.url}Fail`, { load: { connections: 2, requests: 100 }, request: { descriptor, message: '{"count":5}' }, checks: ['grpc-status in NOT_FOUND,OK', 'status == 200'] })
    expect(meant).toMatchObject({ completed: 100, failed: 0 })
    expect(server.calls).toEqual({ Fail: 200 })
  })

  it('a call that takes too long is given up on both sides', async () => {
    const server = await grpcServer()
    const counts = await runTask(`${server.url}Wait`, { load: { connections: 3, requests: 6 }, request: { descriptor, message: '{"count":5000}' }, transport: { timeout: '150ms' } })
    expect(counts).toMatchObject({ completed: 6, failed: 6 })
    expect(counts.errors.every((text) => /timeout: no answer within 150 ms|grpc 4 DEADLINE_EXCEEDED/.test(text)), counts.errors.join()).toBe(true)
    await expect.poll(() => server.cancelled).toBe(6)
  })

  it('a value that makes no message is the failure of its iteration alone', async () => {
    const server = await grpcServer()
    const data = { rows: { csv: 'rows.csv', content: 'n\n1\n2\nmany\n' } }
    const counts = await runTask(`${server.url}Add`, { load: { connections: 2, requests: 9 }, request: { descriptor, message: '{"count":"{{rows.n}}"}' }, data })
    expect(counts).toMatchObject({ completed: 9, failed: 3, errors: ['other: the message cannot be made: count: "many" is no int32.'] })
    expect(server.calls).toEqual({ Add: 6 })
  })

  it('a server that describes itself needs no .proto file', async () => {
    const server = await grpcServer({ reflection: true })
    expect(await runTask(`${server.url}Add`, { load: { connections: 2, requests: 100 }, request: { message: '{"sku":"r","at":"2026-01-31T12:00:00Z"}' }, checks: ['$.item.at == "2026-01-31T12:00:00Z"'] })).toMatchObject({ completed: 100, failed: 0 })
    expect(server.calls).toEqual({ Add: 100 })
    await expect(runTask(`${server.url.replace('Cart', 'Basket')}Add`, { load: { connections: 1, requests: 1 }, request: {} })).rejects.toThrow(/knows nothing of shop.v1.Basket/)
  })

  it('auth is metadata, of the question what the service is made of as well', async () => {
    const server = await grpcServer({ reflection: true })
    const auth = { type: 'bearer' as const, token: '{{env.TOKEN}}' }
    expect(await runTask(`${server.url}Add`, { load: { connections: 1, requests: 5 }, request: { message: '{"sku":"{{seq}}"}' }, auth, env: { TOKEN: 'abc' } })).toMatchObject({ completed: 5, failed: 0 })
    expect(server.metadata.map((one) => one.get('authorization')[0])).toEqual(Array(5).fill('Bearer abc'))
  })

  it.each<[string, AuthSpec, string, (n: number) => string]>([
    ['a name and a password', { type: 'basic', username: 'ada{{seq}}', password: 'gehéim' }, 'authorization', (n) => `Basic ${Buffer.from(`ada${n}:gehéim`).toString('base64')}`],
    ['a token', { type: 'bearer', token: 'for {{seq}}' }, 'authorization', (n) => `Bearer for ${n}`],
    ['a key', { type: 'api-key', in: 'header', name: 'X-Api-Key', value: '{{env.KEY}}-{{seq}}' }, 'x-api-key', (n) => `s3cret-${n}`],
  ])('calls of whoever shows %s are let in, and all others are not', async (_, auth, name, wanted) => {
    const server = await grpcServer({ lets: (metadata, { sku }) => metadata.get(name)[0] === wanted(Number(sku)) })
    const call = { load: { connections: 3, requests: 30 }, request: { descriptor, message: '{"sku":"{{seq}}"}' }, env: { KEY: 's3cret' } }
    expect(await runTask(`${server.url}Add`, { ...call, auth })).toMatchObject({ completed: 30, failed: 0 })
    expect(await runTask(`${server.url}Add`, call)).toMatchObject({ completed: 30, failed: 30, errors: ['check: grpc 16 UNAUTHENTICATED: not you'] })
    expect(server.calls).toEqual({ Add: 30 })
  })

  it('what cannot be called is refused before anything is sent, with the cure', async () => {
    const server = await grpcServer()
    const refusal = async (method: string, request: object): Promise<AppError> => {
      const refused: unknown = await tryOnce(task(`${server.url}${method}`, request)).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(AppError)
      return refused as AppError
    }
    expect(await refusal('Add', {})).toMatchObject({ message: expect.stringContaining('has no reflection'), hint: expect.stringContaining('--proto') })
    expect(await refusal('Wach', { descriptor })).toMatchObject({ message: 'The service shop.v1.Cart has no method Wach.', hint: 'Did you mean "Watch"?' })
    expect(await refusal('Upload', { descriptor })).toMatchObject({ message: 'shop.v1.Cart/Upload takes a stream of messages.' })
    expect(await refusal('Add', { descriptor, message: '{"skew":1}' })).toMatchObject({ message: expect.stringContaining('no field "skew"'), hint: 'Did you mean "sku"?', problems: [{ path: 'request.message' }] })
    expect(await refusal('Add', { descriptor, message: '{"count":"{{uuid}}"}' })).toMatchObject({ message: expect.stringMatching(/^count: "[0-9a-f-]+" is no int32/) })
    expect(await refusal('Add', { descriptor: 'AAEC' })).toMatchObject({ problems: [{ path: 'request.descriptor' }] })
    expect(server.calls).toEqual({})
    const nobody = `grpc://127.0.0.1:${await freePort()}/shop.v1.Cart/Add`
    await expect(tryOnce(task(nobody, {}))).rejects.toThrow(/could not be asked what its services are made of: .*refused/)
  })

  it('one is tried once: metadata, trailers, and the message as JSON', async () => {
    const server = await grpcServer()
    const result = await tryOnce(task(`${server.url}Add`, { descriptor, message: '{"sku":"once","size":"SMALL"}' }, { checks: ['header x-id == "1"', 'header x-head == "yes"', 'size < 100b', '$.ok == true', 'status == 200'] }))
    expect(result).toMatchObject({ lane: { lane: 'grpc', reason: 'the URL is one of gRPC' }, ok: true, status: 200, error: null })
    expect(JSON.parse(result.body)).toEqual({ id: '1', ok: true, item: { sku: 'once', count: 0, size: 'SMALL', tags: [], stock: {} } })
    expect(result.head).toMatch(/^HTTP\/2 200\r\n[^]*x-head: yes\r\n[^]*grpc-status: 0\r\n/)
    expect(result.checks.at(-1)).toEqual({ expression: 'grpc-status == OK', ok: true, actual: '0 OK' })
  })
})
