import { expect, test } from 'vitest'
import { arrivedBetween, rateBetween } from '../../support/arrivals.ts'
import { scene } from '../../support/cluster-scene.ts'
import { constantLoad, resultOf, startRun, untilRunIs } from '../../support/cluster-runs.ts'
import { expectBalanced, expectNeverAbove, expectNoBurst, namesIn, shareIn } from '../../support/run-expectations.ts'
import { wait } from '../../support/until.ts'

const RATE = 200
/** Half of the load is in danger, however busy this machine is. */
const EVEN = { args: ['--strategy', 'even'] }

/** Ten seconds after it was heard last a node stops, after twelve its work is given away: between them nobody sends its half. */
function expectSilenceBeforeLoss(arrivals: readonly number[], heardAt: number): void {
  expect(rateBetween(arrivals, heardAt + 10_250, heardAt + 11_950)).toBeLessThan(RATE * 0.6)
}

test.concurrent('killed: its share is elsewhere within five seconds, at most two seconds of its own are lost; a second signal cuts a node with 130', () => scene(async ({ cluster, nginx }) => {
  const serve = await cluster.serve('console')
  const [victim, hurried] = await Promise.all([cluster.worker('killed'), cluster.worker('hurried')])
  await cluster.joined(serve, 'console', 'killed', 'hurried')
  const { runId } = await startRun(serve, constantLoad(nginx.url, RATE, '16s'))
  await untilRunIs(4000, serve, runId)
  const killedAt = Date.now()
  await victim.kill()
  const summary = await resultOf(serve, runId)
  const arrivals = nginx.arrivals()
  const { ledger, events } = summary
  const share = shareIn(summary, 'killed', 3000)
  expectBalanced(summary)
  expect(rateBetween(arrivals, killedAt + 5000, killedAt + 9000)).toBeGreaterThan(RATE * 0.95)
  expectNeverAbove(RATE, arrivals)
  expect(namesIn(events, 'node-lost')).toEqual(['killed'])
  expect(ledger.lost).toBeGreaterThan(0)
  expect(ledger.lost).toBeLessThanOrEqual(RATE * share * 7 + 1)
  expect(arrivals.length).toBeGreaterThanOrEqual(ledger.started)
  expect(arrivals.length - ledger.started).toBeLessThanOrEqual(RATE * share * 2 + 1)

  const next = await startRun(serve, constantLoad(nginx.url, RATE, '6s'))
  hurried.signal('SIGTERM')
  await wait(600) // a second within a quarter of one counts as the echo of the first
  hurried.signal('SIGTERM')
  expect((await hurried.ended).code).toBe(130)
  expectBalanced(await resultOf(serve, next.runId))
}))

test.concurrent('stood still for eight and for twenty seconds: elsewhere within fifteen, never more than the target, no burst when it wakes', () => scene(async ({ cluster, nginx }) => {
  const serve = await cluster.serve('console')
  const sleeper = await cluster.worker('sleeper')
  await cluster.joined(serve, 'console', 'sleeper')
  const { runId } = await startRun(serve, constantLoad(nginx.url, RATE, '40s'))
  await untilRunIs(2000, serve, runId)
  sleeper.freeze()
  await wait(8000)
  const wokenFirst = Date.now()
  sleeper.thaw()
  await wait(4000)
  const frozenAt = Date.now()
  sleeper.freeze()
  await wait(20_000)
  const wokenAt = Date.now()
  sleeper.thaw()
  const summary = await resultOf(serve, runId)
  const arrivals = nginx.arrivals()
  expectBalanced(summary, { late: true })
  expect(summary.ledger.planned).toBe(RATE * 40)
  expect(rateBetween(arrivals, frozenAt + 15_000, frozenAt + 19_500)).toBeGreaterThan(RATE * 0.95)
  for (const at of [wokenFirst, wokenAt]) expectNoBurst(RATE, arrivals, at)
  expectNeverAbove(RATE, arrivals)
  expect(arrivals.length).toBeLessThanOrEqual(summary.ledger.planned)
  await cluster.joined(serve, 'sleeper')
}))

test.concurrent('what it says and hears takes thirty seconds, and comes after all: it stops by itself, nothing old is obeyed or believed, and every request is counted once', () => scene(async ({ cluster, nginx }) => {
  const wire = await cluster.wire()
  const serve = await cluster.serve('console', EVEN)
  const far = await cluster.worker('far', { through: wire.url })
  await cluster.joined(serve, 'console', 'far')
  const { taskId, runId } = await startRun(serve, constantLoad(nginx.url, RATE, '46s'))
  await untilRunIs(2000, serve, runId)
  const farAt = Date.now()
  wire.delay(30_000)
  await untilRunIs(8000, serve, runId)
  const heardAt = await cluster.heardAt('far')
  await untilRunIs(20_000, serve, runId)
  await serve.ask('task.setRate', { id: taskId, rate: RATE / 2 })
  await untilRunIs(36_000, serve, runId)
  wire.heal()
  const summary = await resultOf(serve, runId)
  const arrivals = nginx.arrivals()
  expectBalanced(summary, { late: true })
  expectSilenceBeforeLoss(arrivals, heardAt)
  expect(rateBetween(arrivals, farAt + 15_000, farAt + 17_000)).toBeGreaterThan(RATE * 0.95)
  expect(rateBetween(arrivals, farAt + 29_000, farAt + 33_500)).toBeLessThan((RATE / 2) * 1.05)
  expectNeverAbove(RATE, arrivals)
  expect(arrivals).toHaveLength(summary.ledger.started)
  expect(namesIn(summary.events, 'node-lost')).toEqual(['far'])
  expect(far.printed()).toContain('Back in the cluster')
}))

test.concurrent('cut off from Redis with the target in reach: it stops by itself at ten seconds, its share moves at twelve; in a short run it stops at the end', () => scene(async ({ cluster, nginx }) => {
  const wire = await cluster.wire()
  const serve = await cluster.serve('console', EVEN)
  await cluster.worker('island', { through: wire.url })
  await cluster.joined(serve, 'console', 'island')
  const { runId } = await startRun(serve, constantLoad(nginx.url, RATE, '26s'))
  await untilRunIs(2000, serve, runId)
  const cutAt = Date.now()
  wire.hold()
  await untilRunIs(8000, serve, runId)
  const heardAt = await cluster.heardAt('island')
  await untilRunIs(20_000, serve, runId)
  wire.heal()
  const summary = await resultOf(serve, runId)
  const arrivals = nginx.arrivals()
  expectBalanced(summary, { late: true })
  expect(rateBetween(arrivals, cutAt + 1000, cutAt + 8500)).toBeGreaterThan(RATE * 0.97)
  expectSilenceBeforeLoss(arrivals, heardAt)
  expect(rateBetween(arrivals, cutAt + 15_000, cutAt + 18_000)).toBeGreaterThan(RATE * 0.95)
  expectNeverAbove(RATE, arrivals)

  await cluster.joined(serve, 'island')
  const short = await startRun(serve, constantLoad(nginx.url, RATE, '6s'))
  await untilRunIs(2000, serve, short.runId)
  wire.hold()
  const endsAt = (await serve.ask('run.get', { id: short.runId })).run.startedAt + 6000
  await resultOf(serve, short.runId)
  expect(rateBetween(nginx.arrivals(), endsAt - 2000, endsAt)).toBeGreaterThan(RATE * 0.9)
  expect(arrivedBetween(nginx.arrivals(), endsAt + 500, Infinity)).toBe(0)
}))
