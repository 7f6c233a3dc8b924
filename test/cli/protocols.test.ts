import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import type { Summary } from '../../src/shared/results/summary.ts'
import { runCli, summaryOf, temporaryFolder } from '../support/cli.ts'
import { SHOP_PROTO, startGrpcServer, type GrpcServer } from '../support/grpc-server.ts'
import { startNghttpd, type Nghttpd } from '../support/nghttpd.ts'
import { startRedis, type RedisServer } from '../support/redis.ts'

/** Every protocol from the command line and from a task file, against servers that were not written here. */
const folder = temporaryFolder()
const options = { dataDir: folder.path }
let nghttpd: Nghttpd
let redis: RedisServer
let grpc: GrpcServer
let events: Server
let told = 0
let chat: WebSocketServer
let messages = 0

beforeAll(async () => {
  ;[nghttpd, redis, grpc] = await Promise.all([startNghttpd(), startRedis(), startGrpcServer({ reflection: true })])
  events = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    let n = 0
    const timer = setInterval(() => void (told++, response.write(`data: {"n":${++n}}\n\n`)), 20)
    response.on('close', () => clearInterval(timer))
  })
  events.listen(0, '127.0.0.1')
  await once(events, 'listening')
  chat = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  chat.on('connection', (socket) => socket.on('message', (data, binary) => (messages++, socket.send(data, { binary }))))
  await once(chat, 'listening')
})
afterAll(async () => {
  for (const socket of chat.clients) socket.terminate()
  chat.close()
  events.closeAllConnections()
  events.close()
  await Promise.all([nghttpd.stop(), redis.stop(), grpc.stop()])
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

  test('calls a method of gRPC, by flags, by a task file, and asking the server what it is made of', async () => {
    const byFlags = await run(`${grpc.url}Add`, '--proto', SHOP_PROTO, '--message', '{"sku":"a {{seq}}","count":{{int 1 5}}}', '-H', 'x-who: me', '-r', '200', '-d', '1s', '--check', '$.ok == true')
    expect(byFlags.ledger).toMatchObject({ planned: 200, completed: 200, failed: 0 })
    expect(byFlags.checks.map(({ expression, passed }) => [expression, passed])).toEqual([['$.ok == true', 200], ['grpc-status == OK', 200]])
    expect(byFlags.stream).toBeUndefined()
    expect(grpc.metadata[0]!.get('x-who')).toEqual(['me'])
    copyFileSync(SHOP_PROTO, join(folder.path, 'shop.proto'))
    const task = file('grpc.yaml', `load: { connections: 5, requests: 100 }\nrequest:\n  url: ${grpc.url}Add\n  proto: shop.proto\n  message: { sku: b, stock: { x: '{{seq}}' } }\n`)
    expect((await run(task)).ledger).toMatchObject({ completed: 100, failed: 0 })
    expect((await run(`${grpc.url}Add`, '-n', '50', '-c', '2')).ledger).toMatchObject({ completed: 50, failed: 0 })
    expect(grpc.calls['Add']).toBe(350)
    expect(new Set(grpc.items.slice(0, 200).map(({ sku }) => sku)).size).toBe(200)
  })

  test('tells what a method of gRPC streams, and what one refuses', async () => {
    const summary = await run(`${grpc.url}Watch`, '--proto', SHOP_PROTO, '--message', '{"count":10}', '-n', '30', '-c', '3')
    expect(summary.stream).toMatchObject({ chunks: 300, firstChunk: { unit: 'ms', p50: expect.any(Number) }, gap: { max: expect.any(Number) } })
    expect(grpc.written).toBe(300)
    const refused = await runCli(['run', `${grpc.url}Fail`, '--proto', SHOP_PROTO, '--message', '{"count":7,"sku":"not yours"}', '-n', '10', '-c', '1', '--json'], options)
    expect(summaryOf(refused).errors).toMatchObject([{ kind: 'check', message: 'grpc 7 PERMISSION_DENIED: not yours', count: 10 }])
  })

  test('reads events of a stream until there are enough, by flags and by a task file', async () => {
    const url = `http://127.0.0.1:${(events.address() as AddressInfo).port}/`
    const ended = await runCli(['run', url, '--stream', 'sse', '--expect', 'events 3', '-n', '20', '-c', '5'], options)
    expect(ended.code, ended.stderr).toBe(0)
    expect(ended.stdout).toMatch(/stream +60 pieces[\s\S]*until the first +p50 [\d.]+ ms[\s\S]*between two +p50 [\d.]+ ms/)
    const task = file('events.yaml', `load: { connections: 2, requests: 10 }\nrequest: { url: '${url}', stream: sse, expect: 'contains "\\"n\\":2"' }\nchecks: ['body contains "n"']\n`)
    const summary = await run(task)
    expect(summary.ledger).toMatchObject({ completed: 10, failed: 0 })
    expect(summary.stream).toMatchObject({ chunks: 20 })
    // What lies between two is what the server let lie between them, as exactly as a timer keeps it.
    expect(summary.stream!.gap.p50).toBeGreaterThan(10)
    expect(told).toBeGreaterThanOrEqual(80)
  })

  test('says what is wrong with a call of gRPC, and sends nothing', async () => {
    const before = { ...grpc.calls }
    const none = await runCli(['run', `${grpc.url}Add`, '--proto', 'nowhere.proto', '-n', '1'], options)
    expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/--proto.*nowhere\.proto cannot be read: there is no such file/)])
    const wrong = await runCli(['run', `${grpc.url}Add`, '--proto', SHOP_PROTO, '--message', '{"skew":1}', '-n', '1'], options)
    expect(wrong.code).not.toBe(0)
    expect(`${wrong.stdout}${wrong.stderr}`).toMatch(/no field "skew" in shop\.v1\.Item/)
    const other = await runCli(['run', `${grpc.url}Remove`, '--proto', SHOP_PROTO, '-n', '1'], options)
    expect(other.code).not.toBe(0)
    expect(`${other.stdout}${other.stderr}`).toMatch(/no method Remove/)
    expect(grpc.calls).toEqual(before)
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
