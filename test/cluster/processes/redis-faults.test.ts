import { expect, test } from 'vitest'
import { longestSilence, rateBetween } from '../../support/arrivals.ts'
import type { ClusterProcesses } from '../../support/cluster.ts'
import { scene } from '../../support/cluster-scene.ts'
import { constantLoad, resultOf, startRun, untilRunIs } from '../../support/cluster-runs.ts'
import type { ServeProcess } from '../../support/node-process.ts'
import { expectBalanced, expectNeverAbove, namesIn } from '../../support/run-expectations.ts'
import { wait } from '../../support/until.ts'

const RATE = 200

async function threeNodes(cluster: ClusterProcesses): Promise<ServeProcess> {
  const serve = await cluster.serve('console')
  await Promise.all([cluster.worker('one'), cluster.worker('two')])
  await cluster.joined(serve, 'console', 'one', 'two')
  return serve
}

async function restart({ redis }: ClusterProcesses, outageMs: number, options: Record<string, string> = {}): Promise<void> {
  await redis.crash()
  await wait(outageMs)
  await redis.restart(options)
}

test.concurrent('cut connections, a pause of 3 s, all data lost, a crash without and with persistence: load unbroken, totals exact', () => scene(async ({ cluster, nginx }) => {
  const serve = await threeNodes(cluster)
  const { runId } = await startRun(serve, constantLoad(nginx.url, RATE, '42s'))
  for (const type of ['normal', 'pubsub']) await cluster.operator.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes')
  await untilRunIs(5000, serve, runId)
  await cluster.operator.call('CLIENT', 'PAUSE', '3000', 'ALL')
  await untilRunIs(12_000, serve, runId)
  await cluster.operator.flushall()
  await untilRunIs(19_000, serve, runId)
  await restart(cluster, 3000)
  await untilRunIs(29_000, serve, runId)
  await cluster.operator.config('SET', 'appendonly', 'yes')
  await untilRunIs(32_000, serve, runId)
  await restart(cluster, 2000, { appendonly: 'yes' })

  const summary = await resultOf(serve, runId)
  expectBalanced(summary)
  expect(summary.ledger).toMatchObject({ planned: RATE * 42, started: RATE * 42, completed: RATE * 42, lost: 0, dropped: 0, failed: 0 })
  expect(await nginx.requests()).toBe(RATE * 42)
  expect(namesIn(summary.events, 'node-lost')).toEqual([])
  expect(longestSilence(nginx.arrivals())).toBeLessThan(1000)
}))

test.concurrent('a pause of 12 s: every node stops by itself, goes on when Redis answers, under a new epoch, and what was not sent is said', () => scene(async ({ cluster, nginx }) => {
  const serve = await threeNodes(cluster)
  const { runId } = await startRun(serve, constantLoad(nginx.url, RATE, '28s'))
  await untilRunIs(3000, serve, runId)
  const epoch = (await cluster.master())?.epoch ?? 0
  const pausedAt = Date.now()
  await cluster.operator.call('CLIENT', 'PAUSE', '12000', 'ALL')
  const summary = await resultOf(serve, runId)
  const arrivals = nginx.arrivals()
  expect(rateBetween(arrivals, pausedAt + 1000, pausedAt + 8500)).toBeGreaterThan(RATE * 0.95)
  expect(rateBetween(arrivals, pausedAt + 10_250, pausedAt + 12_000)).toBe(0)
  expect(rateBetween(arrivals, pausedAt + 15_000, pausedAt + 20_000)).toBeGreaterThan(RATE * 0.95)
  expectNeverAbove(RATE, arrivals)
  expect((await cluster.master())?.epoch).toBeGreaterThan(epoch)
  expectBalanced(summary, { late: true })
  expect(summary.ledger.planned).toBe(RATE * 28)
  expect(summary.ledger.started).toBe(arrivals.length)
}))
