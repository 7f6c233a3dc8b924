import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectRedis } from '../../../../src/main/backend/redis/connection.ts'
import { openRedisClusterState } from '../../../../src/main/backend/redis-cluster-state.ts'
import { probeRedis, type ProbeOptions } from '../../../../src/main/backend/redis/probe.ts'
import type { ConnectionStep } from '../../../../src/shared/contract/contract.ts'
import { translate } from '../../../../src/shared/locales/translate.ts'
import { certificates } from '../../../support/certificates.ts'
import { freePort, startRedis, startRedisSentinel, type RedisServer } from '../../../support/redis.ts'

const running: { stop(): Promise<void> }[] = []
afterAll(() => Promise.all(running.map((server) => server.stop())))

async function started(options?: Record<string, string>): Promise<RedisServer> {
  const server = await startRedis(options)
  running.push(server)
  return server
}

const tried = (options: Partial<ProbeOptions>): Promise<ConnectionStep[]> => probeRedis({ address: '', namespace: 'default', username: '', password: null, secret: null, ca: '', ...options })
/** `dns ok, tcp ok, …` */
const inShort = (steps: readonly ConnectionStep[]): string => steps.map(({ step, state }) => `${step} ${state}`).join(', ')
const words = (steps: readonly ConnectionStep[], wanted: ConnectionStep['step']): string => {
  const found = steps.find(({ step }) => step === wanted)
  return found === undefined ? '' : [found.detail, found.hint].flatMap((sentence) => sentence === null ? [] : translate('en', sentence)).join(' ')
}

describe('a connection tried step by step', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await started({ requirepass: 'right' })
  })

  test('is all well with the right password on this machine', async () => {
    const steps = await tried({ address: server.url, password: 'right' })
    expect(inShort(steps)).toBe('dns skipped, tcp ok, tls skipped, auth ok, server ok, policy ok, secret ok')
    expect(words(steps, 'auth')).toBe('logged in as default')
    expect(words(steps, 'server')).toMatch(/^(Redis|Valkey) \d/)
    expect(words(steps, 'secret')).toContain('is free')
  })

  test('leaves nothing behind', async () => {
    const link = await connectRedis({ address: server.url, password: 'right' })
    expect(await link.commands.dbsize()).toBe(0)
    link.close()
  })

  test('fails at the name', async () => {
    const steps = await tried({ address: 'redis://no-such-host.invalid' })
    expect(inShort(steps)).toBe('dns failed, tcp skipped, tls skipped, auth skipped, server skipped, policy skipped, secret skipped')
    expect(words(steps, 'dns')).toContain('a host name that nobody knows. Correct the host')
  })

  test('fails at the port', async () => {
    const steps = await tried({ address: `redis://localhost:${await freePort()}` })
    expect(inShort(steps)).toMatch(/^dns ok, tcp failed, tls skipped/)
    expect(words(steps, 'tcp')).toContain('refuses the connection. Start Redis there')
  })

  test('fails at the password, and says whether one is missing or wrong', async () => {
    const wrong = await tried({ address: server.url, password: 'wrong' })
    expect(inShort(wrong)).toMatch(/tls skipped, auth failed, server skipped/)
    expect(words(wrong, 'auth')).toContain('refuses this user or password')
    expect(words(await tried({ address: server.url }), 'auth')).toContain('wants a password')
  })

  test('fails at a replica', async () => {
    const replica = await started({ replicaof: `127.0.0.1 ${server.port}`, masterauth: 'right' })
    const steps = await tried({ address: replica.url })
    expect(inShort(steps)).toMatch(/auth ok, server failed, policy skipped/)
    expect(words(steps, 'server')).toContain('read-only replica')
  })

  test('warns of a server that throws data away', async () => {
    const steps = await tried({ address: (await started({ maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru' })).url })
    expect(inShort(steps)).toMatch(/server ok, policy warning, secret ok/)
    expect(words(steps, 'policy')).toContain('(allkeys-lru)')
  })

  test('fails at a namespace of another secret, and fits that of its own', async () => {
    const link = await connectRedis({ address: server.url, password: 'right' })
    const cluster = await openRedisClusterState(link, { namespace: 'team-a', secret: 'the secret of team a' })
    const asked = { address: server.url, password: 'right', namespace: 'team-a' }
    expect(words(await tried({ ...asked, secret: 'the secret of team a' }), 'secret')).toBe('fits the cluster of the namespace team-a')
    const steps = await tried({ ...asked, secret: 'some other secret' })
    expect(inShort(steps)).toMatch(/policy ok, secret failed$/)
    expect(words(steps, 'secret')).toContain('another secret Give this node the same secret')
    await cluster.close()
    link.close()
  })

  test('goes through Sentinels to the primary', async () => {
    const sentinel = await startRedisSentinel('mine', await started())
    running.push(sentinel)
    expect(inShort(await tried({ address: `redis+sentinel://127.0.0.1:${sentinel.port}/mine` }))).toMatch(/tcp ok, tls skipped, auth ok, server ok/)
  })

  describe('over TLS', () => {
    const folder = mkdtempSync(join(tmpdir(), 'stampede-probe-tls-'))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    test('fails at the certificate, and tells when a good one expires', async () => {
      const { ca, good } = certificates()
      for (const [name, text] of [['key', good.key], ['pem', good.cert], ['ca', ca]] as const) writeFileSync(join(folder, name), text)
      const port = await freePort()
      await started({ 'tls-port': String(port), 'tls-cert-file': join(folder, 'pem'), 'tls-key-file': join(folder, 'key'), 'tls-ca-cert-file': join(folder, 'ca'), 'tls-auth-clients': 'no' })
      const steps = await tried({ address: `rediss://localhost:${port}`, ca })
      expect(inShort(steps)).toBe('dns ok, tcp ok, tls ok, auth ok, server ok, policy ok, secret ok')
      expect(words(steps, 'tls')).toMatch(/^TLSv1\.\d, the certificate expires in (29|30) days$/)
      const unknown = await tried({ address: `rediss://localhost:${port}` })
      expect(inShort(unknown)).toMatch(/tcp ok, tls failed, auth skipped/)
      expect(words(unknown, 'tls')).toContain('nobody known has signed')
      const plain = await tried({ address: `rediss://127.0.0.1:${server.port}` })
      expect(inShort(plain)).toMatch(/tcp ok, tls failed/)
    })
  })
})

test('a Redis that is not of this machine alone needs a secret, and is better not left open', async () => {
  const server = await started()
  // Reaches this machine, and does not look like it.
  const steps = await tried({ address: `redis://0.0.0.0:${server.port}` })
  expect(inShort(steps)).toBe('dns skipped, tcp ok, tls skipped, auth warning, server ok, policy ok, secret failed')
  expect(words(steps, 'tls')).toContain('cross the network readably')
})

test('an address that is none is refused', async () => {
  await expect(tried({ address: 'localhost' })).rejects.toMatchObject({ code: 'bad-input' })
})
