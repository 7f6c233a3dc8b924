import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runCli, summaryOf, temporaryFolder } from '../support/cli.ts'
import type { Summary } from '../../src/shared/results/summary.ts'

/** Files of other programs through the real command line: imported, run against a server, and counted on both sides. */

const folder = temporaryFolder()
const options = { dataDir: join(folder.path, 'data'), env: { LANG: 'C' } }
const corpus = (name: string): string => fileURLToPath(new URL(`../main/imports/corpus/${name}`, import.meta.url))
const file = (name: string): string => join(folder.path, name)
let server: Server
let base: string
let seen: { line: string; body: string; cookie: string; authorization: string }[]

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text)).on('end', () => {
      seen.push({ line: `${request.method} ${request.url}`, body, cookie: request.headers.cookie ?? '', authorization: request.headers.authorization ?? '' })
      response.setHeader('set-cookie', 'session=fresh; Path=/').end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
beforeEach(() => (seen = []))
afterAll(() => {
  server.closeAllConnections()
  server.close()
  folder.remove()
})

async function imports(format: string, source: string, ...flags: string[]): Promise<{ stderr: string }> {
  const ended = await runCli(['import', format, source, '--server', base, ...flags], options)
  expect(ended, ended.stderr).toMatchObject({ code: 0 })
  return ended
}

/** Runs a task file for so many iterations. */
async function runs(task: string, iterations: number, env: Record<string, string> = {}): Promise<Summary> {
  const ended = await runCli(['run', task, '-c', '2', '-n', String(iterations), '--json', '--quiet'], { ...options, env: { ...options.env, ...env } })
  const summary = summaryOf(ended)
  expect(summary.ledger, ended.stderr).toMatchObject({ completed: iterations, failed: 0 })
  return summary
}

const counts = (): Record<string, number> => seen.reduce<Record<string, number>>((all, { line }) => ({ ...all, [line]: (all[line] ?? 0) + 1 }), {})

test('a recording becomes steps, which all arrive in order with the cookies of their iteration', async () => {
  const { stderr } = await imports('har', corpus('chrome.har'), '-o', file('shop.yaml'), '--no-think-time')
  expect(stderr).toMatch(/Imported shop\.example\.com: 4 requests\.\nLeft out:\n/)
  expect(stderr).toContain('  GET /assets/app.3f9c.js: A static file; select it to take it.\n')
  expect(stderr).not.toContain('t0ps3cret')
  const summary = await runs(file('shop.yaml'), 10)
  expect(counts()).toEqual({ 'GET /': 10, 'POST /v2/login?trace=t0ps3cret': 10, 'GET /v2/orders/123456?page=2&size=10': 10, 'PUT /v2/orders/123456': 10 })
  expect(seen.find(({ line }) => line.startsWith('POST'))).toMatchObject({ body: '{"user":"ada","tpl":"{{name}}"}', cookie: expect.stringContaining('session=fresh') })
  expect(summary.steps?.map(({ requests }) => requests)).toEqual([10, 10, 10, 10])
  expect(readFileSync(file('shop.yaml'), 'utf8')).toMatch(/^# yaml-language-server: \$schema=file:.*task\.schema\.json\n/)
})

test('an OpenAPI document becomes requests of which each iteration sends one', async () => {
  await imports('openapi', corpus('petstore-3.0.yaml'), '-o', file('animals.yaml'), '--select', 'listAnimals', '--select', 'PATCH *')
  writeFileSync(file('animals.yaml'), readFileSync(file('animals.yaml'), 'utf8').replace(/^auth:\n(?: {2}.*\n)+/m, ''))
  await runs(file('animals.yaml'), 40)
  const { 'GET /animals?limit=20&tags=cat&tags=big%20dog&ids=1,2&filter[age]=3&where=%7B%22a%22%3A1%7D': gets = 0, 'PATCH /animals/1': patches = 0, ...others } = counts()
  expect(others).toEqual({})
  expect(gets + patches).toBe(40)
  expect(Math.min(gets, patches)).toBeGreaterThan(0)
})

test('a collection of Postman takes what it has no value for from the environment', async () => {
  const { stderr } = await imports('postman', corpus('shop-2.1.postman.json'), '-o', file('collection.yaml'), '--select', 'POST *', '--select', 'Get')
  expect(stderr).toContain('{{accessToken}}: It has no value yet: set accessToken in the environment, or under env.')
  await runs(file('collection.yaml'), 4, { accessToken: 'from-outside', unknownThing: 'x' })
  expect(seen).toHaveLength(4 * 6)
  expect(seen.filter(({ line }) => line.startsWith('GET ')).every(({ authorization }) => authorization === 'Bearer from-outside')).toBe(true)
  expect([...new URLSearchParams(seen.find(({ line }) => line === 'POST /api/login')?.body)]).toEqual([['user name', 'ada & eu']])
})

test("vegeta's targets bring their bodies from files, and are sent as often as they are listed", async () => {
  writeFileSync(file('order.json'), '{"from":"file"}')
  writeFileSync(file('targets.txt'), `GET http://x.test/a\n\nPOST http://x.test/b\nContent-Type: application/json\n@${file('order.json')}\n\nGET http://x.test/a\n`)
  await imports('vegeta', file('targets.txt'), '-o', file('targets.yaml'))
  await runs(file('targets.yaml'), 60)
  const { 'GET /a': gets = 0, 'POST /b': posts = 0 } = counts()
  expect(gets + posts).toBe(60)
  expect(gets).toBeGreaterThan(posts)
  expect(seen.find(({ line }) => line === 'POST /b')?.body).toBe('{"from":"file"}')
})

test("k6's options and a curl command come by standard input, and the task goes to standard output", async () => {
  const k6 = await runCli(['import', 'k6', '-', '--server', `${base}/k6`], { ...options, input: '{"scenarios":{"s":{"executor":"constant-arrival-rate","rate":50,"duration":"1s","preAllocatedVUs":200}},"thresholds":{"http_req_failed":["rate<0.01"]}}' })
  expect(k6.stderr).toBe('Imported k6: a rate of 50/s, 1 threshold.\n')
  writeFileSync(file('k6.yaml'), k6.stdout)
  const run = await runCli(['run', file('k6.yaml'), '--json', '--quiet'], options)
  expect(run.code).toBe(0)
  expect(summaryOf(run).ledger).toMatchObject({ planned: 50, completed: 50, failed: 0 })
  expect(counts()).toEqual({ 'GET /k6': 50 })
  const curl = await runCli(['import', 'auto', '-', '--lang', 'zh'], { ...options, input: `curl '${base}/c' --compressed` })
  expect(curl.stdout).toContain(`url: ${base}/c\n`)
  expect(curl.stderr).toContain('未导入：\n  --compressed: ')
})

test('a refusal says what is wrong, and nothing is written, least of all over a file', async () => {
  const cases: [string[], RegExp][] = [
    [['import', 'openapi', corpus('chrome.har')], /no OpenAPI document[\s\S]*3\.0 or 3\.1/],
    [['import', 'hra', corpus('chrome.har')], /no import of hra\. Known: curl, har/],
    [['import', 'har', file('gone.har')], /no such file/],
    [['import', 'har', corpus('chrome.har'), '--select', '/nowhere'], /Nothing in the file fits the selection \/nowhere/],
    [['import', 'har', corpus('chrome.har'), '-o', file('k6.yaml')], /already there; nothing was written/],
  ]
  const before = readFileSync(file('k6.yaml'), 'utf8')
  for (const [words, said] of cases) {
    const ended = await runCli([...words, ...(words.includes('-o') ? [] : ['-o', file('never.yaml')])], options)
    expect(ended).toMatchObject({ code: 2, stdout: '' })
    expect(ended.stderr).toMatch(said)
  }
  expect(existsSync(file('never.yaml'))).toBe(false)
  expect(readFileSync(file('k6.yaml'), 'utf8')).toBe(before)
})
