import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  ACK, CANCEL, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, RST_STREAM, SETTINGS, WINDOW_UPDATE, settingsFrame, uint32,
} from '../../src/main/engine/lanes/http2-frames.ts'
import { createHttp2Lane } from '../../src/main/engine/lanes/http2-lane.ts'
import type { LaneOptions } from '../../src/main/engine/lanes/lane.ts'
import type { ErrorKind } from '../../src/shared/errors.ts'
import { BlackHole } from './black-hole.ts'
import { GOOD } from './http2-answers.ts'
import { Http2Peer, frames, raw } from './http2-peer.ts'
import type { Script } from './http2-peer.ts'
import type { Afterwards } from './peer-server.ts'
import { LaneDriver } from './lane-driver.ts'
import type { Target } from './lane-driver.ts'

/** Short, where waiting for it in vain is the point. */
const BRIEF = { timeoutMs: 150 }
const OK = [0x88]
const SETTINGS_ONLY = settingsFrame([])

interface Misbehaviour {
  name: string
  greeting?: Buffer
  script?: Script
  afterwards?: Afterwards
  /** The server stops to read. */
  deaf?: true
  expected: ErrorKind | ErrorKind[]
  options?: Partial<LaneOptions>
}

function head(id: number, flags = END_HEADERS): Buffer {
  return raw(HEADERS, flags, id, OK)
}

function goaway(last: number, code = 0): Buffer {
  return raw(GOAWAY, 0, 0, frames(uint32(last), uint32(code)))
}

function flood(script: Script): Pick<Misbehaviour, 'script' | 'afterwards'> {
  return { script, afterwards: 'again' }
}

const MISBEHAVIOURS: Misbehaviour[] = [
  { name: 'never says its settings', greeting: Buffer.alloc(0), expected: 'connect-timeout', options: BRIEF },
  { name: 'begins with an acknowledgement', greeting: raw(SETTINGS, ACK, 0), expected: 'protocol' },
  { name: 'begins with a ping', greeting: frames(raw(PING, 0, 0, '12345678'), SETTINGS_ONLY), expected: 'protocol' },
  { name: 'answers in HTTP/1.1', greeting: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), expected: 'protocol' },
  { name: 'answers in something else', greeting: Buffer.from('220 smtp.example ESMTP\r\n'), expected: 'protocol' },
  { name: 'begins with settings that must not be', greeting: settingsFrame([[2, 7]]), expected: 'protocol' },
  { name: 'never answers', expected: 'timeout', options: BRIEF },
  { name: 'goes silent within a header block', script: (id) => raw(HEADERS, 0, id, OK), expected: 'timeout', options: BRIEF },
  { name: 'goes silent within the content', script: (id) => frames(head(id), raw(DATA, 0, id, 'half')), expected: 'timeout', options: BRIEF },
  { name: 'ends instead of answering', afterwards: 'end', expected: 'eof' },
  { name: 'ends within the head', script: (id) => raw(HEADERS, 0, id, OK), afterwards: 'end', expected: 'eof' },
  { name: 'ends within the content', script: (id) => head(id), afterwards: 'end', expected: 'eof' },
  { name: 'resets the connection instead of answering', afterwards: 'reset', expected: 'reset' },
  { name: 'resets the connection within the content', script: (id) => head(id), afterwards: 'reset', expected: 'reset' },
  { name: 'sends content without end', ...flood((id) => raw(DATA, 0, id, 'x'.repeat(16_384))), script: (id) => frames(head(id), raw(DATA, 0, id, 'x')), afterwards: null, expected: 'timeout', options: BRIEF },
  { name: 'sends pings without end', ...flood(() => raw(PING, 0, 0, '12345678')), expected: 'timeout', options: BRIEF },
  { name: 'sends pings without end and does not read', ...flood(() => frames(...Array<Buffer>(1000).fill(raw(PING, 0, 0, '12345678')))), deaf: true, expected: 'protocol', options: { timeoutMs: 15_000 } },
  { name: 'sends settings without end', ...flood(() => settingsFrame([[3, 100]])), expected: 'timeout', options: BRIEF },
  { name: 'sends unknown frames without end', ...flood(() => raw(0xbe, 0, 0, 'x'.repeat(1000))), expected: 'timeout', options: BRIEF },
  { name: 'sends a header block without end', ...flood((id) => raw(CONTINUATION, 0, id, 'x'.repeat(1000))), script: (id) => frames(raw(HEADERS, 0, id, OK), ...Array<Buffer>(70).fill(raw(CONTINUATION, 0, id, 'x'.repeat(1000)))), afterwards: null, expected: 'protocol' },
  { name: 'sends empty CONTINUATIONs without end', script: (id) => frames(raw(HEADERS, 0, id, OK), ...Array<Buffer>(300).fill(raw(CONTINUATION, 0, id))), expected: 'protocol' },
  { name: 'sends 103 Early Hints without end', ...flood((id) => raw(HEADERS, END_HEADERS, id, [8, 3, 49, 48, 51])), expected: 'protocol' },
]

let peer: Http2Peer
beforeEach(async () => void (peer = await new Http2Peer().listen()))
afterEach(() => peer.close())

function drive(options: Partial<LaneOptions> = {}, target: Partial<Target> = {}): LaneDriver {
  return new LaneDriver('http2', { url: `http://127.0.0.1:${peer.port}/`, ...target, transport: { protocol: 'http2', ...target.transport } }, options)
}

async function recovers(driver: LaneDriver): Promise<void> {
  peer.greeting = SETTINGS_ONLY
  peer.reads = true
  peer.behave(GOOD)
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

function sentOf(type: number): typeof peer.frames {
  return peer.frames.filter((frame) => frame.type === type)
}

describe('the http2 lane', () => {
  it.each(MISBEHAVIOURS)('names a server that $name, and serves on', async ({ greeting, script, afterwards, deaf, expected, options }) => {
    const driver = drive(options)
    peer.greeting = greeting ?? SETTINGS_ONLY
    peer.reads = deaf !== true
    peer.behave(script ?? (() => Buffer.alloc(0)), afterwards ?? null)
    const outcome = await driver.send()
    expect([expected].flat(), outcome.message).toContain(outcome.result)
    await recovers(driver)
    driver.close()
    await until(() => peer.open === 0)
  })

  it('names a target that refuses connections, fails all that wait, and serves on once it listens', async () => {
    const driver = drive()
    await peer.close()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => driver.send()))
    expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(['refused']))
    await peer.listen()
    await recovers(driver)
    expect(driver.ledger).toMatchObject({ accepted: 21, failed: 20, done: 1 })
  })

  it('names a black hole as a connection that timed out', async () => {
    const hole = await BlackHole.dig()
    const driver = drive(BRIEF, { url: `http://127.0.0.1:${hole.port}/` })
    const outcomes = await Promise.all([driver.send(), driver.send()])
    expect(outcomes.map(({ result }) => result)).toEqual(['connect-timeout', 'connect-timeout'])
    expect(driver.imbalance).toBe(0)
    await hole.close()
  })

  it('answers pings and acknowledges settings', async () => {
    const driver = drive()
    peer.behave((id) => frames(raw(PING, 0, 0, '12345678'), settingsFrame([[3, 7]]), GOOD(id)))
    await driver.send()
    await until(() => sentOf(PING).length > 0)
    expect(sentOf(PING)).toMatchObject([{ flags: ACK, payload: Buffer.from('12345678') }])
    expect(sentOf(SETTINGS).filter(({ flags }) => flags === ACK)).toHaveLength(2)
  })

  it('asks for no header table, no pushes and the largest windows', async () => {
    const driver = drive()
    peer.behave(GOOD)
    await driver.send()
    const [settings] = sentOf(SETTINGS)
    expect(settings!.payload).toEqual(Buffer.from([0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 4, 0x7f, 255, 255, 255]))
    expect(sentOf(WINDOW_UPDATE)[0]!.payload.readUInt32BE()).toBe(2 ** 31 - 1 - 65_535)
  })

  it('carries many at once on one connection, and keeps it', async () => {
    const driver = drive({ maxConnections: 60 })
    peer.behave(GOOD)
    for (let round = 0; round < 5; round++) await Promise.all(Array.from({ length: 60 }, () => driver.send()))
    expect(peer.connections).toBe(1)
    expect(driver.idles).toBe(300)
    expect(new Set(sentOf(HEADERS).map(({ stream }) => stream)).size).toBe(300)
  })

  it('has no more at once than it may, and serves who waits in turn', async () => {
    const driver = drive({ maxConnections: 2 })
    peer.behave(GOOD)
    const order: number[] = []
    await Promise.all(Array.from({ length: 20 }, (_, n) => driver.send().then(() => order.push(n))))
    expect(order).toEqual(Array.from({ length: 20 }, (_, n) => n))
    expect(driver.imbalance).toBe(0)
  })

  it('opens more connections where a server allows few streams, never more than asked for', async () => {
    const driver = drive({ maxConnections: 6, maxInFlight: 100 })
    peer.greeting = settingsFrame([[3, 2]])
    peer.behave(GOOD)
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => driver.send()))
    expect(outcomes.every(({ result }) => result === 200)).toBe(true)
    expect(peer.connections).toBeLessThanOrEqual(3)
    peer.behave(() => Buffer.alloc(0))
    const held = Array.from({ length: 12 }, () => driver.send())
    await until(() => driver.lane.inFlight === 6 && driver.lane.connections === 3)
    expect(driver.lane.queued).toBe(6)
    driver.lane.cancel(performance.now())
    expect((await Promise.all(held)).map(({ result }) => result).sort()).toEqual([...Array<string>(6).fill('cancelled'), ...Array<string>(6).fill('dropped')])
  })

  it('waits while a server allows no streams, and goes on when it does', async () => {
    const driver = drive({ maxConnections: 1 })
    peer.greeting = settingsFrame([[3, 0]])
    peer.behave(GOOD)
    const outcome = driver.send()
    await until(() => driver.lane.connections === 1)
    expect([driver.lane.inFlight, driver.lane.queued]).toEqual([0, 1])
    peer.say(settingsFrame([[3, 1]]))
    expect(await outcome).toMatchObject({ result: 200 })
  })

  it('keeps to fewer streams when a server takes room back', async () => {
    const driver = drive({ maxConnections: 4 })
    const held: number[] = []
    peer.behave((id) => (held.push(id), Buffer.alloc(0)))
    const outcomes = Array.from({ length: 2 }, () => driver.send())
    await until(() => held.length === 2)
    peer.say(settingsFrame([[3, 2]]))
    await until(() => sentOf(SETTINGS).filter(({ flags }) => flags === ACK).length === 2)
    outcomes.push(driver.send())
    await until(() => peer.connections === 2)
    peer.say(frames(...held.map((id) => GOOD(id))))
    driver.lane.cancel(performance.now())
    await Promise.all(outcomes)
    expect(driver.imbalance).toBe(0)
  })

  it('times one stream out without touching the others, and tells the server', async () => {
    const driver = drive({ timeoutMs: 300 })
    peer.behave((id) => (id === 3 ? Buffer.alloc(0) : GOOD(id)))
    const outcomes = await Promise.all([driver.send(), driver.send(), driver.send()])
    expect(outcomes.map(({ result }) => result)).toEqual([200, 'timeout', 200])
    await until(() => sentOf(RST_STREAM).length > 0)
    expect(sentOf(RST_STREAM)).toMatchObject([{ stream: 3, payload: uint32(CANCEL) }])
    expect(peer.connections).toBe(1)
  })

  it('takes an answer that comes after the timeout for what it is', async () => {
    const driver = drive(BRIEF)
    peer.behave((id) => (id === 1 ? Buffer.alloc(0) : GOOD(id)))
    const [late] = await Promise.all([driver.send(), driver.send()])
    expect(late.result).toBe('timeout')
    peer.say(GOOD(1))
    expect(await driver.send()).toMatchObject({ result: 200, body: 'good' })
    expect(peer.connections).toBe(1)
  })

  it('leaves a connection on which nothing is heard any more', async () => {
    const driver = drive(BRIEF)
    peer.behave((id) => (id === 1 ? GOOD(id) : Buffer.alloc(0)))
    await driver.send()
    expect(await driver.send()).toMatchObject({ result: 'timeout' })
    expect(driver.lane.connections).toBe(0)
    await recovers(driver)
    expect(peer.connections).toBe(2)
  })

  it('gives up what waits when nothing may leave any more, and goes on when it may', async () => {
    let may = true
    const driver = drive({ maxConnections: 1, mayLeave: () => may })
    peer.behave(() => Buffer.alloc(0))
    const outcomes = [driver.send(), driver.send(), driver.send()]
    await until(() => driver.lane.inFlight === 1)
    may = false
    peer.say(GOOD(1))
    expect((await Promise.all(outcomes)).map(({ result }) => result)).toEqual([200, 'dropped', 'dropped'])
    may = true
    await recovers(driver)
  })

  it('refuses what exceeds the bound on waiting and in flight', async () => {
    const driver = drive({ maxInFlight: 3, timeoutMs: 150 })
    const accepted = [driver.send(), driver.send(), driver.send()]
    await expect(driver.send()).rejects.toThrow('refused')
    expect((await Promise.all(accepted)).map(({ result }) => result)).toEqual(['timeout', 'timeout', 'timeout'])
    await recovers(driver)
  })

  it('makes a new connection for every request when none is to be kept', async () => {
    const driver = drive({}, { transport: { keepAlive: false } })
    peer.behave(GOOD)
    for (let n = 0; n < 5; n++) expect(await driver.send()).toMatchObject({ result: 200 })
    expect(driver.connected).toHaveLength(5)
    expect(driver.imbalance).toBe(0)
  })

  it('opens connections ahead, one for many', async () => {
    const driver = drive({ maxConnections: 250 })
    await driver.lane.warm(150)
    expect(driver.lane.connections).toBe(2)
    await peer.close()
    await until(() => driver.lane.connections === 0)
    await driver.lane.warm(3)
    expect(driver.lane.connections).toBe(0)
    await peer.listen()
    await recovers(driver)
  })

  it('refuses to send once it is closed, and lets what is under way end', async () => {
    const driver = drive()
    const ids: number[] = []
    peer.behave((id) => (ids.push(id), Buffer.alloc(0)))
    const outcome = driver.send()
    await until(() => ids.length === 1)
    driver.lane.close()
    await expect(driver.send()).rejects.toThrow('refused')
    peer.say(GOOD(1))
    expect(await outcome).toMatchObject({ result: 200 })
    await until(() => peer.open === 0)
  })

  it('keeps no more of a large body than it was told to', async () => {
    const driver = drive()
    const part = Buffer.alloc(16_384, 'x')
    peer.behave((id) => frames(head(id), ...Array.from({ length: 500 }, () => raw(DATA, 0, id, part)), raw(DATA, END_STREAM, id)))
    const outcome = await driver.send()
    expect(outcome).toMatchObject({ result: 200, body: 'x'.repeat(65_536) })
    expect(outcome.bytesReceived).toBe(10 + 500 * (16_384 + 9) + 9)
    await recovers(driver)
  })
})

describe('the http2 lane, when a server goes away', () => {
  it('lets what the server still answers end, and goes on elsewhere', async () => {
    const driver = drive({ maxConnections: 10 })
    peer.behave((id) => (id === 5 ? frames(goaway(5), GOOD(1), GOOD(3), GOOD(5)) : id < 5 && peer.connections === 1 ? Buffer.alloc(0) : GOOD(id)))
    const outcomes = await Promise.all([driver.send(), driver.send(), driver.send()])
    expect(outcomes.map(({ result }) => result)).toEqual([200, 200, 200])
    await recovers(driver)
    expect(peer.connections).toBe(2)
  })

  it('sends again what the server has not looked at, once', async () => {
    const driver = drive({ maxConnections: 10 })
    peer.behave((id) => (peer.connections === 1 ? (id === 5 ? frames(goaway(1), GOOD(1)) : Buffer.alloc(0)) : GOOD(id)))
    const outcomes = await Promise.all([driver.send(), driver.send(), driver.send()])
    expect(outcomes.map(({ result }) => result)).toEqual([200, 200, 200])
    expect([driver.sent, driver.hops]).toEqual([3, 2])
    expect(driver.imbalance).toBe(0)
  })

  it('gives up what is handed back a second time', async () => {
    const driver = drive()
    peer.behave(() => goaway(0), 'end')
    expect(await driver.send()).toMatchObject({ result: 'reset', message: 'connection given up by the server (NO_ERROR)' })
    await recovers(driver)
  })

  it('fails what was handed back when there is no other connection in time', async () => {
    const driver = drive({ timeoutMs: 300 })
    peer.behave(() => {
      peer.greeting = Buffer.alloc(0)
      return goaway(0)
    })
    expect(await driver.send()).toMatchObject({ result: 'reset' })
    await recovers(driver)
  })

  it('counts what was handed back as cancelled when the run is over', async () => {
    const driver = drive()
    peer.behave(() => {
      peer.greeting = Buffer.alloc(0)
      return goaway(0)
    })
    const outcome = driver.send()
    await until(() => peer.connections === 2)
    expect(driver.lane.inFlight).toBe(1)
    driver.lane.cancel(performance.now())
    expect((await outcome).result).toBe('cancelled')
    await recovers(driver)
  })

  it('goes on with a new connection when the ids of the old one are used up', async () => {
    const driver = new LaneDriver((request, options, sink) => createHttp2Lane(request, options, sink, 2 ** 31 - 5), { url: `http://127.0.0.1:${peer.port}/`, transport: { protocol: 'http2' } })
    peer.behave(GOOD)
    for (let n = 0; n < 10; n++) expect(await driver.send()).toMatchObject({ result: 200 })
    expect(peer.connections).toBe(4)
    expect(driver.imbalance).toBe(0)
  })
})

describe('the http2 lane, with a body', () => {
  const SIZE = 300_000
  const post: Partial<Target> = { request: { method: 'POST', body: 'x'.repeat(SIZE) } }

  function received(stream = 1): number {
    return sentOf(DATA).filter((frame) => frame.stream === stream).reduce((sum, { payload }) => sum + payload.length, 0)
  }

  function widen(stream: number, by: number): Buffer {
    return raw(WINDOW_UPDATE, 0, stream, uint32(by))
  }

  it('sends no more than there is room for, and goes on when there is', async () => {
    const driver = drive({}, post)
    peer.behave(GOOD)
    const outcome = driver.send()
    await until(() => received() === 65_535)
    peer.say(widen(0, 100_000))
    await peer.settled()
    expect(received()).toBe(65_535)
    peer.say(widen(1, 1000))
    await until(() => received() === 66_535)
    peer.say(widen(1, SIZE))
    await until(() => received() === 165_535)
    peer.say(widen(0, SIZE))
    expect(await outcome).toMatchObject({ result: 200 })
    expect(received()).toBe(SIZE)
    expect(Math.max(...sentOf(DATA).map(({ payload }) => payload.length))).toBe(16_384)
  })

  it('shares the room of the connection out among streams', async () => {
    const driver = drive({}, post)
    peer.behave(GOOD)
    const outcomes = [driver.send(), driver.send()]
    await until(() => received(1) + received(3) === 65_535)
    peer.say(frames(widen(1, SIZE), widen(3, SIZE), widen(0, 2 * SIZE)))
    expect((await Promise.all(outcomes)).map(({ result }) => result)).toEqual([200, 200])
    expect([received(1), received(3)]).toEqual([SIZE, SIZE])
  })

  it('begins with the room that the settings give, and follows when they change', async () => {
    const driver = drive({}, post)
    peer.greeting = frames(settingsFrame([[4, 1000]]), widen(0, SIZE))
    peer.behave(GOOD)
    const outcome = driver.send()
    await until(() => received() === 1000)
    peer.say(settingsFrame([[4, 500]]))
    peer.say(widen(1, 500))
    await peer.settled()
    expect(received()).toBe(1000)
    peer.say(settingsFrame([[4, 600]]))
    await until(() => received() === 1100)
    peer.say(settingsFrame([[4, SIZE]]))
    expect(await outcome).toMatchObject({ result: 200 })
    expect(received()).toBe(SIZE)
  })

  it('takes an answer that comes before all is sent, and sends no more', async () => {
    const driver = drive({}, post)
    const outcome = driver.send()
    await until(() => received() === 65_535)
    peer.say(GOOD(1))
    expect(await outcome).toMatchObject({ result: 200 })
    await until(() => sentOf(RST_STREAM).length > 0)
    expect(sentOf(RST_STREAM)).toMatchObject([{ stream: 1 }])
    expect(received()).toBe(65_535)
    expect(driver.imbalance).toBe(0)
  })

  it('lets a body that never finds room time out, and the next one go', async () => {
    const driver = drive(BRIEF, post)
    peer.greeting = settingsFrame([[4, 0]])
    expect(await driver.send()).toMatchObject({ result: 'timeout' })
    peer.greeting = frames(settingsFrame([[4, SIZE]]), widen(0, SIZE))
    peer.behave(GOOD)
    let outcome = await driver.send()
    while (/timeout/.test(String(outcome.result))) outcome = await driver.send()
    expect(outcome).toMatchObject({ result: 200 })
    expect(driver.imbalance).toBe(0)
  })

  it('sends a small body with its head, and a body of nothing not at all', async () => {
    const small = drive({}, { request: { method: 'POST', body: 'small' } })
    peer.behave(GOOD)
    expect(await small.send()).toMatchObject({ result: 200 })
    expect(sentOf(DATA)).toMatchObject([{ flags: END_STREAM, payload: Buffer.from('small') }])
    peer.frames.length = 0
    const empty = drive({}, { request: { method: 'POST', body: '' } })
    expect(await empty.send()).toMatchObject({ result: 200 })
    expect(sentOf(HEADERS)[0]!.flags).toBe(END_HEADERS | END_STREAM)
    expect(sentOf(DATA)).toEqual([])
  })
})
