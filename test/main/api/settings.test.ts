import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ApiParts } from '../../../src/main/api/parts.ts'
import type { ProbeOptions } from '../../../src/main/backend/redis/probe.ts'
import type { SecretKeeper } from '../../../src/main/api/secret-keeper.ts'
import { settingsCommands } from '../../../src/main/api/settings.ts'
import { openSqliteTaskStore } from '../../../src/main/backend/sqlite-task-store.ts'
import type { TaskStore } from '../../../src/main/backend/task-store.ts'

let store: TaskStore
let kept: Map<string, string>
let tried: ProbeOptions[]
let commands: ReturnType<typeof settingsCommands>

beforeEach(() => {
  store = openSqliteTaskStore(':memory:')
  kept = new Map()
  tried = []
  const secrets: SecretKeeper = { place: 'keychain', get: async (name) => kept.get(name) ?? null, set: async (name, value) => void (value === null ? kept.delete(name) : kept.set(name, value)) }
  const testRedis: ApiParts['testRedis'] = async (connection) => {
    tried.push(connection)
    return []
  }
  commands = settingsCommands({ settings: store, secrets, testRedis })
})
afterEach(() => store.close())

describe('settings of the cluster', () => {
  test('are those of a single machine at first', async () => {
    expect((await commands['settings.get']({})).cluster).toEqual({ mode: 'local', address: '', namespace: 'default', username: '', nodeName: '', priority: 5, ca: '', hasPassword: false, hasSecret: false, keptIn: 'keychain' })
  })

  test('change field by field', async () => {
    await commands['settings.set']({ cluster: { mode: 'redis', address: 'rediss://redis.lan:6380' } })
    const settings = await commands['settings.set']({ cluster: { priority: 8 }, limits: { maxRate: 20_000, stopAtErrors: 0.5 } })
    expect(settings.cluster).toMatchObject({ mode: 'redis', address: 'rediss://redis.lan:6380', priority: 8 })
    expect(settings.limits).toEqual({ maxRate: 20_000, maxDurationMs: null, maxInFlight: null, stopAtErrors: 0.5 })
    expect((await commands['settings.set']({ limits: { maxInFlight: 100 } })).limits).toEqual({ maxRate: 20_000, maxDurationMs: null, maxInFlight: 100, stopAtErrors: 0.5 })
  })

  test('never give password and secret back, nor put them into the store', async () => {
    const settings = await commands['settings.set']({ cluster: { password: 'p4ssw0rd', secret: 'a secret of the cluster' } })
    expect(settings.cluster).toMatchObject({ hasPassword: true, hasSecret: true })
    expect(kept).toEqual(new Map([['redis-password', 'p4ssw0rd'], ['cluster-secret', 'a secret of the cluster']]))
    expect(JSON.stringify([settings, await store.setting('settings')])).not.toMatch(/p4ssw0rd|a secret of/)
    expect((await commands['settings.set']({ cluster: { password: null } })).cluster).toMatchObject({ hasPassword: false, hasSecret: true })
  })

  test('of a former version are filled up', async () => {
    await store.setSetting('settings', JSON.stringify({ theme: 'dark', cluster: { mode: 'redis', address: 'redis://a:1' } }))
    expect(await commands['settings.get']({})).toMatchObject({ theme: 'dark', language: 'system', limits: { maxRate: null }, cluster: { address: 'redis://a:1', namespace: 'default' } })
  })
})

test('a connection is tried with what was filled in, and with what is stored where nothing was', async () => {
  await commands['settings.set']({ cluster: { address: 'redis://a:1', username: 'load', password: 'stored', secret: 'a secret of the cluster' } })
  await commands['settings.testRedis']({})
  await commands['settings.testRedis']({ address: 'redis://b:2', username: '', password: 'typed' })
  expect(tried).toEqual([
    { address: 'redis://a:1', namespace: 'default', username: 'load', ca: '', password: 'stored', secret: 'a secret of the cluster' },
    { address: 'redis://b:2', namespace: 'default', username: '', ca: '', password: 'typed', secret: 'a secret of the cluster' },
  ])
})
