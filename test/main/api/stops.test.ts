import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ApiParts } from '../../../src/main/api/parts.ts'
import { Stops } from '../../../src/main/api/stops.ts'
import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import { openSqliteTaskStore } from '../../../src/main/backend/sqlite-task-store.ts'
import type { TaskStore } from '../../../src/main/backend/task-store.ts'
import type { RunView } from '../../../src/shared/results/run.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { nodeOf, openRunOf, specOf, viewOf } from '../../contract/fixtures.ts'

let store: TaskStore
let cluster: MemoryClusterState
let views: RunView[]
/** What does not work now. */
let broken: { writes: boolean; everything: boolean }

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval'] })
  store = openSqliteTaskStore(':memory:')
  cluster = new MemoryClusterState()
  views = []
  broken = { writes: false, everything: false }
})
afterEach(async () => {
  vi.useRealTimers()
  await cluster.close()
  await store.close()
})

function failing<T extends object>(target: T, isBroken: (name: string) => boolean): T {
  const refuse = async (): Promise<never> => { throw new AppError('store-unavailable', 'It is out of reach.') }
  return new Proxy(target, { get: (_, name) => (isBroken(String(name)) ? refuse : (Reflect.get(target, name) as () => unknown).bind(target)) })
}

function open(): Stops {
  return new Stops({
    tasks: failing(store, (name) => broken.everything || (broken.writes && name === 'change')),
    cluster: failing(cluster, () => broken.everything),
    live: { view: (id: string) => views.find(({ run }) => run.id === id) ?? null, views: () => views } as ApiParts['live'],
    newId: () => 'id',
  })
}

async function started(runId = 'run'): Promise<string> {
  const { id } = await store.create(specOf())
  await store.change(id, { type: 'start', runId })
  await store.change(id, { type: 'started' })
  views.push(viewOf(openRunOf(runId, id, { status: 'running' })))
  return id
}

const records = async () => (await cluster.heartbeat(nodeOf('a'), { epoch: 0, revision: 0 })).stops
const revision = async (id: string): Promise<number> => (await store.task(id))?.revision ?? 0

describe('a stop', () => {
  test('that the master takes up needs no record: all nodes stop at its instant', async () => {
    const id = await started()
    expect(await open().stop(id)).toEqual({ queued: false })
    views = [viewOf(openRunOf('run', id, { status: 'stopping' }))]
    await vi.advanceTimersByTimeAsync(5000)
    expect((await store.task(id))?.status).toBe('pending-stop')
    expect(await records()).toEqual([])
  })

  test('that no master takes up within a second is told to the workers without one', async () => {
    const id = await started()
    await open().stop(id)
    await vi.advanceTimersByTimeAsync(1000)
    expect(await records()).toEqual([{ taskId: id, orderNo: await revision(id) }])
  })

  test('of a run that no screen knows is told to the workers while its task still waits for it', async () => {
    const id = await started()
    views = []
    await open().stop(id)
    await store.change(id, { type: 'aborted', reason: 'it was over' })
    await vi.advanceTimersByTimeAsync(1000)
    expect(await records()).toEqual([])
  })

  test('goes to the workers at once when the store cannot write: a full disk keeps no run going', async () => {
    const id = await started()
    broken.writes = true
    expect(await open().stop(id)).toEqual({ queued: false })
    expect(await records()).toEqual([{ taskId: id, orderNo: (await revision(id)) + 1 }])
  })

  test('waits while nobody can be reached, and is delivered as soon as somebody can', async () => {
    const id = await started()
    const stops = open()
    broken.everything = true
    expect(await stops.stop(id)).toEqual({ queued: true })
    await vi.advanceTimersByTimeAsync(3000)
    expect(stops.queued).toEqual([id])
    broken.everything = false
    await vi.advanceTimersByTimeAsync(600)
    expect(stops.queued).toEqual([])
    expect((await store.task(id))?.status).toBe('pending-stop')
  })

  test('that waited for a run which has ended meanwhile is dropped', async () => {
    const id = await started()
    const stops = open()
    broken.everything = true
    await stops.stop(id)
    await store.change(id, { type: 'finished' })
    broken.everything = false
    await vi.advanceTimersByTimeAsync(600)
    expect(stops.queued).toEqual([])
  })

  test('of a task that does not run is refused', async () => {
    const { id } = await store.create(specOf())
    await expect(open().stop(id)).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('stopping everything', () => {
  test('stops each live task and no other', async () => {
    const live = [await started('one'), await started('two')]
    await store.create(specOf())
    const told = await open().stopAll()
    expect(new Set(told.stopped)).toEqual(new Set(live))
    await vi.advanceTimersByTimeAsync(1000)
    expect(new Set((await records()).map(({ taskId }) => taskId))).toEqual(new Set(live))
  })

  test('out of reach, queues a stop for every run that is known here', async () => {
    const id = await started()
    broken.everything = true
    const stops = open()
    expect(await stops.stopAll()).toEqual({ stopped: [id], queued: true })
    expect(stops.queued).toEqual([id])
  })
})
