import http from 'node:http'
import http2 from 'node:http2'
import type { Readable, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { closing, portOf } from '../support/closing.ts'
import { LaneDriver } from './lane-driver.ts'

/** Answers that are streams, over both versions of HTTP, from Node's servers. */

const LANES = ['http1', 'http2'] as const
type StreamLane = (typeof LANES)[number]

interface Streaming {
  url: string
  /** Answers that the client left before their end. */
  left: number
}

/** @param write writes the body; `closed`: resolves when the client is gone. */
async function streaming(name: StreamLane, write: (to: Writable, request: Readable) => void, { status = 200, headers = { 'content-type': 'text/event-stream' } } = {}): Promise<Streaming> {
  const seen: Streaming = { url: '', left: 0 }
  const server = name === 'http1' ? http.createServer((request, response) => {
    response.on('close', () => void (response.writableFinished || seen.left++))
    write(response.writeHead(status, headers), request)
  }) : http2.createServer((request, response) => {
    const { stream } = response
    stream.on('error', () => {}).on('close', () => void (stream.rstCode === http2.constants.NGHTTP2_CANCEL && seen.left++))
    response.writeHead(status, headers)
    write(response, request)
  })
  const sessions = new Set<http2.ServerHttp2Session>()
  server.on('session', (session: http2.ServerHttp2Session) => sessions.add(session))
  const port = await portOf(server)
  closing({ close: () => (sessions.forEach((session) => session.destroy()), server.close()) })
  seen.url = `http://127.0.0.1:${port}/`
  return seen
}

function drive(name: StreamLane, url: string, stream: 'sse' | 'chunks', expected?: string): LaneDriver {
  return new LaneDriver(name, { url, request: { stream, ...(expected === undefined ? {} : { expect: expected }) }, transport: { protocol: name } })
}

/** Writes each in a turn of its own, some ms after the one before it. */
function oneByOne(to: Writable, parts: string[], thenEnd = true): void {
  const [next, ...rest] = parts
  if (next === undefined) return void (thenEnd && to.end())
  to.write(next)
  setTimeout(() => oneByOne(to, rest, thenEnd), 5)
}

/** Goes on until nobody listens any more. */
function forEver(to: Writable, part: (n: number) => string): void {
  let n = 0
  const timer = setInterval(() => to.write(part(++n)), 2)
  to.on('close', () => clearInterval(timer))
}

describe.each(LANES)('a stream over %s', (name) => {
  it('is read to its end, event by event', async () => {
    const server = await streaming(name, (to) => oneByOne(to, ['data: one\n\n', ': still there\n\n', 'event: x\ndata: two\ndata: and more\n\n', 'id: 5\n\n', 'data:three\r\n\r', '\ndata\n\n', 'data: never ended']))
    const driver = drive(name, server.url, 'sse')
    const outcome = await driver.send()
    expect(outcome).toMatchObject({ result: 200, body: expect.stringContaining('two\ndata: and more') })
    expect(driver.pieces.map(({ first }) => first)).toEqual([true, false, false, false])
    expect(server.left).toBe(0)
  })

  it('is left as soon as what is expected has come, and the next one is read like the first', async () => {
    const server = await streaming(name, (to) => forEver(to, (n) => `data: {"n":${n}}\n\n`))
    for (const expected of ['events 3', 'contains "\\"n\\":3"', 'matches "n.:[3-9]"', 'bytes 26']) {
      const driver = drive(name, server.url, 'sse', expected)
      for (let i = 0; i < 3; i++) {
        const outcome = await driver.send()
        expect(outcome.result, `${expected} ${outcome.message}`).toBe(200)
        expect(outcome.body).toMatch(/^data: {"n":1}\n\n/)
      }
      expect(driver.pieces.filter(({ first }) => first)).toHaveLength(3)
      expect(driver.pieces.length).toBeGreaterThanOrEqual(6)
      expect(driver.imbalance).toBe(0)
    }
    await expect.poll(() => server.left).toBe(12)
  })

  it('is read chunk by chunk, and the times between two are told', async () => {
    const server = await streaming(name, (to) => oneByOne(to, ['a', 'bb', 'ccc', 'dddd']))
    const driver = drive(name, server.url, 'chunks')
    expect(await driver.send()).toMatchObject({ result: 200, body: 'abbcccdddd' })
    expect(driver.pieces).toHaveLength(4)
    // Timers of 5 ms lie between two of them, so no two can have come at once.
    expect(driver.pieces.slice(1).every(({ ms }) => ms > 0)).toBe(true)
  })

  it.each([['chunks 2', 'ab'], ['bytes 3', 'abc'], ['contains "cd"', 'abcd']])('of chunks is left with %s', async (expected, body) => {
    const server = await streaming(name, (to) => oneByOne(to, ['a', 'b', 'c', 'd', 'e', 'f'], false))
    const driver = drive(name, server.url, 'chunks', expected)
    expect(await driver.send()).toMatchObject({ result: 200, body })
    await expect.poll(() => server.left).toBe(1)
  })

  it('that ends before what is expected has failed', async () => {
    const server = await streaming(name, (to) => oneByOne(to, ['data: 1\n\n', 'data: 2\n\n']))
    const driver = drive(name, server.url, 'sse', 'events 3')
    expect(await driver.send()).toMatchObject({ result: 'eof', message: 'the stream ended before what was expected of it' })
    expect(driver.pieces).toHaveLength(2)
    expect(driver.imbalance).toBe(0)
  })

  it('that is no stream but says that something went wrong is judged by its status', async () => {
    const server = await streaming(name, (to) => to.end('busy'), { status: 503 })
    const driver = drive(name, server.url, 'sse', 'events 3')
    expect(await driver.send()).toMatchObject({ result: 503, body: 'busy' })
    expect(driver.pieces).toEqual([])
  })

  it('in which nothing comes is given up after its time', async () => {
    const server = await streaming(name, (to) => void to.write('data: 1\n\n'))
    const driver = new LaneDriver(name, { url: server.url, request: { stream: 'sse', expect: 'events 2' }, transport: { protocol: name } }, { timeoutMs: 80 })
    expect(await driver.send()).toMatchObject({ result: 'timeout', message: 'answer not complete within 80 ms' })
    await expect.poll(() => server.left).toBe(1)
  })

  it('without chunks of its own is read as it comes', async () => {
    if (name === 'http2') return
    const server = await streaming(name, (to) => oneByOne(to, ['ab', 'cd']), { headers: { 'content-length': '4' } as never })
    const driver = drive(name, server.url, 'chunks')
    expect(await driver.send()).toMatchObject({ result: 200, body: 'abcd' })
    expect(driver.pieces).toHaveLength(2)
  })
})
