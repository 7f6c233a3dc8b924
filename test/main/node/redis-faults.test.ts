import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RedisWorld, type RedisNode } from './redis-world.ts'
import { until } from './world.ts'

let world: RedisWorld
let master: RedisNode
let other: RedisNode
beforeEach(async () => {
  world = await RedisWorld.start()
  master = await world.node('m', { priority: 9 })
  await until(() => world.cluster.master())
  other = await world.node('o')
  await world.known('m', 'o')
})
afterEach(() => world.close())

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const masterIs = (nodeId: string) => until(async () => (await world.cluster.master().catch(() => null))?.nodeId === nodeId)

async function running(): Promise<{ taskId: string; runId: string }> {
  const ids = await world.start({ load: { rate: 100, duration: '10m' } })
  await until(async () => (await world.store.task(ids.taskId))?.status === 'running')
  return ids
}

describe('a master that leaves', () => {
  test('names its successor, gives its load away, tells all it has, and is gone', async () => {
    const { runId } = await running()
    const epoch = (await world.cluster.master())!.epoch
    for (const { engine } of [master, other]) engine.last.measure(50)
    const left = master.node.close()
    await masterIs('o')
    const [record] = await world.cluster.sentinels.elections()
    expect(record).toMatchObject({ kind: 'handover', by: 'm', epoch, deputies: ['o'], reason: 'The master leaves.' })
    await until(() => other.engine.last.shares.at(-1)?.reduce((sum, { from, to }) => sum + to - from, 0) === 1)
    master.engine.last.measure(10)
    await until(() => master.engine.last.stops.length > 0 || master.engine.last.shares.length > 0)
    await left
    expect((await world.cluster.nodes()).map(({ id }) => id)).toEqual(['o'])
    await until(async () => (await world.live.points(runId, 0))?.events.some(({ kind }) => kind === 'node-drained'))
    expect((await world.live.points(runId, 0))!.events.map(({ kind }) => kind)).not.toContain('node-lost')
    expect(other.engine.last.killed).toBe(false)
  }, 30_000)

  test('is gone at once when it is in a hurry', async () => {
    await running()
    await master.node.close(AbortSignal.abort())
    expect(await world.cluster.master()).toBeNull()
    await masterIs('o')
  }, 30_000)
})

describe('a master whose process dies', () => {
  test('is followed when its lease is over, and its load goes to who is left', async () => {
    const { runId } = await running()
    master.disconnect()
    await masterIs('o')
    await until(() => other.engine.last.shares.at(-1)?.reduce((sum, { from, to }) => sum + to - from, 0) === 1)
    const events = (await until(async () => {
      const live = await world.live.points(runId, 0)
      return live !== null && live.events.some(({ kind }) => kind === 'shares-moved') ? live : null
    })).events
    expect(events.map(({ kind }) => kind).filter((kind) => kind === 'master-changed' || kind === 'node-lost')).toEqual(['master-changed', 'node-lost'])
    expect([other.engine.runs.length, other.engine.last.killed]).toEqual([1, false])
  }, 40_000)
})

describe('nothing is to be seen', () => {
  async function expectSame(epoch: number): Promise<void> {
    for (const { node } of [master, other]) await until(() => !node.info.parked && node.info.beat > 0)
    const beats = [master, other].map(({ node }) => node.info.beat)
    await until(() => [master, other].every(({ node }, index) => node.info.beat >= beats[index]! + 2))
    expect(await world.cluster.master()).toMatchObject({ nodeId: 'm', epoch })
    for (const { engine } of [master, other]) expect([engine.runs.length, engine.last.killed, engine.last.shares, engine.last.stops]).toEqual([1, false, [], []])
  }

  test('when Redis cuts all connections', async () => {
    await running()
    const { epoch } = (await world.cluster.master())!
    await world.hand.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await world.hand.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await expectSame(epoch)
  }, 30_000)

  test('when Redis answers nobody for three seconds', async () => {
    await running()
    const { epoch } = (await world.cluster.master())!
    await world.hand.call('CLIENT', 'PAUSE', '3000', 'ALL')
    await pass(3500)
    await expectSame(epoch)
  }, 30_000)
})

test('when Redis answers nobody for twelve seconds, nobody sends beyond ten; then all go on by themselves', async () => {
  const { taskId } = await running()
  await world.hand.call('CLIENT', 'PAUSE', '12000', 'ALL')
  await until(() => [master, other].every(({ node }) => node.info.parked))
  expect([master, other].map(({ engine }) => engine.last.leaseUntilMs)).toEqual([0, 0])
  await until(() => [master, other].every(({ node }) => !node.info.parked))
  await until(() => world.cluster.master().catch(() => null))
  for (const { engine } of [master, other]) expect([engine.runs.length, engine.last.killed, engine.last.stops]).toEqual([1, false, []])
  expect((await world.store.task(taskId))?.status).toBe('running')
}, 40_000)
