import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { GOOD } from './answers.ts'
import type { Result } from './answers.ts'
import { BlackHole } from './black-hole.ts'
import { HostileServer } from './hostile-server.ts'
import type { Greeting, Step } from './hostile-server.ts'
import { LANES, LaneDriver } from './lane-driver.ts'
import type { Http1LaneName } from './lane-driver.ts'

const OK = 'HTTP/1.1 200 OK\r\n'
/** Short, where waiting for it in vain is the point. */
const BRIEF = { timeoutMs: 150 }

interface Misbehaviour {
  name: string
  greeting?: Greeting
  steps?: Step[]
  expected: Result | Result[] | { http1: Result; undici: Result; why: string }
  options?: { timeoutMs: number }
}

const MISBEHAVIOURS: Misbehaviour[] = [
  { name: 'resets every connection at once', greeting: 'reset-at-once', expected: 'reset' },
  { name: 'ends every connection at once', greeting: 'end-at-once', expected: ['eof', 'reset'] },
  { name: 'resets instead of answering', steps: ['reset'], expected: 'reset' },
  { name: 'resets within the head', steps: [{ write: 'HTTP/1.1 200 OK\r\nContent-' }, 'reset'], expected: 'reset' },
  { name: 'resets within a body of known length', steps: [{ write: `${OK}Content-Length: 100\r\n\r\nhalf` }, 'reset'], expected: 'reset' },
  { name: 'resets within a chunk', steps: [{ write: `${OK}Transfer-Encoding: chunked\r\n\r\nff\r\nhalf` }, 'reset'], expected: 'reset' },
  {
    name: 'resets within a body that lasts until the close',
    steps: [{ write: `${OK}\r\nhalf` }, 'reset'],
    expected: { http1: 'reset', undici: 200, why: 'macOS resets after complete answers, so undici takes a reset for the end of such a body.' },
  },
  { name: 'never answers', steps: [], expected: 'timeout', options: BRIEF },
  { name: 'goes silent within the head', steps: [{ write: 'HTTP/1.1 200 OK\r\n' }], expected: 'timeout', options: BRIEF },
  { name: 'goes silent within the body', steps: [{ write: `${OK}Content-Length: 10\r\n\r\nhalf` }], expected: 'timeout', options: BRIEF },
  { name: 'sends its head byte by byte', steps: [{ write: OK }, { drip: 'X: y\r\n', everyMs: 5 }], expected: 'timeout', options: BRIEF },
  { name: 'sends its body byte by byte', steps: [{ write: `${OK}Content-Length: 1000000\r\n\r\n` }, { drip: 'slow', everyMs: 5 }], expected: 'timeout', options: BRIEF },
  { name: 'sends a body without end', steps: [{ write: `${OK}\r\n` }, { flood: Buffer.alloc(65_536, 'x') }], expected: 'timeout', options: BRIEF },
  { name: 'sends chunks without end', steps: [{ write: `${OK}Transfer-Encoding: chunked\r\n\r\n` }, { flood: '4\r\nmore\r\n'.repeat(1000) }], expected: 'timeout', options: BRIEF },
  { name: 'sends a header line without end', steps: [{ write: `${OK}X: ` }, { flood: 'x'.repeat(4096) }], expected: 'protocol' },
  { name: 'sends header lines without end', steps: [{ write: OK }, { flood: 'X-Flood: y\r\n'.repeat(100) }], expected: 'protocol' },
  { name: 'sends a reason phrase without end', steps: [{ write: 'HTTP/1.1 200 ' }, { flood: 'x'.repeat(4096) }], expected: { http1: 'protocol', undici: 'timeout', why: 'llhttp puts no bound on a reason phrase and keeps only its last part.' }, options: { timeoutMs: 300 } },
  { name: 'sends empty lines without end', steps: [{ flood: '\r\n'.repeat(1000) }], expected: { http1: 'protocol', undici: 'timeout', why: 'llhttp skips empty lines before an answer, however many.' }, options: { timeoutMs: 300 } },
  { name: 'sends 100 Continue without end', steps: [{ flood: 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(10) }], expected: 'protocol' },
  { name: 'sends 103 Early Hints without end', steps: [{ flood: 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10) }], expected: { http1: 'protocol', undici: 'timeout', why: 'undici puts no bound on interim answers; the timeout holds.' }, options: { timeoutMs: 300 } },
  { name: 'sends a chunk extension without end', steps: [{ write: `${OK}Transfer-Encoding: chunked\r\n\r\n4;x=` }, { flood: 'x'.repeat(4096) }], expected: { http1: 'protocol', undici: 'timeout', why: 'llhttp reads over extensions without a bound and without keeping them.' }, options: { timeoutMs: 300 } },
  { name: 'sends trailers without end', steps: [{ write: `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n` }, { flood: 'X-Trailer: y\r\n'.repeat(100) }], expected: 'protocol' },
]

let server: HostileServer
beforeEach(async () => void (server = await new HostileServer().listen()))
afterEach(() => server.close())

function drive(name: Http1LaneName, ...[options, target]: [ConstructorParameters<typeof LaneDriver>[2]?, object?]): LaneDriver {
  return new LaneDriver(name, { url: `http://127.0.0.1:${server.port}/`, ...target }, options)
}

async function recovers(driver: LaneDriver): Promise<void> {
  server.greeting = 'plain'
  server.behave(GOOD)
  let outcome = await driver.send()
  // Where the timeout is brief, a busy machine may miss it with a good answer, too.
  while (/timeout/.test(String(outcome.result))) outcome = await driver.send()
  expect(outcome).toMatchObject({ result: 200, body: 'good' })
  expect(driver.imbalance).toBe(0)
  expect(driver.lane.inFlight + driver.lane.queued).toBe(0)
}

function until(condition: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(condition()).toBe(true), { timeout: 15_000, interval: 1 })
}

describe.each(LANES)('the %s lane', (name) => {
  it.each(MISBEHAVIOURS)('names a server that $name, and serves on', async ({ greeting, steps, expected, options }) => {
    const driver = drive(name, options)
    server.greeting = greeting ?? 'plain'
    server.behave(steps ?? [])
    const outcome = await driver.send()
    const allowed = Array.isArray(expected) ? expected : [typeof expected === 'object' ? expected[name] : expected]
    expect(allowed, outcome.message).toContain(outcome.result)
    await recovers(driver)
    driver.close()
    await until(() => server.open === 0)
  })

  it('names a target that refuses connections, fails all that wait, and serves on once it listens', async () => {
    const driver = drive(name)
    await server.close()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => driver.send()))
    expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(['refused']))
    expect(outcomes[0]!.sentAt).toBe(0)
    await server.listen()
    await recovers(driver)
    expect(driver.ledger).toMatchObject({ accepted: 21, failed: 20, done: 1 })
  })

  it('names a black hole as a connection that timed out, and serves on once it opens', async () => {
    const hole = await BlackHole.dig()
    const driver = new LaneDriver(name, { url: `http://127.0.0.1:${hole.port}/` }, BRIEF)
    const outcomes = await Promise.all([driver.send(), driver.send(), driver.send()])
    expect(outcomes.map(({ result }) => result)).toEqual(['connect-timeout', 'connect-timeout', 'connect-timeout'])
    hole.open()
    let last = await driver.send()
    while (last.result === 'connect-timeout') last = await driver.send()
    expect(last).toMatchObject({ result: 200, body: 'good' })
    expect(driver.imbalance).toBe(0)
    await hole.close()
  })

  it('names a host that does not exist', async () => {
    const driver = new LaneDriver(name, { url: 'http://nowhere.invalid/' })
    const outcomes = await Promise.all([driver.send(), driver.send()])
    expect(outcomes.map(({ result }) => result)).toEqual(['dns', 'dns'])
    expect(driver.imbalance).toBe(0)
  })

  it('reports what is on the wire as cancelled and what waits as dropped, and lets go of an endless body', async () => {
    const driver = drive(name, { maxConnections: 1 })
    server.behave([{ write: `${OK}\r\n` }, { flood: 'endless' }])
    const first = driver.send()
    const second = driver.send()
    await until(() => driver.lane.inFlight === 1 && server.requests.length === 1)
    driver.lane.cancel(performance.now())
    expect([(await first).result, (await second).result]).toEqual(['cancelled', 'dropped'])
    await until(() => server.open === 0)
    await recovers(driver)
  })

  it('takes a connection that the server closes while it is idle out of service', async () => {
    const driver = drive(name)
    server.behave([...GOOD, 'end'])
    await driver.send()
    await until(() => driver.lane.connections === 0)
    await recovers(driver)
  })

  it('does not take bytes that nobody asked for as the next answer', async () => {
    const driver = drive(name)
    server.behave([...GOOD, { write: '' }, { write: '' }, { write: `${OK}Content-Length: 3\r\n\r\nbad` }])
    expect(await driver.send()).toMatchObject({ result: 200, body: 'good' })
    await until(() => driver.lane.connections === 0)
    await recovers(driver)
  })

  it('keeps no more of a large body than it was told to', async () => {
    const driver = drive(name)
    const size = 8 * 1024 * 1024
    server.behave([{ write: Buffer.concat([Buffer.from(`${OK}Content-Length: ${size}\r\n\r\n`), Buffer.alloc(size, 'x')]) }])
    const outcome = await driver.send()
    expect(outcome.result).toBe(200)
    expect(outcome.body.length).toBe(65_536)
    expect(outcome.bytesReceived).toBeGreaterThan(size)
    await recovers(driver)
  })

  it('keeps no more of a compression bomb than it was told to', async () => {
    const driver = drive(name, {}, { request: { headers: { 'Accept-Encoding': 'gzip' } } })
    const bomb = gzipSync(Buffer.alloc(32 * 1024 * 1024))
    server.behave([{ write: Buffer.concat([Buffer.from(`${OK}Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`), bomb]) }])
    const outcome = await driver.send()
    expect(outcome.result).toBe(200)
    expect(outcome.body.length).toBeLessThanOrEqual(65_536)
    await recovers(driver)
  })

  it('closes after every answer when keep-alive is off, and says so', async () => {
    const driver = drive(name, {}, { transport: { keepAlive: false } })
    server.behave(GOOD)
    for (let n = 0; n < 5; n++) expect(await driver.send()).toMatchObject({ result: 200 })
    expect(driver.connected).toHaveLength(5)
    expect(server.requests.every((request) => /\r\nconnection: close\r\n/i.test(request))).toBe(true)
  })

  it('uses one connection again and again', async () => {
    const driver = drive(name)
    server.behave(GOOD)
    for (let n = 0; n < 20; n++) expect(await driver.send()).toMatchObject({ result: 200 })
    expect(driver.connected).toHaveLength(1)
    expect(driver.idles).toBe(20)
  })

  it('opens no more connections than it may and serves who waits in turn', async () => {
    const driver = drive(name, { maxConnections: 2 })
    server.behave(GOOD)
    const order: number[] = []
    await Promise.all(Array.from({ length: 20 }, (_, n) => driver.send().then(() => order.push(n))))
    expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n))
    expect(driver.connected.length).toBeLessThanOrEqual(2)
    expect(driver.imbalance).toBe(0)
  })

  it('refuses what exceeds the bound on waiting and in flight, and counts it nowhere', async () => {
    const driver = drive(name, { maxInFlight: 3, timeoutMs: 150 })
    server.behave([])
    const accepted = [driver.send(), driver.send(), driver.send()]
    await expect(driver.send()).rejects.toThrow('refused')
    expect((await Promise.all(accepted)).map(({ result }) => result)).toEqual(['timeout', 'timeout', 'timeout'])
    await recovers(driver)
  })

  it('lets one that waits for a connection time out like the one that holds it', async () => {
    const driver = drive(name, { maxConnections: 1, timeoutMs: 150 })
    server.behave([])
    const [first, second] = await Promise.all([driver.send(), driver.send()])
    expect(first.result).toBe('timeout')
    // The connection went with the first one, so that the second may have waited for a new one at the end.
    expect(['timeout', 'connect-timeout']).toContain(second.result)
    expect(second.sentAt).toBe(0)
    await recovers(driver)
  })

  it('opens connections ahead, and survives when it cannot', async () => {
    const driver = drive(name)
    await driver.lane.warm(3)
    expect(driver.lane.connections).toBe(3)
    await server.close()
    await until(() => driver.lane.connections === 0)
    await driver.lane.warm(3)
    expect(driver.lane.connections).toBe(0)
    await server.listen()
    await recovers(driver)
  })
})
