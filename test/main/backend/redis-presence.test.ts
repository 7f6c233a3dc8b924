import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClusterState } from '../../../src/main/backend/cluster-state.ts'
import { openRedisClusterState } from '../../../src/main/backend/redis-cluster-state.ts'
import { connectRedis } from '../../../src/main/backend/redis/connection.ts'
import type { NodeInfo } from '../../../src/shared/cluster/cluster.ts'
import { nodeOf } from '../../contract/fixtures.ts'
import { startRedis, type RedisServer } from '../../support/redis.ts'
import { until } from '../node/world.ts'

let server: RedisServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

let spaces = 0
/** Connections of their own, as those of processes. */
async function processes(count: number) {
  const namespace = `presence-${++spaces}`
  return Promise.all(Array.from({ length: count }, async () => {
    const link = await connectRedis({ address: server.url })
    return { link, cluster: await openRedisClusterState(link, { namespace, secret: 's' }) }
  }))
}

/** A node's beats, until it is known that it listens. */
async function beatUntil(cluster: ClusterState, connected: () => Promise<boolean | null | undefined>, changes: Partial<NodeInfo> = {}): Promise<void> {
  await until(async () => {
    await cluster.heartbeat(nodeOf('w', changes), { epoch: 0, revision: 0 })
    return (await connected()) === true
  })
}

test('Redis sees a node’s connection close, though it says nothing any more', async () => {
  const [master, worker] = await processes(2)
  const connected = async () => (await master!.cluster.members())[0]?.connected
  await beatUntil(worker!.cluster, connected)
  worker!.link.close()
  await until(async () => (await connected()) === false)
  expect((await master!.cluster.members()).map(({ info }) => info.id)).toEqual(['w'])
  master!.link.close()
})

test('a master that never saw the node alive is told as well', async () => {
  const [worker, later] = await processes(2)
  await beatUntil(worker!.cluster, async () => (await worker!.cluster.members())[0]?.connected)
  worker!.link.close()
  await until(async () => (await later!.cluster.members())[0]?.connected === false)
  later!.link.close()
})

test('after the data was lost, nothing is said until the node has said it again', async () => {
  const [master, worker] = await processes(2)
  const connected = async () => (await master!.cluster.members())[0]?.connected
  await beatUntil(worker!.cluster, connected)
  await master!.link.commands.flushall()
  await worker!.cluster.heartbeat(nodeOf('w'), { epoch: 0, revision: 0 })
  expect(await connected()).toBeNull()
  await beatUntil(worker!.cluster, connected)
  worker!.link.close()
  master!.link.close()
})

test('of a node that had no time to listen, nothing is said', async () => {
  const [master, worker] = await processes(2)
  await worker!.cluster.heartbeat(nodeOf('w'), { epoch: 0, revision: 0 })
  worker!.link.close()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect((await master!.cluster.members()).map(({ connected }) => connected)).toEqual([null])
  master!.link.close()
})

test('another boot of a node has a connection of its own', async () => {
  const [master, first, second] = await processes(3)
  const connected = async () => (await master!.cluster.members())[0]?.connected
  await beatUntil(first!.cluster, connected, { boot: 'first' })
  await beatUntil(second!.cluster, connected, { boot: 'second' })
  first!.link.close()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await master!.cluster.members()).toMatchObject([{ info: { boot: 'second' }, connected: true }])
  second!.link.close()
  master!.link.close()
})

test('a node that leaves is heard no more, and comes back with its next beat after its connection broke', async () => {
  const [master, worker] = await processes(2)
  const connected = async () => (await master!.cluster.members())[0]?.connected
  await beatUntil(worker!.cluster, connected)
  await master!.link.commands.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
  await until(async () => (await connected()) === true)
  await worker!.cluster.leave('w', 'w-boot')
  expect(await master!.cluster.members()).toEqual([])
  worker!.link.close()
  master!.link.close()
})
