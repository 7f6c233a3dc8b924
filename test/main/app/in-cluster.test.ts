import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp, type App, type AppOptions } from '../../../src/main/app.ts'
import { createChangeableApp } from '../../../src/main/app/changeable.ts'
import type { Events } from '../../../src/shared/contract/contract.ts'
import { freePort, startRedis, type RedisServer } from '../../support/redis.ts'
import { until } from '../../support/until.ts'

const entries = {
  cli: new URL('../../../src/main/cli.ts', import.meta.url),
  thread: new URL('../../../src/main/engine/engine-thread.ts', import.meta.url),
  ticker: new URL('../../../src/main/engine/ticker-thread.ts', import.meta.url),
  importer: new URL('../../../src/main/imports/import-thread.ts', import.meta.url),
}

let redis: RedisServer
let server: Server
let url: string
let served: number
let folders: string[]
let apps: App[]
let namespaces = 0
let namespace: string

beforeAll(async () => { redis = await startRedis() })
afterAll(() => redis.stop())
beforeEach(async () => {
  namespace = `app-${(namespaces += 1)}`
  served = 0
  apps = []
  folders = []
  server = createServer((_request, response) => {
    served++
    response.end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()))
  server.closeAllConnections()
  server.close()
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stampede-app-'))
  folders.push(folder)
  return folder
}

const node = (name: string, changes: object = {}): NonNullable<AppOptions['cluster']>['node'] => ({ name, priority: null, allowHosts: [], maxRate: null, maxDurationMs: null, maxInFlight: null, stopAtErrors: null, rebalance: 'never', strategy: 'capacity', ...changes })

async function joined(name: string, options: Partial<AppOptions> = {}, changes: object = {}): Promise<App> {
  const cluster = { redis: { address: redis.url, namespace, secret: '', name }, node: node(name, changes) }
  const app = await createApp({ entries, stays: true, cluster, dataDir: await newFolder(), ...options })
  apps.push(app)
  return app
}

async function leave(app: App): Promise<void> {
  apps.splice(apps.indexOf(app), 1)
  await app.close()
}

const spec = (load: object, target = url): unknown => ({ name: 'main job', request: { url: target }, load })
const isOver = (app: App, id: string): Promise<unknown> => until('the end of the run', async () => (await app.api['run.get']({ id })).run.endedAt !== null)

describe('two products in one cluster', () => {
  test('show the same tasks and the same run, and both carry it', async () => {
    const [desk, other] = [await joined('desk'), await joined('other')]
    const told: string[] = []
    other.on('task:changed', ({ id }) => told.push(id))
    const points: Events['run:point'][] = []
    other.on('run:point', (fact) => points.push(fact))
    await until('both are listed', async () => (await desk.api['node.list']({})).length === 2)
    const { id } = await desk.api['task.create']({ spec: spec({ rate: 100, duration: '2s' }) })
    await until('the other one hears of the task', async () => told.includes(id))
    expect(await other.api['task.get']({ id })).toMatchObject({ id, status: 'draft' })
    const { runId } = await other.api['task.start']({ id })
    await isOver(desk, runId)
    const summary = await desk.api['run.summary']({ id: runId })
    expect(summary).toMatchObject({ imbalance: null, ledger: { planned: 200, started: 200, lost: 0 } })
    expect(summary.nodes.map(({ name }) => name).sort()).toEqual(['desk', 'other'])
    expect(served).toBe(200)
    await until('the other one has told every second', async () => points.length === summary.points.length)
    expect(await desk.api['cluster.get']({})).toMatchObject({ mode: 'redis', address: redis.url, namespace, connected: true })
    expect((await desk.api['app.capabilities']({})).cluster).toBe(true)
  })

  test('keep the result on their own machines, and their settings to themselves', async () => {
    const dataDir = await newFolder()
    const desk = await joined('desk', { dataDir })
    const other = await joined('other')
    await desk.api['settings.set']({ theme: 'dark' })
    expect((await other.api['settings.get']({})).theme).toBe('system')
    const { id } = await other.api['task.create']({ spec: spec({ rate: 50, duration: '1s' }) })
    const { runId } = await other.api['task.start']({ id })
    await isOver(desk, runId)
    const summary = await desk.api['run.summary']({ id: runId })
    await leave(desk)
    const alone = await createApp({ entries, stays: true, dataDir })
    apps.push(alone)
    expect(await alone.api['run.list']({})).toMatchObject([{ id: runId, taskName: 'main job', status: 'finished' }])
    expect(await alone.api['run.summary']({ id: runId })).toEqual(summary)
    expect((await alone.api['settings.get']({})).theme).toBe('dark')
    expect(await alone.api['task.list']({})).toEqual([])
  })

  test('go on with a run when the one that leads it is closed in order', async () => {
    const desk = await joined('desk', {}, { priority: 10 })
    await until('desk leads', async () => (await desk.api['cluster.get']({})).master?.name === 'desk')
    const other = await joined('other', {}, { priority: 5 })
    await until('the master has seen the other one live', async () => (await desk.api['node.list']({})).some(({ isThis, info }) => !isThis && info.beat > 2))
    const { id } = await desk.api['task.create']({ spec: spec({ rate: 60, duration: '8s' }) })
    const { runId } = await desk.api['task.start']({ id })
    await until('it is going', async () => (await other.api['run.points']({ id: runId })).points.length > 0)
    await leave(desk)
    await isOver(other, runId)
    const summary = await other.api['run.summary']({ id: runId })
    expect(summary).toMatchObject({ status: 'finished', imbalance: null })
    expect(summary.events.map(({ kind }) => kind)).toContain('master-changed')
    expect(served).toBe(summary.ledger.started)
  })

  test('stop a run in order when the last of them is closed, so that its result is stored', async () => {
    const desk = await joined('desk')
    const { id } = await desk.api['task.create']({ spec: spec({ rate: 50, duration: '60s' }) })
    const { runId } = await desk.api['task.start']({ id })
    await until('it is going', async () => (await desk.api['run.points']({ id: runId })).points.length > 0)
    await leave(desk)
    const later = await joined('later')
    expect(await later.api['run.summary']({ id: runId })).toMatchObject({ imbalance: null, events: expect.arrayContaining([expect.objectContaining({ kind: 'stop-requested' })]) })
    expect((await later.api['task.get']({ id })).status).toBe('finished')
  })

  test('carry no run to a public host that they were not allowed to load', async () => {
    const desk = await joined('desk', { targetConsent: true })
    const { id } = await desk.api['task.create']({ spec: spec({ rate: 1, duration: '1s' }, 'http://192.0.2.1/') })
    const { runId } = await desk.api['task.start']({ id })
    const view = await until('the run has ended', async () => { const { run } = await desk.api['run.get']({ id: runId }); return run.endedAt !== null && run })
    expect(view.status).toBe('failed')
    expect((await desk.api['task.get']({ id })).reason).toContain('192.0.2.1 is a public host')
  })
})

describe('the cluster of the settings', () => {
  const settings = (address: string): { cluster: { mode: 'redis'; address: string; namespace: string; nodeName: string } } => ({ cluster: { mode: 'redis', address, namespace, nodeName: 'desk' } })
  const places = { flags: {}, env: {}, file: {} }
  const openChangeable = async (dataDir: string, changes: Partial<Parameters<typeof createChangeableApp>[0]> = {}): Promise<App> => {
    const app = await createChangeableApp({ entries, stays: true, dataDir, places, mayStartAlone: false, ...changes })
    apps.push(app)
    return app
  }

  test('is joined at the next start, and left for good by a command, while listeners stay', async () => {
    const dataDir = await newFolder()
    const first = await openChangeable(dataDir)
    await first.api['settings.set'](settings(redis.url))
    await first.api['task.create']({ spec: spec({ rate: 1, duration: '1s' }) })
    expect((await first.api['cluster.get']({})).mode).toBe('local')
    await leave(first)

    const second = await openChangeable(dataDir)
    const modes: string[] = []
    second.on('cluster:changed', ({ mode }) => modes.push(mode))
    expect(await second.api['cluster.get']({})).toMatchObject({ mode: 'redis', address: redis.url, namespace })
    expect(await second.api['task.list']({})).toEqual([])
    await until('it is told', async () => modes.includes('redis'))
    await second.api['settings.set']({ cluster: { mode: 'local' } })
    await second.api['cluster.changeOver']({})
    expect((await second.api['cluster.get']({})).mode).toBe('local')
    expect(await second.api['task.list']({})).toHaveLength(1)
    await until('it is told', async () => modes.at(-1) === 'local')
    expect(second.address).toBeNull()
  })

  test('that cannot be joined leaves all as it is', async () => {
    const app = await openChangeable(await newFolder())
    await app.api['settings.set'](settings(`redis://127.0.0.1:${await freePort()}`))
    await expect(app.api['cluster.changeOver']({})).rejects.toMatchObject({ code: 'cannot-start' })
    const { id } = await app.api['task.create']({ spec: spec({ rate: 100, duration: '5s' }) })
    await app.api['settings.set'](settings(redis.url))
    await app.api['task.start']({ id })
    await expect(app.api['cluster.changeOver']({})).rejects.toMatchObject({ code: 'conflict', message: 'A run is on.' })
    await app.api['task.stop']({ id })
    await until('it has stopped', async () => (await app.api['task.get']({ id })).status === 'finished')
    await until('it may change over', async () => app.api['cluster.changeOver']({}).then(() => true))
    expect((await app.api['cluster.get']({})).mode).toBe('redis')
  })

  test('that is out of reach at the start keeps nobody from working alone, and says so', async () => {
    const dataDir = await newFolder()
    const first = await openChangeable(dataDir)
    await first.api['settings.set'](settings(`redis://127.0.0.1:${await freePort()}`))
    await leave(first)
    const second = await openChangeable(dataDir)
    const notices: string[] = []
    second.on('notice', ({ sentence }) => notices.push(String(sentence.params['text'])))
    expect(notices).toEqual([expect.stringMatching(/refuses the connection\. .* Until then this machine works alone\.$/)])
    expect((await second.api['cluster.get']({})).mode).toBe('local')
  })

  test('gives way to what was said from outside, which then rules', async () => {
    const dataDir = await newFolder()
    const away = { flags: { redis: `redis://127.0.0.1:${await freePort()}` }, env: {}, file: {} }
    await expect(openChangeable(dataDir, { places: away })).rejects.toMatchObject({ code: 'cannot-start' })
    const alone = await openChangeable(dataDir, { places: away, mayStartAlone: true })
    expect((await alone.api['cluster.get']({})).mode).toBe('local')
    await leave(alone)
    const app = await openChangeable(dataDir, { places: { flags: { redis: redis.url, namespace }, env: {}, file: {} } })
    await expect(app.api['cluster.changeOver']({})).rejects.toMatchObject({ code: 'conflict' })
    expect((await app.api['cluster.get']({})).namespace).toBe(namespace)
  })

  test('limits what this node takes as soon as they are changed', async () => {
    const app = await openChangeable(await newFolder())
    const limit = async (): Promise<number | null | undefined> => (await app.api['node.list']({})).find(({ isThis }) => isThis)?.info.maxRate
    expect(await until('it is listed', async () => (await app.api['node.list']({})).length === 1)).toBe(true)
    expect(await limit()).toBeNull()
    await app.api['settings.set']({ limits: { maxRate: 70 } })
    await until('the node says so', async () => (await limit()) === 70)
  })
})
