import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import { NO_LIMITS } from '../../../src/main/node/node.ts'
import type { WorkDeps } from '../../../src/main/node/driver.ts'
import { TIMINGS } from '../../../src/main/node/timings.ts'
import { StressWorkDriver } from '../../../src/main/node/work/work-driver.ts'
import type { Assignment, Lease, NodeOrders } from '../../../src/shared/cluster/cluster.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { compileLoad } from '../../../src/shared/task/load.ts'
import { manifestOf, specOf } from '../../contract/fixtures.ts'
import { FaultyLink, GOOD_LINK } from './faulty-link.ts'
import { ScriptedEngine } from './scripted-engine.ts'
import { BORN, randomOf, VirtualTime, type VirtualProcess } from './virtual-time.ts'

/** One worker over a link that the test bends, and a master that writes what the test wants. */
class Rig {
  readonly time = new VirtualTime()
  readonly process: VirtualProcess
  readonly link: FaultyLink
  readonly engine = new ScriptedEngine()
  readonly driver: StressWorkDriver
  readonly news: string[] = []
  readonly ending = new AbortController()
  hub: MemoryClusterState
  lease!: Lease
  #revision = 0
  #ended: Promise<void> = Promise.resolve()

  constructor(changes: Partial<WorkDeps> = {}) {
    this.time.install()
    this.process = this.time.process('w')
    this.hub = this.#newHub()
    this.link = new FaultyLink(() => this.hub, this.process, this.time, randomOf(1), GOOD_LINK)
    this.driver = new StressWorkDriver({
      cluster: this.link.cluster,
      engine: this.engine,
      vitals: async () => ({ cpuPercent: 1, memoryPercent: 1, memoryBytes: 1, cores: 1, loopLagMs: 0 }),
      identity: { id: 'w', name: 'worker 7', boot: 'w-boot', role: 'auto', priority: 5, version: '0.1.0' },
      threads: 1,
      admit: async () => undefined,
      limits: NO_LIMITS,
      timings: TIMINGS,
      now: () => this.steady,
      monotonic: () => this.time.monotonic(this.process),
      wall: () => this.time.wall(this.process),
      uptime: () => this.time.uptime(this.process),
      onNotice: ({ text }) => this.news.push(text),
      ...changes,
    })
    this.time.run(this.process, () => void (this.#ended = this.driver.run(this.ending.signal)))
  }

  get steady(): number {
    return BORN + this.time.monotonic(this.process)
  }

  pass(ms: number): Promise<void> {
    return this.time.passTo(this.time.now + ms)
  }

  async order(assignments: Assignment[], orders: NodeOrders = { drained: false, priority: null }): Promise<void> {
    this.lease ??= await this.#lead()
    await this.hub.renew(this.lease)
    const revision = this.#revision + 1
    await this.hub.commit(this.lease, { expectRevision: this.#revision, revision, manifests: [manifestOf('w', this.lease, revision, { orders, assignments })], removed: [] })
    this.#revision = revision
    await this.pass(1100)
  }

  /** A run that goes on. */
  async running(): Promise<void> {
    await this.order([assignment({ phase: 'run', startAt: BORN + this.time.now })])
  }

  /** Keeps the mastership alive for a while. */
  async passLed(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1000) {
      await this.hub.renew(this.lease)
      await this.pass(Math.min(1000, left))
    }
  }

  loseData(): void {
    this.hub = this.#newHub()
  }

  async close(): Promise<void> {
    this.ending.abort()
    this.link.heal()
    await this.pass(5000)
    this.time.uninstall()
    await this.#ended
  }

  #newHub(): MemoryClusterState {
    return new MemoryClusterState({ now: () => BORN + this.time.now })
  }

  async #lead(): Promise<Lease> {
    const answer = await this.hub.acquire('m', 0, 'token')
    if (!answer.acquired) throw new Error('somebody else is master')
    return answer.lease
  }
}

function assignment(changes: Partial<Assignment> = {}): Assignment {
  const spec = specOf({ load: { rate: 100, duration: '10m' } })
  return { taskId: 'task', runId: 'run', orderNo: 1, spec, load: compileLoad(spec.load), share: [{ from: 0, to: 1 }], shareFromMs: 0, phase: 'prepare', startAt: 0, stopAtMs: null, ...changes }
}

let rig: Rig
beforeEach(() => {
  rig = new Rig()
})
afterEach(() => rig.close())

describe('a worker out of contact', () => {
  test('has a lease of ten seconds from the last heartbeat that was answered, on the clock of its engine', async () => {
    await rig.running()
    await rig.passLed(3000)
    expect(rig.engine.last.leaseUntilMs).toBeGreaterThan(rig.steady + 8900)
    expect(rig.engine.last.leaseUntilMs).toBeLessThanOrEqual(rig.steady + 10_000)
    rig.link.worsen({ cut: true })
    const until = rig.engine.last.leaseUntilMs
    await rig.pass(8000)
    expect([rig.engine.last.leaseUntilMs, rig.driver.info.parked]).toEqual([until, false])
    await rig.pass(2500)
    expect([rig.engine.last.leaseUntilMs, rig.driver.info.parked]).toEqual([0, true])
    expect(rig.news).toContain('Cut off from the cluster: this node sends nothing until it is back.')
  })

  test('is not told by answers that were under way for too long', async () => {
    await rig.running()
    rig.link.worsen({ unanswered: 1 })
    await rig.pass(11_000)
    expect(rig.driver.info.parked).toBe(true)
  })

  test('goes on by itself when it is back and its orders still stand', async () => {
    await rig.running()
    rig.link.worsen({ cut: true })
    await rig.passLed(15_000)
    expect(rig.driver.info.parked).toBe(true)
    rig.link.heal()
    await rig.passLed(3000)
    expect(rig.driver.info.parked).toBe(false)
    expect(rig.engine.last.leaseUntilMs).toBeGreaterThan(rig.steady)
    expect([rig.engine.runs.length, rig.engine.last.killed]).toEqual([1, false])
    expect(rig.news.at(-1)).toBe('Back in the cluster: this node goes on.')
  })

  test('takes its new share before it goes on, when its work was given to others meanwhile', async () => {
    await rig.running()
    rig.link.worsen({ cut: true })
    await rig.passLed(15_000)
    await rig.order([assignment({ phase: 'run', startAt: BORN, share: [], shareFromMs: 14_000 })])
    expect(rig.engine.last.shares).toEqual([])
    let leased = 0
    const { extendLease } = rig.engine.last
    rig.engine.last.extendLease = (untilMs) => {
      if (untilMs > 0) leased ||= rig.engine.last.shares.length
      extendLease.call(rig.engine.last, untilMs)
    }
    rig.link.heal()
    await rig.passLed(3000)
    expect(rig.engine.last.shares).toEqual([[]])
    expect(leased).toBe(1)
  })

  test('stays parked while nobody says what it has to do, and goes on when somebody does', async () => {
    await rig.running()
    rig.link.worsen({ cut: true })
    await rig.passLed(12_000)
    rig.loseData()
    rig.link.heal()
    await rig.pass(4000)
    expect(rig.driver.info.parked).toBe(true)
    const answer = await rig.hub.acquire('m', rig.lease.epoch, 'another')
    if (!answer.acquired) throw new Error('somebody else is master')
    await rig.hub.commit(answer.lease, { expectRevision: 0, revision: 1, manifests: [manifestOf('w', answer.lease, 1, { assignments: [assignment({ phase: 'run', startAt: BORN })] })], removed: [] })
    await rig.pass(2000)
    expect(rig.driver.info.parked).toBe(false)
  })

  test('goes on without a master for a minute, and no longer', async () => {
    await rig.running()
    await rig.pass(55_000)
    expect(rig.driver.info.parked).toBe(false)
    await rig.pass(10_000)
    expect(rig.driver.info.parked).toBe(true)
  })

  test('goes on when the cluster state has lost its orders, as long as it stays in contact', async () => {
    await rig.running()
    rig.loseData()
    await rig.pass(20_000)
    expect([rig.driver.info.parked, rig.engine.last.killed, rig.engine.last.stops]).toEqual([false, false, []])
  })

  test('obeys a stop that nobody is master for', async () => {
    await rig.running()
    await rig.pass(10_000)
    await rig.hub.stop({ taskId: 'task', orderNo: 2 })
    await rig.pass(2000)
    expect(rig.engine.last.stops).toHaveLength(1)
  })

  test('sends nothing after a sleep of its machine, on whatever clock, until it has heard', async () => {
    await rig.running()
    await rig.passLed(2000)
    rig.link.worsen({ cut: true })
    rig.time.sleep(rig.process, 30_000)
    rig.process.wallOffMs = -30_000
    await rig.pass(30_400)
    expect(rig.engine.runs[0]!.leaseUntilMs).toBe(0)
    rig.link.heal()
    await rig.passLed(4000)
    expect(rig.engine.runs[0]!.killed).toBe(true)
    expect(rig.engine.last.fromMs).toBeGreaterThan(32_000)
    expect(rig.driver.info.parked).toBe(false)
  })

  test('joins its runs after a sleep by a clock that it knows well, if it can', async () => {
    await rig.running()
    await rig.passLed(2000)
    rig.link.worsen({ delayMs: [250, 250] })
    rig.time.sleep(rig.process, 3000)
    await rig.passLed(3900)
    expect([rig.engine.runs.length, rig.driver.info.parked]).toEqual([1, true])
    rig.link.heal()
    await rig.passLed(1500)
    expect([rig.engine.runs.length, rig.driver.info.parked]).toEqual([2, false])
    rig.link.worsen({ delayMs: [250, 250] })
    rig.time.sleep(rig.process, 3000)
    await rig.passLed(8000)
    expect([rig.engine.runs.length, rig.driver.info.parked]).toEqual([3, false])
  })

  test('sends nothing from when its machine is about to sleep', async () => {
    await rig.running()
    rig.driver.suspend()
    expect(rig.engine.last.leaseUntilMs).toBe(0)
    rig.driver.resume()
    await rig.passLed(2000)
    expect(rig.engine.last.leaseUntilMs).toBeGreaterThan(rig.steady)
  })
})

describe('samples', () => {
  const accepted = async (): Promise<number | undefined> => (await rig.hub.heartbeat({ ...rig.driver.info }, { epoch: 0, revision: 0 })).accepted['run']

  test('are sent again when the cluster state says that it has lost them', async () => {
    await rig.running()
    for (let second = 0; second < 5; second++) rig.engine.last.measure(100)
    await rig.pass(1500)
    expect(await accepted()).toBe(5)
    rig.loseData()
    await rig.pass(3000)
    expect(await accepted()).toBe(5)
  })

  test('are sent again also of a run that is not wanted here any more', async () => {
    await rig.running()
    for (let second = 0; second < 5; second++) rig.engine.last.measure(100)
    await rig.passLed(1500)
    await rig.order([])
    expect([await accepted(), rig.driver.info.work]).toEqual([5, []])
    rig.loseData()
    await rig.pass(3000)
    expect(await accepted()).toBe(5)
  })

  test('of a run that is not wanted here any more still arrive', async () => {
    await rig.running()
    rig.link.worsen({ cut: true })
    for (let second = 0; second < 3; second++) rig.engine.last.measure(100)
    await rig.order([])
    rig.link.heal()
    await rig.passLed(3000)
    expect(rig.driver.info.work).toEqual([])
    expect(await accepted()).toBe(3)
  })
})

describe('a worker', () => {
  test('obeys what is ordered of it itself, and tells so', async () => {
    await rig.order([], { drained: true, priority: 9 })
    expect(rig.driver.info).toMatchObject({ drained: true, priority: 9 })
    await rig.order([], { drained: false, priority: null })
    expect(rig.driver.info).toMatchObject({ drained: false, priority: 5 })
    await rig.order([], { drained: false, priority: 0 })
    await rig.pass(20_000)
    expect(await rig.driver.tryBeMaster(0)).toBeNull()
  })

  test('tells what it sends now, and how far away the cluster state is', async () => {
    await rig.running()
    rig.engine.last.measure(40)
    await rig.pass(2500)
    expect(rig.driver.info.startedPerSecond).toBe(40)
    expect(rig.driver.info.rttMs).toBeGreaterThan(1)
    expect(rig.driver.info.rttMs).toBeLessThan(7)
  })

  test('that leaves asks to be drained, and is gone when it carries nothing and has told everything', async () => {
    await rig.running()
    rig.engine.last.measure(100)
    let drained = false
    rig.time.run(rig.process, () => void rig.driver.drain(new AbortController().signal).then(() => (drained = true)))
    await rig.pass(500)
    const polled = await rig.hub.poll(rig.lease, '')
    expect(polled.ok && polled.value.intents).toMatchObject([{ op: 'drain', nodeId: 'w' }])
    expect([rig.driver.info.drained, drained]).toEqual([true, false])
    await rig.order([assignment({ phase: 'run', startAt: BORN, share: [], shareFromMs: 1500 })])
    rig.engine.last.measure(50, { inFlight: 1 })
    await rig.passLed(2000)
    expect(drained).toBe(false)
    rig.engine.last.measure(0)
    await rig.passLed(2000)
    expect(drained).toBe(true)
  })
})

describe('a worker that may not do everything', () => {
  const refused = async (changes: Partial<WorkDeps>, work = assignment()) => {
    await rig.close()
    rig = new Rig(changes)
    await rig.order([work])
    return rig.driver.info.work[0]
  }

  test('refuses a target that it was not allowed, in words that name it', async () => {
    const report = await refused({ admit: async () => Promise.reject(new AppError('target-not-allowed', 'example.com is a public host.', { hint: 'Allow it.' })) })
    expect(report).toMatchObject({ phase: 'stop', problem: { code: 'target-not-allowed', message: 'worker 7 refuses the task: example.com is a public host.', hint: 'Allow it.' } })
    expect(rig.engine.runs).toEqual([])
  })

  test('refuses a run that takes longer than it carries one, or that has no end', async () => {
    const limits = { ...NO_LIMITS, maxDurationMs: 60_000 }
    expect((await refused({ limits }))?.problem?.message).toBe('worker 7 refuses the task: It carries runs of 1m at most, and this one takes 10m.')
    const endless = assignment({ load: { model: 'closed', connections: 1, durationMs: null, requests: 100, warmupMs: 0 } })
    expect((await refused({ limits }, endless))?.problem?.message).toContain('this one has no end')
    expect((await refused({ limits: { ...NO_LIMITS, maxDurationMs: 600_000 } }))?.problem).toBeUndefined()
  })

  test('refuses more virtual users than it takes in flight, and bounds arrivals', async () => {
    const limits = { ...NO_LIMITS, maxInFlight: 10 }
    const users = assignment({ load: { model: 'closed', connections: 30, durationMs: 1000, requests: null, warmupMs: 0 }, share: [{ from: 0, to: 0.5 }] })
    expect((await refused({ limits }, users))?.problem?.message).toBe('worker 7 refuses the task: It takes 10 iterations in flight at most, and its part of this run is 15 virtual users.')
    expect((await refused({ limits }, { ...users, share: [{ from: 0, to: 0.3 }] }))?.problem).toBeUndefined()
    expect((await refused({ limits }))?.problem).toBeUndefined()
    expect(rig.engine.runs.at(-1)?.plan.maxInFlight).toBe(10)
  })

  test('tells what it takes at most', async () => {
    await refused({ limits: { ...NO_LIMITS, maxRate: 250 } })
    expect(rig.driver.info.maxRate).toBe(250)
  })
})
