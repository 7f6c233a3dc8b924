import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { certificates, type Certificate } from '../../support/certificates.ts'
import { runCli, type Ended } from '../../support/cli.ts'
import { ClusterProcesses } from '../../support/cluster.ts'
import { freePort, startRedis, type RedisServer } from '../../support/redis.ts'

let cluster: ClusterProcesses
const running: RedisServer[] = []
const folder = mkdtempSync(join(tmpdir(), 'stampede-refusals-'))

beforeAll(async () => {
  cluster = await ClusterProcesses.start()
  await cluster.worker('member', { env: { STAMPEDE_SECRET: 'right' } })
})

afterAll(async () => {
  await cluster?.stop()
  await Promise.all(running.map((server) => server.stop()))
  rmSync(folder, { recursive: true, force: true })
})

async function started(options: Record<string, string>): Promise<RedisServer> {
  const server = await startRedis(options)
  running.push(server)
  return server
}

/** Every role says it alike: what is wrong, what to do, code 3, at once and for good. */
async function expectRefused(args: string[], env: NodeJS.ProcessEnv, message: RegExp, code = 3): Promise<Ended> {
  const ended = await runCli(['worker', ...args], { dataDir: cluster.newDataDir(), env })
  expect(ended.stderr).toMatch(message)
  expect(ended.stderr).not.toMatch(/\bat .*\.(js|ts):\d/)
  expect(ended.code).toBe(code)
  return ended
}

describe('a node that cannot join says why, with 3, and does not go on trying', () => {
  test('another secret than the cluster’s', async () => {
    for (const role of ['worker', 'sentinel', 'serve']) {
      const ended = await runCli([role, ...(role === 'serve' ? ['--port', '0'] : []), '--redis', cluster.redis.url, '--namespace', cluster.namespace], { dataDir: cluster.newDataDir(), env: { STAMPEDE_SECRET: 'wrong one' } })
      expect(ended.stderr).toMatch(/another secret/)
      expect(ended.stdout + ended.stderr).not.toContain('wrong one')
      expect(ended.code).toBe(3)
    }
  })

  test('no Redis there; a wrong password, which is not repeated to whoever reads the log', async () => {
    await expectRefused(['--redis', `redis://127.0.0.1:${await freePort()}`], {}, /refuses the connection/)
    const locked = await started({ requirepass: 'right' })
    const ended = await expectRefused([], { STAMPEDE_REDIS_URL: locked.url.replace('://', '://:mistyped@') }, /refuses this user or password/)
    expect(ended.stderr + ended.stdout).not.toContain('mistyped')
    await expectRefused(['--redis', locked.url], {}, /wants a password/)
    const look = new Redis({ port: locked.port, password: 'right' })
    const received = Number(/total_connections_received:(\d+)/.exec(await look.info('stats'))?.[1])
    look.disconnect()
    expect(received).toBeLessThanOrEqual(6) // two for each node, and this one: nobody has knocked again and again
  })

  test('a read-only replica', async () => {
    const replica = await started({ replicaof: `127.0.0.1 ${cluster.redis.port}` })
    await expectRefused(['--redis', replica.url], {}, /read-only replica/)
  })

  test('an address, a namespace or a flag that is none is bad input: 2', async () => {
    await expectRefused(['--redis', 'http://127.0.0.1:1'], {}, /redis:\/\//, 2)
    await expectRefused(['--redis', cluster.redis.url, '--namespace', 'No Such'], {}, /namespace/, 2)
    await expectRefused(['--redis', cluster.redis.url, '--secret', 'x'], {}, /--secret/, 2)
  })

  test('TLS: expired, for another host, signed by nobody known', async () => {
    const { ca, expired, wrongHost, selfSigned, good } = certificates()
    const file = join(folder, 'ca.pem')
    writeFileSync(file, ca)
    for (const [name, certificate, message] of [['expired', expired, /has expired/], ['other', wrongHost, /another host name/], ['lonely', selfSigned, /nobody known has signed/]] as const) {
      await expectRefused(['--redis', await withTls(name, certificate)], { NODE_EXTRA_CA_CERTS: file, STAMPEDE_SECRET: 'x' }, message)
    }
    await expectRefused(['--redis', await withTls('good', good)], { STAMPEDE_SECRET: 'x' }, /nobody known has signed/)
  })
})

async function withTls(name: string, { key, cert }: Certificate): Promise<string> {
  for (const [ending, text] of [['key', key], ['pem', cert], ['ca', certificates().ca]] as const) writeFileSync(join(folder, `${name}.${ending}`), text)
  const port = await freePort()
  await started({ 'tls-port': String(port), 'tls-cert-file': join(folder, `${name}.pem`), 'tls-key-file': join(folder, `${name}.key`), 'tls-ca-cert-file': join(folder, `${name}.ca`), 'tls-auth-clients': 'no' })
  return `rediss://localhost:${port}`
}
