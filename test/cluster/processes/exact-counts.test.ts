import { expect, test } from 'vitest'
import { arrivedBetween, rateBetween } from '../../support/arrivals.ts'
import { scene } from '../../support/cluster-scene.ts'
import { constantLoad, resultOf, startRun, untilRunIs } from '../../support/cluster-runs.ts'
import type { ServeProcess } from '../../support/node-process.ts'
import { expectBalanced, namesIn } from '../../support/run-expectations.ts'
import { until, wait } from '../../support/until.ts'

async function nodeId(serve: ServeProcess, name: string): Promise<string> {
  return until(`node ${name}`, async () => (await serve.ask('node.list', {})).find(({ info }) => info.name === name)?.info.id)
}

test.concurrent('one joins, one drains, one leaves, the rate changes twice: the nodes together are the target in every second, and the total is the server’s to the request', () => scene(async ({ cluster, nginx }) => {
  const serve = await cluster.serve('console', { args: ['--rebalance', 'on-join'] })
  const [, leaver] = await Promise.all([cluster.worker('one'), cluster.worker('two')])
  await cluster.joined(serve, 'console', 'one', 'two')
  const { taskId, runId } = await startRun(serve, constantLoad(nginx.url, 300, '24s'))
  await untilRunIs(3000, serve, runId)
  await serve.ask('task.setRate', { id: taskId, rate: 600 })
  await cluster.worker('three')
  await untilRunIs(10_000, serve, runId)
  await serve.ask('node.drain', { id: await nodeId(serve, 'one') })
  await untilRunIs(14_000, serve, runId)
  await serve.ask('task.setRate', { id: taskId, rate: 200 })
  leaver.signal('SIGTERM')
  const askedAt = Date.now()
  expect((await leaver.ended).code).toBe(0)
  expect(Date.now() - askedAt).toBeLessThan(10_500)
  const summary = await resultOf(serve, runId)
  const { ledger, points, events, nodes } = summary

  expectBalanced(summary)
  expect(ledger).toMatchObject({ started: ledger.planned, completed: ledger.planned, dropped: 0, lost: 0, failed: 0 })
  expect(await nginx.requests()).toBe(ledger.started)
  for (const point of points.slice(0, 24)) expect(Math.abs(point.planned - point.target), `planned in the second to ${point.atMs}`).toBeLessThanOrEqual(1)
  expect(points.reduce((sum, { planned }) => sum + planned, 0)).toBe(ledger.planned)

  expect(events.filter(({ kind }) => kind === 'rate-changed').map(({ detail }) => detail['to'])).toEqual([600, 200])
  expect(namesIn(events, 'node-joined')).toEqual(['three'])
  expect(namesIn(events, 'node-drained')).toContain('one')
  expect(namesIn(events, 'node-lost')).toEqual([])
  expect(nodes.find(({ name }) => name === 'three')?.started).toBeGreaterThan(0)
  const drained = nodes.find(({ name }) => name === 'one')?.id
  const last = points.filter(({ atMs }) => atMs > 14_000 && atMs <= 24_000)
  expect(last.flatMap((point) => point.nodes).filter(({ id, started }) => id === drained && started > 0)).toEqual([])
}))

test.concurrent('a stop reaches every node within a second, and a change of rate too', () => scene(async ({ cluster, nginx }) => {
  const serve = await cluster.serve('console')
  await Promise.all([cluster.worker('one'), cluster.worker('two')])
  await cluster.joined(serve, 'console', 'one', 'two')
  const { taskId, runId } = await startRun(serve, constantLoad(nginx.url, 200, '60s'))
  await untilRunIs(3000, serve, runId)
  const changedAt = Date.now()
  await serve.ask('task.setRate', { id: taskId, rate: 500 })
  await wait(4000)
  const stoppedAt = Date.now()
  await serve.ask('task.stop', { id: taskId })
  const summary = await resultOf(serve, runId)
  const arrivals = nginx.arrivals()
  expectBalanced(summary)
  expect(rateBetween(arrivals, changedAt + 1000, changedAt + 3000)).toBeGreaterThan(450)
  expect(arrivedBetween(arrivals, stoppedAt + 1000, Infinity)).toBe(0)
  expect(arrivals).toHaveLength(summary.ledger.started)
}))
