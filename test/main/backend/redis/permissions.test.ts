import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRedisClusterState } from '../../../../src/main/backend/redis-cluster-state.ts'
import { connectRedis, type RedisLink } from '../../../../src/main/backend/redis/connection.ts'
import { nodeOf } from '../../../contract/fixtures.ts'
import { documentedRules, documentedUser } from '../../../support/documented-user.ts'
import { startRedis, startRedisCluster, type RedisServer } from '../../../support/redis.ts'

/** What it takes to open a connection and to run a script at all; everything else must stand in the sources. */
const CONNECTION = ['eval', 'evalsha', 'info', 'select', 'client|setname']

/** Every command that a script or an adapter gives to Redis, in lower case. */
function commandsUsed(): string[] {
  const backend = join(import.meta.dirname, '../../../../src/main/backend')
  const sources = readdirSync(backend, { recursive: true, encoding: 'utf8' }).filter((path) => /(^|[\\/])(lua|redis)[\\/-].*\.ts$/.test(path) || /^redis-.*\.ts$/.test(path))
  const text = sources.map((path) => readFileSync(join(backend, path), 'utf8')).join('\n')
  const inScripts = [...text.matchAll(/redis\.p?call\('([A-Z]+)'(?:, '(NUMSUB)')?/g)].map(([, command = '', sub]) => (sub === undefined ? command : `${command}|${sub}`))
  const asMethods = [...text.matchAll(/\b(?:redis|subscriber|commands)\.([a-z]+)\(/g)].map(([, name = '']) => name)
  const noCommands = new Set(['on', 'once', 'off', 'connect', 'disconnect', 'call', 'pcall', 'sha', 'info'])
  return [...new Set([...inScripts, ...asMethods].map((name) => name.toLowerCase()))].filter((name) => !noCommands.has(name)).sort()
}

const granted = documentedRules().filter((rule) => rule.startsWith('+')).map((rule) => rule.slice(1))

describe('the ACL user of the guide', () => {
  let server: RedisServer
  let admin: RedisLink
  beforeAll(async () => {
    server = await startRedis()
    admin = await connectRedis({ address: server.url })
  })
  afterAll(async () => {
    admin.close()
    await server.stop()
  })

  /** Everything that was denied since the last call, as `command` or `key`. */
  async function denied(): Promise<string[]> {
    const entries = await admin.commands.call('ACL', 'LOG') as string[][]
    await admin.commands.call('ACL', 'LOG', 'RESET')
    return entries.map((entry) => entry[entry.indexOf('object') + 1] ?? '')
  }

  /** A node's first steps: connect with a name, to another database, open, listen, tell of itself. */
  async function join(user: Awaited<ReturnType<typeof documentedUser>>): Promise<void> {
    const link = await connectRedis({ ...user, address: `${user.address}/1`, name: 'stampede-test' })
    try {
      const cluster = await openRedisClusterState(link, { namespace: 'default', secret: 'secret' })
      const heard = new Promise<void>((resolve) => cluster.watch('nodes', resolve))
      await cluster.heartbeat(nodeOf('a'), { epoch: 0, revision: 0 })
      await heard
      await cluster.close()
    } finally {
      link.close()
    }
  }

  test('has exactly the commands that the sources use, and those of a connection', () => {
    const used = new Set(commandsUsed())
    const wanted = [...used, ...CONNECTION.filter((name) => !used.has(name))].sort()
    expect([...granted].sort()).toEqual(wanted)
  })

  test('lets a node join without anything being denied', async () => {
    await join(await documentedUser(server))
    expect(await denied()).toEqual([])
  })

  test('lets a node join a Redis Cluster with the two rules more that the guide names', async () => {
    const cluster = await startRedisCluster()
    const user = await documentedUser(cluster, 'default', { more: ['+cluster|slots', '+cluster|info'] })
    const link = await connectRedis({ ...user, address: user.address.replace('redis:', 'redis+cluster:') })
    const state = await openRedisClusterState(link, { namespace: 'default', secret: 'secret' })
    await state.heartbeat(nodeOf('a'), { epoch: 0, revision: 0 })
    expect(await state.nodes()).toMatchObject([{ id: 'a' }])
    await state.close()
    link.close()
    const nobody = await documentedUser(cluster)
    await expect(connectRedis({ ...nobody, address: nobody.address.replace('redis:', 'redis+cluster:') })).rejects.toMatchObject({ code: 'cannot-start' })
    await cluster.stop()
  })

  test('needs each of the commands of a connection', async () => {
    for (const name of CONNECTION) {
      await admin.commands.script('FLUSH') // what Redis knows already is not told it again
      const user = await documentedUser(server, 'default', { without: [`+${name}`] })
      await join(user).catch(() => undefined)
      expect(await denied(), name).toContain(name)
    }
  })

  test('reaches no key and no channel of another namespace', async () => {
    const link = await connectRedis({ ...(await documentedUser(server)) })
    await expect(openRedisClusterState(link, { namespace: 'other', secret: 'secret' })).rejects.toMatchObject({ code: 'cannot-start', message: expect.stringContaining('does not let this user') })
    await expect(link.subscriber.subscribe('{stampede:other}:ch:work')).rejects.toThrow('NOPERM')
    for (const command of [['FLUSHALL'], ['CONFIG', 'GET', '*'], ['KEYS', '*'], ['ACL', 'LIST'], ['GET', 'foreign']]) {
      await expect(link.commands.call(...(command as [string, ...string[]])), command.join(' ')).rejects.toThrow('NOPERM')
    }
    link.close()
  })
})
