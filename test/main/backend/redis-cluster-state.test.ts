import { afterAll, beforeAll } from 'vitest'
import { openRedisClusterState } from '../../../src/main/backend/redis-cluster-state.ts'
import { connectRedis, type RedisLink } from '../../../src/main/backend/redis/connection.ts'
import { describeClusterState } from '../../contract/cluster-state.contract.ts'
import { describeJobState } from '../../contract/job-state.contract.ts'
import { describeSentinelState, type SentinelsUnderTest } from '../../contract/sentinel-state.contract.ts'
import { documentedUser } from '../../support/documented-user.ts'
import { startRedis, type RedisServer } from '../../support/redis.ts'

let server: RedisServer
/** As the user of docs/cluster.md: every promise must hold with what that one may do. */
let link: RedisLink
/** The test's own hand in Redis. */
let hand: RedisLink
beforeAll(async () => {
  server = await startRedis()
  link = await connectRedis(await documentedUser(server, 'contract-*'))
  hand = await connectRedis({ address: server.url })
})
afterAll(async () => {
  link.close()
  hand.close()
  await server.stop()
})

let spaces = 0

async function open(): Promise<SentinelsUnderTest> {
  const namespace = `contract-${++spaces}`
  const key = (name: string): string => `{stampede:${namespace}}:${name}`
  const cluster = await openRedisClusterState(link, { namespace, secret: 'secret' })
  return {
    cluster,
    pass: (ms) => age(key, ms),
    expireLease: async () => void (await hand.commands.del(key('master'))), // what Redis does when its time is over
    close: () => cluster.close(),
  }
}

/** The server's clock cannot be moved: instead everything that stands there with an instant becomes older. */
async function age(key: (name: string) => string, ms: number): Promise<void> {
  const redis = hand.commands
  const shift = async (name: string, field: string, text: string | null | undefined): Promise<unknown> => text && redis.hset(key(name), field, text.replace(/\d+$/, (instant) => String(Number(instant) - ms)))
  for (const name of ['sent', 'sdown']) for (const [field, text] of Object.entries(await redis.hgetall(key(name)))) await shift(name, field, text)
  for (const [name, field] of [['cand', 'at'], ['elect', 'at'], ['meta', 'aliveAt']] as const) await shift(name, field, await redis.hget(key(name), field))
  for (const name of ['master', 'elect']) await redis.pexpire(key(name), (await redis.pttl(key(name))) - ms)
}

describeClusterState('RedisClusterState', open)
describeSentinelState('RedisClusterState', open)
describeJobState('RedisClusterState', open)
