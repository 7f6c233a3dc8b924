import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import { NO_LIMITS } from '../../../src/main/node/node.ts'
import { StressWorkDriver } from '../../../src/main/node/work/work-driver.ts'
import { TIMINGS } from '../../../src/main/node/timings.ts'
import { steadyNow } from '../../../src/shared/clock.ts'
import { compileLoad } from '../../../src/shared/task/load.ts'
import type { Assignment, Manifest } from '../../../src/shared/cluster/cluster.ts'
import { manifestOf, specOf } from '../../contract/fixtures.ts'
import { ScriptedEngine } from './scripted-engine.ts'
import { until } from './world.ts'

/** A cluster state that hands out the manifest which the test wants, whatever a real one would do. */
class ForgingCluster extends MemoryClusterState {
  forged: Manifest | null = null
  /** What answers wait for. */
  ready: Promise<void> = Promise.resolve()

  override async heartbeat(...input: Parameters<MemoryClusterState['heartbeat']>) {
    await this.ready
    return { ...(await super.heartbeat(...input)), manifest: this.forged }
  }
}

describe('a worker', () => {
  let cluster: ForgingCluster
  let engine: ScriptedEngine
  let driver: StressWorkDriver
  let ending: AbortController
  let ended: Promise<void>
  let sleptMs: number
  beforeEach(() => {
    sleptMs = 0
    cluster = new ForgingCluster()
    engine = new ScriptedEngine()
    ending = new AbortController()
    driver = new StressWorkDriver({
      cluster,
      engine,
      vitals: async () => ({ cpuPercent: 1, memoryPercent: 1, memoryBytes: 1, cores: 1, loopLagMs: 0 }),
      identity: { id: 'a', name: 'a', boot: 'a-boot', role: 'worker', priority: 1, version: '0.1.0' },
      threads: 3,
      admit: async () => undefined,
      limits: NO_LIMITS,
      timings: TIMINGS,
      now: steadyNow,
      monotonic: () => performance.now(),
      wall: Date.now,
      uptime: () => performance.now() + sleptMs,
      onNotice: () => undefined,
    })
    ended = driver.run(ending.signal)
  })
  afterEach(async () => {
    ending.abort()
    await ended
  })

  const lease = (epoch: number, token = `token ${epoch}`) => ({ nodeId: 'm', epoch, token, renews: 0 })
  function assignment(changes: Partial<Assignment> = {}): Assignment {
    const spec = specOf()
    return { taskId: 'task', runId: 'run', orderNo: 1, spec, load: compileLoad(spec.load), share: [{ from: 0, to: 1 }], shareFromMs: 0, phase: 'prepare', startAt: 0, stopAtMs: null, ...changes }
  }
  async function hear(epoch: number, revision: number, assignments: Assignment[], changes: Partial<Manifest> = {}): Promise<void> {
    cluster.forged = manifestOf('a', lease(epoch), revision, { assignments, ...changes })
    await driver.sendNodeInfo()
  }
  const inForce = () => driver.info.work.map(({ runId, epoch, revision }) => `${runId} ${epoch}/${revision}`)

  test('prepares what it is given, says when it is ready, and what it is asked for', async () => {
    await hear(5, 1, [assignment()])
    await until(() => driver.info.work[0]?.phase === 'armed')
    expect(driver.info.work).toEqual([{ taskId: 'task', runId: 'run', epoch: 5, revision: 1, phase: 'armed', lane: engine.last.lane, threads: 1 }])
    expect(engine.last.plan.threads).toBe(3)
    expect(driver.info.maxEpoch).toBe(5)
  })

  test('obeys newer manifests only', async () => {
    await hear(5, 2, [assignment()])
    await hear(5, 1, [assignment({ runId: 'older' })])
    await hear(4, 9, [assignment({ runId: 'of a deposed master' })])
    expect(inForce()).toEqual(['run 5/2'])
    await hear(6, 1, [assignment(), assignment({ runId: 'newer' })])
    expect(inForce()).toEqual(['run 6/1', 'newer 6/1'])
  })

  test('refuses a second master within one epoch', async () => {
    await hear(5, 1, [assignment()])
    await hear(5, 2, [assignment({ runId: 'forged' })], { token: 'another' })
    expect(inForce()).toEqual(['run 5/1'])
  })

  test('refuses a manifest of its former life', async () => {
    await hear(5, 1, [assignment()], { boot: 'former' })
    expect(inForce()).toEqual([])
  })

  test('goes on without a manifest, and ends what a newer one no longer wants', async () => {
    await hear(5, 1, [assignment({ phase: 'run', startAt: Date.now() })])
    await until(() => engine.last.startAt !== null)
    cluster.forged = null
    await driver.sendNodeInfo()
    expect(engine.last.killed).toBe(false)
    await hear(5, 2, [])
    expect(inForce()).toEqual([])
    expect(engine.last.killed).toBe(true)
  })

  test('begins with the share that it is told last: what is due by then is sent at once', async () => {
    await hear(5, 1, [assignment({ share: [{ from: 0, to: 0.5 }] })])
    await until(() => driver.info.work[0]?.phase === 'armed')
    await hear(5, 2, [assignment({ share: [{ from: 0.2, to: 1 }], phase: 'run', startAt: steadyNow() - 500 })])
    expect(engine.last.beganWith).toEqual([{ from: 0.2, to: 1 }])
  })

  test('that is stopped before it has begun says that nothing will come', async () => {
    await hear(5, 1, [assignment()])
    await until(() => driver.info.work[0]?.phase === 'armed')
    await hear(5, 2, [assignment({ phase: 'stop', startAt: steadyNow() + 1000, stopAtMs: 300 })])
    expect(driver.info.work).toMatchObject([{ phase: 'stop', samples: 0 }])
    expect(engine.last.killed).toBe(true)
  })

  test('does not begin what is to be stopped already', async () => {
    await hear(5, 1, [assignment({ phase: 'stop', stopAtMs: 0 })])
    expect(engine.runs).toEqual([])
  })

  test('never wants to be master in the role of a worker', async () => {
    expect(await driver.tryBeMaster(0)).toBeNull()
    expect(await cluster.master()).toBeNull()
  })

  test('does not take up again what ended here in order, though a cluster state that went back by a moment asks for it', async () => {
    const startAt = steadyNow()
    await hear(1, 1, [assignment({ phase: 'run', startAt })])
    await until(() => engine.last.startAt !== null)
    await hear(1, 2, [assignment({ phase: 'stop', startAt, stopAtMs: 1 })])
    await until(() => engine.last.stops.length === 1)
    await hear(1, 3, [])
    await until(() => driver.info.work.length === 0)
    await hear(2, 4, [assignment({ phase: 'run', startAt })])
    expect(driver.info.work).toEqual([{ taskId: 'task', runId: 'run', epoch: 2, revision: 4, phase: 'stop', samples: 1 }])
    expect(engine.runs).toHaveLength(1)
  })

  test('says of a run that was stopped before it was heard of that nothing will come', async () => {
    await hear(1, 1, [assignment({ phase: 'stop', stopAtMs: 0 })])
    expect(driver.info.work).toEqual([{ taskId: 'task', runId: 'run', epoch: 1, revision: 1, phase: 'stop', samples: 0 }])
    expect(engine.runs).toEqual([])
    await hear(1, 2, [])
    expect(driver.info.work).toEqual([])
  })

  test('joins its runs again after a sleep of the machine, but not before it knows what time it is', async () => {
    await hear(1, 1, [assignment({ phase: 'run', startAt: steadyNow() })])
    await until(() => engine.last.startAt !== null)
    const answer = Promise.withResolvers<void>()
    cluster.ready = answer.promise
    sleptMs = 5000
    await until(() => driver.info.parked)
    expect(engine.runs).toHaveLength(1)
    cluster.forged = manifestOf('a', lease(1), 2, { assignments: [assignment({ phase: 'run', startAt: steadyNow() })] })
    answer.resolve()
    await until(() => engine.runs.length === 2)
    await until(() => !driver.info.parked)
    expect(engine.runs[0]!.killed).toBe(true)
  })

  test('stops at once what it was told to stop before it knew how long it slept', async () => {
    await hear(1, 1, [assignment({ phase: 'run', startAt: steadyNow() })])
    await until(() => engine.last.startAt !== null)
    engine.last.obedient = false
    const answer = Promise.withResolvers<void>()
    cluster.ready = answer.promise
    const beat = driver.sendNodeInfo()
    sleptMs = 5000
    await until(() => driver.info.parked)
    cluster.forged = manifestOf('a', lease(1), 2, { assignments: [assignment({ phase: 'stop', startAt: steadyNow(), stopAtMs: 1500 })] })
    answer.resolve()
    await beat
    await until(() => engine.last.stops.length === 2)
    expect(engine.last.stops.map(({ atMs }) => atMs)).toEqual([1500, 0])
    expect(engine.runs).toHaveLength(1)
  })

  test('stops soon although by a clock of the cluster that was set the stop is far off, but ends its share when another takes it', async () => {
    const startAt = steadyNow()
    await hear(1, 1, [assignment({ phase: 'run', startAt })])
    await until(() => engine.last.startAt !== null)
    engine.last.obedient = false
    await hear(1, 2, [assignment({ phase: 'stop', startAt, share: [], shareFromMs: 60_000, stopAtMs: 60_001 })])
    await hear(1, 3, [assignment({ phase: 'stop', startAt, stopAtMs: 50_000 })])
    await until(() => engine.last.stops.length === 2)
    const [leaving, stopping] = engine.last.stops.map(({ atMs }) => atMs)
    expect(leaving).toBe(60_001)
    expect(stopping).toBeGreaterThanOrEqual(2000)
    expect(stopping).toBeLessThan(50_000)
  })

  test('does not say after a sleep how far a run is of which it had done its part: its clock stood still meanwhile', async () => {
    const startAt = steadyNow()
    await hear(1, 1, [assignment({ phase: 'run', startAt })])
    await until(() => engine.last.startAt !== null)
    await hear(1, 2, [assignment({ phase: 'stop', startAt, stopAtMs: 1 })])
    await until(() => driver.info.work[0]?.phase === 'drain' || driver.info.work[0]?.phase === 'stop')
    expect([driver.elapsed('run'), driver.info.work[0]?.elapsedMs]).not.toContain(undefined)
    expect(driver.elapsed('run')).not.toBeNull()
    const answer = Promise.withResolvers<void>()
    cluster.ready = answer.promise
    sleptMs = 5000
    await until(() => driver.info.parked)
    answer.resolve()
    await until(() => !driver.info.parked && driver.hasTime())
    expect(driver.elapsed('run')).toBeNull()
    expect(driver.info.work[0]?.elapsedMs).toBeUndefined()
  })

  test('does not execute again after a sleep what it had executed ahead of a lower rate', async () => {
    const fast = compileLoad({ rate: 100, duration: '60s' })
    const slow = compileLoad({ rate: 50, duration: '60s' })
    const startAt = steadyNow() - 10_000
    await hear(1, 1, [assignment({ phase: 'run', load: fast, startAt })])
    await until(() => engine.last.startAt !== null)
    await hear(1, 2, [assignment({ phase: 'run', load: slow, startAt })])
    sleptMs = 2000
    await until(() => engine.runs.length === 2 && engine.last.startAt !== null)
    expect(engine.last.fromMs).toBeGreaterThan(19_990)
  })
})
