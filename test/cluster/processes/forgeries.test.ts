import { expect, test } from 'vitest'
import { Envelopes } from '../../../src/main/backend/envelope.ts'
import { rateBetween } from '../../support/arrivals.ts'
import type { ClusterProcesses } from '../../support/cluster.ts'
import { scene } from '../../support/cluster-scene.ts'
import { constantLoad, resultOf, startRun, untilRunIs } from '../../support/cluster-runs.ts'
import { expectBalanced, namesIn } from '../../support/run-expectations.ts'
import { until, wait } from '../../support/until.ts'

const RATE = 200
const SECRET = { STAMPEDE_SECRET: 'the secret of this very cluster' }

async function idOf(cluster: ClusterProcesses, name: string): Promise<string> {
  return until(`node ${name}`, async () => (await cluster.nodes()).find((node) => node.name === name)?.id)
}

/** Puts it where the node's manifest stands, under a stamp that the node has not applied yet. */
async function putManifest(cluster: ClusterProcesses, nodeId: string, envelope: string, n: number): Promise<void> {
  await cluster.operator.hset(cluster.key('want'), nodeId, `9${n}:1:forged\n${envelope}`)
  await cluster.operator.publish(cluster.key('ch:work'), '')
}

test.concurrent('whoever can write to Redis without the secret cannot start, raise, redirect or stop load, nor bring an old order back', () => scene(async ({ cluster, nginx }) => {
  const serve = await cluster.serve('console', { env: SECRET })
  const worker = await cluster.worker('worker', { env: SECRET })
  await cluster.joined(serve, 'console', 'worker')
  const { taskId, runId } = await startRun(serve, constantLoad(nginx.url, RATE / 2, '24s'))
  const id = await idOf(cluster, 'worker')
  const recorded = (await cluster.operator.hget(cluster.key('want'), id)) ?? ''
  await untilRunIs(2000, serve, runId)
  await serve.ask('task.setRate', { id: taskId, rate: RATE })
  await until('the new manifest', async () => (await cluster.operator.hget(cluster.key('want'), id)) !== recorded)
  await untilRunIs(5000, serve, runId)

  const current = (await cluster.operator.hget(cluster.key('want'), id)) ?? ''
  const envelope = current.slice(current.indexOf('\n') + 1)
  const manifest = JSON.parse(envelope.slice(envelope.indexOf('{'))) as { epoch: number; assignments: { share: unknown }[] }
  const forger = new Envelopes('another secret', cluster.namespace)
  const raised = { ...manifest, epoch: manifest.epoch + 1, assignments: manifest.assignments.map((one) => ({ ...one, share: [{ from: 0, to: 1 }] })) }
  const forgeries = [
    recorded.slice(recorded.indexOf('\n') + 1),
    forger.seal('manifest', `want/${id}`, raised),
    forger.seal('manifest', `want/${id}`, { ...raised, assignments: [] }),
    envelope.slice(0, envelope.length / 2),
    ...Array.from({ length: 12 }, (_, n) => flip(envelope, 60 + n * 17)),
    'no envelope at all',
    '',
  ]
  const forgedAt = Date.now()
  for (const [n, forgery] of forgeries.entries()) {
    await putManifest(cluster, id, forgery, n)
    await wait(300)
  }
  await cluster.operator.hset(cluster.key('stop'), taskId, `999\n${forger.seal('stop', `stop/${taskId}`, { taskId, orderNo: 999 })}`)
  await cluster.operator.xadd(cluster.key('req'), '*', 'data', forger.seal('intent', 'req', { id: 'x', op: 'drain', nodeId: id }))
  for (let n = 0; n < 200; n++) await cluster.operator.publish(cluster.key(`ch:${['work', 'nodes', 'intents', 'results', 'live'][n % 5]}`), 'junk')
  await wait(1500)
  const endedAt = Date.now()

  const summary = await resultOf(serve, runId)
  const arrivals = nginx.arrivals()
  expect(rateBetween(arrivals, forgedAt, endedAt)).toBeGreaterThan(RATE * 0.95)
  expect(rateBetween(arrivals, forgedAt, endedAt)).toBeLessThan(RATE * 1.05)
  expectBalanced(summary)
  expect(summary.ledger).toMatchObject({ started: summary.ledger.planned, lost: 0, dropped: 0 })
  expect(arrivals).toHaveLength(summary.ledger.started)
  expect(worker.printed().match(/was ignored/g)).toHaveLength(2) // the manifest and the stop, each once however often
  expect(worker.printed().match(/Refused 10 entries in Redis/g)).toHaveLength(1)
}))

test.concurrent('a manifest of a former life of the same node is not obeyed by its next one', () => scene(async ({ cluster, nginx }) => {
  const dataDir = cluster.newDataDir()
  const serve = await cluster.serve('console', { env: SECRET })
  const worker = await cluster.worker('worker', { env: SECRET, dataDir })
  await cluster.joined(serve, 'console', 'worker')
  const { taskId, runId } = await startRun(serve, constantLoad(nginx.url, RATE, '60s'))
  const id = await idOf(cluster, 'worker')
  const recorded = (await cluster.operator.hget(cluster.key('want'), id)) ?? ''
  await worker.kill()
  await serve.ask('task.stop', { id: taskId })
  await resultOf(serve, runId)
  const before = nginx.arrivals().length
  await cluster.worker('worker', { env: SECRET, dataDir })
  await cluster.joined(serve, 'worker')
  expect(await idOf(cluster, 'worker')).toBe(id)
  await cluster.operator.hset(cluster.key('want'), id, recorded)
  await cluster.operator.publish(cluster.key('ch:work'), '')
  await wait(2500)
  expect(nginx.arrivals()).toHaveLength(before)
}))

test.concurrent('a wire that resets, half-closes, slows down and loses answers for moments: nobody is lost, every request is sent once', () => scene(async ({ cluster, nginx }) => {
  const wire = await cluster.wire()
  const serve = await cluster.serve('console', { env: SECRET })
  await cluster.worker('worker', { env: SECRET, through: wire.url })
  await cluster.joined(serve, 'console', 'worker')
  const { runId } = await startRun(serve, constantLoad(nginx.url, RATE, '20s'))
  wire.reset()
  await wait(3000)
  wire.halfClose()
  await wait(3000)
  wire.delay(400)
  await wait(4000)
  wire.heal()
  wire.throttle(20_000)
  await wait(2000)
  wire.heal()
  wire.hold('down')
  await wait(2000)
  wire.heal()
  const summary = await resultOf(serve, runId)
  expectBalanced(summary, { late: true })
  expect(summary.ledger).toMatchObject({ planned: RATE * 20, started: RATE * 20, lost: 0, dropped: 0 })
  expect(nginx.arrivals()).toHaveLength(RATE * 20)
  expect(namesIn(summary.events, 'node-lost')).toEqual([])
}))

test.concurrent('bits that flip on the wire bring no node down: it is back when they stop, and the next run is exact', () => scene(async ({ cluster, nginx }) => {
  const wire = await cluster.wire()
  const serve = await cluster.serve('console', { env: SECRET })
  const worker = await cluster.worker('worker', { env: SECRET, through: wire.url })
  await cluster.joined(serve, 'console', 'worker')
  const damaged = await startRun(serve, constantLoad(nginx.url, RATE, '8s'))
  wire.corrupt(3000)
  await wait(5000)
  wire.heal()
  wire.reset()
  expect((await resultOf(serve, damaged.runId)).imbalance).toBeNull()
  await cluster.joined(serve, 'worker')
  const before = nginx.arrivals().length
  const { runId } = await startRun(serve, constantLoad(nginx.url, RATE, '4s'))
  const summary = await resultOf(serve, runId)
  expectBalanced(summary)
  expect(summary.ledger).toMatchObject({ started: RATE * 4, lost: 0, dropped: 0 })
  expect(summary.nodes.find(({ name }) => name === 'worker')?.started).toBeGreaterThan(0)
  expect(nginx.arrivals()).toHaveLength(before + RATE * 4)
  expect(worker.printed()).not.toMatch(/TypeError|ERR_|Unhandled/)
}))

/** One character of it is another. */
function flip(text: string, at: number): string {
  const place = at % text.length
  return text.slice(0, place) + String.fromCharCode(text.charCodeAt(place) ^ 1) + text.slice(place + 1)
}
