import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Run } from '../../src/shared/results/run.ts'
import type { Task } from '../../src/shared/task/task.ts'
import type { Summary } from '../../src/shared/results/summary.ts'
import { runCli, startCli, summaryOf, temporaryFolder, type Ended } from '../support/cli.ts'
import { ClusterProcesses } from '../support/cluster.ts'
import { startNginx, type Nginx } from '../support/nginx.ts'
import { until, wait } from '../support/until.ts'

const folder = temporaryFolder()
let nginx: Nginx
let cluster: ClusterProcesses

beforeAll(async () => { nginx = await startNginx() })
afterAll(async () => {
  await nginx.stop()
  folder.remove()
})
beforeEach(async () => { cluster = await ClusterProcesses.start() })
afterEach(() => cluster.stop())

/** Another terminal, on another machine. */
function type(...args: string[]): Promise<Ended> {
  return runCli(args, { dataDir: folder.path, env: { STAMPEDE_REDIS_URL: cluster.redis.url, STAMPEDE_NAMESPACE: cluster.namespace } })
}

async function typed(...args: string[]): Promise<string> {
  const ended = await type(...args)
  expect(ended, args.join(' ')).toMatchObject({ code: 0, stderr: '' })
  return ended.stdout
}

async function create(rate: string, duration: string): Promise<Task> {
  return JSON.parse((await runCli(['task', 'create', '-', '--json'], {
    dataDir: folder.path,
    env: { STAMPEDE_REDIS_URL: cluster.redis.url, STAMPEDE_NAMESPACE: cluster.namespace },
    input: JSON.stringify({ schema: 'stampede.task/1', name: 'ordered', load: { rate, duration }, request: { url: nginx.url } }),
  })).stdout) as Task
}

async function task(id: string): Promise<Task> {
  return JSON.parse(await typed('task', 'show', id, '--json')) as Task
}

function expectBalanced({ ledger, imbalance }: Summary): void {
  expect(imbalance).toBeNull()
  expect(ledger.planned).toBe(ledger.started + ledger.dropped + ledger.lost)
  expect(ledger.started).toBe(ledger.completed + ledger.cancelled)
}

describe('a cluster from the command line', () => {
  test('runs what another terminal starts, follows its changes of rate, and stops when it is told to', async () => {
    const serve = await cluster.serve('desk')
    const worker = await cluster.worker('w1')
    await cluster.joined(serve, 'desk', 'w1')
    const before = await nginx.requests()
    const { id } = await create('100/s', '60s')
    expect(await typed('task', 'start', 'ordered')).toContain('Starting ordered on the cluster, run ')
    await worker.says(/run ordered started/)
    await until('the run is going', async () => (await task(id)).status === 'running')
    expect(await typed('rate', 'ordered', '300')).toBe('Changing ordered to 300 req/s.\n')
    await until('the change of rate is done', async () => (await task(id)).status === 'running')
    expect(await typed('stop')).toBe('Stopping ordered.\n')
    await worker.says(/run ordered ended/)
    await until('the task has ended', async () => (await task(id)).status === 'finished')
    const [run] = JSON.parse(await typed('history', '--json')) as Run[]
    const summary = JSON.parse(await typed('history', run?.id ?? '', '--json')) as Summary
    expectBalanced(summary)
    expect(summary.nodes.map(({ name }) => name).sort()).toEqual(['desk', 'w1'])
    expect(summary.events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['rate-changed', 'stop-requested']))
    expect((await nginx.requests()) - before).toBe(summary.requests.sent)
    expect(await typed('task', 'delete', 'ordered')).toBe('Deleted ordered; its runs stay.\n')
  })

  test('run takes part itself, waits for the workers it wants, and sends exactly what was planned', async () => {
    await Promise.all([cluster.worker('w1'), cluster.worker('w2')])
    const before = await nginx.requests()
    const ended = await type('run', nginx.url, '-r', '600', '-d', '4s', '--workers', '2', '--json')
    const summary = summaryOf(ended)
    expectBalanced(summary)
    expect(summary.ledger).toMatchObject({ planned: 2400, started: 2400, lost: 0 })
    expect(summary.nodes.map(({ name }) => name)).toEqual(expect.arrayContaining(['w1', 'w2']))
    expect(summary.nodes).toHaveLength(3)
    expect(summary.nodes.every(({ started }) => started > 0)).toBe(true)
    expect((await nginx.requests()) - before).toBe(summary.requests.sent)
    expect([0, 98]).toContain(ended.code)

    // This machine keeps the result without the cluster as well.
    const kept = await runCli(['history', summary.run.id, '--json'], { dataDir: folder.path })
    expect(JSON.parse(kept.stdout)).toMatchObject({ run: { id: summary.run.id }, ledger: summary.ledger, nodes: summary.nodes })
  })

  test('run stops its run on every node at Ctrl-C, and still tells the result', async () => {
    const worker = await cluster.worker('w1')
    const before = await nginx.requests()
    const run = startCli(['run', nginx.url, '-r', '200', '-d', '60s', '--workers', '1', '--name', 'cut', '--json'], { dataDir: folder.path, env: { STAMPEDE_REDIS_URL: cluster.redis.url, STAMPEDE_NAMESPACE: cluster.namespace } })
    await worker.says(/run cut started/)
    await wait(1500)
    run.child.kill('SIGINT')
    const ended = await run.ended
    expect(ended.code).toBe(130)
    const summary = summaryOf(ended)
    expectBalanced(summary)
    expect((await nginx.requests()) - before).toBe(summary.requests.sent)
    await worker.says(/run cut ended/)
  })

  test('stop --all reaches workers that have no master', async () => {
    const serve = await cluster.serve('desk')
    const worker = await cluster.worker('w1')
    await cluster.joined(serve, 'desk', 'w1')
    const { id } = await create('200/s', '5m')
    await typed('task', 'start', id)
    await worker.says(/run ordered started/)
    await serve.kill()
    await until('nobody leads', async () => (await cluster.master()) === null)
    expect(await typed('stop', '--all')).toBe('Stopping ordered.\n')
    await worker.says(/run ordered ended/)
    const stopped = await nginx.requests()
    await wait(1500)
    expect(await nginx.requests()).toBe(stopped)
    expect((await task(id)).status).toBe('pending-stop')
    expect((await type('stop')).stderr).toBe('Nothing is running.\n')
  })

  test('an order that finds no master says so, and waits for one', async () => {
    await create('100/s', '1s')
    expect(await typed('task', 'start', 'ordered')).toContain('Nobody leads the cluster now; the next master sees to it.')
    const serve = await cluster.serve('desk')
    await until('the run is over', async () => (await serve.ask('task.list', {})).every((row) => row.task.status === 'finished'))
  })

  test('nodes tells who is there, who leads, and who is only still on the list', async () => {
    const serve = await cluster.serve('desk')
    await cluster.sentinel('s1')
    const gone = await cluster.worker('w1')
    await cluster.joined(serve, 'desk', 'w1')
    await until('somebody leads', async () => cluster.master())
    await gone.kill()
    const facts = JSON.parse(await typed('nodes', '--json')) as { master: { name: string }; nodes: { info: { name: string; role: string }; isMaster: boolean; state: string }[] }
    expect(facts.master.name).toBe('desk')
    expect(facts.nodes.map(({ info, isMaster, state }) => [info.name, info.role, isMaster, state === 'silent'])).toEqual([['desk', 'auto', true, false], ['w1', 'worker', false, true], ['s1', 'sentinel', false, false]])
    const table = await typed('nodes')
    expect(table).toMatch(/^1 load node at redis:\/\/127\.0\.0\.1:\d+\. desk is master \(epoch \d+\)\. 1 sentinel; start 2 more\.\n/)
    expect(table).toMatch(/ Name +Role +State +CPU +Memory +Loop lag +RTT +Load +Prio +Version\n desk +master\+worker +[●▲] (ok|hot) /)
    expect(table).toMatch(/ w1 +worker +✕ silent /)
    expect(table).not.toContain('\u001b')
  })

  test('doctor goes every step of the way into the cluster', async () => {
    const { stdout } = await type('doctor')
    for (const step of ['dns', 'tcp', 'tls', 'auth', 'server', 'policy', 'secret']) expect(stdout).toMatch(new RegExp(`^ [✓▲] redis ${step} `, 'm'))
  })
})

describe('a member of a cluster', () => {
  test('leaves in order at the first signal, with 0, and is off the list', async () => {
    const worker = await cluster.worker('w1')
    const sentinel = await cluster.sentinel('s1')
    const serve = await cluster.serve('desk')
    for (const node of [worker, sentinel, serve]) node.signal('SIGTERM')
    for (const node of [worker, sentinel, serve]) expect(await node.ended).toMatchObject({ code: 0 })
    expect(await cluster.nodes()).toEqual([])
    expect(await cluster.master()).toBeNull()
  })

  test('is known again after a restart, and a second one on the same folder is another', async () => {
    const dataDir = cluster.newDataDir()
    const first = await cluster.worker('w1', { dataDir })
    const second = await cluster.worker('w2', { dataDir })
    const ids = async (): Promise<Record<string, string>> => Object.fromEntries((await cluster.nodes()).map(({ name, id }) => [name, id]))
    const before = await until('both are listed', async () => { const now = await ids(); return Object.keys(now).length === 2 && now })
    expect(before['w1']).not.toBe(before['w2'])
    await Promise.all([first.kill(), second.kill()])
    await cluster.worker('w1', { dataDir })
    await cluster.worker('w2', { dataDir })
    expect(await until('both are listed', async () => { const now = await ids(); return Object.keys(now).length === 2 && now })).toEqual(before)
  })

  test('says in plain lines who leads and what it carries', async () => {
    const worker = await cluster.worker('w1')
    await worker.says(/^w1 joined redis:\/\/127\.0\.0\.1:\d+ as worker, no master yet$/m)
    await cluster.serve('desk')
    await worker.says(/^\d\d:\d\d:\d\d master desk \(epoch \d+\)$/m)
    await worker.says(/^\d\d:\d\d:\d\d idle$/m)
    expect(worker.printed()).not.toContain('\u001b')
  })
})
