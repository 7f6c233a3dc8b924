import type * as Electron from 'electron'
import type { ElectronApplication } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CommandName, Input, Output } from '../../src/shared/contract/contract.ts'
import type { Bridge } from '../../src/shared/contract/rpc.ts'
import { ClusterProcesses } from '../support/cluster.ts'
import { startNginx, type Nginx } from '../support/nginx.ts'
import { until } from '../support/until.ts'
import { open, type Host } from './host.ts'

/** What only the stand-in has: on a real Electron the system itself would have to sleep. */
type Looked = typeof Electron & { standin?: { answers: unknown[] } }

let cluster: ClusterProcesses
let nginx: Nginx
let host: Host | null

beforeEach(async () => {
  cluster = await ClusterProcesses.start()
  nginx = await startNginx()
  host = null
  Object.assign(process.env, { STAMPEDE_REDIS_URL: cluster.redis.url, STAMPEDE_NAMESPACE: cluster.namespace, STAMPEDE_NODE_NAME: 'laptop' })
})
afterEach(async () => {
  for (const name of ['STAMPEDE_REDIS_URL', 'STAMPEDE_NAMESPACE', 'STAMPEDE_NODE_NAME']) delete process.env[name]
  await host?.close()
  await cluster.stop()
  await nginx.stop()
})

async function openLaptop(): Promise<{ app: ElectronApplication; isStandin: boolean; ask: <C extends CommandName>(command: C, input: Input<C>) => Promise<Output<C>> }> {
  const opened = await open('desktop')
  host = opened
  const ask = async <C extends CommandName>(command: C, input: Input<C>): Promise<Output<C>> => {
    const answer: unknown = await opened.page.evaluate(async ([name, what]) => (window as unknown as { stampede: Bridge }).stampede.invoke(name, what as never), [command, input] as const)
    return answer as Output<C>
  }
  return { app: opened.app as ElectronApplication, isStandin: opened.what.startsWith('stand-in'), ask }
}

const leads = (name: string): Promise<unknown> => until(`${name} leads`, async () => (await cluster.master())?.name === name)

test('a laptop that falls asleep leads nobody, and is a node like others when it wakes', async () => {
  const { app, isStandin, ask } = await openLaptop()
  if (!isStandin) return
  await leads('laptop')
  await cluster.worker('w1', { args: ['--may-lead'] })
  await app.evaluate(({ powerMonitor }) => powerMonitor.emit('suspend'))
  await leads('w1')
  await app.evaluate(({ powerMonitor }) => powerMonitor.emit('resume'))
  await until('the laptop is well', async () => (await ask('node.list', {})).some(({ isThis, isMaster, state }) => isThis && !isMaster && (state === 'ok' || state === 'hot')))
})

test('quitting while it leads a run of the cluster hands both over, and the run goes on to its end', async () => {
  const { app, isStandin, ask } = await openLaptop()
  if (!isStandin) return
  await leads('laptop')
  const worker = await cluster.worker('w1', { args: ['--may-lead'] })
  await until('the master has seen the worker live', async () => (await ask('node.list', {})).some(({ info }) => info.name === 'w1' && info.beat > 2))
  const before = await nginx.requests()
  const { id } = await ask('task.create', { spec: { name: 'goes on', request: { url: nginx.url }, load: { rate: 50, duration: '20s' } } })
  const { runId } = await ask('task.start', { id })
  await until('both carry it', async () => (await ask('run.get', { id: runId })).nodes.length === 2)
  await worker.says(/run goes on started/)
  const ended = app.waitForEvent('close')
  await app.evaluate((electron) => {
    (electron as Looked).standin?.answers.push({ response: 0 })
    electron.app.quit()
  })
  await ended
  host = null
  expect((await cluster.nodes()).map(({ name }) => name)).toEqual(['w1'])
  await leads('w1')
  const serve = await cluster.serve('desk')
  await until('the run has ended', async () => (await serve.ask('run.get', { id: runId })).run.endedAt !== null)
  const summary = await serve.ask('run.summary', { id: runId })
  expect(summary).toMatchObject({ status: 'finished', imbalance: null })
  expect(summary.events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['master-changed', 'shares-moved', 'node-drained']))
  expect((await nginx.requests()) - before).toBe(summary.requests.sent)
})
