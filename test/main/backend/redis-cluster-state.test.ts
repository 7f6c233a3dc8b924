import { afterAll, beforeAll } from 'vitest'
import { openRedisClusterState } from '../../../src/main/backend/redis-cluster-state.ts'
import { connectRedis, type RedisLink } from '../../../src/main/backend/redis/connection.ts'
import { describeClusterState } from '../../contract/cluster-state.contract.ts'
import { startRedis, type RedisServer } from '../../support/redis.ts'

let server: RedisServer
let link: RedisLink
beforeAll(async () => {
  server = await startRedis()
  link = await connectRedis({ address: server.url })
})
afterAll(async () => {
  link.close()
  await server.stop()
})

let spaces = 0

describeClusterState('RedisClusterState', async () => {
  const namespace = `contract-${++spaces}`
  const cluster = await openRedisClusterState(link, { namespace, secret: 'secret' })
  const expireLease = async (): Promise<void> => void (await link.commands.del(`{stampede:${namespace}}:master`)) // what Redis does when its time is over
  return { cluster, expireLease, close: () => cluster.close() }
})
