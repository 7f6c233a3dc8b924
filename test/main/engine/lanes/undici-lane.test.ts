import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { LaneDriver } from '../../../conformance/lane-driver.ts'
import { HostileServer } from '../../../conformance/hostile-server.ts'
import { GOOD } from '../../../conformance/answers.ts'
import { certificates } from '../../../support/certificates.ts'
import type { TransportSpec } from '../../../../src/shared/task.ts'

const made = certificates()
const open: { close: () => unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function closing<T extends { close: () => unknown }>(one: T): T {
  open.push(one)
  return one
}

async function portOf(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

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

function drive(url: string, transport: Partial<TransportSpec>, options: ConstructorParameters<typeof LaneDriver>[2] = {}): LaneDriver {
  return new LaneDriver('undici', { url, transport: { cacert: made.ca, ...transport } }, options)
}

const H2: Partial<TransportSpec> = { protocol: 'http2' }

describe('the undici lane over HTTP/2', () => {
  it('sends many requests at once over one connection', async () => {
    const seen: string[] = []
    const { port, sessions } = await http2Server((stream, headers) => {
      seen.push(`${headers[':method']} ${headers[':path']} ${headers[':authority']}`)
      stream.respond({ ':status': 201, 'x-two': 'yes' })
      stream.end('two')
    })
    const driver = drive(`https://127.0.0.1:${port}/h2`, H2, { maxConnections: 20 })
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
    const outcome = await drive(`https://127.0.0.1:${server.port}/`, H2).send()
    expect(['protocol', 'tls'], outcome.message).toContain(outcome.result)
  })

  it('says so when the server knows no ALPN at all', async () => {
    const server = closing(await new HostileServer().listen())
    server.greeting = { certificate: made.good }
    expect(await drive(`https://127.0.0.1:${server.port}/`, H2).send()).toMatchObject({ result: 'protocol', message: 'the server does not speak HTTP/2 (ALPN)' })
  })

  it('speaks HTTP/2 without TLS by prior knowledge', async () => {
    const server = http2.createServer((_, response) => response.end('clear'))
    const sessions = new Set<http2.Http2Session>()
    server.on('session', (session) => sessions.add(session))
    const port = await portOf(server)
    closing({ close: () => (sessions.forEach((session) => session.destroy()), server.close()) })
    expect(await drive(`http://127.0.0.1:${port}/`, H2).send()).toMatchObject({ result: 200, body: 'clear' })
  })

  it('names a stream that the server resets, and uses the connection on', async () => {
    let bad = true
    const { port, sessions } = await http2Server((stream) => {
      if (bad) return stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)
      stream.respond({ ':status': 200 })
      stream.end('good')
    })
    const driver = drive(`https://127.0.0.1:${port}/`, H2)
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
    const driver = drive(`https://127.0.0.1:${port}/`, H2)
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
    const driver = drive(`https://127.0.0.1:${port}/`, H2, { maxConnections: 10, maxInFlight: 400 })
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
    const driver = drive(`https://127.0.0.1:${port}/`, H2, { timeoutMs: 300 })
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
    const driver = drive(`https://127.0.0.1:${port}/`, H2)
    const outcome = await driver.send()
    expect(['eof', 'reset', 'protocol'], outcome.message).toContain(outcome.result)
    bad = false
    expect(await driver.send()).toMatchObject({ result: 200 })
    expect(driver.imbalance).toBe(0)
  })
})

describe('the undici lane through a proxy', () => {
  async function proxy(connectStatus = 200) {
    const seen: { line: string; auth: string | undefined }[] = []
    const server = http.createServer((request, response) => {
      seen.push({ line: `${request.method} ${request.url}`, auth: request.headers['proxy-authorization'] })
      response.end('by proxy')
    })
    server.on('connect', (request, socket) => {
      seen.push({ line: `CONNECT ${request.url}`, auth: request.headers['proxy-authorization'] })
      socket.on('error', () => {})
      if (connectStatus !== 200) return socket.end(`HTTP/1.1 ${connectStatus} No\r\n\r\n`)
      const [host, port] = request.url!.split(':')
      const target = net.connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connected\r\n\r\n')
        target.pipe(socket).pipe(target)
      })
      target.on('error', () => socket.destroy())
    })
    const port = await portOf(server)
    closing({ close: () => (server.closeAllConnections(), server.close()) })
    return { url: `http://me:secret@127.0.0.1:${port}`, seen }
  }

  const CREDENTIALS = `Basic ${Buffer.from('me:secret').toString('base64')}`

  it('hands plain requests over whole, with the credentials of the proxy', async () => {
    const { url, seen } = await proxy()
    const driver = drive('http://shop.invalid/cart', { proxy: url })
    expect(await driver.send()).toMatchObject({ result: 200, body: 'by proxy' })
    expect(seen).toEqual([{ line: 'GET http://shop.invalid:80/cart', auth: CREDENTIALS }])
  })

  it('tunnels to a TLS target and checks its certificate', async () => {
    const { url, seen } = await proxy()
    const server = closing(await new HostileServer().listen())
    server.greeting = { certificate: made.good }
    server.behave(GOOD)
    const driver = drive(`https://127.0.0.1:${server.port}/`, { proxy: url })
    expect(await driver.send()).toMatchObject({ result: 200, body: 'good' })
    expect(await driver.send()).toMatchObject({ result: 200, body: 'good' })
    expect(seen).toEqual([{ line: `CONNECT 127.0.0.1:${server.port}`, auth: CREDENTIALS }])
    expect(server.requests.join('')).not.toContain('Proxy-Authorization')
  })

  it('names a proxy that refuses the tunnel', async () => {
    const { url } = await proxy(403)
    expect(await drive('https://shop.invalid/', { proxy: url }).send()).toMatchObject({ result: 'other', message: 'the proxy refused the tunnel with 403' })
  })

  it('names a proxy that does not speak HTTP, ends early, or is not there', async () => {
    const server = closing(await new HostileServer().listen())
    server.greeting = { write: 'SSH-2.0-x\r\n\r\n' }
    const through = { proxy: `http://127.0.0.1:${server.port}` }
    expect(await drive('https://shop.invalid/', through).send()).toMatchObject({ result: 'protocol' })
    server.greeting = { write: '' }
    expect(await drive('https://shop.invalid/', through).send()).toMatchObject({ result: 'eof' })
    server.greeting = 'silent'
    expect(await drive('https://shop.invalid/', through, { timeoutMs: 100 }).send()).toMatchObject({ result: 'connect-timeout' })
    await server.close()
    expect(await drive('https://shop.invalid/', through).send()).toMatchObject({ result: 'refused' })
    await server.listen()
  })
})
