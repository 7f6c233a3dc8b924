import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ClusterState } from '../../../src/main/backend/cluster-state.ts'
import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import type { Job, PieceOutcome } from '../../../src/main/backend/job-state.ts'
import { openSqliteTaskStore } from '../../../src/main/backend/sqlite-task-store.ts'
import type { NodeNotice } from '../../../src/main/node/driver.ts'
import { stressDrivers } from '../../../src/main/node/drivers.ts'
import { JobMasterDriver } from '../../../src/main/node/jobs/job-master-driver.ts'
import { JobWorkDriver } from '../../../src/main/node/jobs/job-work-driver.ts'
import { startNode, type RunningNode } from '../../../src/main/node/node.ts'
import { nodeOf } from '../../contract/fixtures.ts'
import { ScriptedEngine } from './scripted-engine.ts'
import { until } from './world.ts'

const KIND = 'squares'
/** Fast enough for tests; in the same order as the real ones. */
const TIMINGS = { heartbeatMs: 20, renewMs: 50, leaseTtlMs: 500, leaseMarginMs: 100, runLeaseMs: Infinity, lostAfterMs: 300, goneAfterMs: 100, sentinelGraceMs: 100, raceStepMs: 20, leaveMs: 500 }

interface Hand {
  job: Job
  piece: number
  signal: AbortSignal
  finish(value?: unknown): void
  fail(why: string): void
}

/** A node whose pieces the test does. */
class Worker {
  readonly inHand: Hand[] = []
  readonly did: number[] = []
  /** Does every piece at once. */
  eager = false
  cut = false
  node: RunningNode | null = null

  doPiece(job: Job, piece: number, signal: AbortSignal): Promise<unknown> {
    this.did.push(piece)
    if (this.eager) return Promise.resolve(piece * piece)
    return new Promise((resolve, reject) => {
      const hand: Hand = { job, piece, signal, finish: (value = piece * piece) => this.#end(hand, () => resolve(value)), fail: (why) => this.#end(hand, () => reject(new Error(why))) }
      this.inHand.push(hand)
    })
  }

  #end(hand: Hand, how: () => void): void {
    this.inHand.splice(this.inHand.indexOf(hand), 1)
    how()
  }
}

let cluster: MemoryClusterState
let running: Worker[]
const concluded: PieceOutcome[][] = []
const notices: NodeNotice[] = []
beforeEach(() => {
  cluster = new MemoryClusterState({ leaseTtlMs: TIMINGS.leaseTtlMs })
  running = []
  concluded.length = 0
})
afterEach(() => Promise.all(running.map(async ({ node }) => node?.close())))

function start(id: string, { eager = false, priority = 1 } = {}): Worker {
  const worker = new Worker()
  worker.eager = eager
  const kit = stressDrivers()
  kit.workers.register(KIND, (deps) => new JobWorkDriver(deps, { kind: KIND, parallel: 2, doPiece: (job, piece, signal) => worker.doPiece(job, piece, signal) }))
  kit.masters.register(KIND, (deps) => new JobMasterDriver(deps, {
    kind: KIND,
    conclude: (_, outcomes) => {
      concluded.push([...outcomes])
      return outcomes.reduce((sum, outcome) => sum + (outcome.ok ? Number(outcome.value) : 0), 0)
    },
  }))
  worker.node = startNode({
    cluster: seenBy(worker, cluster) as ClusterState,
    tasks: openSqliteTaskStore(':memory:'),
    engine: new ScriptedEngine(),
    vitals: async () => ({ cpuPercent: 10, memoryPercent: 10, memoryBytes: 2 ** 33, cores: 4, loopLagMs: 0 }),
    identity: { id, name: id, boot: `${id}-boot`, role: priority > 0 ? 'auto' : 'worker', priority, version: '0' },
    drivers: { kit, master: KIND, work: KIND, strategy: 'even' },
    timings: TIMINGS,
    onNotice: (notice) => notices.push(notice),
  })
  running.push(worker)
  return worker
}

const submit = (pieces: number, changes: Partial<Job> = {}): Promise<boolean> => cluster.jobs.submit({ id: 'job', kind: KIND, pieces, payload: { any: 'thing' }, ...changes })
const result = () => until(() => cluster.jobs.result('job'))

describe('jobs in pieces', () => {
  test('are done by all nodes, each piece by one of them, and concluded once', async () => {
    const workers = ['a', 'b', 'c'].map((id) => start(id, { eager: true }))
    await until(async () => (await cluster.nodes()).length === 3)
    await submit(60)
    expect(await result()).toEqual({ value: Array.from({ length: 60 }, (_, n) => n * n).reduce((sum, n) => sum + n) })
    const did = workers.map((worker) => worker.did)
    expect(did.flat().sort((one, other) => one - other)).toEqual(Array.from({ length: 60 }, (_, n) => n))
    expect(Math.min(...did.map((pieces) => pieces.length))).toBeGreaterThan(10)
    expect(concluded).toHaveLength(1)
  })

  test('keep only so many pieces in hand at the same time, with what the job says', async () => {
    const worker = start('a')
    await submit(5)
    await until(() => worker.inHand.length === 2)
    expect(worker.inHand[0]?.job).toMatchObject({ id: 'job', payload: { any: 'thing' } })
    worker.inHand[0]?.finish()
    await until(() => worker.did.length === 3)
    expect(worker.inHand).toHaveLength(2)
  })

  test('count a piece that fails as an outcome, for the plan to judge', async () => {
    const worker = start('a')
    await submit(2)
    await until(() => worker.inHand.length === 2)
    worker.inHand.find(({ piece }) => piece === 1)?.fail('no such file')
    worker.inHand[0]?.finish(7)
    expect(await result()).toEqual({ value: 7 })
    expect(concluded).toEqual([[{ ok: true, value: 7 }, { ok: false, why: 'no such file' }]])
  })

  test('are divided anew when a node joins, without doing again what is done', async () => {
    const first = start('a')
    await submit(20)
    await until(() => first.inHand.length === 2)
    for (let done = 0; done < 6; done += 1) {
      first.inHand[0]?.finish()
      await until(() => first.inHand.length === 2)
    }
    const second = start('b', { eager: true, priority: 0 })
    await until(() => second.did.length > 0)
    first.eager = true
    for (const hand of [...first.inHand]) hand.finish()
    await result()
    const did = [...first.did, ...second.did]
    expect(new Set(did).size).toBe(20)
    expect(did.length).toBeLessThanOrEqual(22) // the two that were in hand may have been somebody else's next
  })

  test('of a node that falls silent are done by the others', async () => {
    const [a, b] = [start('a', { eager: true }), start('b', { priority: 0 })]
    await until(async () => (await cluster.nodes()).length === 2)
    await submit(10)
    await until(() => b.inHand.length === 2)
    b.cut = true
    await result()
    expect(new Set(a.did).size).toBe(10)
  })

  test('go on under the next master with what is done already', async () => {
    const a = start('a', { priority: 9 })
    const b = start('b', { priority: 1 })
    await until(async () => (await cluster.master())?.nodeId === 'a' && (await cluster.nodes()).length === 2)
    await submit(12)
    await until(() => a.inHand.length === 2 && b.inHand.length === 2)
    for (const worker of [a, b]) for (const hand of [...worker.inHand]) hand.finish()
    await until(async () => (await cluster.jobs.delivered('job')).length === 4)
    const done = new Set(await cluster.jobs.delivered('job'))
    a.cut = true
    b.eager = true
    for (const hand of [...b.inHand]) hand.finish()
    expect(await result()).toEqual({ value: Array.from({ length: 12 }, (_, n) => n * n).reduce((sum, n) => sum + n) })
    expect((await cluster.master())?.nodeId).toBe('b')
    expect(b.did.filter((piece) => done.has(piece) && a.did.includes(piece))).toEqual([])
  })

  test('have a new master as soon as a node knows of a younger one than the state remembers', async () => {
    const a = start('a')
    await until(async () => (await cluster.master())?.nodeId === 'a')
    const { epoch } = (await cluster.master())!
    await cluster.heartbeat(nodeOf('w', { role: 'worker', maxEpoch: epoch + 1_000_000 }), { epoch: 0, revision: 0 })
    const next = await until(async () => ((await cluster.master())?.epoch ?? 0) > epoch + 1_000_000 && cluster.master())
    expect(next).toMatchObject({ nodeId: 'a' })
    a.eager = true
    await submit(4)
    expect(await result()).toEqual({ value: 14 })
  })

  test('of another kind, and of a job that is forgotten, are nobody’s', async () => {
    const worker = start('a')
    await submit(4)
    await cluster.jobs.submit({ id: 'other', kind: 'cubes', pieces: 3, payload: null })
    const [hand] = await until(() => (worker.inHand.length === 2 ? worker.inHand : null))
    await cluster.jobs.forget('job')
    await until(() => hand?.signal.aborted)
    expect(worker.did).toHaveLength(2)
  })

  test('in hand are finished by a node that leaves in order; the rest goes to the others', async () => {
    const [a, b] = [start('a', { eager: false }), start('b', { eager: true, priority: 0 })]
    await until(async () => (await cluster.nodes()).length === 2)
    await submit(12)
    await until(() => a.inHand.length === 2)
    const closing = b.node?.close()
    a.eager = true
    for (const hand of [...a.inHand]) hand.finish()
    await closing
    await result()
    expect(new Set([...a.did, ...b.did]).size).toBe(12)
  })

  test('whose master cannot conclude them are tried again, and it says why', async () => {
    start('a', { eager: true })
    await cluster.jobs.submit({ id: 'job', kind: KIND, pieces: 1, payload: null })
    const fails = cluster.jobs.finish.bind(cluster.jobs)
    let tries = 0
    cluster.jobs.finish = async (...input) => {
      if ((tries += 1) < 3) throw new Error('not today')
      return fails(...input)
    }
    await result()
    expect(notices).toContainEqual({ id: 'master', level: 'warn', text: 'not today' })
  })
})

/** The cluster as a node sees it; nothing gets through once it is cut off, as if its process were gone. */
function seenBy(worker: Worker, target: object): object {
  return new Proxy(target, {
    get: (_, name) => {
      const part = Reflect.get(target, name) as unknown
      if (typeof part === 'object' && part !== null) return seenBy(worker, part)
      if (typeof part !== 'function' || name === 'watch') return typeof part === 'function' ? (part as (...input: unknown[]) => unknown).bind(target) : part
      return async (...input: unknown[]) => {
        if (worker.cut) throw new Error('cut off')
        return (part as (...input: unknown[]) => unknown).apply(target, input)
      }
    },
  })
}
