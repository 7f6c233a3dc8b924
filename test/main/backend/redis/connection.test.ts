import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectRedis, type ConnectOptions } from '../../../../src/main/backend/redis/connection.ts'
import { certificates, type Certificate } from '../../../support/certificates.ts'
import { freePort, startRedis, startRedisCluster, startRedisSentinel, startSilence, type RedisServer } from '../../../support/redis.ts'

/** Ends when the test has. */
const running: { stop(): Promise<void> }[] = []
afterAll(() => Promise.all(running.map((server) => server.stop())))

async function started(options?: Record<string, string>): Promise<RedisServer> {
  const server = await startRedis(options)
  running.push(server)
  return server
}

async function refusal(options: ConnectOptions | string): Promise<{ code: string; message: string; hint?: string }> {
  const asked = typeof options === 'string' ? { address: options } : options
  const link = await connectRedis(asked).catch((error: unknown) => error)
  if (!(link instanceof Error)) throw new Error('it was not refused')
  return link as unknown as { code: string; message: string }
}

const cannotStart = (message: string) => expect.objectContaining({ code: 'cannot-start', message: expect.stringContaining(message), hint: expect.any(String) })

describe('a connection to Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await started({ requirepass: 'right' })
  })

  test('opens with the right password, one for commands and one for nudges', async () => {
    const link = await connectRedis({ address: server.url, password: 'right', name: 'stampede-test' })
    expect(await link.commands.ping()).toBe('PONG')
    expect(await link.commands.client('LIST')).toMatch(/(name=stampede-test[\s\S]*){2}/)
    expect(link.notices).toEqual([])
    expect(link.label).toBe(server.url)
    link.close()
  })

  test('is refused in words for a wrong password, and for none', async () => {
    expect(await refusal(server.url.replace('://', '://:wrong@'))).toEqual(cannotStart('refuses this user or password'))
    expect(await refusal(server.url)).toEqual(cannotStart('wants a password'))
  })

  test('says what is wrong with the address', async () => {
    expect(await refusal(`redis://127.0.0.1:${await freePort()}`)).toEqual(cannotStart('refuses the connection'))
    expect(await refusal('redis://no-such-host.invalid')).toEqual(cannotStart('has a host name that nobody knows'))
    expect(await refusal('not an address')).toMatchObject({ code: 'bad-input' })
  })

  test('to something that never answers is given up', async () => {
    const silence = await startSilence()
    running.push(silence)
    expect(await refusal(`redis://127.0.0.1:${silence.port}`)).toEqual(cannotStart('did not answer in time'))
  })

  test('to a replica is refused', async () => {
    const replica = await started({ replicaof: `127.0.0.1 ${server.port}`, masterauth: 'right' })
    expect(await refusal(replica.url)).toEqual(cannotStart('is a read-only replica'))
  })

  test('to a server that throws data away when it is full says so', async () => {
    const evicting = await started({ maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru' })
    const link = await connectRedis({ address: evicting.url })
    expect(link.notices).toEqual([expect.stringContaining('allkeys-lru')])
    link.close()
  })

  test('comes back by itself after it was cut', async () => {
    const link = await connectRedis({ address: server.url, password: 'right' })
    const back = new Promise<void>((resolve) => link.commands.once('ready', resolve))
    const other = await connectRedis({ address: server.url, password: 'right' })
    await other.commands.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await back
    expect(await link.commands.ping()).toBe('PONG')
    link.close()
    other.close()
  })

  describe('over TLS', () => {
    const folder = mkdtempSync(join(tmpdir(), 'stampede-redis-tls-'))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    async function withCertificate(name: string, { key, cert }: Certificate): Promise<string> {
      for (const [ending, text] of [['key', key], ['pem', cert], ['ca', certificates().ca]] as const) writeFileSync(join(folder, `${name}.${ending}`), text)
      const port = await freePort()
      await started({ 'tls-port': String(port), 'tls-cert-file': join(folder, `${name}.pem`), 'tls-key-file': join(folder, `${name}.key`), 'tls-ca-cert-file': join(folder, `${name}.ca`), 'tls-auth-clients': 'no' })
      return `rediss://localhost:${port}`
    }

    test('opens when the certificate is right, and is refused in words when it is not', async () => {
      const { ca, good, expired, wrongHost, selfSigned } = certificates()
      const address = await withCertificate('good', good)
      const link = await connectRedis({ address, ca })
      expect(await link.commands.ping()).toBe('PONG')
      link.close()
      expect(await refusal(address)).toEqual(cannotStart('nobody known has signed'))
      expect(await refusal({ address: await withCertificate('expired', expired), ca })).toEqual(cannotStart('has expired'))
      expect(await refusal({ address: await withCertificate('other', wrongHost), ca })).toEqual(cannotStart('for another host name'))
      expect(await refusal({ address: await withCertificate('lonely', selfSigned), ca })).toEqual(cannotStart('nobody known has signed'))
      expect(await refusal(address.replace('rediss', 'redis'))).toEqual(cannotStart('closed the connection without a word'))
      const speaksNoTls = await freePort()
      const plain = createServer((socket) => socket.end('-ERR what?\r\n')).listen(speaksNoTls, '127.0.0.1')
      expect(await refusal(`rediss://127.0.0.1:${speaksNoTls}`)).toEqual(cannotStart('does not speak TLS'))
      plain.close()
    })
  })

  test('finds the primary through Sentinels', async () => {
    const sentinel = await startRedisSentinel('mine', await started())
    running.push(sentinel)
    const link = await connectRedis({ address: `redis+sentinel://127.0.0.1:${sentinel.port}/mine` })
    await link.commands.set('found', 'yes')
    link.close()
    expect(await refusal(`redis+sentinel://127.0.0.1:${sentinel.port}/another`)).toEqual(cannotStart('cannot be asked for the primary'))
  })

  test('reaches a Redis Cluster', async () => {
    const node = await startRedisCluster()
    running.push(node)
    const link = await connectRedis({ address: `redis+cluster://127.0.0.1:${node.port}` })
    expect(await link.commands.set('{x}:key', 'value')).toBe('OK')
    link.close()
  })
})
