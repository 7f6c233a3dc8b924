import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openRedisClusterState, type RedisClusterState } from '../../src/main/backend/redis-cluster-state.ts'
import { connectRedis, type RedisLink } from '../../src/main/backend/redis/connection.ts'
import { startRedis, type RedisServer } from '../support/redis.ts'
import { until } from '../support/until.ts'

const FILES = 24
const main = join(import.meta.dirname, '../../examples/word-count/main.ts')

let redis: RedisServer
let link: RedisLink
let cluster: RedisClusterState
let folder: string
let files: string[]
const running = new Set<ChildProcess>()
beforeAll(async () => {
  redis = await startRedis()
  link = await connectRedis({ address: redis.url })
  cluster = await openRedisClusterState(link, { namespace: 'word-count', secret: '' })
  folder = mkdtempSync(join(tmpdir(), 'stampede-words-'))
  files = Array.from({ length: FILES }, (_, n) => {
    writeFileSync(join(folder, `${n}.txt`), `${'the quick Constructor '.repeat(n + 1)}Ünïcode`)
    return join(folder, `${n}.txt`)
  })
})
afterEach(async () => {
  const gone = [...running].map((child) => once(child, 'exit'))
  for (const child of running) child.kill('SIGTERM')
  await Promise.all(gone)
})
afterAll(async () => {
  await cluster.close()
  link.close()
  await redis.stop()
  rmSync(folder, { recursive: true, force: true })
})

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [main, ...args, '--redis', redis.url], { stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

/** Nodes that have joined, by name. */
async function nodes(...names: string[]): Promise<Map<string, ChildProcess>> {
  const started = new Map(names.map((name) => [name, start('node', '--name', name, '--slow', '400')]))
  await until('all nodes', async () => {
    const known = (await cluster.nodes()).map(({ name }) => name)
    return names.every((name) => known.includes(name))
  })
  return started
}

async function masterName(): Promise<string | undefined> {
  const lease = await cluster.master()
  return (await cluster.nodes()).find(({ id }) => id === lease?.nodeId)?.name
}

const total = (FILES * (FILES + 1)) / 2
const counted = { words: 3 * total + FILES, top: [['constructor', total], ['quick', total], ['the', total], ['ünïcode', FILES]], failed: [] }

async function resultOf(count: ChildProcess): Promise<unknown> {
  const [out, [code]] = await Promise.all([text(count.stdout!), once(count, 'exit')])
  expect(code).toBe(0)
  return JSON.parse(out)
}

test('a job of somebody else’s making is divided among the nodes, and what one of them cannot do is told', async () => {
  await nodes('one', 'two')
  expect(await resultOf(start('count', ...files))).toEqual(counted)
  expect(await resultOf(start('count', join(folder, 'none.txt')))).toEqual({ words: 0, top: [], failed: [expect.stringContaining('ENOENT')] })
  expect(await cluster.jobs.all()).toEqual([])
})

test('its master killed in the middle, and another node with it, it still comes out right', async () => {
  const started = await nodes('red', 'green', 'blue')
  await until('a master', masterName)
  const count = start('count', ...files)
  const result = resultOf(count)
  const job = await until('a few files', async () => (await cluster.jobs.all()).find(({ done }) => done >= 3 && done < FILES))
  const before = await masterName()
  started.get(before ?? '')?.kill('SIGKILL')
  started.get(['red', 'green', 'blue'].find((name) => name !== before) ?? '')?.kill('SIGKILL')
  expect(await result).toEqual(counted)
  expect(job.pieces).toBe(FILES)
  expect(await masterName()).not.toBe(before)
})

test('a wrong first word is refused with what would be right', async () => {
  const child = spawn(process.execPath, [main, 'dance', '--redis', redis.url], { stdio: ['ignore', 'ignore', 'pipe'] })
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(code).toBe(1)
  expect(said).toContain('node, sentinel or count')
})
