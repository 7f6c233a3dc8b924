import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { specOf } from '../../contract/fixtures.ts'
import { RedisWorld, type RedisNode } from './redis-world.ts'
import { until } from './world.ts'

let world: RedisWorld
let master: RedisNode
let worker: RedisNode
beforeEach(async () => {
  world = await RedisWorld.start()
  master = await world.node('m')
  await until(() => world.cluster.master())
  worker = await world.node('w', { role: 'worker' })
})
afterEach(() => world.close())

const ended = (runId: string) => until(() => world.live.view(runId)?.run.endedAt)
const counted = (runId: string, seconds: number) => until(async () => (world.live.view(runId)?.totals.completed ?? 0) >= seconds * 100)

/** A run on both nodes, of which three seconds have been counted; the master and the worker each did their half. */
async function underway(): Promise<{ taskId: string; runId: string; measure: (last?: boolean) => void }> {
  await world.known('m', 'w')
  const ids = await world.start({ load: { rate: 100, duration: '60s' } })
  await until(async () => (await world.store.task(ids.taskId))?.status === 'running')
  const measure = (last = false): void => [master, worker].forEach(({ engine }) => engine.last.measure(50, { last }))
  for (let second = 0; second < 3; second++) measure()
  await counted(ids.runId, 3)
  return { ...ids, measure }
}

async function expectUnbroken(runId: string, seconds: number): Promise<void> {
  for (const { engine } of [master, worker]) {
    expect(engine.runs).toHaveLength(1)
    expect([engine.last.killed, engine.last.stops, engine.last.shares]).toEqual([false, [], []])
  }
  const summary = await until(() => world.store.summary(runId))
  expect(summary.ledger).toMatchObject({ started: seconds * 100, completed: seconds * 100, cancelled: 0 })
  expect(summary.events.filter(({ kind }) => kind === 'gap' || kind === 'node-lost')).toEqual([])
  expect(summary.events.filter(({ kind }) => kind === 'master-changed')).toHaveLength(1)
}

describe('a cluster state that loses its data during a run', () => {
  test('gets it back from its master, and the run goes on to an exact result', async () => {
    const { taskId, runId, measure } = await underway()
    const epoch = (await world.cluster.master())!.epoch
    await world.hand.flushall()
    measure()
    const again = await until(() => world.cluster.master())
    expect(again).toMatchObject({ nodeId: 'm' })
    expect(again.epoch).toBeGreaterThan(epoch)
    await until(async () => (await world.store.task(taskId))?.status === 'running')
    measure()
    await counted(runId, 5)
    measure(true)
    await ended(runId)
    await expectUnbroken(runId, 6)
    expect(await world.store.task(taskId)).toMatchObject({ status: 'finished', runId })
    expect(world.notices.map(({ text }) => text)).toContain('The cluster state had lost data. This node has put back what it knew of a run.')
  }, 30_000)

  test('obeys a stop that was ordered afterwards', async () => {
    const { taskId, runId } = await underway()
    await world.hand.flushall()
    await until(async () => (await world.store.task(taskId))?.status === 'running')
    await world.store.change(taskId, { type: 'stop' })
    await ended(runId)
    expect([master, worker].map(({ engine }) => engine.last.stops.length)).toEqual([1, 1])
    expect((await world.store.summary(runId))?.ledger).toMatchObject({ started: 300 })
  }, 30_000)

  test('may be started anew without what it had on disk', async () => {
    const { runId, measure } = await underway()
    await world.redis.crash()
    measure()
    await world.redis.restart()
    await until(() => world.cluster.master().catch(() => null))
    measure()
    await counted(runId, 5)
    measure(true)
    await ended(runId)
    await expectUnbroken(runId, 6)
  }, 30_000)

  test('may lose one key after the other', async () => {
    const { runId, measure } = await underway()
    for (const key of ['agg:' + runId, 'want', 'rev', 'master', 'epoch', 'nodes', 'meta', 'runs', 'rseq:' + runId, 'store:tasks']) {
      await world.hand.del(`{stampede:world}:${key}`)
      await until(async () => (await world.cluster.master()) !== null && (await world.cluster.nodes()).length === 2)
    }
    measure(true)
    await ended(runId)
    for (const { engine } of [master, worker]) expect([engine.last.killed, engine.last.stops]).toEqual([false, []])
    expect((await until(() => world.store.summary(runId))).ledger).toMatchObject({ started: 400, completed: 400 })
  }, 60_000)
})

test('tasks that only lie there are put back as well', async () => {
  await master.node.close(AbortSignal.abort())
  const { id } = await world.store.create(specOf({ name: 'for later' }))
  const { node } = await world.node('n')
  await world.known('n')
  const { beat } = node.info
  await until(() => node.info.beat > beat + 1) // It has looked at the tasks by now.
  await world.hand.flushall()
  expect(await until(() => world.store.task(id))).toMatchObject({ spec: { name: 'for later' }, status: 'draft' })
}, 30_000)
