import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { capacityCommands } from '../../../src/main/api/capacity-commands.ts'
import type { HoldCommands } from '../../../src/main/api/capacity-run.ts'
import type { ApiParts } from '../../../src/main/api/parts.ts'
import { openSqliteTaskStore } from '../../../src/main/backend/sqlite-task-store.ts'
import type { CapacityView } from '../../../src/shared/results/capacity.ts'
import type { Run, RunView } from '../../../src/shared/results/run.ts'
import { AppError } from '../../../src/shared/errors.ts'
import type { Summary } from '../../../src/shared/results/summary.ts'
import { defaultTaskSpec } from '../../../src/shared/task/task-schema.ts'
import type { TaskSpec } from '../../../src/shared/task/task.ts'

/** What becomes of a hold: null while it goes on until it is stopped. */
type Law = (spec: TaskSpec, hold: number) => Pick<Summary, 'verdict' | 'status'> & { key?: string } | null

let tasks: ReturnType<typeof openSqliteTaskStore>
let started: { spec: TaskSpec; stops: number }[]
let views: CapacityView[]

beforeEach(() => {
  tasks = openSqliteTaskStore(':memory:')
  started = []
  views = []
})
afterEach(() => tasks.close())

/** The product's commands on a store of their own, with runs that end as the law says. */
function searching(law: Law): ReturnType<typeof capacityCommands> {
  const outcome = (id: string): ReturnType<Law> => (started[Number(id)]!.stops > 0 ? { verdict: 'failed', status: 'aborted' } : law(started[Number(id)]!.spec, Number(id)))
  const commands: HoldCommands = {
    'task.start': async ({ id }) => ({ runId: String(started.push({ spec: (await tasks.task(id))!.spec, stops: 0 }) - 1) }),
    'task.stop': async () => {
      started.at(-1)!.stops++
      return { queued: false }
    },
    'run.get': async ({ id }) => ({ elapsedMs: 9000, thresholds: [{ failingSinceMs: outcome(id) === null ? 4000 : null }], run: { status: 'running', endedAt: outcome(id) === null ? null : 1 } as Run }) as unknown as RunView,
    'run.summary': async ({ id }) => {
      const { verdict, status, key = 'verdict.done' } = outcome(id)!
      return { verdict, status, reason: 'as it was', sentence: { key, params: {} }, rate: { achieved: 1 }, responseTime: { p50: 1, p99: 2 }, ledger: { completed: 10, failed: verdict === 'failed' ? 5 : 0 } } as Summary
    },
  }
  let ids = 0
  return capacityCommands({ tasks, settings: tasks, newId: () => `s${ids++}`, tellCapacity: (view: CapacityView) => views.push(view) } as unknown as ApiParts, commands, 1)
}

async function ended(): Promise<CapacityView> {
  await expect.poll(() => views.at(-1)?.status, { interval: 5 }).not.toBe('running')
  return views.at(-1)!
}

const task = async (change: Partial<TaskSpec> = {}): Promise<string> => (await tasks.create({ ...defaultTaskSpec('http://127.0.0.1:1/'), name: 'orders', ...change })).id
const upTo = (capacity: number): Law => ({ load }) => ({ verdict: load.rate! <= capacity ? 'passed' : 'failed', status: 'finished' })

describe('looking for capacity', () => {
  test('holds each rate in a run of its own, judged by the thresholds of the task and by rate and errors', async () => {
    const api = searching(upTo(120))
    const id = await task({ thresholds: ['p99<200ms'], load: { rate: 60, duration: '1m', connections: 8 } })
    await api['capacity.start']({ id, holdMs: 5000 })
    const view = await ended()
    expect(view).toMatchObject({ status: 'finished', rate: null, bounds: { holds: 119, failsAt: 124, limitedBy: 'target' }, sentence: { key: 'capacity.found' } })
    expect(view.holds.map(({ rate, outcome }) => `${rate} ${outcome}`)).toEqual(['60 held', '90 held', '135 failed', '135 failed', '113 held', '124 failed', '124 failed', '119 held'])
    expect(started[0]!.spec).toMatchObject({ name: 'orders · capacity', load: { rate: 60, duration: '5s', warmup: '2.5s', connections: 8 }, thresholds: ['p99<200ms', 'errors<1%', 'rate>=95%'], tags: { capacity: view.id } })
  })

  test('leaves no task behind but the one that was asked for, as it was', async () => {
    const api = searching(upTo(100))
    const id = await task()
    const before = await tasks.task(id)
    await api['capacity.start']({ id })
    await ended()
    await expect.poll(() => tasks.tasks()).toEqual([before])
    expect(await api['capacity.list']({})).toMatchObject([{ taskId: id, status: 'finished' }])
  })

  test('spares the rest of a hold that has clearly failed, and goes on', async () => {
    const api = searching(({ load }) => (load.rate! <= 120 ? { verdict: 'passed', status: 'finished' } : null))
    await api['capacity.start']({ id: await task({ load: { rate: 100, duration: '1m' } }), ceiling: 150 })
    expect((await ended()).bounds).toMatchObject({ limitedBy: 'target' })
    expect(started.filter(({ stops }) => stops > 0).every(({ stops }) => stops === 1)).toBe(true)
  })

  test('ends when somebody stops it, or the run of its hold, and keeps what was found', async () => {
    const api = searching((_, hold) => (hold === 0 ? { verdict: 'passed', status: 'finished' } : { verdict: 'failed', status: 'aborted' }))
    const id = await task()
    await api['capacity.start']({ id })
    await expect(api['capacity.start']({ id })).rejects.toMatchObject({ code: 'conflict' })
    expect(await ended()).toMatchObject({ status: 'stopped', bounds: { holds: 100, failsAt: null }, sentence: { key: 'capacity.stopped' } })
    await expect(api['capacity.stop']({ id: 's0' })).rejects.toMatchObject({ code: 'not-found' })
  })

  test('is begun by one of two who ask at the same moment, and can be begun anew after a refusal', async () => {
    const api = searching(upTo(120))
    const id = await task()
    const both = await Promise.allSettled([api['capacity.start']({ id }), api['capacity.start']({ id })])
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(both[1]).toMatchObject({ reason: { code: 'conflict' } })
    await ended()
    await expect.poll(async () => (await tasks.tasks()).length).toBe(1)
    await expect(api['capacity.start']({ id: 'nobody' })).rejects.toMatchObject({ code: 'not-found' })
    await api['capacity.start']({ id })
    await ended()
  })

  test('says that the generator gave way first, where it did', async () => {
    const api = searching(({ load }) => ({ verdict: load.rate! <= 200 ? 'passed' : 'not-trustworthy', status: 'finished' }))
    await api['capacity.start']({ id: await task() })
    expect(await ended()).toMatchObject({ bounds: { holds: 150, failsAt: null, limitedBy: 'generator' }, sentence: { key: 'capacity.generator' } })
  })

  test.each([
    ['nobody answers', () => ({ verdict: 'failed', status: 'finished', key: 'verdict.no-response' }) as const],
    ['the run cannot be carried out', () => ({ verdict: 'no-thresholds', status: 'failed' }) as const],
    ['the store is gone', () => { throw new AppError('internal', 'as it was') }],
  ])('ends with the reason where %s', async (_, law) => {
    const api = searching(law)
    await api['capacity.start']({ id: await task() })
    expect(await ended()).toMatchObject({ status: 'failed', sentence: { key: 'capacity.failed', params: { reason: 'as it was' } } })
    expect(started).toHaveLength(1)
  })
})
