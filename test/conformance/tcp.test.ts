import tls from 'node:tls'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LaneOptions } from '../../src/main/engine/lanes/lane.ts'
import type { ErrorKind } from '../../src/shared/errors.ts'
import type { RequestSpec } from '../../src/shared/task/task.ts'
import { certificates } from '../support/certificates.ts'
import { closing, portOf } from '../support/closing.ts'
import { BlackHole } from './black-hole.ts'
import { LaneDriver } from './lane-driver.ts'
import type { Outcome } from './lane-driver.ts'
import type { Afterwards } from './peer-server.ts'
import { TcpPeer } from './tcp-peer.ts'

const CUT_SHORT = ['eof', 'protocol', 'reset']
const BRIEF = { timeoutMs: 150 }

interface Answer {
  name: string
  answer: string
  request: Partial<RequestSpec>
  /** 0: answered; bytes have no status. */
  expected: 0 | ErrorKind
  says?: string
  body?: string
  completeAt?: number
  afterwards?: Afterwards
  /** Cuts make of it something else, and rightly so. */
  uncut?: true
}

const UNTIL: Partial<RequestSpec> = { expect: 'until "\\r\\n"' }
const ECHO: Partial<RequestSpec> = { expect: 'echo' }

function good(name: string, request: Partial<RequestSpec>, answer: string, more: Partial<Answer> = {}): Answer {
  return { name, request, answer, expected: 0, body: answer, ...more }
}

const ANSWERS: Answer[] = [
  good('whatever comes', {}, 'something', { completeAt: 1, uncut: true }),
  good('what was sent', ECHO, 'PING\r\n'),
  good('seven bytes', { expect: 'bytes 7' }, '+PONG\r\n'),
  good('one byte', { expect: 'bytes 1' }, 'x'),
  good('a line', UNTIL, '+PONG\r\n'),
  good('a delimiter alone', UNTIL, '\r\n'),
  good('a delimiter that begins twice', UNTIL, '+PO\r\r\n'),
  good('a delimiter that overlaps itself', { expect: 'until "aabaaa"' }, 'xaabaabaaa'),
  good('a delimiter of one byte', { expect: 'until "\\u0000"' }, 'abc\0'),
  good('a delimiter beyond ASCII', { expect: 'until "€"' }, Buffer.from('5 €').toString('latin1')),
  good('what matches', { expect: 'matches "^\\\\+PONG\\\\r\\\\n"' }, '+PONG\r\n'),
  good('what matches in the end', { expect: 'matches "\\\\d{3}$"' }, 'code 123'),
  good('an answer and then the end', UNTIL, '+PONG\r\n', { afterwards: 'end' }),
  good('more than was asked for', UNTIL, '+PONG\r\n+MORE', { body: '+PONG\r\n', completeAt: 7 }),
  good('more bytes than were asked for', { expect: 'bytes 4' }, '+PONG\r\n', { body: '+PON', completeAt: 4 }),
  { name: 'something else than was sent', request: ECHO, answer: 'PONG\r\n', expected: 'protocol', says: 'not the one expected' },
  { name: 'what was sent with a change at its end', request: ECHO, answer: 'PING\r\r', expected: 'protocol', says: 'not the one expected' },
  { name: '20 KB that do not match', request: { expect: 'matches "^OK"' }, answer: 'x'.repeat(20_000), expected: 'protocol', says: 'not the one expected' },
  { name: 'an end instead', request: UNTIL, answer: '', afterwards: 'end', expected: 'eof', says: 'without an answer' },
  { name: 'an end within a line', request: UNTIL, answer: '+PONG\r', afterwards: 'end', expected: 'eof', says: 'middle of the answer' },
  { name: 'an end before all bytes', request: { expect: 'bytes 8' }, answer: '+PONG\r\n', afterwards: 'end', expected: 'eof', says: 'middle of the answer' },
  { name: 'an end within what was sent', request: ECHO, answer: 'PIN', afterwards: 'end', expected: 'eof', says: 'middle of the answer' },
  { name: 'a reset instead', request: UNTIL, answer: '', afterwards: 'reset', expected: 'reset' },
  { name: 'a reset within a line', request: UNTIL, answer: '+PO', afterwards: 'reset', expected: 'reset' },
]

const peer = new TcpPeer()
beforeAll(() => peer.listen())
afterAll(() => peer.close())
beforeEach(() => {
  peer.greeting = Buffer.alloc(0)
  peer.received = []
})

function drive(request: Partial<RequestSpec> = {}, options: Partial<LaneOptions> = {}): LaneDriver {
  return new LaneDriver('tcp', { url: `tcp://127.0.0.1:${peer.port}`, request: { send: 'PING\r\n', ...request } }, options)
}

async function exchange(driver: LaneDriver): Promise<Outcome> {
  const outcome = await driver.send()
  await peer.settled()
  return outcome
}

/** An answer that every expectation of the table takes. */
const TAKEN: Record<string, string> = { 'bytes 8': '12345678', 'until "aabaaa"': 'aabaaa', 'until "\\u0000"': '\0', 'until "€"': Buffer.from('€').toString('latin1'), 'matches "\\\\d{3}$"': '123', 'matches "^OK"': 'OK', 'bytes 1': '1', 'bytes 4': '1234', 'bytes 7': '1234567' }

async function recovers(driver: LaneDriver, { expect: expectation }: Partial<RequestSpec> = {}): Promise<void> {
  const answer = TAKEN[expectation ?? ''] ?? (expectation === 'echo' ? 'PING\r\n' : '+PONG\r\n')
  peer.behave(() => Buffer.from(answer, 'latin1'))
  let outcome = await exchange(driver)
  while (/timeout/.test(String(outcome.result))) outcome = await exchange(driver)
  expect(outcome).toMatchObject({ result: 0, body: answer })
  expect(driver.imbalance).toBe(0)
  expect(driver.lane.inFlight + driver.lane.queued).toBe(0)
}

function until(condition: () => boolean): Promise<void> {
  return vi.waitFor(() => expect(condition()).toBe(true), { timeout: 15_000, interval: 1 })
}

describe.each(ANSWERS)('the tcp lane, given $name', ({ answer, request, expected, says, body, completeAt, afterwards, uncut }) => {
  const bytes = Buffer.from(answer, 'latin1')
  const script = (): Buffer => bytes
  const cuts = Array.from({ length: Math.max(0, Math.min(bytes.length, 200) - 1) }, (_, i) => i + 1)

  it(`ends with ${expected}`, async () => {
    const driver = drive(request)
    peer.behave(script, afterwards ?? null)
    const outcome = await exchange(driver)
    expect(outcome.result, outcome.message).toBe(expected)
    expect(outcome.message).toContain(says ?? '')
    if (expected === 0) expect(outcome.body).toBe(body)
    await recovers(driver, request)
  })

  it.skipIf(uncut)('ends the same when it comes in two parts, wherever the cut', async () => {
    const driver = drive(request)
    for (const at of cuts) {
      peer.behave(script, afterwards ?? null, { mode: 'split', at })
      const outcome = await exchange(driver)
      expect(outcome.result, `cut at ${at}: ${outcome.message}`).toBe(expected)
      if (expected === 0) expect(outcome.body).toBe(body)
    }
    await recovers(driver, request)
  })

  it('fails, and neither hangs nor breaks, when it stops early, wherever that is', async () => {
    const driver = drive(request)
    for (const at of [0, ...cuts]) {
      peer.behave(script, null, { mode: 'truncate', at })
      const outcome = await exchange(driver)
      const allowed = at < (completeAt ?? bytes.length) ? CUT_SHORT : [...CUT_SHORT, expected]
      expect(allowed, `cut at ${at}: ${outcome.message}`).toContain(outcome.result)
    }
    await recovers(driver, request)
  })
})

describe('the tcp lane', () => {
  it.each<[string, Partial<RequestSpec>, () => Buffer, Afterwards, ErrorKind]>([
    ['never answers', UNTIL, () => Buffer.alloc(0), null, 'timeout'],
    ['goes silent within a line', UNTIL, () => Buffer.from('+PO'), null, 'timeout'],
    ['sends a line without end', UNTIL, () => Buffer.from('x'.repeat(4096)), 'again', 'timeout'],
    ['sends without end what does not match', { expect: 'matches "^OK"' }, () => Buffer.from('x'.repeat(100)), 'again', 'protocol'],
    ['sends without end what was not sent', ECHO, () => Buffer.from('x'), 'again', 'protocol'],
  ])('names a server that %s, and serves on', async (_, request, script, afterwards, expected) => {
    const driver = drive(request, BRIEF)
    peer.behave(script, afterwards)
    expect(await driver.send()).toMatchObject({ result: expected })
    await recovers(driver, request)
  })

  it.each<[Partial<RequestSpec>, Buffer]>([
    [{ send: 'hällo\r\n' }, Buffer.from('hällo\r\n')],
    [{ sendHex: '00ff0d0a' }, Buffer.from([0, 255, 13, 10])],
    [{ sendBase64: 'AAEC' }, Buffer.from([0, 1, 2])],
  ])('sends %j as it is', async (request, bytes) => {
    const driver = new LaneDriver('tcp', { url: `tcp://127.0.0.1:${peer.port}`, request: { ...request, expect: 'echo' } })
    peer.behave((sent) => sent)
    expect(await exchange(driver)).toMatchObject({ result: 0, bytesReceived: bytes.length })
    expect(Buffer.concat(peer.received)).toEqual(bytes)
  })

  it('uses one connection again and again, and lets greetings pass', async () => {
    peer.greeting = Buffer.from('220 welcome\r\n')
    peer.behave(() => Buffer.from('+PONG\r\n'))
    const driver = drive(UNTIL)
    await driver.lane.warm(1)
    await peer.settled()
    for (let n = 0; n < 10; n++) expect(await exchange(driver)).toMatchObject({ result: 0, body: '+PONG\r\n' })
    expect(driver.connected).toHaveLength(1)
  })

  it('takes no bytes that nobody asked for as the next answer', async () => {
    const driver = drive(UNTIL)
    peer.behave(() => Buffer.from('+PONG\r\n'))
    await exchange(driver)
    peer.say(Buffer.from('late\r\n'))
    await until(() => driver.lane.connections === 0)
    await recovers(driver, UNTIL)
  })

  it('sends and waits for nothing where that is wanted, and minds no answers', async () => {
    const driver = drive({ expect: 'none' })
    peer.behave(() => Buffer.from('+PONG\r\n'))
    for (let n = 0; n < 10; n++) expect(await exchange(driver)).toMatchObject({ result: 0, body: '' })
    expect(Buffer.concat(peer.received).toString()).toBe('PING\r\n'.repeat(10))
    expect(driver.connected).toHaveLength(1)
  })

  it('opens a connection per iteration when there is nothing to send, and ends it', async () => {
    const driver = new LaneDriver('tcp', { url: `tcp://127.0.0.1:${peer.port}` })
    await driver.lane.warm(5)
    for (let n = 0; n < 5; n++) expect(await exchange(driver)).toMatchObject({ result: 0 })
    expect(driver.connected).toHaveLength(5)
    await until(() => peer.open === 0)
  })

  it('waits for what a server says first', async () => {
    peer.greeting = Buffer.from('220 welcome\r\n')
    const driver = new LaneDriver('tcp', { url: `tcp://127.0.0.1:${peer.port}`, request: UNTIL })
    for (let n = 0; n < 3; n++) expect(await exchange(driver)).toMatchObject({ result: 0, body: '220 welcome\r\n' })
    expect(driver.connected).toHaveLength(3)
  })

  it('speaks over TLS', async () => {
    const made = certificates()
    const server = tls.createServer(made.good, (socket) => socket.on('error', () => {}).pipe(socket))
    const port = await portOf(closing(server))
    const driver = new LaneDriver('tcp', { url: `tls://127.0.0.1:${port}`, request: { send: 'secret', expect: 'echo' }, transport: { cacert: made.ca } })
    for (let n = 0; n < 3; n++) expect(await driver.send()).toMatchObject({ result: 0, body: 'secret' })
    expect(driver.connected).toMatchObject([{ tlsMs: expect.any(Number) }])
    expect(await new LaneDriver('tcp', { url: `tls://127.0.0.1:${port}`, request: { send: 'x' } }).send()).toMatchObject({ result: 'tls' })
    driver.close()
  })

  it('names a target that refuses and one that swallows connections', async () => {
    expect(await new LaneDriver('tcp', { url: 'tcp://127.0.0.1:9', request: { send: 'x' } }).send()).toMatchObject({ result: 'refused' })
    const hole = await BlackHole.dig()
    expect(await new LaneDriver('tcp', { url: `tcp://127.0.0.1:${hole.port}`, request: { send: 'x' } }, BRIEF).send()).toMatchObject({ result: 'connect-timeout' })
    await hole.close()
  })
})
