import { once } from 'node:events'
import https from 'node:https'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { tryOnce } from '../../../src/main/engine/try-once.ts'
import { requireTaskSpec } from '../../../src/shared/task/task-schema.ts'
import { certificates } from '../../support/certificates.ts'
import { closing, portOf } from '../../support/closing.ts'
import { runTask } from '../../support/engine-run.ts'
import { startRedis } from '../../support/redis.ts'

/** The engine over WebSockets and TCP against servers that were not written here: both sides count the same. */

interface Chat {
  url: string
  messages: number
  sockets: number
  /** Codes with which clients closed. */
  codes: number[]
  /** What clients still have open. */
  open(): number
}

/** The `ws` package's server; each message is handed to `answer`. */
async function chat(answer: (socket: WebSocket, data: Buffer, binary: boolean) => void = (socket, data, binary) => socket.send(data, { binary }), secure = false): Promise<Chat> {
  const server = secure ? https.createServer(certificates().good) : null
  const sockets = new WebSocketServer(server === null ? { port: 0, host: '127.0.0.1' } : { server })
  closing(sockets)
  const seen: Chat = { url: '', messages: 0, sockets: 0, codes: [], open: () => sockets.clients.size }
  sockets.on('connection', (socket) => {
    seen.sockets++
    socket.on('close', (code) => seen.codes.push(code))
    socket.on('message', (data, binary) => {
      seen.messages++
      answer(socket, data as Buffer, binary)
    })
  })
  if (server === null) await once(sockets, 'listening')
  const port = server === null ? (sockets.address() as { port: number }).port : await portOf(closing(server))
  return Object.assign(seen, { url: `${secure ? 'wss' : 'ws'}://127.0.0.1:${port}/` })
}

async function redis() {
  const server = await startRedis()
  onTestFinished(() => server.stop())
  return { url: `tcp://127.0.0.1:${server.port}`, server }
}

describe('over WebSockets to the ws package', () => {
  it('messages at a rate come back, counted to the message', async () => {
    const server = await chat()
    const counts = await runTask(server.url, { load: { rate: 500, duration: '2s' }, request: { send: '{"id":1}', expect: 'echo' } })
    expect(counts).toMatchObject({ lane: { lane: 'websocket' }, planned: 1000, completed: 1000, failed: 0, statuses: { 101: 1000 } })
    expect(server.messages).toBe(1000)
  })

  it('many users on several threads, over TLS, leave in order', async () => {
    const server = await chat(undefined, true)
    const counts = await runTask(server.url, { load: { connections: 20, requests: 2000 }, request: { sendHex: '00ff', expect: 'echo' }, threads: 2 })
    expect(counts).toMatchObject({ completed: 2000, failed: 0, connections: 20 })
    expect([server.messages, server.sockets]).toEqual([2000, 20])
  })

  it('variables make each message another one, each number once', async () => {
    const seen = new Set<string>()
    const server = await chat((socket, data, binary) => (seen.add(String(data)), socket.send(data, { binary })))
    const counts = await runTask(server.url, { load: { rate: 200, duration: '1s' }, request: { send: '{"n":{{seq}},"say":"{{vars.word}}"}', expect: 'echo' }, vars: { word: 'a "quote"' }, threads: 2 })
    expect(counts).toMatchObject({ completed: 200, failed: 0 })
    expect(seen).toEqual(new Set(Array.from({ length: 200 }, (_, i) => `{"n":${i + 1},"say":"a \\"quote\\""}`)))
  })

  it('checks read the message that answered', async () => {
    const server = await chat((socket) => (socket.send('not this one'), socket.send('{"ok":true}')))
    const good = await runTask(server.url, { load: { connections: 2, requests: 100 }, request: { send: 'x', expect: 'contains "ok"' }, checks: ['body == "{\\"ok\\":true}"', 'status == 101'] })
    expect(good).toMatchObject({ completed: 100, failed: 0, errors: [] })
    const poor = await runTask(server.url, { load: { connections: 2, requests: 100 }, request: { send: 'x', expect: 'contains "ok"' }, checks: ['body contains "no"'] })
    expect(poor).toMatchObject({ completed: 100, failed: 100 })
  })

  it('pings are answered', async () => {
    const server = await chat()
    expect(await runTask(server.url, { load: { connections: 3, requests: 300 }, request: { send: 'are you there?', expect: 'pong' } })).toMatchObject({ completed: 300, failed: 0 })
    expect(server.messages).toBe(0)
  })

  it('opening them is a load of its own, and each is closed with 1000', async () => {
    const server = await chat()
    expect(await runTask(server.url, { load: { rate: 100, duration: '1s' } })).toMatchObject({ completed: 100, failed: 0 })
    expect(server.sockets).toBe(100)
    await expect.poll(() => server.codes.length).toBe(100)
    expect(new Set(server.codes)).toEqual(new Set([1000]))
  })

  it('a server that closes now and then is told by its code', async () => {
    let count = 0
    const server = await chat((socket, data, binary) => (++count % 10 === 0 ? socket.close(1013, 'busy') : socket.send(data, { binary })))
    const counts = await runTask(server.url, { load: { connections: 2, requests: 200 }, request: { send: 'x', expect: 'echo' } })
    expect(counts).toMatchObject({ completed: 200, failed: 20, errors: ['eof: closed by the server (1013 try again later)'] })
    expect(server.messages).toBe(200)
  })

  it('one is tried once, head and message shown', async () => {
    const server = await chat()
    const result = await tryOnce(requireTaskSpec({ load: { rate: 1, duration: '1s' }, request: { url: server.url, send: 'hello' } }))
    expect(result).toMatchObject({ lane: { lane: 'websocket' }, ok: true, status: 101, body: 'hello' })
    expect(result.head).toMatch(/^HTTP\/1\.1 101 /)
  })
})

describe('over TCP to Redis', () => {
  it('PING at a rate is answered with PONG, counted to the command', async () => {
    const { url, server } = await redis()
    const before = await commands(server.port)
    const counts = await runTask(url, { load: { rate: 500, duration: '2s' }, request: { send: 'PING\r\n', expect: 'until "\\r\\n"' }, checks: ['body == "+PONG\\r\\n"'] })
    expect(counts).toMatchObject({ lane: { lane: 'tcp' }, planned: 1000, completed: 1000, failed: 0, statuses: {} })
    expect((await commands(server.port)) - before).toBe(1000)
  })

  it('echoes of Redis are found by length and by expression', async () => {
    const { url } = await redis()
    const load = { connections: 10, requests: 1000 }
    expect(await runTask(url, { load, request: { send: 'ECHO hello\r\n', expect: 'bytes 11' }, checks: ['body contains "hello"'] })).toMatchObject({ completed: 1000, failed: 0, connections: 10 })
    expect(await runTask(url, { load, request: { send: 'ECHO hello\r\n', expect: 'matches "\\\\$5\\\\r\\\\nhello\\\\r\\\\n$"' } })).toMatchObject({ completed: 1000, failed: 0 })
  })

  it('variables make each command another one', async () => {
    const { url } = await redis()
    expect(await runTask(url, { load: { connections: 4, requests: 200 }, request: { send: 'INCRBY total {{seq}}\r\n', expect: 'until "\\r\\n"' } })).toMatchObject({ completed: 200, failed: 0 })
    const total = await tryOnce(requireTaskSpec({ load: { rate: 1, duration: '1s' }, request: { url, send: 'GET total\r\n', expect: 'matches "\\\\d{5}"' } }))
    expect(total.body).toContain('20100')
  })

  it('one is tried once', async () => {
    const { url } = await redis()
    const result = await tryOnce(requireTaskSpec({ load: { rate: 1, duration: '1s' }, request: { url, send: 'PING\r\n' } }))
    expect(result).toMatchObject({ lane: { lane: 'tcp' }, ok: true, status: null, head: '', body: '+PONG\r\n', checks: [] })
  })
})

/** PINGs that Redis has had, by its own count. */
async function commands(port: number): Promise<number> {
  const result = await tryOnce(requireTaskSpec({ load: { rate: 1, duration: '1s' }, request: { url: `tcp://127.0.0.1:${port}`, send: 'INFO commandstats\r\n', expect: 'matches "cmdstat[^$]*\\\\r\\\\n$"' } }))
  return Number(/cmdstat_ping:calls=(\d+)/.exec(result.body)?.[1] ?? 0)
}
