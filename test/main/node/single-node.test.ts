import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqliteTaskStore } from '../../../src/main/backend/sqlite-task-store.ts'
import type { Task, TaskSpec } from '../../../src/shared/task/task.ts'
import { specOf } from '../../contract/fixtures.ts'
import { openSingleNode, startTask } from './process.ts'
import { until } from './world.ts'

/** One machine, for real: engine threads, sockets, a file. Rates are low, as many share the machine. */
describe('a single machine', () => {
  let server: Server
  let served = 0
  let folder: string
  let path: string
  beforeEach(async () => {
    served = 0
    server = createServer((_, response) => {
      served++
      response.end('ok')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    folder = mkdtempSync(join(tmpdir(), 'stampede-node-'))
    path = join(folder, 'stampede.db')
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const spec = (load: TaskSpec['load']): TaskSpec => specOf({ load, request: { method: 'GET', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, headers: {} } })

  test('runs a task while its rate changes twice until it is stopped, and every request is accounted for', async () => {
    const node = await openSingleNode(path)
    const states: Task['status'][] = []
    const taskId = await startTask(node, spec({ rate: 100, duration: '1m' }), 'run')
    const state = async (): Promise<Task['status']> => {
      const { status } = (await node.tasks.task(taskId))!
      if (states.at(-1) !== status) states.push(status)
      return status
    }
    const order = async (event: Parameters<typeof node.tasks.change>[1]): Promise<void> => {
      await node.tasks.change(taskId, event)
      states.push((await node.tasks.task(taskId))!.status)
      await node.cluster.request({ id: 'look', op: 'look' })
    }
    const secondsClosed = (n: number) => until(async () => ((await node.live.points('run', 0))?.points.length ?? 0) >= n)
    await until(async () => (await state()) === 'running')
    await secondsClosed(1)
    await order({ type: 'change-rate', rate: 300 })
    await until(async () => (await state()) === 'running')
    await secondsClosed(2)
    await order({ type: 'change-rate', rate: 50 })
    await until(async () => (await state()) === 'running')
    await secondsClosed(3)
    await order({ type: 'stop' })
    await until(async () => (await state()) === 'finished')
    expect(states.filter((status) => status !== 'pending-run')).toEqual(['running', 'pending-rate-change', 'running', 'pending-rate-change', 'running', 'pending-stop', 'finished'])

    const summary = (await node.tasks.summary('run'))!
    const { planned, started, dropped, lost, completed, cancelled } = summary.ledger
    expect(summary.imbalance).toBeNull()
    expect(planned).toBe(started + dropped + lost)
    expect(started).toBe(completed + cancelled)
    expect(summary.requests.sent).toBe(served)
    expect(summary.points.map(({ atMs }) => atMs)).toEqual(summary.points.map((_, index) => (index + 1) * 1000))
    expect(summary.points.reduce((sum, point) => sum + point.started, 0)).toBe(started)
    const orders = summary.events.filter(({ kind }) => kind === 'rate-changed' || kind === 'stop-requested') // a busy machine has more to tell
    expect(orders.map(({ kind, detail }) => [kind, detail['to']])).toEqual([['rate-changed', 300], ['rate-changed', 50], ['stop-requested', undefined]])
    await node.close()
  })

  test('ends a run by itself with all that the profile holds, and keeps it over a restart', async () => {
    const node = await openSingleNode(path)
    const taskId = await startTask(node, spec({ stages: [{ duration: '1s', target: 100 }, { duration: '1s', target: 50 }] }), 'run')
    await until(async () => (await node.tasks.task(taskId))?.status === 'finished')
    await node.close()
    expect(served).toBe(125)
    const store = openSqliteTaskStore(path)
    expect(await store.summary('run')).toMatchObject({ status: 'finished', imbalance: null, ledger: { planned: 125, completed: 125, failed: 0 }, points: [{ atMs: 1000 }, { atMs: 2000 }] })
    expect(await store.closeOrphans()).toEqual([])
    await store.close()
  })

  test('fails a run to a name that does not exist as requests that failed, and never hangs', async () => {
    const node = await openSingleNode(path)
    const taskId = await startTask(node, { ...spec({ rate: 20, duration: '1s' }), request: { method: 'GET', url: 'http://nowhere.invalid/', headers: {} } }, 'run')
    await until(async () => ['finished', 'failed'].includes((await node.tasks.task(taskId))?.status ?? ''))
    const summary = (await node.tasks.summary('run'))!
    expect(summary.imbalance).toBeNull()
    expect(summary.statusCodes).toEqual({})
    await node.close()
  })

  test('that dies in the middle of a run leaves what was recorded, shown as aborted', async () => {
    const child = spawn(process.execPath, [fileURLToPath(new URL('process.ts', import.meta.url)), path, JSON.stringify(spec({ rate: 50, duration: '1m' }))], { stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const line of createInterface({ input: child.stdout })) if (line === '2 points') break
    child.kill('SIGKILL')
    await once(child, 'exit')
    const store = openSqliteTaskStore(path)
    expect(await store.closeOrphans()).toEqual(['run'])
    const summary = (await store.summary('run'))!
    expect(summary).toMatchObject({ status: 'aborted', run: { lane: 'http1' } })
    expect(summary.points.length).toBeGreaterThanOrEqual(1)
    expect(summary.ledger.planned).toBe(summary.points.length * 50)
    expect(summary.responseTime.p99).toBeGreaterThan(0)
    expect((await store.tasks()).map(({ status }) => status)).toEqual(['aborted'])
    await store.close()
  })
})
