import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectRedis, type RedisLink } from '../../../src/main/backend/redis/connection.ts'
import { NAMESPACE, RedisFleet } from '../../support/redis-fleet.ts'
import { startRedis, startRedisSentinel, type RedisServer } from '../../support/redis.ts'
import { until, wait } from '../../support/until.ts'

const RATE = 300

/** Ends after the test, the last first. */
let opened: { close(): unknown }[]
beforeEach(() => {
  opened = []
})
afterEach(async () => {
  for (const part of opened.reverse()) await part.close()
})

async function redis(options: Record<string, string> = {}): Promise<RedisServer> {
  const server = await startRedis(options)
  opened.push({ close: () => server.stop() })
  return server
}

async function handOf({ url }: RedisServer): Promise<RedisLink> {
  const hand = await connectRedis({ address: url, anyServer: true })
  opened.push(hand)
  return hand
}

async function fleetOn(address: string): Promise<RedisFleet> {
  const fleet = new RedisFleet(address)
  opened.push(fleet)
  for (const name of ['one', 'two', 'three']) await fleet.node(name)
  return fleet
}

/** All seconds of a run, none missing and none twice. */
const everySecond = (seconds: number): number[] => Array.from({ length: seconds }, (_, n) => (n + 1) * 1000)

describe('a run on a Redis that', () => {
  test('is full for three seconds goes on, obeys a change of rate meanwhile, and loses nothing', async () => {
    const server = await redis()
    const hand = await handOf(server)
    const fleet = await fleetOn(server.url)
    const { taskId, runId } = await fleet.start(RATE, '12s')
    await fleet.go(runId, 2)
    await hand.commands.call('CONFIG', 'SET', 'maxmemory', '1mb')
    await until('a notice', async () => fleet.notices.some(({ text }) => text.includes('is full')))
    await fleet.order(taskId, { type: 'change-rate', rate: 2 * RATE })
    await until('the new rate', async () => (await fleet.parts.tasks.task(taskId))?.status === 'running')
    await wait(3000)
    await hand.commands.call('CONFIG', 'SET', 'maxmemory', '0')
    const { ledger, status, verdict, points, events } = await fleet.result(runId)
    expect({ status, verdict }).toEqual({ status: 'finished', verdict: 'no-thresholds' })
    expect(ledger).toMatchObject({ planned: ledger.started, completed: ledger.started, lost: 0 })
    expect(ledger.planned).toBeGreaterThan(12 * RATE)
    expect(points.map(({ atMs }) => atMs)).toEqual(everySecond(12))
    expect(events.map(({ kind }) => kind)).toEqual(['rate-changed'])
  })

  test('throws any one of its keys away goes on under the same id, and is counted to the end', async () => {
    const server = await redis({ maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru' })
    const hand = await handOf(server)
    const fleet = await fleetOn(server.url)
    const { runId } = await fleet.start(RATE, '36s')
    await fleet.go(runId, 2)
    const prefix = `{stampede:${NAMESPACE}}:`
    const keys = (await hand.commands.keys(`${prefix}*`)).map((key) => key.slice(prefix.length)).sort()
    expect(keys).toEqual(expect.arrayContaining(['master', 'epoch', 'meta', 'nodes', 'want', 'rev', 'runs', `agg:${runId}`, `res:${runId}`, `rseq:${runId}`, `store:run:${runId}`]))
    for (const key of keys) {
      await hand.commands.del(prefix + key)
      await fleet.go(runId, key.startsWith('store:') ? 1 : 2)
      expect((await fleet.view(runId))?.run.status, key).toBe('running')
    }
    const { ledger, status, events } = await fleet.result(runId)
    expect({ status, ...ledger }).toMatchObject({ status: 'finished', planned: 36 * RATE, started: 36 * RATE - ledger.lost })
    expect(ledger.lost).toBeLessThanOrEqual(2 * RATE) // what had not been read yet when the samples were thrown away
    expect(events.map(({ kind }) => kind)).toContain('master-changed')
  }, 240_000)

  test('fails over to its replica is found again by its Sentinels, and the run goes on', async () => {
    const primary = await redis({ 'repl-diskless-sync-delay': '0' })
    const replica = await redis({ replicaof: `127.0.0.1 ${primary.port}` })
    const { commands: atReplica } = await handOf(replica)
    const sentinel = await startRedisSentinel('mine', primary)
    opened.push({ close: () => sentinel.stop() })
    const watcher = await handOf(sentinel)
    for (const [name, value] of [['down-after-milliseconds', '600'], ['failover-timeout', '5000']] as const) await watcher.commands.call('SENTINEL', 'SET', 'mine', name, value)
    await until('the replica', async () => String(await watcher.commands.call('SENTINEL', 'REPLICAS', 'mine')).includes(String(replica.port)))
    await until('its data', async () => (await atReplica.info('replication')).includes('master_link_status:up'))
    const fleet = await fleetOn(`redis+sentinel://127.0.0.1:${sentinel.port}/mine`)
    const { runId } = await fleet.start(RATE, '15s')
    await fleet.go(runId, 2)
    await primary.crash()
    const { ledger, status, points } = await fleet.result(runId)
    expect(status).toBe('finished')
    expect(ledger).toMatchObject({ planned: 15 * RATE, started: 15 * RATE, completed: 15 * RATE, lost: 0 })
    expect(points.map(({ atMs }) => atMs)).toEqual(everySecond(15))
    expect(fleet.notices.map(({ text }) => text)).toContainEqual(expect.stringContaining('is not connected'))
  }, 120_000)
})
