import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { closePayload } from '../../src/main/engine/lanes/websocket-frames.ts'
import type { LaneOptions } from '../../src/main/engine/lanes/lane.ts'
import type { ErrorKind } from '../../src/shared/errors.ts'
import type { RequestSpec } from '../../src/shared/task/task.ts'
import type { Afterwards } from './peer-server.ts'
import { LaneDriver } from './lane-driver.ts'
import type { Outcome } from './lane-driver.ts'
import { WELCOME, WebSocketPeer, message } from './websocket-peer.ts'
import type { ReadMessage, Welcome } from './websocket-peer.ts'

const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10]
const BRIEF = { timeoutMs: 150 }
/** What a truncated answer may look like from outside. */
const CUT_SHORT = ['eof', 'protocol', 'reset']

interface Answer {
  name: string
  script: (sent: Buffer) => Buffer
  expected: number | ErrorKind
  says?: string
  body?: string
  completeAt?: number
  afterwards?: Afterwards
  request?: Partial<RequestSpec>
}

function answer(name: string, script: Answer['script'], more: Partial<Answer> = {}): Answer {
  return { name, script, expected: 101, body: 'hello', ...more }
}

function bad(name: string, says: string, ...parts: Buffer[]): Answer {
  return { name, script: () => Buffer.concat(parts), expected: 'protocol', says }
}

function closed(code: number, reason = ''): Buffer {
  return message(CLOSE, Buffer.concat([closePayload(code), Buffer.from(reason)]))
}

const ECHO = (sent: Buffer): Buffer => message(TEXT, sent)
const LONG = 'x'.repeat(300)

const ANSWERS: Answer[] = [
  answer('the message back', ECHO, { request: { expect: 'echo' } }),
  answer('any message', () => message(TEXT, 'other'), { body: 'other' }),
  answer('bytes', () => message(BINARY, [0, 1, 2]), { body: '\0\x01\x02' }),
  answer('an empty message', () => message(TEXT), { body: '' }),
  answer('a message in three fragments', () => Buffer.concat([message(TEXT, 'he', 0), message(CONTINUATION, 'll', 0), message(CONTINUATION, 'o')]), { request: { expect: 'echo' } }),
  answer('empty fragments', () => Buffer.concat([message(TEXT, '', 0), message(CONTINUATION, 'hello', 0), message(CONTINUATION, '')]), { request: { expect: 'echo' } }),
  answer('a ping and a pong between fragments', () => Buffer.concat([message(TEXT, 'hel', 0), message(PING, 'p'), message(PONG, 'q'), message(CONTINUATION, 'lo')]), { request: { expect: 'echo' } }),
  answer('a length of 16 bits', () => message(TEXT, LONG), { body: LONG }),
  answer('a length of 64 bits', () => message(TEXT, 'y'.repeat(70_000)), { body: 'y'.repeat(65_536) }),
  answer('a length in more bytes than it needs', () => Buffer.from([0x81, 126, 0, 5, ...Buffer.from('hello')])),
  answer('other messages before the one', () => Buffer.concat([message(TEXT, 'not yet'), message(BINARY, 'hello'), message(TEXT, 'hello')]), { request: { expect: 'echo' } }),
  answer('a message with a text in it', () => Buffer.concat([message(TEXT, 'nothing'), message(TEXT, '{"id":7}')]), { body: '{"id":7}', request: { expect: 'contains "id"' } }),
  answer('a message with a text that is cut by fragments', () => Buffer.concat([message(TEXT, '{"i', 0), message(CONTINUATION, 'd":7}')]), { body: '{"id":7}', request: { expect: 'contains "id"' } }),
  answer('a message that matches', () => Buffer.concat([message(TEXT, 'ERR'), message(TEXT, 'OK 5')]), { body: 'OK 5', request: { expect: 'matches "^OK \\\\d+$"' } }),
  answer('a pong', (sent) => Buffer.concat([message(PONG, 'other'), message(TEXT, 'noise'), message(PONG, sent)]), { request: { expect: 'pong' } }),
  answer('a message and then the end', ECHO, { afterwards: 'end', completeAt: 7 }),

  bad('a masked frame', 'masked', Buffer.from([0x81, 0x85, 1, 2, 3, 4, 5, 6, 7, 8, 9])),
  bad('reserved bit 1', 'reserved bits', message(TEXT, 'hello', 0xc0)),
  bad('reserved bit 2', 'reserved bits', message(TEXT, 'hello', 0xa0)),
  bad('reserved bit 3', 'reserved bits', message(TEXT, 'hello', 0x90)),
  bad('an unknown kind of message', 'unknown kind', message(3, 'hello')),
  bad('an unknown kind of control frame', 'unknown kind', message(11, 'hello')),
  bad('a continuation of nothing', 'continuation of nothing', message(CONTINUATION, 'hello')),
  bad('a message within a message', 'within a message', message(TEXT, 'he', 0), message(TEXT, 'llo')),
  bad('a ping in fragments', 'in fragments', message(PING, 'hello', 0)),
  bad('a ping longer than 125 bytes', 'longer than 125', message(PING, 'x'.repeat(126))),
  bad('a close longer than 125 bytes', 'longer than 125', message(CLOSE, 'x'.repeat(126))),
  bad('a frame longer than can be counted', 'longer than 2^50', Buffer.from([0x81, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])),
  bad('a close with half a code', 'must not be', message(CLOSE, [3])),
  bad('a close with a code that nobody may send', 'must not be', closed(1005)),
  bad('a close with a code that stands for nothing', 'must not be', closed(999)),
  bad('a close with a code that is not given out', 'must not be', closed(2000)),
  bad('a close with a reason that is no text', 'no text', message(CLOSE, [3, 232, 0xc3, 0x28])),
  { name: 'a close instead', script: () => closed(1011, 'sorry'), expected: 'eof', says: 'closed by the server (1011 internal error)' },
  { name: 'a close without a code', script: () => message(CLOSE), expected: 'eof', says: '1005 no status' },
  { name: 'a close with a code of its own', script: () => closed(4321), expected: 'eof', says: '(4321)' },
  { name: 'a close within a message', script: () => Buffer.concat([message(TEXT, 'he', 0), closed(1001)]), expected: 'eof', says: 'going away' },
  { name: 'an end instead', script: () => Buffer.alloc(0), afterwards: 'end', expected: 'eof', says: 'without a close frame' },
  { name: 'an end within a message', script: () => message(TEXT, 'he', 0), afterwards: 'end', expected: 'eof', says: 'middle of a message' },
  { name: 'a reset instead', script: () => Buffer.alloc(0), afterwards: 'reset', expected: 'reset' },
]

const WELCOMES: { name: string; welcome: Welcome; says: string; expected?: ErrorKind }[] = [
  { name: 'refuses', welcome: () => 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n', says: '403 Forbidden' },
  { name: 'answers as a page', welcome: () => 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi', says: '200 OK' },
  { name: 'redirects', welcome: () => 'HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n', says: '302 Found' },
  { name: 'gives a wrong accept', welcome: () => WELCOME('d3Jvbmc='), says: 'does not belong to the key' },
  { name: 'gives no accept', welcome: () => 'HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n', says: 'does not belong to the key' },
  { name: 'does not upgrade', welcome: (accept) => `HTTP/1.1 101 Yes\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`, says: 'without an upgrade' },
  { name: 'upgrades to something else', welcome: (accept) => WELCOME(accept).replace('websocket', 'h2c'), says: 'without an upgrade' },
  { name: 'compresses unasked', welcome: (accept) => WELCOME(accept).replace('\r\n\r\n', '\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n'), says: 'extension' },
  { name: 'chooses a subprotocol unasked', welcome: (accept) => WELCOME(accept).replace('\r\n\r\n', '\r\nSec-WebSocket-Protocol: chat\r\n\r\n'), says: 'subprotocol' },
  { name: 'speaks something else', welcome: () => 'SSH-2.0-x\r\n', says: 'does not answer in HTTP' },
  { name: 'has a head without end', welcome: () => `HTTP/1.1 101 Yes\r\nX: ${'x'.repeat(20_000)}`, says: 'larger than 16 KiB' },
]

const peer = new WebSocketPeer()
beforeAll(() => peer.listen())
afterAll(() => peer.close())
beforeEach(() => {
  peer.welcome = WELCOME
  peer.welcomeCut = 0
  peer.greeting = Buffer.alloc(0)
  peer.messages.length = 0
  peer.upgrades.length = 0
})

function drive(request: Partial<RequestSpec> = {}, options: Partial<LaneOptions> = {}): LaneDriver {
  return new LaneDriver('websocket', { url: `ws://127.0.0.1:${peer.port}/chat?room=1`, request: { send: 'hello', ...request } }, options)
}

async function exchange(driver: LaneDriver): Promise<Outcome> {
  const outcome = await driver.send()
  await peer.settled()
  return outcome
}

async function recovers(driver: LaneDriver, request: Partial<RequestSpec> = {}): Promise<void> {
  peer.welcome = WELCOME
  peer.behave(request.expect === 'pong' ? (sent) => message(PONG, sent) : request.expect === undefined || request.expect === 'echo' ? ECHO : ANSWERS.find((one) => one.request?.expect === request.expect)!.script)
  let outcome = await exchange(driver)
  while (/timeout/.test(String(outcome.result))) outcome = await exchange(driver)
  expect(outcome.result, outcome.message).toBe(101)
  expect(driver.imbalance).toBe(0)
  expect(driver.lane.inFlight + driver.lane.queued).toBe(0)
}

/** Of one kind: a connection of the test before may say goodbye only now. */
function heard(kind: number): ReadMessage[] {
  return peer.messages.filter(({ opcode }) => opcode === kind)
}

function until(condition: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(condition()).toBe(true), { timeout: 15_000, interval: 1 })
}

describe.each(ANSWERS)('the websocket lane, given $name', ({ script, expected, says, body, completeAt, afterwards, request }) => {
  const { length } = script(Buffer.from('hello'))
  const cuts = Array.from({ length: Math.max(0, Math.min(length, 400) - 1) }, (_, i) => i + 1)

  it(`ends with ${expected}`, async () => {
    const driver = drive(request)
    peer.behave(script, afterwards ?? null)
    const outcome = await exchange(driver)
    expect(outcome.result, outcome.message).toBe(expected)
    expect(outcome.message).toContain(says ?? '')
    if (expected === 101) expect(outcome.body).toBe(body)
    if (expected === 101) expect(outcome.head).toMatch(/^HTTP\/1\.1 101 /)
    await recovers(driver, request)
  })

  it('ends the same when it comes in two parts, wherever the cut', async () => {
    const driver = drive(request)
    for (const at of cuts) {
      peer.behave(script, afterwards ?? null, { mode: 'split', at })
      const outcome = await exchange(driver)
      expect(outcome.result, `cut at ${at}: ${outcome.message}`).toBe(expected)
    }
    await recovers(driver, request)
  })

  it('fails, and neither hangs nor breaks, when it stops early, wherever that is', async () => {
    const driver = drive(request)
    for (const at of [0, ...cuts]) {
      peer.behave(script, null, { mode: 'truncate', at })
      const outcome = await exchange(driver)
      const allowed = at < (completeAt ?? length) ? CUT_SHORT : [...CUT_SHORT, expected]
      expect(allowed, `cut at ${at}: ${outcome.message}`).toContain(outcome.result)
    }
    await recovers(driver, request)
  })
})

describe('the websocket lane', () => {
  it.each(WELCOMES)('names a server that $name, and serves on', async ({ welcome, says, expected }) => {
    const driver = drive()
    peer.welcome = welcome
    const outcome = await exchange(driver)
    expect(outcome).toMatchObject({ result: expected ?? 'protocol', message: expect.stringContaining(says), sentAt: 0 })
    await recovers(driver)
  })

  it('stands wherever the welcome is cut', async () => {
    peer.behave(ECHO)
    for (let at = 1; at < WELCOME('x'.repeat(28)).length; at++) {
      peer.welcomeCut = at
      const driver = drive()
      const outcome = await exchange(driver)
      expect(outcome.result, `cut at ${at}: ${outcome.message}`).toBe(101)
      driver.close()
    }
  })

  it('gives up a server that never agrees, or ends instead', async () => {
    const driver = drive({}, BRIEF)
    peer.welcome = () => 'HTTP/1.1 '
    expect(await driver.send()).toMatchObject({ result: 'connect-timeout' })
    await recovers(driver)
  })

  it.each<[string, Afterwards, () => Buffer, ErrorKind]>([
    ['never answers', null, () => Buffer.alloc(0), 'timeout'],
    ['goes silent within a message', null, () => message(TEXT, 'hel', 0), 'timeout'],
    ['sends pings without end', 'again', () => message(PING, 'p'), 'timeout'],
    ['sends fragments without end', 'again', () => message(CONTINUATION, 'x'.repeat(1000), 0), 'protocol'],
  ])('names a server that %s', async (_, afterwards, script, expected) => {
    const driver = drive({}, BRIEF)
    peer.behave(script, afterwards)
    expect(await driver.send()).toMatchObject({ result: expected })
    await recovers(driver)
  })

  it('asks as RFC 6455 wants it, with the headers of the task', async () => {
    const driver = drive({ headers: { Origin: 'https://a.example', 'Sec-WebSocket-Protocol': 'chat, superchat', Cookie: 'a=1' } })
    peer.welcome = (accept) => WELCOME(accept).replace('\r\n\r\n', '\r\nSec-WebSocket-Protocol: superchat\r\n\r\n')
    peer.behave(ECHO)
    expect(await exchange(driver)).toMatchObject({ result: 101 })
    expect(peer.upgrades[0]).toMatch(new RegExp(`^GET /chat\\?room=1 HTTP/1.1\r\nHost: 127.0.0.1:${peer.port}\r\nOrigin: https://a.example\r\n`))
    for (const line of ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Cookie: a=1']) expect(peer.upgrades[0]).toContain(`\r\n${line}\r\n`)
    expect(Buffer.from(/Sec-WebSocket-Key: (\S+)/.exec(peer.upgrades[0]!)![1]!, 'base64')).toHaveLength(16)
  })

  it.each<[string, Partial<RequestSpec>, number, Buffer]>([
    ['text', { send: 'hällo' }, TEXT, Buffer.from('hällo')],
    ['bytes of hexadecimal', { sendHex: '00ff10' }, BINARY, Buffer.from([0, 255, 16])],
    ['bytes of base64', { sendBase64: 'AAEC' }, BINARY, Buffer.from([0, 1, 2])],
    ['300 bytes', { send: 'y'.repeat(300) }, TEXT, Buffer.from('y'.repeat(300))],
    ['70,000 bytes', { send: 'z'.repeat(70_000) }, TEXT, Buffer.from('z'.repeat(70_000))],
    ['nothing', { send: '' }, TEXT, Buffer.alloc(0)],
  ])('sends %s', async (_, request, opcode, payload) => {
    const driver = new LaneDriver('websocket', { url: `ws://127.0.0.1:${peer.port}/`, request: { ...request, expect: 'echo' } })
    peer.behave((sent) => message(opcode, sent))
    expect(await exchange(driver)).toMatchObject({ result: 101 })
    expect(heard(opcode)).toEqual([{ opcode, payload, length: expect.any(Number) }])
  })

  it('answers pings also while nothing is in flight', async () => {
    const driver = drive()
    peer.behave(ECHO)
    await exchange(driver)
    peer.say(message(PING, 'are you there?'))
    await until(() => peer.messages.some(({ opcode }) => opcode === PONG))
    expect(peer.messages.find(({ opcode }) => opcode === PONG)!.payload.toString()).toBe('are you there?')
  })

  it('takes no message that came before the question for its answer', async () => {
    const driver = drive()
    peer.behave((sent) => Buffer.concat([message(TEXT, sent), message(TEXT, 'news')]))
    for (let n = 0; n < 5; n++) expect(await exchange(driver)).toMatchObject({ result: 101, body: 'hello' })
    expect(driver.connected).toHaveLength(1)
  })

  it('takes a connection that the server closes while it is idle out of service', async () => {
    const driver = drive()
    peer.behave(ECHO)
    await exchange(driver)
    peer.say(closed(1001))
    await until(() => driver.lane.connections === 0)
    await until(() => peer.messages.at(-1)?.opcode === CLOSE)
    expect(peer.messages.at(-1)!.payload).toEqual(closePayload(1001))
    await recovers(driver)
  })

  it('sends and waits for nothing where that is wanted', async () => {
    const driver = drive({ expect: 'none' })
    for (let n = 0; n < 10; n++) expect(await exchange(driver)).toMatchObject({ result: 101, body: '' })
    await until(() => heard(TEXT).length === 10)
    expect(driver.connected).toHaveLength(1)
  })

  it('opens a connection per iteration when there is nothing to send, and says goodbye', async () => {
    const driver = new LaneDriver('websocket', { url: `ws://127.0.0.1:${peer.port}/` })
    await driver.lane.warm(5)
    for (let n = 0; n < 5; n++) expect(await exchange(driver)).toMatchObject({ result: 101 })
    expect(driver.connected).toHaveLength(5)
    await until(() => heard(CLOSE).length === 5)
    expect(heard(CLOSE).every(({ payload }) => payload.equals(closePayload(1000)))).toBe(true)
    expect(heard(TEXT)).toEqual([])
  })

  it('waits for what a server says first', async () => {
    peer.greeting = message(TEXT, 'welcome')
    const driver = new LaneDriver('websocket', { url: `ws://127.0.0.1:${peer.port}/`, request: { expect: 'contains "wel"' } })
    for (let n = 0; n < 3; n++) expect(await exchange(driver)).toMatchObject({ result: 101, body: 'welcome' })
    expect(driver.imbalance).toBe(0)
  })

  it('closes after every answer when connections are not to be kept', async () => {
    const driver = new LaneDriver('websocket', { url: `ws://127.0.0.1:${peer.port}/`, request: { send: 'hello', expect: 'echo' }, transport: { keepAlive: false } })
    peer.behave(ECHO)
    for (let n = 0; n < 3; n++) expect(await exchange(driver)).toMatchObject({ result: 101 })
    expect(driver.connected).toHaveLength(3)
    await until(() => heard(CLOSE).length === 3)
  })

  it('cancels what is in flight and drops what waits', async () => {
    const driver = drive({}, { maxConnections: 1 })
    peer.behave(() => Buffer.alloc(0))
    const outcomes = [driver.send(), driver.send()]
    await until(() => heard(TEXT).length === 1)
    driver.lane.cancel(performance.now())
    expect((await Promise.all(outcomes)).map(({ result }) => result)).toEqual(['cancelled', 'dropped'])
    await recovers(driver)
  })
})
