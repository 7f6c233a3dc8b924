import http2 from 'node:http2'
import { describe, expect, it } from 'vitest'
import type { TransportSpec } from '../../src/shared/task/task.ts'
import { certificates } from '../support/certificates.ts'
import { closing, portOf } from '../support/closing.ts'
import { HostileServer } from './hostile-server.ts'
import { LaneDriver } from './lane-driver.ts'

/** Both lanes that speak HTTP/2 against Node's own server, over TLS and without. */
const HTTP2_LANES = ['http2', 'undici'] as const
type Http2LaneName = (typeof HTTP2_LANES)[number]

const made = certificates()

type Stream = http2.ServerHttp2Stream

/** An HTTP/2 server over TLS; sessions are cut at the end. */
async function http2Server(answer: (stream: Stream, headers: http2.IncomingHttpHeaders) => void, options: http2.SecureServerOptions = {}) {
  const server = http2.createSecureServer({ ...made.good, ...options })
  const sessions = new Set<http2.ServerHttp2Session>()
  server.on('session', (session) => sessions.add(session))
  server.on('sessionError', () => {})
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    answer(stream, headers)
  })
  const port = await portOf(server)
  closing({ close: () => (sessions.forEach((session) => session.destroy()), server.close()) })
  return { port, sessions }
}

function drive(name: Http2LaneName, url: string, options: ConstructorParameters<typeof LaneDriver>[2] = {}, transport: Partial<TransportSpec> = {}): LaneDriver {
  return new LaneDriver(name, { url, transport: { cacert: made.ca, protocol: 'http2', ...transport } }, options)
}

describe.each(HTTP2_LANES)('the %s lane over HTTP/2', (name) => {
  it('sends many requests at once over one connection', async () => {
    const seen: string[] = []
    const { port, sessions } = await http2Server((stream, headers) => {
      seen.push(`${headers[':method']} ${headers[':path']} ${headers[':authority']}`)
      stream.respond({ ':status': 201, 'x-two': 'yes' })
      stream.end('two')
    })
    const driver = drive(name, `https://127.0.0.1:${port}/h2`, { maxConnections: 20 })
    const outcomes = await Promise.all(Array.from({ length: 60 }, () => driver.send()))
    expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set([201]))
    expect(outcomes[0]).toMatchObject({ body: 'two', head: 'HTTP/2 201\r\nx-two: yes\r\n' + outcomes[0]!.head.split('\r\n').slice(2).join('\r\n') })
    expect(sessions.size).toBe(1)
    expect(new Set(seen)).toEqual(new Set([`GET /h2 127.0.0.1:${port}`]))
    expect(driver.imbalance).toBe(0)
  })

  it('says so when the server speaks only HTTP/1.1', async () => {
    const server = closing(await new HostileServer().listen())
    server.greeting = { certificate: made.good, alpn: 'http/1.1' }
    const outcome = await drive(name, `https://127.0.0.1:${server.port}/`).send()
    expect(['protocol', 'tls'], outcome.message).toContain(outcome.result)
  })

  it('says so when the server knows no ALPN at all', async () => {
    const server = closing(await new HostileServer().listen())
    server.greeting = { certificate: made.good }
    expect(await drive(name, `https://127.0.0.1:${server.port}/`).send()).toMatchObject({ result: 'protocol', message: 'the server does not speak HTTP/2 (ALPN)' })
  })

  it('speaks HTTP/2 without TLS by prior knowledge', async () => {
    const server = http2.createServer((_, response) => response.end('clear'))
    const sessions = new Set<http2.Http2Session>()
    server.on('session', (session) => sessions.add(session))
    const port = await portOf(server)
    closing({ close: () => (sessions.forEach((session) => session.destroy()), server.close()) })
    expect(await drive(name, `http://127.0.0.1:${port}/`).send()).toMatchObject({ result: 200, body: 'clear' })
  })

  it('names a stream that the server resets, and uses the connection on', async () => {
    let bad = true
    const { port, sessions } = await http2Server((stream) => {
      if (bad) return stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)
      stream.respond({ ':status': 200 })
      stream.end('good')
    })
    const driver = drive(name, `https://127.0.0.1:${port}/`)
    expect(await driver.send()).toMatchObject({ result: 'reset', message: 'stream reset by the server (INTERNAL_ERROR)' })
    bad = false
    expect(await driver.send()).toMatchObject({ result: 200 })
    expect(sessions.size).toBe(1)
  })

  it('survives a server that says GOAWAY now and then', async () => {
    let served = 0
    const { port } = await http2Server((stream) => {
      served += 1
      stream.respond({ ':status': 200 })
      stream.end('good')
      if (served % 10 === 0) stream.session!.close()
    })
    const driver = drive(name, `https://127.0.0.1:${port}/`)
    for (let n = 0; n < 50; n++) expect(await driver.send()).toMatchObject({ result: 200 })
    expect(driver.imbalance).toBe(0)
    expect(driver.connected.length).toBeGreaterThanOrEqual(5)
  })

  it('loses and leaks nothing when GOAWAY comes between many requests at once', async () => {
    let served = 0
    const { port } = await http2Server((stream) => {
      served += 1
      stream.respond({ ':status': 200 })
      stream.end('good')
      if (served % 25 === 0) stream.session!.close()
    })
    const driver = drive(name, `https://127.0.0.1:${port}/`, { maxConnections: 10, maxInFlight: 400 })
    const outcomes = await Promise.all(Array.from({ length: 300 }, () => driver.send()))
    expect(outcomes.filter(({ result }) => result !== 200).map(({ message }) => message)).toEqual([])
    expect(driver.imbalance).toBe(0)
    expect(await driver.send()).toMatchObject({ result: 200 })
  })

  it('times out one stream without touching the others', async () => {
    const { port } = await http2Server((stream, headers) => {
      if (headers['x-n'] === undefined && ++asked === 1) return
      stream.respond({ ':status': 200 })
      stream.end('good')
    })
    let asked = 0
    const driver = drive(name, `https://127.0.0.1:${port}/`, { timeoutMs: 300 })
    const outcomes = await Promise.all([driver.send(), driver.send(), driver.send()])
    expect(outcomes.map(({ result }) => result).sort()).toEqual([200, 200, 'timeout'])
  })

  it('fails and goes on when the session is destroyed under it', async () => {
    let bad = true
    const { port } = await http2Server((stream) => {
      if (bad) return stream.session!.destroy()
      stream.respond({ ':status': 200 })
      stream.end('good')
    })
    const driver = drive(name, `https://127.0.0.1:${port}/`)
    const outcome = await driver.send()
    expect(['eof', 'reset', 'protocol'], outcome.message).toContain(outcome.result)
    bad = false
    expect(await driver.send()).toMatchObject({ result: 200 })
    expect(driver.imbalance).toBe(0)
  })
})

describe.each(HTTP2_LANES)('the %s lane, its handshake', (name) => {
  it.each<[string, keyof typeof made & ('expired' | 'wrongHost' | 'selfSigned'), string]>([
    ['an expired certificate', 'expired', 'CERT_HAS_EXPIRED'],
    ['a certificate for another host', 'wrongHost', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['a certificate that nobody vouches for', 'selfSigned', 'SELF_SIGNED'],
  ])('given %s', async (_, certificate, says) => {
    const { port } = await http2Server((stream) => stream.respond({ ':status': 204 }, { endStream: true }), made[certificate])
    const outcome = await drive(name, `https://127.0.0.1:${port}/`).send()
    expect(outcome).toMatchObject({ result: 'tls', message: expect.stringContaining(says) })
    expect(await drive(name, `https://127.0.0.1:${port}/`, {}, { insecure: true }).send()).toMatchObject({ result: 204 })
  })

  it('tells how long it took', async () => {
    const { port } = await http2Server((stream) => stream.respond({ ':status': 204 }, { endStream: true }))
    const driver = drive(name, `https://127.0.0.1:${port}/`)
    await driver.send()
    expect(driver.connected).toMatchObject([{ connectMs: expect.any(Number), tlsMs: expect.any(Number) }])
    expect(driver.connected[0]!.tlsMs).toBeGreaterThan(0)
  })

  it('shows a client certificate to a server that wants one', async () => {
    const { port } = await http2Server((stream) => stream.respond({ ':status': 204 }, { endStream: true }), { ca: made.ca, requestCert: true, rejectUnauthorized: true })
    const stranger = await drive(name, `https://127.0.0.1:${port}/`).send()
    expect(['tls', 'reset', 'eof', 'protocol'], stranger.message).toContain(stranger.result)
    expect(await drive(name, `https://127.0.0.1:${port}/`, {}, { cert: made.client.cert, key: made.client.key }).send()).toMatchObject({ result: 204 })
  })
})

describe.each(HTTP2_LANES)('what the %s lane sends', (name) => {
  it('is the request as written, headers in lower case and nothing of connections', async () => {
    const seen: http2.IncomingHttpHeaders[] = []
    const bodies: string[] = []
    const { port } = await http2Server((stream, headers) => {
      seen.push(headers)
      stream.setEncoding('utf8').on('data', (text: string) => bodies.push(text))
      stream.on('end', () => stream.respond({ ':status': 204 }, { endStream: true }))
    })
    const request = { method: 'PUT', body: 'hällo', headers: { 'X-Own': 'wörld', Cookie: 'a=1', 'X-List': ['1', '2'], 'Content-Type': 'text/plain' } }
    const driver = new LaneDriver(name, { url: `https://127.0.0.1:${port}/a%20b?c=d&e=%C3%A4`, request, transport: { cacert: made.ca, protocol: 'http2' } })
    expect(await driver.send()).toMatchObject({ result: 204 })
    expect(seen[0]).toMatchObject({ ':method': 'PUT', ':path': '/a%20b?c=d&e=%C3%A4', ':scheme': 'https', ':authority': `127.0.0.1:${port}`, cookie: 'a=1', 'x-list': '1, 2', 'content-type': 'text/plain', 'content-length': '6' })
    expect(Buffer.from(String(seen[0]!['x-own']), 'latin1').toString()).toBe('wörld')
    expect(seen[0]).not.toHaveProperty('host')
    expect(bodies.join('')).toBe('hällo')
  })

  it.each([1000, 16_384, 100_000, 1_000_000])('arrives whole with a body of %i bytes', async (size) => {
    const { port } = await http2Server((stream) => {
      let received = 0
      stream.on('data', (chunk: Buffer) => (received += chunk.length))
      stream.on('end', () => (stream.respond({ ':status': 200 }), stream.end(String(received))))
    })
    const driver = new LaneDriver(name, { url: `https://127.0.0.1:${port}/`, request: { method: 'POST', body: 'x'.repeat(size) }, transport: { cacert: made.ca, protocol: 'http2' } })
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => driver.send()))
    expect(outcomes.map(({ result, body }) => `${result} ${body}`)).toEqual(Array(4).fill(`200 ${size}`))
  })

  it('may have headers larger than a frame', async () => {
    const { port } = await http2Server((stream, headers) => {
      stream.respond({ ':status': 200 })
      stream.end(String(String(headers['x-large']).length))
    }, { settings: { maxHeaderListSize: 100_000 } })
    const driver = new LaneDriver(name, { url: `https://127.0.0.1:${port}/`, request: { headers: { 'X-Large': '\u{1F40E}'.repeat(5000) } }, transport: { cacert: made.ca, protocol: 'http2' } })
    expect(await driver.send()).toMatchObject({ result: 200, body: '20000' })
  })
})
