import { createServer, type IncomingMessage, type Server } from 'node:http'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Task } from '../../src/shared/task/task.ts'
import { runCli, startCli, temporaryFolder } from '../support/cli.ts'
import { nodeOf, serveOf } from '../support/node-process.ts'
import { startRedis, type RedisServer } from '../support/redis.ts'

/**
 * Secrets of every kind through the real command line and the real HTTP API, against a target that sends all of them back:
 * whatever is printed, answered or written is searched for them.
 */
const SECRETS = { env: 'env-Se&cret/1', client: 'client-Se"cret-2', password: 'pass-Secret-3', key: 'key-Secret-4', proxy: 'proxy-Secret-5', token: 'token-Secret-6', file: 'file-Secret-7' }
const folder = temporaryFolder()
const env = { HEADER_SECRET: SECRETS.env, CLIENT_SECRET: SECRETS.client, NO_COLOR: '1' }
const options = { dataDir: folder.path, env }
/** What was said, by whom. */
const outputs: { where: string; text: string }[] = []
const seen = new Set<string>()
let target: Server
let stored = ''
let redis: RedisServer

/** Refuses everybody, and tells what it was shown: in its head, in its body. */
function answer(request: IncomingMessage, body: string): { status: number; headers: Record<string, string>; body: string } {
  const shown = `${request.url ?? ''} ${JSON.stringify(request.headers)} ${body}`
  seen.add(shown)
  if (request.url === '/token') return { status: 200, headers: {}, body: JSON.stringify({ access_token: SECRETS.token, expires_in: 3600 }) }
  return { status: 500, headers: { 'x-echo': encodeURI(shown).slice(0, 1500) }, body: `you said ${shown}` }
}

beforeAll(async () => {
  target = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk))).on('end', () => {
      const said = answer(request, body)
      response.writeHead(said.status, said.headers).end(said.body)
    })
  }).listen(0, '127.0.0.1')
  ;[redis] = await Promise.all([startRedis(), once(target, 'listening')])
})
afterAll(async () => {
  target.closeAllConnections()
  target.close()
  await redis.stop()
  folder.remove()
})

const url = (path = '/'): string => `http://127.0.0.1:${(target.address() as AddressInfo).port}${path}`

function file(name: string, content: string): string {
  writeFileSync(join(folder.path, name), content)
  return join(folder.path, name)
}

async function cli(...args: string[]): Promise<string> {
  const { stdout, stderr } = await runCli(args, options)
  outputs.push({ where: args.slice(0, 2).join(' '), text: stdout + stderr })
  return stdout
}

function leaks(): string[] {
  const forms = Object.values(SECRETS).flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), Buffer.from(`ada:${secret}`).toString('base64')])
  return outputs.flatMap(({ where, text }) => forms.filter((secret) => text.includes(secret)).map((secret) => `${where}: ${secret} in …${text.slice(Math.max(0, text.indexOf(secret) - 80), text.indexOf(secret) + 80)}`))
}

const taskFile = (): string => file('task.yaml', `
name: guarded
load: { rate: 20, duration: 1s }
request: { url: '${url('/cart')}', headers: { x-env: '{{env.HEADER_SECRET}}' }, form: { q: '{{env.HEADER_SECRET}}' } }
auth: { type: oauth2, tokenUrl: '${url('/token')}', clientId: ada, clientSecret: '{{env.CLIENT_SECRET}}', credentialsIn: body }
`)

test('the command line says none of them', async () => {
  const task = taskFile()
  await cli('run', task, '--explain')
  await cli('run', task, '-o', `json=${join(folder.path, 'out.json')}`, '-o', `ndjson=${join(folder.path, 'out.ndjson')}`, '-o', `csv=${join(folder.path, 'out.csv')}`)
  for (const name of ['out.json', 'out.ndjson', 'out.csv']) outputs.push({ where: name, text: readFileSync(join(folder.path, name), 'utf8') })
  await cli('run', task, '--ndjson')
  await cli('run', url(), '-n', '5', '-c', '1', '--user', 'ada', '--auth-secret-file', file('secret', `${SECRETS.file}\n`), '--json')
  await cli('run', url(), '-n', '5', '-c', '1', '--auth', 'api-key', '--auth-in', 'query', '--auth-secret-env', 'HEADER_SECRET', '--json')
  await cli('run', url(), '-n', '5', '-c', '1', '--proxy', url().replace('//', `//ada:${SECRETS.proxy}@`), '--json')
  await cli('run', url(), '--proxy', url().replace('//', `//ada:${SECRETS.proxy}@`), '--explain')
  await cli('run', url(), '-u', `ada:${SECRETS.password}`)
  const { id } = JSON.parse(await cli('task', 'create', task, '--json')) as Task
  stored = id
  await cli('task', 'show', id)
  await cli('task', 'show', id, '--json')
  await cli('task', 'list', '--json')
  await cli('task', 'list')
  await cli('task', 'start', id)
  await cli('history', '--json')
  await cli('history')
  await cli('history', 'guarded', '--json')
  await cli('history', 'guarded')
  expect(leaks()).toEqual([])
  // They were sent, all the same, and error samples were taken of what came back.
  expect([...seen].some((text) => text.includes(SECRETS.token) && text.includes(SECRETS.env))).toBe(true)
  expect([...seen].some((text) => text.includes(Buffer.from(`ada:${SECRETS.file}`).toString('base64')))).toBe(true)
  expect([...seen].some((text) => text.includes(`X-API-Key=${encodeURIComponent(SECRETS.env)}`))).toBe(true)
  expect(outputs.find(({ where }) => where === 'out.json')?.text).toContain('•••')
})

test('a task as it is shown is no task file with secrets', async () => {
  const shown = file('shown.yaml', await cli('task', 'show', stored))
  const { code, stderr } = await runCli(['run', shown], options)
  expect(code).toBe(2)
  expect(stderr).toMatch(/env.HEADER_SECRET: This stands for a value that is not shown, and none is stored here. Write the value itself/)
})

test('the HTTP API and its events say none of them, and an unchanged mask keeps what is stored', async () => {
  const server = await serveOf(nodeOf('console', startCli(['serve', '--port', '0'], options)))
  const { origin, searchParams } = new URL(server.url)
  const headers = { authorization: `Bearer ${searchParams.get('token') ?? ''}`, 'content-type': 'application/json' }
  const api = async <T>(command: string, input: object = {}): Promise<T> => {
    const text = await (await fetch(`${origin}/api/${command}`, { method: 'POST', headers, body: JSON.stringify(input) })).text()
    outputs.push({ where: command, text })
    return JSON.parse(text) as T
  }
  const events = new AbortController()
  const stream = fetch(`${origin}/api/events`, { headers, signal: events.signal }).then(async (response) => {
    let text = ''
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text = outputs.find(({ where }) => where === 'events')!.text += chunk
    return text
  }).catch(() => undefined)
  outputs.push({ where: 'events', text: '' })

  const request = { url: url('/literal'), method: 'GET', headers: {} }
  const transport = { key: `-----BEGIN PRIVATE KEY-----\n${SECRETS.key}\n-----END PRIVATE KEY-----`, cert: '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----' }
  const created = await api<Task>('task.create', { spec: { load: { rate: 20, duration: '1s' }, request, auth: { type: 'basic', username: 'ada', password: SECRETS.password }, env: { A: SECRETS.env }, transport } })
  const got = await api<Task>('task.get', { id: created.id })
  expect(got.spec).toMatchObject({ auth: { username: 'ada', password: '•••' }, env: { A: '•••' } })
  await api('task.update', { id: created.id, spec: { ...got.spec, name: 'renamed' } })
  await api('task.clone', { id: created.id })
  await api('task.tryOnce', { spec: got.spec, id: created.id })
  expect(await api('task.tryOnce', { spec: got.spec })).toMatchObject({ code: 'bad-input', problems: [{ path: 'env.A' }, { path: 'auth.password' }, { path: 'transport.key' }] })
  const { runId } = await api<{ runId: string }>('task.start', { id: created.id })
  await expect.poll(async () => (await api<{ run: { endedAt: number | null } }>('run.get', { id: runId })).run.endedAt, { timeout: 30_000 }).not.toBeNull()
  for (const [command, input] of [['task.list'], ['run.list'], ['run.summary', { id: runId }], ['run.points', { id: runId }], ['run.export', { id: runId }], ['node.list'], ['cluster.get'], ['settings.get'], ['capacity.list']] as [string, object?][]) await api(command, input)
  await api('task.delete', { id: created.id })
  await api('task.restore', { id: created.id })
  outputs.push({ where: 'metrics', text: await (await fetch(`${origin}/metrics`, { headers })).text() })
  events.abort()
  await stream
  server.signal('SIGINT')
  await server.ended
  outputs.push({ where: 'serve', text: server.printed() })
  const basic = Buffer.from(`ada:${SECRETS.password}`).toString('base64')
  expect(outputs.find(({ where }) => where === 'events')?.text).toContain('run:changed')
  // A try and a run with the secret that no reader has seen.
  expect([...seen].filter((text) => text.startsWith('/literal') && text.includes(basic))).toHaveLength(1)
  expect(leaks()).toEqual([])
})

test('on a cluster every node sends them, and none says them', async () => {
  const cluster = { ...options, env: { ...env, STAMPEDE_REDIS_URL: redis.url, STAMPEDE_NAMESPACE: 'secrets' } }
  const worker = startCli(['worker', '--name', 'w1'], { ...cluster, dataDir: join(folder.path, 'w1') })
  await worker.says(/joined/)
  seen.clear()
  const { stdout, stderr, code } = await runCli(['run', taskFile(), '--workers', '1', '--json'], cluster)
  const listed = await runCli(['task', 'list', '--json'], cluster)
  const history = await runCli(['history', '--json'], cluster)
  worker.child.kill('SIGINT')
  const end = await worker.ended
  outputs.push({ where: 'cluster run', text: stdout + stderr }, { where: 'cluster task list', text: listed.stdout }, { where: 'cluster history', text: history.stdout }, { where: 'worker', text: end.stdout + end.stderr })
  expect(code, stderr).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ nodes: [{ }, { }] })
  expect([...seen].filter((text) => text.startsWith('/cart'))).toHaveLength(1)
  expect([...seen].find((text) => text.startsWith('/cart'))).toContain(SECRETS.token)
  expect(leaks()).toEqual([])
})

test('stored runs hold none of them, and the database is for its user alone', () => {
  const path = join(folder.path, 'stampede.db')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const database = new DatabaseSync(path, { readOnly: true })
  for (const table of ['runs', 'points']) outputs.push({ where: table, text: JSON.stringify(database.prepare(`SELECT * FROM ${table}`).all()) })
  database.close()
  expect(leaks()).toEqual([])
})
