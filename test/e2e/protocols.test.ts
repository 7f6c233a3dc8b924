import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { Redis } from 'ioredis'
import { WebSocketServer } from 'ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SHOP_PROTO, startGrpcServer, type GrpcServer } from '../support/grpc-server.ts'
import { startNginx, type Nginx } from '../support/nginx.ts'
import { startRedis, type RedisServer } from '../support/redis.ts'
import { open, type Host } from './host.ts'

/** Every protocol filled in by hand in the editor, run, and counted on both sides; against servers that were not written here. One console for all. */
const PATIENT = { timeout: 20_000 }
/** Iterations of a run: 100/s for 2 s. */
const TOTAL = 200

let host: Host
let page: Page
let nginx: Nginx
let redis: RedisServer
let grpc: GrpcServer
let chat: WebSocketServer
let shop: Server
let messages: string[] = []
let asked: string[] = []

beforeAll(async () => {
  ;[nginx, redis, grpc] = await Promise.all([startNginx(), startRedis(), startGrpcServer({ reflection: true })])
  chat = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  chat.on('connection', (socket) => socket.on('message', (data: Buffer) => (messages.push(data.toString()), socket.send(data.toString()))))
  shop = createServer((request, response) => {
    asked.push(`${request.url ?? ''} ${request.headers['authorization'] ?? ''}`)
    response.setHeader('content-type', 'application/json')
    if (request.url === '/login') return void response.end(`{"token":"t${String(asked.length)}"}`)
    response.end('{"items":[{"sku":"A-1029","qty":2}],"total":12345678901234567890}')
  }).listen(0, '127.0.0.1')
  await Promise.all([once(chat, 'listening'), once(shop, 'listening')])
  host = await open('console')
  page = host.page
})
afterAll(async () => {
  await host.close()
  for (const socket of chat.clients) socket.terminate()
  chat.close()
  shop.closeAllConnections()
  shop.close()
  await Promise.all([nginx.stop(), redis.stop(), grpc.stop()])
})

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port
const field = (path: string) => page.locator(`[data-path="${path}"]`)

/** From the list, so that what an earlier test left behind is not in the way. */
async function newTask(): Promise<void> {
  await page.keyboard.press('ControlOrMeta+1')
  await page.evaluate(() => localStorage.clear())
  await page.keyboard.press('ControlOrMeta+n')
  await page.getByTestId('protocol-select').waitFor(PATIENT)
  await expect.poll(() => page.getByTestId('url-input').inputValue(), PATIENT).toBe('')
}
async function tab(name: RegExp): Promise<void> {
  await page.getByRole('tab', { name }).click()
}
async function choose(trigger: string, option: string): Promise<void> {
  await page.getByTestId(trigger).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}
/** Runs what is in the editor to its end; resolves with what the tiles say of failures: `0 of 200`. */
async function run(): Promise<string> {
  await field('load.rate').fill('100')
  await field('load.duration').fill('2s')
  await page.keyboard.press('ControlOrMeta+Enter')
  await page.getByTestId('rerun-button').waitFor(PATIENT)
  return (await page.getByTestId('tile-errors').innerText()).replace(/\s+/g, ' ')
}

test('a WebSocket: what is sent and what ends an iteration; the server counts the same messages', async () => {
  await newTask()
  await page.getByTestId('url-input').fill(`ws://127.0.0.1:${String(portOf(chat))}/room`)
  await page.getByTestId('send-input').fill('{"say":"hello","n":{{se')
  await page.getByRole('option', { name: /^seq/ }).waitFor(PATIENT)
  await page.keyboard.press('Enter')
  await page.keyboard.type('}')
  expect(await page.getByTestId('send-input').inputValue()).toBe('{"say":"hello","n":{{seq}}}')
  await choose('expect-answer', 'a message with a text')
  await field('request.expect').fill('hello')
  messages = []
  expect(await run()).toContain(`0 of ${String(TOTAL)}`)
  expect(messages).toHaveLength(TOTAL)
  expect(new Set(messages).size).toBe(TOTAL)
})

test('TCP: PING to a real Redis, chosen in the picker, with the line ends that it wants', async () => {
  const counter = new Redis(redis.port)
  const pings = async (): Promise<number> => Number(/cmdstat_ping:calls=(\d+)/.exec(await counter.info('commandstats'))?.[1] ?? 0)
  await newTask()
  await choose('protocol-select', 'TCP')
  await page.getByTestId('url-input').fill(`tcp://127.0.0.1:${String(redis.port)}`)
  await page.getByTestId('send-input').fill('PING\n')
  await page.getByRole('radio', { name: 'CRLF' }).click()
  await choose('expect-answer', 'bytes up to a text')
  await page.getByText(String.raw`6 bytes: PING\r\n`).waitFor(PATIENT)
  const before = await pings()
  await page.keyboard.press('ControlOrMeta+Shift+Enter')
  await expect.poll(() => page.getByTestId('try-status').innerText(), PATIENT).toContain('answered')
  expect(await run()).toContain(`0 of ${String(TOTAL)}`)
  expect(await pings() - before).toBe(TOTAL + 1)
  counter.disconnect()
})

test('HTTP/2 over TLS to nginx, with a certificate that is not asked about', async () => {
  await newTask()
  await page.getByTestId('url-input').fill(nginx.http2Url)
  await tab(/^Transport/)
  await page.getByRole('radio', { name: 'HTTP/2' }).click()
  await page.getByRole('switch', { name: /Accept any certificate/ }).click()
  const before = await nginx.requests()
  expect(await run()).toContain(`0 of ${String(TOTAL)}`)
  expect(await nginx.requests() - before).toBe(TOTAL)
  await expect.poll(() => page.getByText('http2').count(), PATIENT).toBeGreaterThan(0)
})

test('data from a file, a secret, and a check made of a value of the answer', async () => {
  await newTask()
  await page.getByTestId('url-input').fill(`http://127.0.0.1:${String(portOf(shop))}/`)
  await tab(/^Data/)
  const rows = Array.from({ length: TOTAL }, (_, i) => `${String(i + 1)};user ${String(i + 1)}`).join('\r\n')
  await page.getByTestId('data-file').setInputFiles({ name: 'users.csv', mimeType: 'text/csv', buffer: Buffer.from(`id;name\r\n${rows}\r\n`) })
  const entry = page.getByTestId('data-entry')
  await expect.poll(() => entry.innerText(), PATIENT).toContain('200 rows, 2 columns')
  expect(await entry.innerText()).toContain('{{users.name}}')
  expect(await entry.innerText()).toContain('semicolon')
  await choose('data-mode', 'each used once')
  await page.getByTestId('url-input').click()
  await page.keyboard.press('End')
  await page.keyboard.type('{{users.i')
  await page.keyboard.press('Tab')
  expect(await page.getByTestId('url-input').inputValue()).toMatch(/\/\{\{users\.id\}\}$/)
  await tab(/^Headers/)
  await page.getByLabel('Header 1', { exact: true }).fill('authorization')
  await page.getByLabel('Value of authorization').fill('Bearer {{env.TOKEN}}')
  await tab(/^Variables/)
  await page.getByRole('button', { name: 'Give it a value' }).click()
  await page.getByLabel('Value of TOKEN').fill('s3cret-token')
  await page.getByLabel('Value of TOKEN').blur()
  expect(await page.getByLabel('Value of TOKEN').inputValue()).toBe('')

  asked = []
  await page.keyboard.press('ControlOrMeta+Shift+Enter')
  await expect.poll(() => page.getByTestId('try-status').innerText(), PATIENT).toContain('200')
  await page.getByRole('button', { name: '"A-1029"' }).click()
  await page.getByTestId('check-value').click()
  await page.getByRole('button', { name: '12345678901234567890' }).waitFor(PATIENT)
  await expect.poll(() => field('checks[0]').first().inputValue(), PATIENT).toBe('$.items[0].sku')
  expect(await field('checks[0]').last().inputValue()).toBe('"A-1029"')
  expect(asked).toEqual(['/1 Bearer s3cret-token'])

  asked = []
  expect(await run()).toContain(`0 of ${String(TOTAL)}`)
  expect(asked).toHaveLength(TOTAL)
  expect(new Set(asked).size).toBe(TOTAL)
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain('s3cret')
})

test('gRPC to a server of grpc-js: its methods told by a .proto file, its messages by itself; a stream of messages has figures of its own', async () => {
  await newTask()
  await page.getByTestId('url-input').fill(`${grpc.url}Fail`)
  await page.getByTestId('proto-file').setInputFiles(SHOP_PROTO)
  await choose('grpc-method', 'shop.v1.Cart/Watch')
  expect(await page.getByTestId('url-input').inputValue()).toBe(`${grpc.url}Watch`)
  await page.getByRole('button', { name: 'Ask the server instead' }).click()
  await page.getByTestId('message-input').fill('{"sku":"A-1","count":3}')
  await tab(/^Metadata/)
  await page.getByLabel('Name 1', { exact: true }).fill('x-tenant')
  await page.getByLabel('Value of x-tenant').fill('blue')
  expect(await run()).toContain(`0 of ${String(TOTAL)}`)
  expect(grpc.calls).toEqual({ Watch: TOTAL })
  expect(grpc.metadata[0]?.get('x-tenant')).toEqual(['blue'])
  expect((await page.getByTestId('stream-card').innerText()).replace(/\s+/g, ' ')).toContain(`${String(TOTAL * 3)} pieces`)
})

test('a flow of two steps: a value of the first answer is extracted by a click, handed on, and each step has its results', async () => {
  await newTask()
  await page.getByTestId('url-input').fill(`http://127.0.0.1:${String(portOf(shop))}/login`)
  await tab(/^Steps/)
  await page.getByTestId('add-step').first().click()
  await field('steps[0].name').fill('login')
  await field('steps[1].name').fill('order')
  await page.getByRole('button', { name: 'Move order' }).focus()
  await page.keyboard.press('ArrowUp')
  await expect.poll(() => field('steps[0].name').inputValue(), PATIENT).toBe('order')
  await page.keyboard.press('ArrowDown')
  await expect.poll(() => field('steps[0].name').inputValue(), PATIENT).toBe('login')
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Move order')
  await page.keyboard.press('ControlOrMeta+Shift+Enter')
  await expect.poll(() => page.getByTestId('try-status').innerText(), PATIENT).toContain('200')
  for (const step of await page.locator('[data-testid="tried-step"]:not([open])').all()) await step.locator('summary').first().click()
  await page.getByRole('button', { name: /^"t\d+"$/ }).click()
  await page.getByTestId('extract-value').click()
  await page.getByTestId('step-strip').getByRole('radio', { name: /order/ }).click()
  await tab(/^Headers/)
  await page.getByLabel('Header 1', { exact: true }).fill('authorization')
  await page.getByLabel('Value of authorization').fill('Bearer {{st')
  await page.keyboard.press('Enter')
  expect(await page.getByLabel('Value of authorization').inputValue()).toBe('Bearer {{step.token}}')
  asked = []
  expect(await run()).toContain(`0 of ${String(TOTAL)}`)
  expect(asked.filter((line) => line.startsWith('/login'))).toHaveLength(TOTAL)
  expect(new Set(asked.filter((line) => line.startsWith('/ Bearer t'))).size).toBe(TOTAL)
  const rows = await page.getByTestId('step-result').allInnerTexts()
  expect(rows.map((row) => row.split(/\s+/).slice(0, 2).join(' '))).toEqual([`login ${String(TOTAL)}`, `order ${String(TOTAL)}`])
})

test('a Postman collection that is chosen becomes steps, and what was left out is said', async () => {
  await page.keyboard.press('ControlOrMeta+1')
  await page.evaluate(() => localStorage.clear())
  const collection = { info: { name: 'shop', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' }, item: ['login', 'orders'].map((name) => ({ name, request: { method: 'GET', url: `http://127.0.0.1:${String(portOf(shop))}/${name}` }, event: [{ listen: 'test', script: { exec: ['pm.test("x", () => {})'] } }] })) }
  await page.getByTestId('import-file').setInputFiles({ name: 'shop.postman_collection.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(collection)) })
  await page.getByTestId('import-strip').waitFor(PATIENT)
  expect(await page.getByTestId('import-strip').innerText()).toMatch(/Filled from Postman.*Skipped/s)
  expect(await page.getByTestId('step-strip').getByRole('radio').allInnerTexts()).toEqual(expect.arrayContaining([expect.stringContaining('login'), expect.stringContaining('orders')]))
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => page.getByTestId('step-strip').count(), PATIENT).toBe(0)
})
