import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EventHub } from '../../../src/main/api/event-hub.ts'
import { startHttp, type HttpServer } from '../../../src/main/api/http.ts'
import type { Api } from '../../../src/shared/contract/contract.ts'
import type { Run, RunView } from '../../../src/shared/results/run.ts'
import { AppError } from '../../../src/shared/errors.ts'

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

let folder: string
let hub: EventHub
let server: HttpServer
let errors: unknown[]

const run = { id: 'r1', taskName: 'check "out"', endedAt: null } as Run
const unmeasured = { targetRate: null, p50: null, p90: null, p95: null, p99: null, p999: null, lagP99: null }
const view = { run, totals: { ...unmeasured, planned: 10, started: 9 }, recent: { ...unmeasured, p50: 2, achievedRate: 99.5 } } as RunView
const api = {
  'app.capabilities': async () => ({ version: '1.2.3' }),
  'task.list': async () => [{ task: { id: 't1' } }],
  'task.create': async ({ spec }: { spec: unknown }) => ({ id: 't2', spec }),
  'task.get': async () => { throw new AppError('not-found', 'There is no task x.', { hint: 'Look at the list.' }) },
  'task.update': async () => { throw new AppError('bad-input', 'The task has a problem.', { problems: [{ path: 'load.rate', message: 'At least 0.1.' }] }) },
  'task.delete': async () => { throw new Error('a secret detail') },
  'task.start': async () => { throw new AppError('target-not-allowed', 'example.com is a public host.') },
  'run.list': async () => [run, { ...run, id: 'r0', endedAt: 5 }],
  'run.get': async () => view,
} as unknown as Api

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stampede-http-'))
  await mkdir(join(folder, 'renderer', 'assets'), { recursive: true })
  await writeFile(join(folder, 'renderer', 'index.html'), '<!doctype html>console')
  await writeFile(join(folder, 'renderer', 'assets', 'index-abc.js'), 'export {}')
  await writeFile(join(folder, 'secret.txt'), 'not for the web')
  hub = new EventHub()
  errors = []
  server = await startHttp({ api, on: hub.on, host: '127.0.0.1', port: 0, staticDir: pathToFileURL(join(folder, 'renderer/')), onError: (error) => errors.push(error) })
})

afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const exchange = request({ host: '127.0.0.1', port: server.port, method, path, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    exchange.on('error', reject).end(body)
  })
}

const bearer = (): Record<string, string> => ({ authorization: `Bearer ${server.token}` })
const command = (name: string, input: unknown): Promise<Answer> => ask('POST', `/api/${name}`, { ...bearer(), 'content-type': 'application/json' }, JSON.stringify(input))
const cookieOf = ({ headers }: Answer): string => headers['set-cookie']?.[0]?.split(';')[0] ?? ''

describe('signing in', () => {
  test('the printed link works once, sets a cookie that scripts cannot read, and leaves no token in the address', async () => {
    const link = new URL(server.url)
    const entered = await ask('GET', link.pathname + link.search)
    expect(entered.status).toBe(303)
    expect(entered.headers.location).toBe('/')
    expect(entered.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict/)
    expect(cookieOf(entered)).not.toContain(server.token)
    expect((await ask('GET', '/', { cookie: cookieOf(entered) })).text).toContain('console')
    expect((await ask('GET', link.pathname + link.search)).status).toBe(401)
    expect((await ask('GET', link.pathname + link.search, { cookie: cookieOf(entered) })).status).toBe(303)
  })

  test('without token or cookie nothing is answered but 401', async () => {
    for (const path of ['/', '/assets/index-abc.js', '/api/events', '/api/openapi.json', '/metrics']) expect((await ask('GET', path)).status).toBe(401)
    expect((await ask('POST', '/api/task.list', { 'content-type': 'application/json' }, '{}')).status).toBe(401)
    expect((await ask('GET', '/?token=wrong')).status).toBe(401)
    expect((await ask('GET', '/', { authorization: 'Bearer wrong' })).status).toBe(401)
  })

  test('a foreign Host header is refused, so that no rebound name gets in', async () => {
    expect((await ask('GET', '/', { ...bearer(), host: 'evil.example' })).status).toBe(421)
    expect((await ask('GET', '/', { ...bearer(), host: `localhost:${server.port}` })).status).toBe(200)
    expect((await ask('GET', '/', { ...bearer(), host: '10.0.0.1' })).status).toBe(421)
  })
})

describe('a command', () => {
  test('answers with its value', async () => {
    const { status, text } = await command('task.create', { spec: { name: 'x' } })
    expect([status, JSON.parse(text)]).toEqual([200, { id: 't2', spec: { name: 'x' } }])
    expect(JSON.parse((await command('task.list', {})).text)).toHaveLength(1)
  })

  test('refuses with code, message, hint and every problem', async () => {
    expect(await command('task.get', { id: 'x' })).toMatchObject({ status: 404, text: '{"code":"not-found","message":"There is no task x.","hint":"Look at the list."}' })
    const { status, text } = await command('task.update', {})
    expect([status, JSON.parse(text)]).toEqual([400, { code: 'bad-input', message: 'The task has a problem.', problems: [{ path: 'load.rate', message: 'At least 0.1.' }] }])
    expect((await command('task.start', { id: 'x' })).status).toBe(403)
  })

  test('that breaks tells its log everything and the client nothing', async () => {
    const { status, text } = await command('task.delete', { id: 'x' })
    expect(status).toBe(500)
    expect(text).not.toMatch(/secret|at .*\.ts/)
    expect(errors).toHaveLength(1)
  })

  test('that does not exist, or is only inherited, is not found', async () => {
    for (const name of ['task.fly', 'toString', '__proto__', 'constructor']) expect((await command(name, {})).status).toBe(404)
  })

  test('needs POST, the JSON content type and valid JSON', async () => {
    const get = await ask('GET', '/api/task.list', bearer())
    expect([get.status, get.headers.allow]).toEqual([405, 'POST'])
    expect((await ask('POST', '/api/task.list', bearer(), '{}')).status).toBe(415)
    expect((await ask('POST', '/api/task.list', { ...bearer(), 'content-type': 'text/plain' }, '{}')).status).toBe(415)
    expect((await ask('POST', '/api/task.list', { ...bearer(), 'content-type': 'application/json; charset=utf-8' }, '{}')).status).toBe(200)
    const broken = await ask('POST', '/api/task.list', { ...bearer(), 'content-type': 'application/json' }, '{"a":')
    expect([broken.status, JSON.parse(broken.text).code]).toEqual([400, 'bad-input'])
  })

  test('of more than 24 MiB is refused, whether its length is announced or not', async () => {
    const headers = { ...bearer(), 'content-type': 'application/json' }
    const large = Buffer.alloc(24 * 2 ** 20 + 1, 32)
    expect((await ask('POST', '/api/task.list', { ...headers, 'content-length': String(large.length) }, large)).status).toBe(413)
    expect((await ask('POST', '/api/task.list', { ...headers, 'transfer-encoding': 'chunked' }, large)).status).toBe(413)
  })
})

describe('the console', () => {
  test('comes with a policy that lets nothing in from elsewhere', async () => {
    const page = await ask('GET', '/', bearer())
    expect(page.headers['content-security-policy']).toMatch(/default-src 'self'.*frame-ancestors 'none'/)
    expect(page.headers['cache-control']).toBe('no-store')
    expect((await ask('GET', '/assets/index-abc.js', bearer())).headers['cache-control']).toContain('immutable')
    expect((await ask('POST', '/', bearer())).status).toBe(405)
    expect((await ask('HEAD', '/', bearer())).text).toBe('')
  })

  test('shows no file beside its own', async () => {
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/..%5c..%5csecret.txt', '//secret.txt', '/%00', '/%E0%A4%A', '/assets']) {
      expect((await ask('GET', path, bearer())).status).toBe(404)
    }
  })
})

describe('the facts', () => {
  const message = async (lastEventId?: string): Promise<{ id: string; event: string; data: string; stop: () => void }> => {
    const controller = new AbortController()
    const headers = { ...bearer(), ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) }
    const response = await fetch(`http://127.0.0.1:${server.port}/api/events`, { headers, signal: controller.signal })
    expect(response.headers.get('content-type')).toContain('text/event-stream')
    const text = response.body?.pipeThrough(new TextDecoderStream()) as ReadableStream<string>
    let seen = ''
    for await (const chunk of text) {
      seen += chunk
      const found = /id: (.*)\nevent: (.*)\ndata: (.*)\n\n/.exec(seen)
      if (found !== null) return { id: found[1] ?? '', event: found[2] ?? '', data: found[3] ?? '', stop: () => controller.abort() }
    }
    throw new Error('the stream ended')
  }

  test('reach a client as they happen, and one that comes back gets what it missed', async () => {
    hub.emit('notice', { id: 'n1', level: 'bad', sentence: { key: 'k', params: {} } })
    const first = await message()
    expect(first).toMatchObject({ event: 'notice', data: '{"id":"n1","level":"bad","sentence":{"key":"k","params":{}}}' })
    first.stop()
    hub.emit('task:changed', { id: 't1' })
    const second = await message(first.id)
    expect(second).toMatchObject({ event: 'task:changed', data: '{"id":"t1"}' })
    second.stop()
  })

  test('that are no longer known are told as a reset', async () => {
    const stranger = await message('former-12')
    expect(stranger.event).toBe('reset')
    stranger.stop()
    for (let n = 0; n < 300; n++) hub.emit('task:changed', { id: `t${n}` })
    const late = await message(stranger.id.replace(/\d+$/, '1'))
    expect(late.event).toBe('reset')
    late.stop()
  })
})

test('metrics speak of live runs only, without lines for what was not measured', async () => {
  const { text, headers } = await ask('GET', '/metrics', bearer())
  expect(headers['content-type']).toContain('version=0.0.4')
  expect(text).toContain('stampede_info{version="1.2.3"} 1')
  expect(text).toContain('stampede_iterations_planned_total{run="r1",task="check \\"out\\""} 10')
  expect(text).toContain('stampede_response_time_seconds{run="r1",task="check \\"out\\"",quantile="0.5"} 0.002')
  expect(text).not.toMatch(/r0|quantile="0.99"|target_rate\{/)
})

test('a port that is taken is said in words', async () => {
  await expect(startHttp({ api, on: hub.on, host: '127.0.0.1', port: server.port, staticDir: pathToFileURL(folder) })).rejects.toMatchObject({
    code: 'cannot-start',
    message: `Port ${server.port} on 127.0.0.1 is already in use.`,
  })
})
