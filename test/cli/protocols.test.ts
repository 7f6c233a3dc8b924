import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import type { Summary } from '../../src/shared/summary.ts'
import { runCli, summaryOf, temporaryFolder } from '../support/cli.ts'
import { startNghttpd, type Nghttpd } from '../support/nghttpd.ts'
import { startRedis, type RedisServer } from '../support/redis.ts'

/** Every protocol from the command line and from a task file, against servers that were not written here. */
const folder = temporaryFolder()
const options = { dataDir: folder.path }
let nghttpd: Nghttpd
let redis: RedisServer
let chat: WebSocketServer
let messages = 0

beforeAll(async () => {
  ;[nghttpd, redis] = await Promise.all([startNghttpd(), startRedis()])
  chat = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  chat.on('connection', (socket) => socket.on('message', (data, binary) => (messages++, socket.send(data, { binary }))))
  await once(chat, 'listening')
})
afterAll(async () => {
  for (const socket of chat.clients) socket.terminate()
  chat.close()
  await Promise.all([nghttpd.stop(), redis.stop()])
  folder.remove()
})

async function run(...args: string[]): Promise<Summary> {
  const ended = await runCli(['run', ...args, '--json'], options)
  expect(ended.stderr).not.toMatch(/problem/)
  expect(ended.code, ended.stderr).toBe(0)
  return summaryOf(ended)
}

function file(name: string, text: string): string {
  const path = join(folder.path, name)
  writeFileSync(path, text)
  return path
}

const chatUrl = (): string => `ws://127.0.0.1:${(chat.address() as { port: number }).port}/`

describe('run', () => {
  test('speaks HTTP/2 by prior knowledge, and both sides count the same', async () => {
    const before = nghttpd.requests()
    const summary = await run(nghttpd.url, '--http2', '-r', '300', '-d', '1s')
    expect(summary.ledger).toMatchObject({ planned: 300, completed: 300, failed: 0 })
    expect(nghttpd.requests() - before).toBe(300)
  })

  test('sends messages over a WebSocket, by flags and by a task file', async () => {
    messages = 0
    const byFlags = await run(chatUrl(), '--send', 'hello', '--expect', 'echo', '-r', '200', '-d', '1s')
    expect(byFlags.ledger).toMatchObject({ completed: 200, failed: 0 })
    expect(byFlags.statusCodes).toEqual({ 101: 200 })
    const task = file('chat.yaml', `load: { connections: 5, requests: 100 }\nrequest:\n  url: ${chatUrl()}\n  send: '{"id":1}'\n  expect: contains "id"\nchecks: ['body contains "1"']\n`)
    expect((await run(task)).ledger).toMatchObject({ completed: 100, failed: 0 })
    expect(messages).toBe(300)
  })

  test('sends bytes over TCP, by flags and by a task file', async () => {
    const url = `tcp://127.0.0.1:${redis.port}`
    const byFlags = await run(url, '--send-hex', Buffer.from('PING\r\n').toString('hex'), '--expect', 'bytes 7', '--check', 'body contains "PONG"', '-n', '500', '-c', '5')
    expect(byFlags.ledger).toMatchObject({ completed: 500, failed: 0 })
    expect(byFlags.statusCodes).toEqual({})
    const task = file('redis.yaml', `load: { rate: 100, duration: 1s }\nrequest: { url: '${url}', send: "PING\\r\\n", expect: 'until "\\r\\n"' }\n`)
    expect((await run(task)).ledger).toMatchObject({ completed: 100, failed: 0 })
  })

  test('names the flag that does not fit the protocol, and sends nothing', async () => {
    const ended = await runCli(['run', chatUrl(), '--send', 'x', '--expect', 'bytes 7', '-n', '1'], options)
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(/--expect.*bytes cannot be told over a WebSocket/)
    const body = await runCli(['run', chatUrl(), '--data', 'x', '-n', '1'], options)
    expect(body.code).toBe(2)
    expect(body.stderr).toMatch(/--data.*Over a WebSocket nothing has a body[\s\S]*Use send/)
  })
})
