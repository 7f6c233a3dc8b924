import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openRedisTaskStore } from '../../../src/main/backend/redis-task-store.ts'
import { connectRedis, type RedisLink } from '../../../src/main/backend/redis/connection.ts'
import type { TaskStore } from '../../../src/main/backend/task-store.ts'
import { openRunOf, pointOf, specOf } from '../../contract/fixtures.ts'
import { describeTaskStore } from '../../contract/task-store.contract.ts'
import { documentedUser } from '../../support/documented-user.ts'
import { startRedis, type RedisServer } from '../../support/redis.ts'

let server: RedisServer
/** As the user of docs/cluster.md: every promise must hold with what that one may do. */
let link: RedisLink
let hand: RedisLink
beforeAll(async () => {
  server = await startRedis()
  link = await connectRedis(await documentedUser(server, '*'))
  hand = await connectRedis({ address: server.url })
})
afterAll(async () => {
  link.close()
  hand.close()
  await server.stop()
})

let spaces = 0

describeTaskStore('RedisTaskStore', async () => {
  let now = 1_700_000_000_000
  const store = openRedisTaskStore(link, { namespace: `contract-${++spaces}`, secret: 'secret', now: () => now })
  return { store, pass: (ms) => void (now += ms), close: () => store.close() }
})

describe('tasks and runs of a cluster', () => {
  let namespace: string
  let now: number
  const opened = (secret = 'secret'): TaskStore => openRedisTaskStore(link, { namespace, secret, now: () => now })
  const key = (name: string): string => `{stampede:${namespace}}:store:${name}`
  beforeEach(() => {
    namespace = `store-${++spaces}`
    now = 1_700_000_000_000
  })

  test('are the same for every node, and any master sees to what is pending', async () => {
    const [here, there] = [opened(), opened()]
    const { id } = await here.create(specOf())
    await here.change(id, { type: 'start', runId: 'run' })
    await here.close()
    expect(await there.pending()).toMatchObject([{ id, status: 'pending-run' }])
  })

  test('are no orphans when a master dies: its successor goes on with them', async () => {
    const [died, next] = [opened(), opened()]
    const { id } = await died.create(specOf())
    await died.change(id, { type: 'start', runId: 'run' })
    await died.openRun(openRunOf('run', id))
    expect(await next.closeOrphans()).toEqual([])
    expect(await next.task(id)).toMatchObject({ status: 'pending-run' })
    expect(await next.run('run')).toMatchObject({ endedAt: null })
  })

  test('lose no change when many nodes change the same task at once', async () => {
    const { id } = await opened().create(specOf())
    await Promise.all(Array.from({ length: 12 }, (_, index) => opened().update(id, specOf({ name: `name ${index}` }))))
    expect((await opened().task(id))?.revision).toBe(13)
  })

  test('take one of two starts at the same moment', async () => {
    const { id } = await opened().create(specOf())
    const outcomes = await Promise.allSettled(['a', 'b'].map((runId) => opened().change(id, { type: 'start', runId })))
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((await opened().task(id))?.revision).toBe(2)
  })

  test('come back for a day after being deleted', async () => {
    const store = opened()
    const [first, second] = [await store.create(specOf()), await store.create(specOf())]
    await store.delete(first.id)
    now += 24 * 3_600_000 + 1
    await store.delete(second.id)
    await expect(store.restore(first.id)).rejects.toMatchObject({ code: 'not-found' })
    expect(await store.restore(second.id)).toMatchObject({ id: second.id })
  })

  test('keep all seconds of a long run in order', async () => {
    const store = opened()
    await store.openRun(openRunOf('run', 'task'))
    for (let from = 0; from < 4500; from += 500) await store.appendPoints('run', Array.from({ length: 500 }, (_, index) => pointOf((from + index + 1) * 1000)), [])
    const points = await store.points('run')
    expect(points).toHaveLength(4500)
    expect(points.every(({ atMs }, index) => atMs === (index + 1) * 1000)).toBe(true)
  })

  test('of another secret, forged or moved are not there, and that is said once', async () => {
    const store = opened()
    const { id } = await store.create(specOf())
    const other = await store.create(specOf({ name: 'other' }))
    expect(await opened('wrong').task(id)).toBeNull()
    await hand.commands.hset(key('tasks'), id, await hand.commands.hget(key('tasks'), other.id) ?? '')
    expect(await store.task(id)).toBeNull()
    expect(await store.tasks()).toMatchObject([{ id: other.id }])
    expect(store.notices()).toEqual([expect.stringContaining('signature is wrong')])
  })

  test('that are garbage are not there; what holds another type is named', async () => {
    const store = opened()
    const { id } = await store.create(specOf())
    await store.openRun(openRunOf('run', id))
    for (const garbage of ['', 'no envelope', '1.', '{"id":1}', '\0\uffff']) {
      await hand.commands.hset(key('tasks'), id, garbage)
      await hand.commands.hset(key('run:run'), 'run', garbage)
      expect(await store.tasks()).toEqual([])
      expect(await store.runs({})).toEqual([])
    }
    for (const name of ['tasks', 'pending', 'deleted', 'runs', 'runs:task', 'run:run', 'points:run', 'events:run', 'settings']) await hand.commands.set(key(name), 'a text')
    const unavailable = expect.objectContaining({ code: 'store-unavailable', message: expect.stringContaining('holds something else') })
    const attempts = [
      store.tasks(), store.task(id), store.create(specOf()), store.update(id, specOf()), store.delete(id), store.restore(id), store.change(id, { type: 'stop' }), store.pending(),
      store.runs({}), store.runs({ taskId: 'task' }), store.run('run'), store.openRun(openRunOf('run', 'task')), store.appendPoints('run', [pointOf(1000)], []), store.points('run'),
      store.events('run'), store.summary('run'), store.deleteRun('run'), store.setting('a'), store.setSetting('a', 'b'),
    ]
    for (const attempt of attempts) await expect(attempt).rejects.toEqual(unavailable)
  })
})
