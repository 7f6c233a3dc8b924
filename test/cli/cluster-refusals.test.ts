import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli, startCli, temporaryFolder, type Ended } from '../support/cli.ts'
import { freePort, startRedis, type RedisServer } from '../support/redis.ts'

/** Of these, a process could print one; it never may. */
const PASSWORD = 'hunter2-the-password'
const SECRET = 'the-secret-of-the-cluster'

const folder = temporaryFolder()
let redis: RedisServer
beforeAll(async () => { redis = await startRedis() })
afterAll(async () => {
  await redis.stop()
  folder.remove()
})

async function refused(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const ended = await runCli(args, { dataDir: folder.path, env: { STAMPEDE_REDIS_URL: '', STAMPEDE_SECRET: '', ...env } })
  expect(ended.stdout + ended.stderr).not.toContain(PASSWORD)
  expect(ended.stdout + ended.stderr).not.toContain(SECRET)
  return ended
}

/** Exit 3 with this sentence and a cure behind it. */
async function expectCannotStart(args: string[], sentence: string, cure: string, env?: NodeJS.ProcessEnv): Promise<void> {
  const { code, stderr } = await refused(args, env)
  expect(stderr).toContain(`${sentence} ${cure}`)
  expect(code).toBe(3)
}

describe('a worker that cannot join says why, and ends with 3', () => {
  test('when nothing listens there', async () => {
    const port = await freePort()
    await expectCannotStart(['worker', '--redis', `redis://127.0.0.1:${port}`], `Redis at redis://127.0.0.1:${port} refuses the connection.`, 'Start Redis there, or correct host and port.')
  })

  test('when nobody knows the host', async () => {
    await expectCannotStart(['worker', '--redis', 'redis://nowhere.invalid'], 'Redis at redis://nowhere.invalid:6379 has a host name that nobody knows.', 'Correct the host of the address.', { STAMPEDE_SECRET: SECRET })
  })

  test('when the password is wrong, or there is none', async () => {
    const guarded = await startRedis({ requirepass: 'another' })
    try {
      const label = `redis://127.0.0.1:${guarded.port}`
      await expectCannotStart(['worker'], `Redis at ${label} refuses this user or password.`, 'Correct the password (and the ACL user) of the Redis address.', { STAMPEDE_REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${guarded.port}` })
      await expectCannotStart(['worker', '--redis', guarded.url], `Redis at ${label} wants a password.`, 'Give it in the environment or in a file')
      await expectCannotStart(['worker', '--redis', guarded.url], `Redis at ${label} refuses this user or password.`, 'Correct', { STAMPEDE_REDIS_PASSWORD: PASSWORD })
      const ended = await runCli(['nodes'], { dataDir: folder.path, env: { STAMPEDE_REDIS_URL: guarded.url, STAMPEDE_REDIS_PASSWORD: 'another' } })
      expect(ended).toMatchObject({ code: 0, stderr: '' })
    } finally {
      await guarded.stop()
    }
  })

  test('when the cluster has another secret', async () => {
    const first = await runCli(['nodes', '--redis', redis.url, '--namespace', 'secret'], { dataDir: folder.path, env: { STAMPEDE_SECRET: SECRET } })
    expect(first.code).toBe(0)
    const args = ['worker', '--redis', redis.url, '--namespace', 'secret']
    await expectCannotStart(args, `The namespace "secret" of Redis at ${redis.url} belongs to a cluster with another secret.`, 'Give this node the same secret, or use another namespace.', { STAMPEDE_SECRET: 'of somebody else' })
    await expectCannotStart(args, `The namespace "secret" of Redis at ${redis.url} belongs to a cluster with another secret.`, 'Give this node the same secret', {})
  })

  test('when it has no secret and others could reach that Redis, before anything is sent there', async () => {
    await expectCannotStart(['worker', '--redis', 'redis://192.0.2.1'], 'A cluster over a Redis that other machines can reach needs a secret.', 'Give the same one to every node: --secret-file FILE or STAMPEDE_SECRET.')
  })

  test('when TLS is spoken to a plain port', async () => {
    const label = `rediss://127.0.0.1:${redis.port}`
    const { code, stderr } = await refused(['worker', '--redis', label])
    expect(stderr).toMatch(new RegExp(`^Redis at ${label} (does not speak TLS here|cannot be reached)\\. .*redis:// instead of rediss://`))
    expect(code).toBe(3)
  })

  test('when it is a replica', async () => {
    const replica = await startRedis({ replicaof: `127.0.0.1 ${redis.port}` })
    try {
      await expectCannotStart(['worker', '--redis', replica.url], `Redis at ${replica.url} is a read-only replica.`, 'Give the address of the primary')
    } finally {
      await replica.stop()
    }
  })

  test('when a newer version has begun that cluster', async () => {
    const hand = new Redis({ port: redis.port, host: '127.0.0.1' })
    await hand.hset('{stampede:newer}:meta', { schema: '99', inc: 'x' })
    hand.disconnect()
    await expectCannotStart(['worker', '--redis', redis.url, '--namespace', 'newer'], `The namespace "newer" of Redis at ${redis.url} is used by a newer version of Stampede.`, 'Update this one, or use another namespace.')
  })

  test('and so do all others that need the cluster', async () => {
    const where = ['--redis', `redis://127.0.0.1:${await freePort()}`]
    for (const args of [['sentinel'], ['serve', '--port', '0'], ['nodes'], ['stop', '--all'], ['task', 'list'], ['history'], ['run', 'http://127.0.0.1:9/', '-d', '1s'], ['doctor']]) {
      const { code, stdout, stderr } = await refused([...args, ...where])
      expect(`${stdout}${stderr}`, args.join(' ')).toContain('refuses the connection')
      expect(code, args.join(' ')).toBe(3)
    }
  })
})

describe('what is written wrongly is refused with 2 and the name of the flag', () => {
  test.each([
    [['worker'], 'A worker needs a cluster. Give the address of its Redis: --redis'],
    [['sentinel'], 'A sentinel needs a cluster.'],
    [['nodes'], 'stampede nodes needs a cluster.'],
    [['worker', '--redis', 'redis//x'], 'This is no address of a Redis server. Write redis://host:6379'],
    [['worker', '--redis', 'redis://127.0.0.1', '--namespace', 'Team A'], '--namespace: "Team A" is no namespace.'],
    [['worker', '--redis', 'redis://127.0.0.1', '--max-rate', 'fast'], '--max-rate: '],
    [['worker', '--redis', 'redis://127.0.0.1', '--max-duration', '5min'], '--max-duration: "5min" is no duration.'],
    [['worker', '--redis', 'redis://127.0.0.1', '--priority', '1000'], '--priority: "1000" is no priority.'],
    [['worker', '--redis', 'redis://127.0.0.1', '--allow-host', 'http://x/'], '--allow-host: "http://x/" is no host.'],
    [['worker', '--redis', 'redis://127.0.0.1', '--secret-file', '/nowhere/secret'], '--secret-file: cannot read /nowhere/secret: there is no such file.'],
    [['sentinel', '--redis', 'redis://127.0.0.1', '--sentinels', '0'], '--sentinels: "0" is no number of sentinels.'],
    [['run', 'http://127.0.0.1:9/', '--local', '--redis', 'redis://127.0.0.1'], '--local and --redis exclude each other.'],
    [['run', 'http://127.0.0.1:9/', '--workers', '2'], '--workers needs a cluster.'],
  ])('%j', async (args, message) => {
    const { code, stderr } = await refused(args)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })

  test('a secret among the arguments, which is not repeated', async () => {
    for (const args of [['--secret', SECRET], [`--secret=${SECRET}`]]) {
      const { code, stderr } = await refused(['worker', '--redis', redis.url, ...args])
      expect(stderr).toContain('--secret: a secret in the arguments can be read by everybody on this machine.')
      expect(code).toBe(2)
    }
  })
})

describe('what works but should be otherwise is a warning', () => {
  test('a password in the arguments, a secret that others can read, a Redis that throws data away', async () => {
    const careless = await startRedis({ requirepass: PASSWORD, maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru' })
    const secretFile = join(folder.path, 'cluster.secret')
    writeFileSync(secretFile, SECRET)
    chmodSync(secretFile, 0o644)
    try {
      const { code, stderr } = await refused(['nodes', '--redis', `redis://:${PASSWORD}@127.0.0.1:${careless.port}`, '--secret-file', secretFile])
      expect(stderr).toContain('warning: The password in --redis can be read by everybody')
      expect(stderr).toContain(`warning: Others on this machine can read ${secretFile}.`)
      expect(stderr).toContain('throws data away when it is full (maxmemory-policy allkeys-lru)')
      expect(code).toBe(0)
    } finally {
      await careless.stop()
    }
  })

  test('two sentinels', async () => {
    const started = startCli(['sentinel', '--redis', redis.url, '--sentinels', '2', '--namespace', 'two'], { dataDir: folder.path })
    await started.says(/warning: Two sentinels are one too few/)
    await started.says(/joined \S+ as sentinel/)
    started.child.kill('SIGTERM')
    expect((await started.ended).code).toBe(0)
  })
})
