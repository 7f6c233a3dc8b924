import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '../../../src/shared/errors.ts'
import { NO_LIMITS } from '../../../src/main/node/node.ts'
import type { Sample } from '../../../src/shared/results/sample.ts'
import { rateAt } from '../../../src/shared/task/load.ts'
import { tallyOf } from '../../contract/fixtures.ts'
import type { ScriptedEngine, ScriptedRun } from './scripted-engine.ts'
import { until, World } from './world.ts'

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(() => world.close())

const ended = (runId: string) => until(() => world.live.view(runId)?.run.endedAt)
const isIn = (taskId: string, status: string) => until(async () => (await world.store.task(taskId))?.status === status)

describe('a node alone', () => {
  let engine: ScriptedEngine
  beforeEach(() => {
    engine = world.node('a')
  })

  /** Starts a task and waits until it runs. */
  async function running(changes: Parameters<World['start']>[0] = {}): Promise<{ taskId: string; runId: string; run: ScriptedRun }> {
    const ids = await world.start(changes)
    await isIn(ids.taskId, 'running')
    return { ...ids, run: engine.last }
  }

  test('brings a task from start to its stored result', async () => {
    const { taskId, runId, run } = await running({ load: { rate: 100, duration: '2s' } })
    expect(run.plan).toMatchObject({ runId, share: [{ from: 0, to: 1 }], load: { model: 'open' } })
    run.measure(100)
    run.measure(100, { last: true })
    await ended(runId)
    expect(world.states).toEqual(['pending-run', 'running', 'finished'])
    const summary = await world.store.summary(runId)
    expect(summary).toMatchObject({
      status: 'finished', verdict: 'no-thresholds', imbalance: null,
      ledger: { planned: 200, started: 200, completed: 200, lost: 0 }, run: { id: runId, taskId, lane: 'http1' }, nodes: [{ id: 'a', name: 'a-name', share: 1 }],
    })
    expect(summary?.points.map((point) => point.atMs)).toEqual([1000, 2000])
    expect(await world.store.run(runId)).toMatchObject({ status: 'finished', headline: { targetRate: 100 } })
    expect(world.notices).toEqual([])
  })

  test('says that a task runs only when it does', async () => {
    const gate = Promise.withResolvers<void>()
    engine.ready = gate.promise
    const { taskId, runId } = await world.start()
    await until(() => world.live.view(runId))
    expect(world.view(runId)).toMatchObject({ run: { status: 'starting' }, pending: { order: 'start', waitingFor: ['a-name'], of: 1 }, sentence: { key: 'verdict.starting' } })
    expect(engine.last.startAt).toBeNull()
    expect((await world.store.task(taskId))?.status).toBe('pending-run')
    gate.resolve()
    await isIn(taskId, 'running')
    expect(engine.last.startAt).not.toBeNull()
    await until(() => world.view(runId).run.status === 'running')
    expect(world.view(runId)).toMatchObject({ pending: null, lane: { lane: 'http1' }, plannedMs: 10_000 })
  })

  test('changes the rate at an instant, as often as asked, and says so when it has', async () => {
    const { taskId, runId, run } = await running()
    for (const [index, rate] of [250, 40].entries()) {
      await world.order(taskId, { type: 'change-rate', rate })
      await until(() => run.profiles.length === index + 1)
      await isIn(taskId, 'running')
      expect(rateAt(run.profiles[index]!, 9999)).toBe(rate)
    }
    expect(world.states).toEqual(['pending-run', 'running', 'pending-rate-change', 'running', 'pending-rate-change', 'running'])
    run.measure(100)
    await until(async () => (await world.live.points(runId, 0))?.points.length)
    const live = (await world.live.points(runId, 0))!
    expect(live.events).toMatchObject([{ kind: 'rate-changed', detail: { to: 250 } }, { kind: 'rate-changed', detail: { from: 250, to: 40 } }])
    expect(live.events[0]!.atMs).toBeLessThanOrEqual(live.events[1]!.atMs)
    expect(world.view(runId).plan.at(-1)).toEqual([10_000, 40])
  })

  test('stops a task, waits for its last second, and gives answers no more than the grace', async () => {
    const { taskId, runId, run } = await running({ transport: { protocol: 'auto', timeout: '2s', keepAlive: true, insecure: false, follow: false } })
    run.obedient = false
    run.measure(100)
    await world.order(taskId, { type: 'stop' })
    await until(() => run.stops.length === 1)
    expect(run.stops[0]).toMatchObject({ graceMs: 2000 })
    await until(() => world.view(runId).pending?.order === 'stop')
    expect(world.view(runId)).toMatchObject({ run: { status: 'stopping' }, pending: { waitingFor: ['a-name'] } })
    expect((await world.store.task(taskId))?.status).toBe('pending-stop')
    run.measure(7, { last: true })
    await ended(runId)
    expect(world.states.slice(-2)).toEqual(['pending-stop', 'finished'])
    expect((await world.store.summary(runId))?.ledger).toMatchObject({ planned: 107, completed: 107 })
    expect((await world.store.events(runId)).map((event) => event.kind)).toEqual(['stop-requested'])
  })

  describe('that leads under a limit of errors', () => {
    const failing = (failed: number): Partial<Sample> => ({ tally: { ...tallyOf(100), failed, errors: [{ kind: 'check', status: 503, message: 'status 503', count: failed }] } })
    beforeEach(async () => {
      await world.close()
      world = new World()
      engine = world.node('a', { limits: { ...NO_LIMITS, stopAtErrors: 0.5 } })
    })

    test('stops a run of which more failed over five seconds, not before, and calls it failed', async () => {
      const { taskId, runId, run } = await running()
      for (let second = 0; second < 4; second++) run.measure(100, failing(100))
      await until(async () => (await world.live.points(runId, 0))?.points.length === 4)
      expect(world.states.at(-1)).toBe('running')
      run.measure(100, failing(100))
      await isIn(taskId, 'finished')
      expect(world.states.slice(-2)).toEqual(['pending-stop', 'finished'])
      expect(await world.store.summary(runId)).toMatchObject({
        verdict: 'failed', imbalance: null, events: [{ atMs: 5000, kind: 'error-limit', detail: { errorRate: 1, limit: 0.5 } }, { kind: 'stop-requested' }],
      })
    })

    test('stops a run that its task wants ended by the first threshold that fails, and no other', async () => {
      const { taskId, runId, run } = await running({ thresholds: ['errors<10%'], abortOnFail: true })
      run.measure(100, failing(5))
      await until(async () => (await world.live.points(runId, 0))?.points.length === 1)
      expect(world.states.at(-1)).toBe('running')
      run.measure(100, failing(20))
      await isIn(taskId, 'finished')
      const summary = await world.store.summary(runId)
      expect(summary).toMatchObject({ verdict: 'failed', thresholds: [{ ok: false, failingSinceMs: 2000 }] })
      expect(summary?.events.map(({ kind }) => kind)).toEqual(['threshold-crossed', 'stop-requested'])
      const patient = await running({ thresholds: ['errors<10%'] })
      patient.run.measure(100, failing(20))
      await until(async () => (await world.live.points(patient.runId, 0))?.points.length === 1)
      expect(world.states.at(-1)).toBe('running')
    })

    test('lets one go on that has just as many, and one whose failures were before', async () => {
      const { runId, run } = await running()
      for (const failed of [100, 0, 50, 50, 50, 100, 0]) run.measure(100, failing(failed))
      await until(async () => (await world.live.points(runId, 0))?.points.length === 7)
      expect(world.states.at(-1)).toBe('running')
    })

    test('asks a store that is out of reach again', async () => {
      const { taskId, runId, run } = await running()
      world.storeFailure = new Error('the disk is full')
      for (let second = 0; second < 6; second++) run.measure(100, failing(100))
      await until(async () => (await world.live.points(runId, 0))?.points.length === 6)
      expect(world.states.at(-1)).toBe('running')
      world.storeFailure = null
      run.measure(100, failing(100))
      await isIn(taskId, 'finished')
      expect((await world.live.points(runId, 0))?.events.filter(({ kind }) => kind === 'error-limit')).toHaveLength(1)
    })
  })

  test('stops a task that has not begun without sending anything', async () => {
    const gate = Promise.withResolvers<void>()
    engine.ready = gate.promise
    const { taskId, runId } = await world.start()
    await until(() => engine.runs.length === 1)
    await world.order(taskId, { type: 'stop' })
    await ended(runId)
    gate.resolve()
    await until(() => engine.last.killed)
    expect(engine.last.startAt).toBeNull()
    expect(world.states).toEqual(['pending-run', 'pending-stop', 'finished'])
    expect(await world.store.summary(runId)).toMatchObject({ ledger: { planned: 0 }, sentence: { key: 'verdict.nothing-sent' } })
  })

  test('obeys a stop that came without a master and without the store', async () => {
    const { taskId, runId, run } = await running()
    const { revision } = (await world.store.task(taskId))!
    await world.cluster.stop({ taskId, orderNo: revision + 1 })
    await ended(runId)
    expect(run.stops).toHaveLength(1)
    expect(world.states.at(-1)).toBe('finished')
  })

  test('does not stop a run for an order that is older than it', async () => {
    const { taskId, run } = await running()
    await world.cluster.stop({ taskId, orderNo: 1 })
    await world.order(taskId, { type: 'change-rate', rate: 5 })
    await until(() => run.profiles.length === 1)
    expect(run.stops).toEqual([])
  })

  test('fails a run that the engine cannot prepare, with its sentence and hint, and runs the next one', async () => {
    engine.ready = Promise.reject(new AppError('cannot-start', 'The name nowhere.invalid is not known.', { hint: 'Check the host.' }))
    const { taskId, runId } = await world.start()
    await ended(runId)
    const reason = 'The name nowhere.invalid is not known. Check the host.'
    expect(await world.store.task(taskId)).toMatchObject({ status: 'failed', reason })
    expect(await world.store.summary(runId)).toMatchObject({ status: 'failed', sentence: { key: 'verdict.could-not-run', params: { reason } } })
    engine.ready = Promise.resolve()
    await running()
  })

  test('fails a run whose engine gives way, with what was measured', async () => {
    const { taskId, runId, run } = await running()
    run.measure(100)
    run.break(new AppError('internal', 'Engine thread 1 ended before the run did.'))
    await ended(runId)
    expect(await world.store.task(taskId)).toMatchObject({ status: 'failed', reason: 'Engine thread 1 ended before the run did.' })
    expect((await world.store.points(runId)).map((point) => point.completed)).toEqual([100])
    expect(run.killed).toBe(true)
  })

  test('is not misled when somebody sets the machine’s clock', async () => {
    const { taskId, runId, run } = await running()
    const wall = vi.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now() + 3_600_000)
    try {
      run.measure(100)
      await until(async () => (await world.store.points(runId)).length === 1)
      await world.order(taskId, { type: 'change-rate', rate: 7 })
      await until(() => run.profiles.length === 1)
    } finally {
      wall.mockRestore()
    }
    expect(world.view(runId)).toMatchObject({ run: { status: 'running' } })
    expect(world.view(runId).elapsedMs).toBeLessThan(60_000)
    expect(run.stops).toEqual([])
  })

  test('carries several runs at a time', async () => {
    const first = await running()
    const second = await running()
    second.run.measure(5, { last: true })
    await ended(second.runId)
    expect(world.view(first.runId).run.status).toBe('running')
    expect(first.run.killed).toBe(false)
  })

  test('can run a task again', async () => {
    const { taskId, runId, run } = await running()
    run.measure(1, { last: true })
    await ended(runId)
    await world.order(taskId, { type: 'start', runId: 'again' })
    await isIn(taskId, 'running')
    expect(engine.runs).toHaveLength(2)
    expect(engine.last.plan.runId).toBe('again')
  })

  describe('whose store fails in the middle of a run', () => {
    const full = new AppError('store-unavailable', 'The disk is full.')

    test('goes on, says once what is not stored, and shows the result all the same', async () => {
      const { runId, run } = await running()
      run.measure(100)
      await until(async () => (await world.store.points(runId)).length === 1)
      world.storeFailure = full
      run.measure(100)
      run.measure(100)
      await until(async () => (await world.live.points(runId, 0))?.points.length === 3)
      run.measure(100, { last: true })
      await ended(runId)
      expect(world.live.summary(runId)).toMatchObject({ status: 'finished', ledger: { planned: 400, completed: 400, lost: 0 } })
      expect(world.live.summary(runId)?.points).toHaveLength(4)
      expect(world.notices.map(({ text }) => text)).toEqual(['The run "checkout" goes on, but is not stored: The disk is full.'])
      expect(await world.store.points(runId)).toHaveLength(1)
    })

    test('stores what is missing once it recovers', async () => {
      const { taskId, runId, run } = await running()
      world.storeFailure = full
      run.measure(100)
      await until(async () => (await world.live.points(runId, 0))?.points.length === 1)
      world.storeFailure = null
      run.measure(100)
      run.measure(100, { last: true })
      await ended(runId)
      expect((await world.store.summary(runId))?.points.map((point) => point.atMs)).toEqual([1000, 2000, 3000])
      expect(world.notices.map(({ level }) => level)).toEqual(['bad', 'info'])
      expect((await world.store.task(taskId))?.status).toBe('finished')
    })
  })
})

describe('a node whose cluster state goes back by a moment', () => {
  test('begins a new term with what is left, and the run goes on', async () => {
    const engine = world.node('a')
    const { taskId, runId } = await world.start()
    await isIn(taskId, 'running')
    const { epoch } = (await world.cluster.master())!
    const poll = world.cluster.poll.bind(world.cluster)
    vi.spyOn(world.cluster, 'poll').mockImplementationOnce(async (...input) => {
      const polled = await poll(...input)
      return polled.ok ? { ok: true, value: { ...polled.value, revision: polled.value.revision - 1 } } : polled
    })
    await until(async () => ((await world.cluster.master())?.epoch ?? 0) > epoch)
    engine.last.measure(100, { last: true })
    await ended(runId)
    expect(engine.runs).toHaveLength(1)
    expect(await world.store.summary(runId)).toMatchObject({ status: 'finished', ledger: { started: 100 } })
  })

  test('says of a run that nobody knows any more that it got lost', async () => {
    const { taskId } = await world.start()
    await world.store.change(taskId, { type: 'started' })
    world.node('a')
    await isIn(taskId, 'aborted')
    expect((await world.store.task(taskId))?.reason).toBe('The run got lost: no node carries it any more.')
  })
})

describe('several nodes', () => {
  test('store the result of a run that ended under a master whose store was away', async () => {
    const engines = [world.node('a'), world.node('b')]
    await until(async () => (await world.cluster.nodes()).length === 2)
    const { taskId, runId } = await world.start()
    await isIn(taskId, 'running')
    for (const { last } of engines) last.measure(50)
    await until(async () => (await world.store.points(runId)).length === 1)
    world.storeFailure = new AppError('store-unavailable', 'The disk is full.')
    for (const { last } of engines) last.measure(50, { last: true })
    await ended(runId)
    const master = (await world.cluster.master())!
    world.cut(master.nodeId)
    await world.cluster.release(master)
    world.storeFailure = null
    const summary = await until(() => world.store.summary(runId))
    expect(summary).toMatchObject({ status: 'finished', ledger: { completed: 200 } })
    expect(summary.points.map(({ atMs }) => atMs)).toEqual([1000, 2000])
    expect((await world.store.task(taskId))?.status).toBe('finished')
  })


  test('share the arrivals, begin together, and end as one run', async () => {
    const engines = [world.node('a'), world.node('b', { role: 'worker' }), world.node('c', { priority: 0 })]
    await until(async () => (await world.cluster.nodes()).length === 3)
    const { taskId, runId } = await world.start({ load: { rate: 90, duration: '10s' } })
    await isIn(taskId, 'running')
    const runs = engines.map((engine) => engine.last)
    const borders = runs.flatMap((run) => run.plan.share).sort((a, b) => a.from - b.from)
    expect(borders.map(({ from }) => from)).toEqual([0, ...borders.slice(0, -1).map(({ to }) => to)])
    expect(borders.at(-1)?.to).toBe(1)
    const startAts = runs.map((run) => run.startAt!)
    expect(Math.max(...startAts) - Math.min(...startAts)).toBeLessThan(50) // one instant, as exactly as each knows the cluster's clock
    expect(new Set(runs.map((run) => run.plan.seed)).size).toBe(1)
    for (const run of runs) run.measure(30)
    await until(async () => (await world.store.points(runId)).length === 1)
    expect((await world.store.points(runId))[0]).toMatchObject({ started: 90, nodes: [{ started: 30 }, { started: 30 }, { started: 30 }] })
    for (const run of runs) run.measure(30, { last: true })
    await ended(runId)
    expect(await world.store.summary(runId)).toMatchObject({ ledger: { planned: 180, completed: 180, lost: 0 }, nodes: [{ completed: 60 }, { completed: 60 }, { completed: 60 }] })
  })

  test('have carried out a change of rate when the last of them has, and keep their shares', async () => {
    const engines = [world.node('a'), world.node('b', { role: 'worker' })]
    await until(async () => (await world.cluster.nodes()).length === 2)
    const { taskId } = await world.start()
    await isIn(taskId, 'running')
    await world.order(taskId, { type: 'change-rate', rate: 500 })
    await until(() => engines.every((engine) => engine.last.profiles.length === 1))
    await isIn(taskId, 'running')
    expect(engines[0]!.last.profiles).toEqual(engines[1]!.last.profiles)
    expect(engines.flatMap((engine) => engine.last.shares)).toEqual([])
  })

  test('go on with their load when the master is deposed, and the next one counts everything once', async () => {
    const engines = [world.node('a'), world.node('b')]
    await until(async () => (await world.cluster.nodes()).length === 2)
    const { taskId, runId } = await world.start()
    await isIn(taskId, 'running')
    for (const { last } of engines) last.measure(50)
    await until(async () => (await world.store.points(runId)).length === 1)
    const deposed = (await world.cluster.master())!
    await world.cluster.release(deposed)
    const usurper = await world.cluster.acquire('x', 0, 'token')
    if (!usurper.acquired) throw new Error('somebody was faster')
    for (const { last } of engines) last.measure(50)
    await world.cluster.release(usurper.lease)
    const next = await until(async () => world.cluster.master())
    expect(next.epoch).toBeGreaterThan(usurper.lease.epoch)
    for (const { last } of engines) last.measure(50, { last: true })
    await ended(runId)
    expect((await world.store.summary(runId))?.ledger).toMatchObject({ planned: 300, completed: 300 })
    expect((await world.store.points(runId)).map((point) => [point.atMs, point.completed])).toEqual([[1000, 100], [2000, 100], [3000, 100]])
    expect((await world.store.events(runId)).map(({ kind }) => kind)).toEqual(['master-changed'])
    expect(engines.map(({ runs }) => runs.length)).toEqual([1, 1])
    expect(engines.map(({ last }) => last.killed || last.stops.length > 0)).toEqual([false, false])
  })

  test('take over what the one that left should have sent, and what nobody sent meanwhile is called lost', async () => {
    const master = world.node('a')
    const gone = world.node('b', { role: 'worker' })
    await until(async () => (await world.cluster.nodes()).length === 2)
    const { taskId, runId } = await world.start({ load: { rate: 100, duration: '4s' } })
    await isIn(taskId, 'running')
    expect(gone.last.plan.share).toEqual([{ from: 0.5, to: 1 }])
    world.cut('b')
    await world.cluster.leave('b', 'b-boot')
    await until(() => master.last.shares.length === 1)
    expect(master.last.shares[0]).toEqual([{ from: 0, to: 1 }])
    master.last.measure(50)
    for (const last of [false, false, true]) master.last.measure(100, { last })
    await ended(runId)
    const summary = await world.store.summary(runId)
    expect(summary).toMatchObject({ status: 'finished', verdict: 'not-trustworthy', imbalance: null, ledger: { planned: 400, started: 350, lost: 50 } })
    expect(summary?.events).toMatchObject([{ kind: 'node-lost', detail: { node: 'b-name', share: 0.5 } }, { kind: 'shares-moved', detail: { node: 'b-name', share: 0.5, to: 'a-name' } }])
    expect(summary?.nodes).toMatchObject([{ name: 'a-name', share: 1, lostAtMs: null }, { name: 'b-name', share: 0, completed: 0 }])
    expect(summary?.reason).toContain('b-name got lost')
  })

  test('welcome back the one that was given up, with what it has to tell, and leave the shares as they are', async () => {
    const master = world.node('a')
    const back = world.node('b', { role: 'worker' })
    await until(async () => (await world.cluster.nodes()).length === 2)
    const { taskId, runId } = await world.start({ load: { rate: 100, duration: '2s' } })
    await isIn(taskId, 'running')
    world.cut('b')
    await world.cluster.leave('b', 'b-boot')
    await until(() => master.last.shares.length === 1)
    back.last.measure(50)
    master.last.measure(50)
    master.last.measure(100)
    await until(async () => (await world.store.points(runId)).length === 2)
    world.mend('b')
    await until(() => back.last.shares.length === 1)
    expect(back.last.shares).toEqual([[]])
    expect([back.last.killed, back.last.stops]).toEqual([false, []])
    await until(async () => (await world.live.points(runId, 0))?.events.some(({ kind }) => kind === 'node-joined'))
    back.last.measure(0, { last: true })
    master.last.measure(0, { last: true })
    await ended(runId)
    const summary = await world.store.summary(runId)
    expect(summary).toMatchObject({ status: 'finished', verdict: 'no-thresholds', imbalance: null, ledger: { planned: 200, started: 200, lost: 0 } })
    expect(summary?.events.map(({ kind }) => kind)).toEqual(['node-lost', 'shares-moved', 'node-joined'])
    expect(summary?.nodes).toMatchObject([{ share: 1 }, { share: 0, completed: 50, lostAtMs: null }])
  })
})
