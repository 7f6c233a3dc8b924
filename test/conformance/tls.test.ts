import tls from 'node:tls'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { certificates } from '../support/certificates.ts'
import { ANSWERS, GOOD } from './answers.ts'
import type { Result } from './answers.ts'
import { HostileServer, bytesOf } from './hostile-server.ts'
import type { Greeting } from './hostile-server.ts'
import { LANES, LaneDriver } from './lane-driver.ts'
import type { Http1LaneName } from './lane-driver.ts'
import type { TransportSpec } from '../../src/shared/task/task.ts'

const made = certificates()
const trusted: Partial<TransportSpec> = { cacert: made.ca }

interface Handshake {
  name: string
  greeting: Greeting
  expected: Result | Result[]
  /** Part of the message. */
  says?: string
  transport?: Partial<TransportSpec>
  timeoutMs?: number
}

const HANDSHAKES: Handshake[] = [
  { name: 'a good certificate', greeting: { certificate: made.good }, expected: 200 },
  { name: 'an expired certificate', greeting: { certificate: made.expired }, expected: 'tls', says: 'CERT_HAS_EXPIRED' },
  { name: 'an expired certificate that is to be accepted', greeting: { certificate: made.expired }, expected: 200, transport: { insecure: true } },
  { name: 'a certificate for another host', greeting: { certificate: made.wrongHost }, expected: 'tls', says: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  { name: 'a certificate for another host that the task names', greeting: { certificate: made.wrongHost }, expected: 200, transport: { sni: 'other.example' } },
  { name: 'a certificate that nobody vouches for', greeting: { certificate: made.selfSigned }, expected: 'tls', says: 'SELF_SIGNED' },
  { name: 'a self-signed certificate that is to be accepted', greeting: { certificate: made.selfSigned }, expected: 200, transport: { insecure: true } },
  { name: 'plain HTTP on the TLS port', greeting: { write: 'HTTP/1.1 400 Bad Request\r\n\r\n' }, expected: 'tls' },
  { name: 'garbage on the TLS port', greeting: { write: '\0\x01\x02\x03 garbage' }, expected: 'tls' },
  { name: 'a handshake that is reset', greeting: 'reset-at-once', expected: 'reset' },
  { name: 'a handshake that is broken off', greeting: 'end-at-once', expected: ['reset', 'eof'] },
  { name: 'a handshake that never ends', greeting: 'silent', expected: 'connect-timeout', timeoutMs: 1_000 },
]

const CUT = ['a plain answer', 'chunks', 'until the connection closes', 'a body shorter than its length', 'two different lengths']

let server: HostileServer
beforeEach(async () => void (server = await new HostileServer().listen()))
afterEach(() => server.close())

function drive(name: Http1LaneName, transport: Partial<TransportSpec> = {}, timeoutMs = 5_000): LaneDriver {
  return new LaneDriver(name, { url: `https://127.0.0.1:${server.port}/`, transport: { ...trusted, ...transport } }, { timeoutMs })
}

describe.each(LANES)('the %s lane over TLS', (name) => {
  it.each(HANDSHAKES)('given $name', async ({ greeting, expected, says, transport, timeoutMs }) => {
    const driver = drive(name, transport, timeoutMs)
    server.greeting = greeting
    server.behave(GOOD)
    const outcome = await driver.send()
    expect([expected].flat(), outcome.message).toContain(outcome.result)
    expect(outcome.message).toContain(says ?? '')
    server.greeting = { certificate: transport?.sni === undefined ? made.good : made.wrongHost }
    expect(await driver.send()).toMatchObject({ result: 200, body: 'good' })
    expect(driver.imbalance).toBe(0)
  })

  it('fails when the authority is unknown', async () => {
    const driver = new LaneDriver(name, { url: `https://127.0.0.1:${server.port}/` })
    server.greeting = { certificate: made.good }
    expect(await driver.send()).toMatchObject({ result: 'tls' })
  })

  it('tells how long the handshake took', async () => {
    const driver = drive(name)
    server.greeting = { certificate: made.good }
    server.behave(GOOD)
    await driver.send()
    const [{ dnsMs, connectMs, tlsMs }] = driver.connected as [{ dnsMs: number; connectMs: number; tlsMs: number }]
    expect(dnsMs).toBeNaN()
    expect(connectMs).toBeGreaterThan(0)
    expect(tlsMs).toBeGreaterThan(0)
  })

  it('speaks plainly to a TLS port and is told off', async () => {
    const driver = new LaneDriver(name, { url: `http://127.0.0.1:${server.port}/` })
    server.greeting = { certificate: made.good }
    const outcome = await driver.send()
    expect(['protocol', 'eof', 'reset'], outcome.message).toContain(outcome.result)
    server.greeting = 'plain'
    server.behave(GOOD)
    expect(await driver.send()).toMatchObject({ result: 200, body: 'good' })
  })

  it('shows a client certificate to a server that wants one, and names the failure when it has none', async () => {
    const strict = tls.createServer({ ...made.good, ca: made.ca, requestCert: true, rejectUnauthorized: true }, (socket) => {
      socket.on('error', () => {})
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood'))
    })
    strict.listen(0, '127.0.0.1')
    await once(strict, 'listening')
    const url = `https://127.0.0.1:${(strict.address() as AddressInfo).port}/`
    const stranger = new LaneDriver(name, { url, transport: trusted })
    const refused = await stranger.send()
    expect(['tls', 'reset', 'eof'], refused.message).toContain(refused.result)
    const known = new LaneDriver(name, { url, transport: { ...trusted, cert: made.client.cert, key: made.client.key } })
    expect(await known.send()).toMatchObject({ result: 200 })
    strict.close()
  })

  it('refuses a certificate that is none before anything is sent', () => {
    expect(() => drive(name, { cert: 'no PEM', key: 'no PEM' })).toThrow(/certificate or key/)
  })

  it.each(ANSWERS.filter((answer) => CUT.includes(answer.name)))('given $name, cut at every byte, ends as over TCP', async (answer) => {
    const driver = drive(name)
    server.greeting = { certificate: made.good }
    const length = bytesOf(answer.steps).length
    for (let at = 1; at < length; at++) {
      server.behave(answer.steps, { mode: 'split', at })
      const whole = await driver.send()
      await server.settled()
      expect(whole.result, `split at ${at}: ${whole.message}`).toBe(answer.expected)
      server.behave(answer.steps, { mode: 'truncate', at })
      const part = await driver.send()
      await server.settled()
      const allowed = at < (answer.completeAt ?? length) ? ['eof', 'protocol', 'reset'] : ['eof', 'protocol', 'reset', answer.expected]
      expect(allowed, `cut at ${at}: ${part.message}`).toContain(part.result)
    }
    server.behave(GOOD)
    expect(await driver.send()).toMatchObject({ result: 200, body: 'good' })
    expect(driver.imbalance).toBe(0)
  })
})
