import { describe, expect, it } from 'vitest'
import { checksOf } from '../../../src/shared/task/check.ts'
import { protocolOf } from '../../../src/shared/task/protocol.ts'
import { parseTaskSpec } from '../../../src/shared/task/task-schema.ts'

const LOAD = { rate: 10, duration: '1s' }

function parse(request: object, more: object = {}) {
  return parseTaskSpec({ load: LOAD, request, ...more })
}

describe('a task that reads a stream', () => {
  it.each([
    [{ url: 'https://a.example/chat', stream: 'sse', expect: 'contains "[DONE]"' }],
    [{ url: 'http://a.example/chat', stream: 'sse', expect: 'events 10', method: 'POST', body: '{"stream":true}' }],
    [{ url: 'http://a.example/log', stream: 'chunks', expect: 'chunks 3' }],
    [{ url: 'http://a.example/log', stream: 'chunks', expect: 'bytes 1000' }],
    [{ url: 'http://a.example/log', stream: 'sse', expect: 'end' }],
    [{ url: 'http://a.example/log', stream: 'chunks' }],
  ])('is read: %j', (request) => {
    const parsed = parse(request)
    expect(parsed).toMatchObject({ ok: true, value: { request } })
    if (parsed.ok) expect(parseTaskSpec(parsed.value)).toMatchObject({ ok: true, value: parsed.value })
  })

  it.each<[object, object, string, string]>([
    [{ url: 'http://a.example', stream: 'sse', expect: 'chunks 3' }, {}, 'request.expect', 'events 10'],
    [{ url: 'http://a.example', stream: 'chunks', expect: 'echo' }, {}, 'request.expect', 'bytes 7, chunks 10, end'],
    [{ url: 'http://a.example', stream: 'chunks', expect: 'chunks 0' }, {}, 'request.expect', 'chunks 10'],
    [{ url: 'http://a.example', stream: 'lines' }, {}, 'request.stream', 'sse'],
    [{ url: 'http://a.example', stream: 'sse', headers: { 'Accept-Encoding': 'gzip' } }, {}, 'request.headers.Accept-Encoding', 'Remove it.'],
    [{ url: 'http://a.example', stream: 'sse', method: 'HEAD' }, {}, 'request.method', 'Use GET.'],
    [{ url: 'http://a.example', stream: 'sse' }, { transport: { follow: true } }, 'transport.follow', 'Remove it.'],
    [{ url: 'http://a.example', stream: 'sse' }, { transport: { proxy: 'http://127.0.0.1:3128' } }, 'transport.proxy', 'Remove it.'],
    [{ url: 'ws://a.example', stream: 'sse' }, {}, 'request.stream', 'Remove it.'],
    [{ url: 'ws://a.example', send: 'x', expect: 'events 3' }, {}, 'request.expect', 'contains "id"'],
  ])('names what does not fit: %j %j', (request, more, path, hint) => {
    const parsed = parse(request, more)
    expect(parsed.ok ? [] : parsed.problems).toContainEqual(expect.objectContaining({ path, hint: expect.stringContaining(hint) }))
  })
})

describe('a task for a service of gRPC', () => {
  const url = 'grpc://127.0.0.1:50051/shop.v1.Cart/Add'

  it.each([
    [{ url, message: '{"sku":"{{uuid}}","n":{{int 1 5}}}', headers: { authorization: 'Bearer x', 'trace-bin': 'AAEC' } }],
    [{ url: 'grpcs://shop.example/Cart/Add' }],
    [{ url, proto: 'cart.proto', descriptor: 'CgA=' }],
  ])('is read: %j', (request) => {
    const parsed = parse(request)
    expect(parsed).toMatchObject({ ok: true, value: { request: { ...request, method: 'POST' } } })
    if (parsed.ok) expect(parseTaskSpec(parsed.value)).toMatchObject({ ok: true, value: parsed.value })
  })

  it('may have its message as an object, and folders that are known only where the file was read', () => {
    const parsed = parse({ url, message: { sku: '{{uuid}}', n: 5 }, proto: 'cart.proto', protoPath: ['protos'], descriptor: 'CgA=' })
    expect(parsed).toMatchObject({ ok: true, value: { request: { message: '{"sku":"{{uuid}}","n":5}' } } })
    expect(parsed.ok && 'protoPath' in parsed.value.request).toBe(false)
  })

  it('is judged by the status of gRPC, unless it says something of that itself', () => {
    expect(checksOf({ checks: ['status == 200'], request: { url } })).toHaveLength(2)
    expect(checksOf({ checks: [], request: { url } })).toEqual([{ subject: 'grpc-status', operator: '==', codes: [0] }])
    expect(checksOf({ checks: ['grpc-status in OK,5'], request: { url } })).toEqual([{ subject: 'grpc-status', operator: 'in', codes: [0, 5] }])
  })

  it.each<[object, object, string, string]>([
    [{ url: 'grpc://127.0.0.1/shop.Cart/Add' }, {}, 'request.url', 'grpc://127.0.0.1:50051'],
    [{ url: 'grpc://127.0.0.1:50051' }, {}, 'request.url', 'package, service and method'],
    [{ url: 'grpc://127.0.0.1:50051/shop.Cart' }, {}, 'request.url', 'package, service and method'],
    [{ url: `${url}?x=1` }, {}, 'request.url', 'package, service and method'],
    [{ url: 'grpc://0x7f.1:50051/shop.Cart/Add' }, {}, 'request.url', 'Write 127.0.0.1.'],
    [{ url, message: '{"sku":}' }, {}, 'request.message', '"{{seq}}"'],
    [{ url, message: [1] }, {}, 'request.message', '"{{seq}}"'],
    [{ url, body: 'x' }, {}, 'request.body', 'Use message.'],
    [{ url, send: 'x' }, {}, 'request.send', 'Use message.'],
    [{ url, stream: 'sse' }, {}, 'request.stream', 'the method says'],
    [{ url, expect: 'any' }, {}, 'request.expect', 'the method says'],
    [{ url, proto: 'cart.proto' }, {}, 'request.proto', 'command line'],
    [{ url, method: 'GET' }, {}, 'request.method', 'Remove it.'],
    [{ url, headers: { 'grpc-timeout': '1S' } }, {}, 'request.headers.grpc-timeout', 'transport.timeout'],
    [{ url, headers: { 'Content-Type': 'application/json' } }, {}, 'request.headers.Content-Type', 'Remove it.'],
    [{ url, headers: { 'x-bin': 'no base64!' } }, {}, 'request.headers.x-bin', 'base64 -w0'],
    [{ url }, { transport: { follow: true } }, 'transport.follow', 'Remove it.'],
    [{ url }, { transport: { protocol: 'http1' } }, 'transport.protocol', 'scheme'],
    [{ url }, { checks: ['grpc-status == OKAY'] }, 'checks[0]', 'OK'],
    [{ url }, { checks: ['grpc-status == OK,5'] }, 'checks[0]', 'grpc-status in OK,5'],
    [{ url: 'http://a.example', message: '{}' }, {}, 'request.message', 'Use body.'],
    [{ url: 'http://a.example' }, { checks: ['grpc-status == OK'] }, 'checks[0]', 'Check its status.'],
  ])('names what does not fit: %j %j', (request, more, path, hint) => {
    const parsed = parse(request, more)
    expect(parsed.ok ? [] : parsed.problems).toContainEqual(expect.objectContaining({ path, hint: expect.stringContaining(hint) }))
  })
})

describe('a task for a WebSocket or a TCP target', () => {
  it.each([
    [{ url: 'ws://127.0.0.1:8080/chat', send: 'hi', expect: 'echo' }],
    [{ url: 'wss://chat.example/', headers: { origin: 'https://a.example' }, sendHex: '0aff', expect: 'matches "^OK"' }],
    [{ url: 'ws://chat.example' }],
    [{ url: 'ws://chat.example', send: 'x', expect: 'pong' }],
    [{ url: 'tcp://localhost:6379', send: 'PING\r\n', expect: 'until "\\r\\n"' }],
    [{ url: 'tls://[::1]:6380/', sendBase64: 'AAEC', expect: 'bytes 3' }],
  ])('is read: %j', (request) => {
    const parsed = parse(request)
    expect(parsed).toMatchObject({ ok: true, value: { request } })
    if (parsed.ok) expect(parseTaskSpec(parsed.value)).toMatchObject({ ok: true, value: parsed.value })
  })

  it('has its bytes in one way of writing', () => {
    expect(parse({ url: 'tcp://a.example:1', sendHex: '0D 0A:ff' })).toMatchObject({ ok: true, value: { request: { sendHex: '0d0aff' } } })
    expect(parse({ url: 'tcp://a.example:1', send: 'x', expect: ' Until END ' })).toMatchObject({ ok: true, value: { request: { expect: 'until "END"' }, name: 'a.example:1' } })
  })

  it.each<[object, object, string, string]>([
    [{ url: 'http://a.example', send: 'x' }, {}, 'request.send', 'Use body.'],
    [{ url: 'https://a.example', expect: 'echo' }, {}, 'request.expect', 'Use checks.'],
    [{ url: 'ws://a.example', body: 'x' }, {}, 'request.body', 'Use send.'],
    [{ url: 'ws://a.example', bodyBase64: 'AAEC' }, {}, 'request.bodyBase64', 'Use sendBase64.'],
    [{ url: 'ws://a.example', send: 'x', sendHex: '00' }, {}, 'request.sendHex', 'Keep one.'],
    [{ url: 'ws://a.example', method: 'POST', send: 'x' }, {}, 'request.method', 'Remove it.'],
    [{ url: 'ws://a.example', send: 'x', expect: 'bytes 7' }, {}, 'request.expect', 'contains "id"'],
    [{ url: 'ws://a.example', send: 'x'.repeat(126), expect: 'pong' }, {}, 'request.send', 'Shorten it.'],
    [{ url: 'ws://a.example', expect: 'echo' }, {}, 'request.expect', 'Add send.'],
    [{ url: 'ws://a.example', send: 'x', expect: 'ecco' }, {}, 'request.expect', 'Did you mean "echo"?'],
    [{ url: 'ws://a.example', send: 5 }, {}, 'request.send', "send: '"],
    [{ url: 'ws://a.example', sendHex: '0' }, {}, 'request.sendHex', '0d0a'],
    [{ url: 'ws://a.example', sendBase64: '*' }, {}, 'request.sendBase64', 'base64'],
    [{ url: 'tcp://a.example:1', send: 'x', expect: 'pong' }, {}, 'request.expect', 'bytes 7'],
    [{ url: 'tcp://a.example:1', send: 'x', headers: { a: 'b' } }, {}, 'request.headers', 'Remove them'],
    [{ url: 'tcp://a.example:1', send: 'x' }, { checks: ['status == 200'] }, 'checks[0]', 'body, size or duration'],
    [{ url: 'tcp://a.example:1', send: 'x' }, { checks: ['header x exists'] }, 'checks[0]', 'body, size or duration'],
    [{ url: 'tcp://a.example:1', send: 'x' }, { transport: { protocol: 'http2' } }, 'transport.protocol', 'scheme of the URL'],
    [{ url: 'ws://a.example', send: 'x' }, { transport: { follow: true } }, 'transport.follow', 'Remove it.'],
    [{ url: 'ws://a.example', send: 'x' }, { transport: { proxy: 'http://127.0.0.1:3128' } }, 'transport.proxy', 'Remove it.'],
    [{ url: 'ws://a.example/{{seq}}', send: 'x' }, {}, 'request.url', 'Use them in send.'],
    [{ url: 'ws://a.example/', headers: { 'x-n': '{{seq}}' }, send: 'x' }, {}, 'request.headers.x-n', 'Use them in send.'],
    [{ url: 'ws://a.example/', send: '{{sek}}' }, {}, 'request.send', 'seq'],
    [{ url: 'tcp://a.example' }, {}, 'request.url', 'tcp://a.example:6379'],
    [{ url: 'tcp://a.example:1/path' }, {}, 'request.url', 'send'],
    [{ url: 'tcp://134744072:53' }, {}, 'request.url', 'Write 8.8.8.8.'],
    [{ url: 'tcp://0x7f.1:53' }, {}, 'request.url', 'Write 127.0.0.1.'],
    [{ url: 'tcp://user@a.example:1' }, {}, 'request.url', 'Authorization'],
    [{ url: 'udp://a.example:1' }, {}, 'request.url', 'grpc:// or grpcs://'],
  ])('is refused by path: %j %j', (request, more, path, hint) => {
    const parsed = parse(request, more)
    expect(parsed.ok).toBe(false)
    if (!parsed.ok) expect(parsed.problems).toContainEqual(expect.objectContaining({ path, hint: expect.stringContaining(hint) }))
  })

  it('is judged by a status only where there is one', () => {
    expect(checksOf({ checks: [], request: { url: 'ws://a.example' } })).toHaveLength(1)
    expect(checksOf({ checks: [], request: { url: 'tcp://a.example:1' } })).toEqual([])
  })

  it('is known by its scheme', () => {
    expect(['http://a', 'HTTPS://a', 'ws://a', 'WSS://a', 'tcp://a:1', 'tls://a:1', 'a.example'].map(protocolOf)).toEqual(['http', 'http', 'websocket', 'websocket', 'tcp', 'tcp', 'http'])
  })
})
