import http from 'node:http'
import http2 from 'node:http2'
import tls from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { decideLane } from '../../src/main/engine/lane-decision.ts'
import { compileRequest } from '../../src/main/engine/request/template.ts'
import type { LaneName } from '../../src/main/engine/plan.ts'
import type { RequestSpec, TransportSpec } from '../../src/shared/task/task.ts'
import { certificates } from '../support/certificates.ts'
import { closing, portOf } from '../support/closing.ts'
import { LaneDriver, specOf } from './lane-driver.ts'

/** What a server was told of who it is. */
interface Seen {
  port: number
  host: (string | undefined)[]
  serverName: (string | false | null)[]
  /** Names of client certificates. */
  clients: string[]
}

const made = certificates()
const SECURE = { ...made.wrongHost, ca: made.ca, requestCert: true, rejectUnauthorized: true }

/** A server for other.example that lets in only whom the tests' authority knows. */
async function secureServer(lane: LaneName): Promise<Seen> {
  const seen: Seen = { port: 0, host: [], serverName: [], clients: [] }
  const look = (socket: TLSSocket): void => {
    seen.serverName.push(socket.servername)
    seen.clients.push(String(socket.getPeerCertificate().subject?.CN))
  }
  const answer = (request: { headers: http.IncomingHttpHeaders }, response: { end(text: string): unknown }): void => {
    seen.host.push(request.headers.host ?? (request.headers[':authority'] as string | undefined))
    response.end('good')
  }
  const server = lane === 'tcp' ? tls.createServer(SECURE, (socket) => socket.on('error', () => {}).on('data', () => socket.write('good'))) : http2.createSecureServer({ ...SECURE, allowHTTP1: lane !== 'http2' }, answer)
  server.on('secureConnection', look).on('tlsClientError', () => {})
  if (lane === 'websocket') new WebSocketServer({ server: server as never }).on('connection', (socket, request) => (seen.host.push(request.headers.host), socket.on('message', () => socket.send('good'))))
  seen.port = await portOf(closing(server))
  return seen
}

const LANES: { lane: LaneName; scheme: string; request?: Partial<RequestSpec>; result: number }[] = [
  { lane: 'http1', scheme: 'https', result: 200 },
  { lane: 'http2', scheme: 'https', result: 200 },
  { lane: 'undici', scheme: 'https', result: 200 },
  { lane: 'websocket', scheme: 'wss', request: { send: 'x', expect: 'any' }, result: 101 },
  { lane: 'tcp', scheme: 'tls', request: { send: 'x', expect: 'any' }, result: 0 },
]

describe.each(LANES)('the $lane lane', ({ lane, scheme, request, result }) => {
  const trusted: Partial<TransportSpec> = { cacert: made.ca, cert: made.client.cert, key: made.client.key, protocol: lane === 'http2' ? 'http2' : 'http1' }
  const drive = (url: string, transport: Partial<TransportSpec>): LaneDriver => new LaneDriver(lane, { url, ...(request === undefined ? {} : { request }), transport: { ...trusted, ...transport } })

  it('connects where it is told to, with the names of the target, and shows its certificate there', async () => {
    const server = await secureServer(lane)
    const { port } = server
    const ways: [string, Partial<TransportSpec>][] = [
      [`${scheme}://other.example:${port}/`, { resolve: [`other.example:${port}:127.0.0.1`] }],
      [`${scheme}://other.example:${port}/`, { resolve: [`*:${port}:127.0.0.1,127.0.0.2`] }],
      [`${scheme}://other.example:4443/`, { connectTo: [`other.example:4443:127.0.0.1:${port}`] }],
      [`${scheme}://other.example:4443/`, { connectTo: [`::inner.invalid:${port}`], resolve: [`inner.invalid:${port}:127.0.0.1`] }],
    ]
    for (const [url, transport] of ways) {
      const driver = drive(url, transport)
      const outcome = await driver.send()
      expect(outcome, outcome.message).toMatchObject({ result })
      expect(driver.connected[0]?.dnsMs).toBeNaN()
      driver.close()
    }
    expect(new Set(server.serverName)).toEqual(new Set(['other.example']))
    expect(new Set(server.clients)).toEqual(new Set(['client']))
    if (lane !== 'tcp') expect(server.host).toEqual([`other.example:${port}`, `other.example:${port}`, 'other.example:4443', 'other.example:4443'])
  })

  it('holds the certificate against the target, not against the way', async () => {
    const { port } = await secureServer(lane)
    expect(await drive(`${scheme}://127.0.0.9:${port}/`, { connectTo: [`127.0.0.9::127.0.0.1:`] }).send()).toMatchObject({ result: 'tls', message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') })
    expect(await drive(`${scheme}://shop.example:${port}/`, { resolve: [`shop.example:${port}:127.0.0.1`] }).send()).toMatchObject({ result: 'tls' })
  })

  it('without a certificate is not let in, and says so', async () => {
    const { port } = await secureServer(lane)
    const stranger = new LaneDriver(lane, { url: `${scheme}://other.example:${port}/`, ...(request === undefined ? {} : { request }), transport: { cacert: made.ca, resolve: [`other.example:${port}:127.0.0.1`], protocol: lane === 'http2' ? 'http2' : 'http1' } })
    const outcome = await stranger.send()
    expect(['tls', 'reset', 'eof', 'protocol'], outcome.message).toContain(outcome.result)
  })
})

describe('asking a server what it speaks', () => {
  it('goes the same way', async () => {
    const server = closing(http2.createSecureServer(made.wrongHost))
    const port = await portOf(server)
    const spec = specOf({ url: 'https://other.example:4443/', transport: { cacert: made.ca, connectTo: [`::127.0.0.1:${port}`] } })
    expect(await decideLane(spec, compileRequest(spec))).toEqual({ lane: 'http2', reason: 'the server speaks HTTP/2' })
  })
})

describe('an address of a target that does not answer', () => {
  it('gives way to the next one', async () => {
    const server = http.createServer((_, response) => void response.end('good'))
    const port = await portOf(closing(server))
    // Nothing listens at 127.0.0.2: the server is at 127.0.0.1 alone.
    for (const lane of ['http1', 'undici'] as const) {
      const driver = new LaneDriver(lane, { url: `http://shop.invalid:${port}/`, transport: { resolve: [`shop.invalid:${port}:127.0.0.2,127.0.0.1`] } })
      expect(await driver.send()).toMatchObject({ result: 200 })
    }
  })
})
