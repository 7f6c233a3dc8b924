import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../src/shared/errors.ts'
import type { RunEvent } from '../../../src/shared/results/summary.ts'
import { NO_LIMITS } from '../../../src/main/node/node.ts'
import type { NodeOptions } from '../../../src/main/node/node.ts'
import type { ScriptedEngine } from './scripted-engine.ts'
import { until, World } from './world.ts'

/** As short as they may be: what is waited for here is real time. */
const QUICK: NonNullable<NodeOptions['timings']> = { heartbeatMs: 50, renewMs: 100, leaseTtlMs: 1000, leaseMarginMs: 100, runLeaseMs: 300, lostAfterMs: 1400, goneAfterMs: 200, leaveMs: 200 }

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(() => world.close())

const ended = (runId: string) => until(() => world.live.view(runId)?.run.endedAt)
const isIn = (taskId: string, status: string) => until(async () => (await world.store.task(taskId))?.status === status)
const eventsOf = async (runId: string): Promise<RunEvent[]> => (await world.live.points(runId, 0))?.events ?? []
const event = (runId: string, kind: RunEvent['kind']) => until(async () => (await eventsOf(runId)).find((each) => each.kind === kind))
const capped = (maxRate: number) => ({ limits: { ...NO_LIMITS, maxRate } })
/** The master, and workers. */
async function fleet(...options: Parameters<World['node']>[1][]): Promise<ScriptedEngine[]> {
  const engines = options.map((each, index) => world.node('abcdef'[index]!, { timings: QUICK, role: index === 0 ? 'auto' : 'worker', ...each }))
  await until(async () => (await world.cluster.nodes()).length === options.length)
  return engines
}
async function running(load: NonNullable<Parameters<World['start']>[0]>['load'] = { rate: 100, duration: '60s' }): Promise<{ taskId: string; runId: string }> {
  const ids = await world.start({ load })
  await isIn(ids.taskId, 'running')
  return ids
}

describe('before the start', () => {
  test('a node that refuses is left out, the others take its part, and why is said', async () => {
    const [a, b] = await fleet({}, {})
    b!.ready = Promise.reject(new AppError('target-not-allowed', 'b-name may not send to 10.0.0.1.'))
    const { runId } = await running()
    expect(a!.last.shares).toEqual([[{ from: 0, to: 1 }]])
    expect(b!.last.startAt).toBeNull()
    expect(await event(runId, 'node-lost')).toMatchObject({ detail: { node: 'b-name', share: 0.5, reason: 'b-name may not send to 10.0.0.1.' } })
    a!.last.measure(100, { last: true })
    await ended(runId)
    expect(await world.store.summary(runId)).toMatchObject({ status: 'finished', ledger: { started: 100, lost: 0 } })
  })

  test('the run fails only if nobody can carry it', async () => {
    const engines = await fleet({}, {})
    for (const engine of engines) engine.ready = Promise.reject(new AppError('cannot-start', 'The name nowhere.invalid is not known.'))
    const { taskId, runId } = await world.start()
    await ended(runId)
    expect(await world.store.task(taskId)).toMatchObject({ status: 'failed', reason: 'The name nowhere.invalid is not known.' })
  })

  test('the last node that gets ready is waited for, although its connection has closed', async () => {
    const [, b, c] = await fleet({}, {}, {})
    await world.cluster.request({ id: 'drain', op: 'drain', nodeId: 'a' })
    await until(async () => (await world.cluster.nodes()).find(({ id }) => id === 'a')?.drained)
    const ready = Promise.withResolvers<void>()
    for (const engine of [b!, c!]) engine.ready = ready.promise
    const { taskId, runId } = await world.start()
    await until(() => b!.runs.length + c!.runs.length === 2)
    for (const id of ['b', 'c']) {
      world.cut(id)
      world.cluster.setConnected(`${id}-boot`, false)
    }
    const lost = await event(runId, 'node-lost')
    const [id, engine] = lost.detail['node'] === 'b-name' ? (['c', c!] as const) : (['b', b!] as const)
    world.mend(id)
    world.cluster.setConnected(`${id}-boot`, true)
    ready.resolve()
    await isIn(taskId, 'running')
    await until(() => engine.last.startAt)
    expect((await eventsOf(runId)).filter(({ kind }) => kind === 'node-lost')).toHaveLength(1)
  })

  test('a node that is started anew before anybody was ready gets ready anew', async () => {
    const [, b] = await fleet({}, {})
    await world.cluster.request({ id: 'drain', op: 'drain', nodeId: 'a' })
    await until(async () => (await world.cluster.nodes()).find(({ id }) => id === 'a')?.drained)
    b!.ready = new Promise(() => undefined)
    const { taskId } = await world.start()
    await until(() => b!.runs.length === 1)
    world.cut('b')
    const again = world.node('b', { role: 'worker', timings: QUICK, boot: 'b-again' })
    world.mend('b') // the former process and the new one share the link here
    await isIn(taskId, 'running')
    await until(() => again.last.startAt)
    expect(again.last.plan.share).toEqual([{ from: 0, to: 1 }])
  })

  test('a node that is lost meanwhile is left out', async () => {
    const [a, b] = await fleet({}, {})
    b!.ready = new Promise(() => undefined)
    const { taskId, runId } = await world.start()
    await until(() => b!.runs.length === 1)
    world.cut('b')
    world.cluster.setConnected('b-boot', false)
    await isIn(taskId, 'running')
    expect(a!.last.shares).toEqual([[{ from: 0, to: 1 }]])
    expect(await event(runId, 'node-lost')).toMatchObject({ detail: { node: 'b-name' } })
  })

  test('nodes get no more than they may send, and what nobody may is said', async () => {
    const engines = await fleet(capped(30), capped(20))
    const { runId } = await running()
    const parts = engines.map(({ last }) => last.plan.share.reduce((sum, { from, to }) => sum + to - from, 0))
    expect(parts[0]).toBeCloseTo(0.3, 6)
    expect(parts[1]).toBeCloseTo(0.2, 6)
    expect(await event(runId, 'deficit')).toMatchObject({ detail: { perSecond: 50 } })
    expect(world.view(runId)).toMatchObject({ deficitPerSecond: 50, nodes: [{ name: 'a-name' }, { name: 'b-name' }] })
  })

  test('a run of which no node may take anything fails, with the reason', async () => {
    await fleet(capped(0))
    const { taskId } = await world.start()
    await isIn(taskId, 'failed')
    expect((await world.store.task(taskId))?.reason).toContain('limits are reached')
  })
})

describe('while it goes on', () => {
  test('a node whose connection has closed is given up after a few beats, and its share moves', async () => {
    const [a] = await fleet({}, {})
    const { runId } = await running()
    world.cut('b')
    world.cluster.setConnected('b-boot', false)
    await until(() => a!.last.shares.length === 1)
    expect(a!.last.shares).toEqual([[{ from: 0, to: 1 }]])
    expect(await event(runId, 'shares-moved')).toMatchObject({ detail: { node: 'b-name', share: 0.5, to: 'a-name' } })
    expect(await world.cluster.nodes()).toHaveLength(1)
  })

  test('a node that is silent is given up later, when it surely sends nothing any more', async () => {
    const [a] = await fleet({}, {})
    const { runId } = await running()
    const since = performance.now()
    world.cut('b')
    await event(runId, 'node-lost')
    expect(performance.now() - since).toBeGreaterThan(1300)
    await until(() => a!.last.shares.length === 1)
  })

  test('a node that is drained stops at one instant, at which the others go on with its share', async () => {
    const [a, b] = await fleet({}, {})
    const { runId } = await running()
    b!.last.obedient = false
    await world.cluster.request({ id: 'd', op: 'drain', nodeId: 'b' })
    await until(() => b!.last.stops.length === 1)
    const [stopped] = b!.last.stops
    await until(() => a!.last.shares.length === 1)
    b!.last.measure(50, { last: true })
    expect(b!.last.shares).toEqual([[]])
    expect(a!.last.shares).toEqual([[{ from: 0, to: 1 }]])
    expect(a!.last.sharesFromMs).toEqual([stopped!.atMs - 1])
    await event(runId, 'node-drained')
    await until(async () => (await world.cluster.nodes()).find(({ id }) => id === 'b')?.work.length === 0)
    expect((await eventsOf(runId)).map(({ kind }) => kind)).toEqual(['shares-moved', 'node-drained'])
    expect((await world.cluster.nodes()).map(({ drained }) => drained)).toEqual([false, true])
  })

  test('what nobody carried after the only node had left is lost, not forgotten', async () => {
    const [a] = await fleet({})
    const { runId } = await running({ rate: 100, duration: '3s' })
    a!.last.obedient = false
    a!.last.measure(100)
    await world.cluster.request({ id: 'd', op: 'drain', nodeId: 'a' })
    await until(() => a!.last.stops.length === 1)
    a!.last.measure(20, { last: true })
    await until(() => world.live.summary(runId))
    expect(world.live.summary(runId)).toMatchObject({ ledger: { planned: 300, started: 120, lost: 180 }, imbalance: null, verdict: 'not-trustworthy' })
  })

  test('where all who carry are leaving, one that came after the start takes over at once', async () => {
    const [a] = await fleet({})
    const { runId } = await running()
    const joiner = world.node('z', { role: 'worker', timings: QUICK })
    await until(async () => (await world.cluster.nodes()).length === 2)
    a!.last.obedient = false
    await world.cluster.request({ id: 'd', op: 'drain', nodeId: 'a' })
    await until(() => joiner.runs.length === 1)
    await event(runId, 'node-joined')
    a!.last.measure(20, { last: true })
    await event(runId, 'node-drained')
    expect((await eventsOf(runId)).map(({ kind }) => kind)).not.toContain('deficit')
  })

  test('a node that joins takes what nobody carries, after it has got ready', async () => {
    await fleet(capped(30))
    const { runId } = await running()
    await event(runId, 'deficit')
    const joiner = world.node('z', { role: 'worker', timings: QUICK })
    await event(runId, 'node-joined')
    await until(() => joiner.last.startAt !== null)
    const share = (joiner.last.shares.at(-1) ?? joiner.last.plan.share).reduce((sum, { from, to }) => sum + to - from, 0)
    expect(share).toBeCloseTo(0.7, 6)
    expect(joiner.last.fromMs).toBeGreaterThan(0)
    const deficits = await until(async () => {
      const told = (await eventsOf(runId)).filter(({ kind }) => kind === 'deficit')
      return told.length === 2 ? told : null
    })
    expect(deficits.map(({ detail }) => detail['perSecond'])).toEqual([70, 0])
  })

  test('a node that joins a run without a hole stays out of it', async () => {
    const [a] = await fleet({})
    const { runId } = await running()
    const joiner = world.node('z', { role: 'worker', timings: QUICK })
    await until(async () => (await world.cluster.nodes()).length === 2)
    await world.order((await world.store.tasks())[0]!.id, { type: 'change-rate', rate: 50 })
    await until(() => a!.last.profiles.length === 1)
    expect([joiner.runs, a!.last.shares, await eventsOf(runId)]).toMatchObject([[], [], [{ kind: 'rate-changed' }]])
  })

  test('it gets its part of everything where shares are to be balanced anew', async () => {
    const [a] = await fleet({ rebalance: 'on-join' })
    const { runId } = await running()
    const joiner = world.node('z', { role: 'worker', timings: QUICK })
    await until(() => a!.last.shares.length === 1)
    expect(a!.last.shares).toEqual([[{ from: 0, to: 0.5 }]])
    await until(() => joiner.last.startAt !== null)
    expect(joiner.last.fromMs).toBe(a!.last.sharesFromMs[0])
    expect(await event(runId, 'node-joined')).toMatchObject({ detail: { node: 'z-name', share: 0.5 } })
  })

  test('a rate above what a node may send takes from it what is too much, at the same instant', async () => {
    const [, b] = await fleet({}, capped(100))
    const { taskId } = await running()
    await world.order(taskId, { type: 'change-rate', rate: 400 })
    await until(() => b!.last.shares.length === 1)
    expect(b!.last.shares[0]!.reduce((sum, { from, to }) => sum + to - from, 0)).toBeCloseTo(0.25, 6)
    const changed = b!.last.profiles[0]!.pieces[0]!.durationMs
    expect(b!.last.sharesFromMs).toEqual([changed])
  })

  test('a node whose engine gives way is left out, and the run goes on without it', async () => {
    const [a, b] = await fleet({}, {})
    const { taskId, runId } = await running()
    b!.last.break(new AppError('internal', 'Engine thread 1 ended before the run did.'))
    await until(() => a!.last.shares.length === 1)
    expect(await event(runId, 'node-lost')).toMatchObject({ detail: { node: 'b-name', reason: 'Engine thread 1 ended before the run did.' } })
    expect((await world.store.task(taskId))?.status).toBe('running')
  })

  test('a node that was started anew is another one, and carries nothing of the run', async () => {
    const [a] = await fleet({}, {})
    const { runId } = await running()
    world.cut('b')
    const again = world.node('b', { role: 'worker', timings: QUICK, boot: 'b-again' })
    world.mend('b') // the former process and the new one share the link here
    await event(runId, 'node-lost')
    await until(() => a!.last.shares.length === 1)
    expect(again.runs).toEqual([])
  })
})

describe('users’ wishes about nodes', () => {
  test('drain, resume and priority reach the node, and the next master knows them', async () => {
    world.node('a', { timings: QUICK })
    world.node('b', { timings: QUICK })
    await until(async () => (await world.cluster.nodes()).length === 2)
    const master = (await until(() => world.cluster.master())).nodeId
    const other = master === 'a' ? 'b' : 'a'
    await world.cluster.request({ id: '1', op: 'drain', nodeId: other })
    await world.cluster.request({ id: '2', op: 'set-priority', nodeId: other, value: 7 })
    const node = async () => (await world.cluster.nodes()).find(({ id }) => id === other)
    await until(async () => (await node())?.drained === true && (await node())?.priority === 7)
    await world.cluster.request({ id: '3', op: 'make-master', nodeId: other, reason: 'because' })
    await until(async () => (await world.cluster.master())?.nodeId === other)
    expect((await world.cluster.sentinels.elections())[0]).toMatchObject({ kind: 'handover', by: master, deputies: [other], reason: 'because' })
    await world.cluster.request({ id: '4', op: 'set-priority', nodeId: master, value: 3 })
    await until(async () => (await world.cluster.nodes()).find(({ id }) => id === master)?.priority === 3)
    expect(await node()).toMatchObject({ drained: true, priority: 7 })
    await world.cluster.request({ id: '5', op: 'resume', nodeId: other })
    await until(async () => (await node())?.drained === false)
  })

  test('a run goes on while the mastership is handed over', async () => {
    const engines = [world.node('a', { timings: QUICK }), world.node('b', { timings: QUICK })]
    await until(async () => (await world.cluster.nodes()).length === 2)
    const { runId } = await running()
    const master = (await world.cluster.master())!.nodeId
    const other = master === 'a' ? 'b' : 'a'
    await world.cluster.request({ id: '1', op: 'make-master', nodeId: other })
    const changed = await event(runId, 'master-changed')
    expect(changed.detail).toMatchObject({ node: `${other}-name` })
    expect(engines.map(({ last }) => [last.shares, last.stops, last.killed])).toEqual([[[], [], false], [[], [], false]])
  })

  test('a node that is alive is not marked as lost, a silent one at once', async () => {
    const [a] = await fleet({}, {})
    await running()
    await world.cluster.request({ id: '1', op: 'mark-lost', nodeId: 'b' })
    await until(() => world.notices.some(({ text }) => text.includes('b-name is alive')))
    world.cut('b')
    await until(async () => {
      await world.cluster.request({ id: '2', op: 'mark-lost', nodeId: 'b' })
      await new Promise((resolve) => setTimeout(resolve, 20))
      return a!.last.shares.length === 1
    })
  })
})
