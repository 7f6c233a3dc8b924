import { expect, test } from 'vitest'
import { longestSilence } from '../../support/arrivals.ts'
import type { ClusterProcesses } from '../../support/cluster.ts'
import { scene } from '../../support/cluster-scene.ts'
import { constantLoad, resultOf, startRun, untilRunIs } from '../../support/cluster-runs.ts'
import type { NodeProcess } from '../../support/node-process.ts'
import { expectBalanced, expectNeverAbove, expectNoBurst, namesIn } from '../../support/run-expectations.ts'
import { until, wait } from '../../support/until.ts'

const RATE = 200
const SECONDS = 40

/** Kills the master and waits for another; answers with how long nobody led, ms: an epoch is the instant at which it began, by the clock of Redis. */
async function killMaster(cluster: ClusterProcesses, master: NodeProcess, during: () => Promise<void> = async () => undefined): Promise<{ name: string; afterMs: number }> {
  const before = await cluster.master()
  expect(before?.name).toBe(master.name)
  const killedAt = Date.now()
  await master.kill()
  await during()
  const next = await cluster.masterOtherThan(master.name)
  expect(next.epoch).toBeGreaterThan(before?.epoch ?? 0)
  return { name: next.name, afterMs: next.epoch - killedAt }
}

async function leaders(cluster: ClusterProcesses, names: readonly string[]): Promise<NodeProcess[]> {
  const nodes: NodeProcess[] = []
  for (const [rank, name] of names.entries()) {
    nodes.push(await cluster.worker(name, { priority: 9 - rank, args: ['--may-lead'] }))
    if (rank === 0) await until(`${name} to lead`, async () => (await cluster.master())?.name === name)
  }
  return nodes
}

test.concurrent('three sentinels: the run outlives its master, and later the next one together with the one elected; no second is missing or doubled', () => scene(async ({ cluster, nginx }) => {
  const [first, second, third] = (await leaders(cluster, ['first', 'second', 'third'])) as [NodeProcess, NodeProcess, NodeProcess]
  const desk = await cluster.serve('desk', { priority: 1 })
  await Promise.all(['s1', 's2', 's3'].map((name) => cluster.sentinel(name)))
  await cluster.joined(desk, 'first', 'second', 'third', 'desk')
  const { runId } = await startRun(desk, constantLoad(nginx.url, RATE, `${SECONDS}s`))
  await untilRunIs(5000, desk, runId)

  const elected = await killMaster(cluster, first)
  expect(elected.name).toBe('second')
  expect(elected.afterMs).toBeLessThanOrEqual(10_000)
  await untilRunIs(18_000, desk, runId)
  expect((await desk.ask('run.get', { id: runId })).run.status).toBe('running')

  const deputy = await killMaster(cluster, second, async () => {
    // As soon as the sentinels begin to suspect, the next in line is gone as well, too late for them to notice.
    await until('a suspicion', async () => (await cluster.operator.hlen(cluster.key('sdown'))) > 0, { everyMs: 5 })
    await third.kill()
  })
  expect(deputy.name).toBe('desk')
  expect(deputy.afterMs).toBeLessThanOrEqual(12_000)
  const [record] = await desk.ask('cluster.elections', {})
  expect(record?.deputies).toEqual(['third', 'desk'])

  const summary = await resultOf(desk, runId)
  const arrivals = nginx.arrivals()
  expectBalanced(summary)
  expect(summary.run.id).toBe(runId)
  expect(summary.ledger.planned).toBe(RATE * SECONDS)
  expect(namesIn(summary.events, 'master-changed')).toEqual(['second', 'desk'])
  expect(summary.events.find(({ kind }) => kind === 'master-changed')?.atMs).toBeGreaterThan(5000)
  expect(arrivals.length).toBeGreaterThanOrEqual(summary.ledger.started)
  expect(arrivals.length).toBeLessThanOrEqual(summary.ledger.started + summary.ledger.lost)
  expect(longestSilence(arrivals)).toBeLessThan(1000)
  expectNeverAbove(RATE, arrivals)
}))

test.concurrent('no majority of sentinels: with none, nodes settle it among themselves; one alone elects; with one of two dead they settle it again', () => scene(async ({ cluster, nginx }) => {
  const [first, second, third] = (await leaders(cluster, ['first', 'second', 'third'])) as [NodeProcess, NodeProcess, NodeProcess]
  const desk = await cluster.serve('desk', { priority: 1 })
  await cluster.joined(desk, 'first', 'second', 'third', 'desk')
  await startRun(desk, constantLoad(nginx.url, RATE, '120s'))

  const raced = await killMaster(cluster, first)
  expect(raced).toMatchObject({ name: 'second' })
  expect(raced.afterMs).toBeLessThanOrEqual(8000)

  const sentinel = await cluster.sentinel('s1', { args: ['--sentinels', '1'] })
  await wait(3000)
  const elected = await killMaster(cluster, second)
  expect(elected).toMatchObject({ name: 'third' })
  expect(elected.afterMs).toBeLessThanOrEqual(10_000)

  await sentinel.kill()
  await cluster.sentinel('s2', { args: ['--sentinels', '2'] })
  await wait(3000)
  const last = await killMaster(cluster, third)
  expect(last).toMatchObject({ name: 'desk' })
  expect(last.afterMs).toBeLessThanOrEqual(13_000)
  expect(longestSilence(nginx.arrivals())).toBeLessThan(1000)
}))

test.concurrent('a master that stands still for three seconds stays or comes back; for twenty it is deposed, changes nothing when it wakes, and works on', () => scene(async ({ cluster, nginx }) => {
  const [first] = (await leaders(cluster, ['first', 'second'])) as [NodeProcess, NodeProcess]
  const desk = await cluster.serve('desk', { priority: 1 })
  await Promise.all(['s1', 's2', 's3'].map((name) => cluster.sentinel(name)))
  await cluster.joined(desk, 'first', 'second', 'desk')
  const { runId } = await startRun(desk, constantLoad(nginx.url, RATE, `${SECONDS}s`))

  first.freeze()
  await wait(3000)
  first.thaw()
  await wait(2500)
  expect((await cluster.master())?.name).toBe('first')

  first.freeze()
  await wait(20_000)
  const next = await cluster.master()
  expect(next?.name).toBe('second')
  const wokenAt = Date.now()
  first.thaw()
  await wait(4000)
  expect(await cluster.master()).toEqual(next)
  expect(Number(await cluster.operator.get(cluster.key('epoch')))).toBe(next?.epoch)

  const summary = await resultOf(desk, runId)
  const arrivals = nginx.arrivals()
  expectBalanced(summary, { late: true })
  expect(namesIn(summary.events, 'master-changed')).toEqual(['second'])
  expect(arrivals.length).toBeLessThanOrEqual(summary.ledger.planned)
  expectNoBurst(RATE, arrivals, wokenAt)
  expectNeverAbove(RATE, arrivals)
}))
