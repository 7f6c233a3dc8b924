import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createApp, type App, type AppOptions } from '../../src/main/app.ts'
import type { Events } from '../../src/shared/contract/contract.ts'
import type { RunView } from '../../src/shared/results/run.ts'

const entries = {
  cli: new URL('../../src/main/cli.ts', import.meta.url),
  thread: new URL('../../src/main/engine/engine-thread.ts', import.meta.url),
  ticker: new URL('../../src/main/engine/ticker-thread.ts', import.meta.url),
  importer: new URL('../../src/main/imports/import-thread.ts', import.meta.url),
}

let dataDir: string
let server: Server
let url: string
let served: number
let apps: App[]

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'stampede-app-'))
  served = 0
  apps = []
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
  await rm(dataDir, { recursive: true, force: true })
})

async function open(options: Partial<AppOptions> = {}): Promise<App> {
  const app = await createApp({ entries, dataDir, ...options })
  apps.push(app)
  return app
}

async function leave(app: App): Promise<void> {
  apps.splice(apps.indexOf(app), 1)
  await app.close()
}

const spec = (load: object): unknown => ({ name: 'main job', request: { url }, load })

/** The first view of a task's run that satisfies the condition. */
function seen(app: App, wanted: (view: RunView) => boolean): Promise<RunView> {
  return new Promise((resolve) => {
    const off = app.on('run:changed', (view) => {
      if (!wanted(view)) return
      off()
      resolve(view)
    })
  })
}

describe('a run, from the task to its summary', () => {
  test('sends what was planned, tells each second once, and is there after a restart', async () => {
    const app = await open()
    const points: Events['run:point'][] = []
    const changed: string[] = []
    app.on('run:point', (fact) => points.push(fact))
    app.on('task:changed', ({ id }) => changed.push(id))
    const task = await app.api['task.create']({ spec: spec({ rate: 100, duration: '2s' }) })
    const ended = seen(app, ({ run }) => run.endedAt !== null)
    const { runId } = await app.api['task.start']({ id: task.id })
    expect((await app.api['run.get']({ id: runId })).run).toMatchObject({ id: runId, taskId: task.id })
    const last = await ended
    expect(last.run.status).toBe('finished')
    expect(points.map(({ point }) => point.atMs)).toEqual(points.map((_, index) => (index + 1) * 1000))
    expect(changed.filter((id) => id === task.id).length).toBeGreaterThanOrEqual(3)

    const summary = await app.api['run.summary']({ id: runId })
    expect(summary).toMatchObject({ status: 'finished', imbalance: null, ledger: { planned: 200, started: 200, completed: 200, failed: 0 } })
    expect(served).toBe(200)
    await leave(app)

    const again = await open()
    const [row] = await again.api['task.list']({})
    expect(row).toMatchObject({ task: { id: task.id, status: 'finished' }, recent: [{ runId, status: 'finished' }] })
    expect(await again.api['run.summary']({ id: runId })).toEqual(summary)
    expect((await again.api['run.points']({ id: runId })).points).toHaveLength(summary.points.length)
    const stored = await again.api['run.get']({ id: runId })
    expect({ ...stored, lane: null, run: null }).toEqual({ ...last, lane: null, run: null })
    expect((await again.api['app.capabilities']({})).measuredRate).toBeCloseTo(summary.rate.achieved, 3)
  })

  test('follows a change of rate and a stop while it runs', async () => {
    const app = await open({ memoryStore: true })
    const task = await app.api['task.create']({ spec: spec({ rate: 50, duration: '30s' }) })
    const running = seen(app, ({ elapsedMs, run }) => run.status === 'running' && elapsedMs >= 1000)
    const { runId } = await app.api['task.start']({ id: task.id })
    await running
    const faster = seen(app, ({ events, pending }) => pending === null && events.some(({ kind }) => kind === 'rate-changed'))
    await app.api['task.setRate']({ id: task.id, rate: 200 })
    expect((await faster).plan.at(-1)).toEqual([30_000, 200])
    const ended = seen(app, ({ run }) => run.endedAt !== null)
    await app.api['task.stop']({ id: task.id })
    expect((await ended).elapsedMs).toBeLessThan(30_000)
    const { ledger, imbalance } = await app.api['run.summary']({ id: runId })
    expect(imbalance).toBeNull()
    expect(served).toBe(ledger.started)
  })

  test('that is going when the product is closed is stopped in order and stored', async () => {
    const app = await open()
    const task = await app.api['task.create']({ spec: spec({ rate: 50, duration: '60s' }) })
    const running = seen(app, ({ elapsedMs }) => elapsedMs >= 1000)
    const { runId } = await app.api['task.start']({ id: task.id })
    await running
    await leave(app)
    const again = await open()
    expect(await again.api['run.summary']({ id: runId })).toMatchObject({ imbalance: null, events: expect.arrayContaining([expect.objectContaining({ kind: 'stop-requested' })]) })
  })
})

describe('a command', () => {
  test('is told every problem of a task', async () => {
    const { api } = await open({ memoryStore: true })
    const refusal = api['task.create']({ spec: { name: 'x', request: { url: 'htp://x', verb: 'GET' }, load: { rate: 0 } } })
    await expect(refusal).rejects.toMatchObject({ code: 'bad-input' })
    const problems = await refusal.catch((error: { problems: { path: string }[] }) => error.problems.map(({ path }) => path))
    expect(problems).toEqual(expect.arrayContaining(['request.url', 'request.verb', 'load.rate']))
  })

  test('with an unknown or missing member is refused at the door', async () => {
    const { api } = await open({ memoryStore: true })
    await expect(api['task.get']({} as { id: string })).rejects.toMatchObject({ code: 'bad-input' })
    await expect(api['task.get']({ id: 'x', more: 1 } as { id: string })).rejects.toMatchObject({ code: 'bad-input' })
    await expect(api['task.get']({ id: 'nothing' })).rejects.toMatchObject({ code: 'not-found' })
    await expect(api['run.get']({ id: 'nothing' })).rejects.toMatchObject({ code: 'not-found' })
    await expect(api['run.summary']({ id: 'nothing' })).rejects.toMatchObject({ code: 'not-found' })
  })

  test('aimed at a public host needs consent, once', async () => {
    const { api } = await open({ memoryStore: true })
    const task = await api['task.create']({ spec: { name: 'x', request: { url: 'http://192.0.2.1/' }, load: { rate: 1, duration: '1s' } } })
    await expect(api['task.start']({ id: task.id })).rejects.toMatchObject({ code: 'target-not-allowed' })
    expect((await api['task.get']({ id: task.id })).status).toBe('draft')
    expect(await api['settings.set']({ allowedHosts: ['192.0.2.1'] })).toMatchObject({ theme: 'system', allowedHosts: ['192.0.2.1'] })
    await expect(api['task.start']({ id: task.id })).resolves.toHaveProperty('runId')
  })

  test('clones a task under the next free name, deletes and restores it', async () => {
    const { api } = await open({ memoryStore: true })
    const task = await api['task.create']({ spec: spec({ rate: 1, duration: '1s' }) })
    const second = await api['task.clone']({ id: task.id })
    const third = await api['task.clone']({ id: second.id })
    expect([second.spec.name, third.spec.name]).toEqual(['main job 2', 'main job 3'])
    await api['task.delete']({ id: task.id })
    expect((await api['task.list']({})).map((row) => row.task.id).sort()).toEqual([second.id, third.id].sort())
    expect((await api['task.restore']({ id: task.id })).spec).toEqual(task.spec)
  })

  test('shows this node as the master of a cluster of one', async () => {
    const app = await open({ memoryStore: true })
    const nodes = await new Promise<Events['node:changed']>((resolve) => app.on('node:changed', (rows) => { if (rows.some((row) => row.isMaster)) resolve(rows) }))
    expect(nodes).toMatchObject([{ isThis: true, isMaster: true }])
    expect(await app.api['cluster.get']({})).toMatchObject({ mode: 'local', connected: true, master: { nodeId: nodes[0]?.info.id } })
  })
})
