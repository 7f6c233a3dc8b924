import { afterEach, beforeEach, expect, test } from 'vitest'
import { followLiveRuns } from '../../../src/main/backend/live-runs.ts'
import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import { RunKeeper } from '../../../src/main/backend/run-keeper.ts'
import { openSqliteTaskStore } from '../../../src/main/backend/sqlite-task-store.ts'
import type { LocalTaskStore, TaskStore } from '../../../src/main/backend/task-store.ts'
import type { Lease } from '../../../src/shared/cluster/cluster.ts'
import { openRunOf, pointOf, summaryOf, viewOf } from '../../contract/fixtures.ts'
import { until } from '../../support/until.ts'

let cluster: MemoryClusterState
let live: ReturnType<typeof followLiveRuns>
let lease: Lease
let tasks: TaskStore
let local: LocalTaskStore
let notices: string[]
let commits: number

beforeEach(async () => {
  cluster = new MemoryClusterState()
  live = followLiveRuns(cluster)
  tasks = openSqliteTaskStore(':memory:')
  local = openSqliteTaskStore(':memory:')
  notices = []
  commits = 0
  const answer = await cluster.acquire('a', 0, 'token')
  if (answer.acquired) lease = answer.lease
})
afterEach(async () => {
  live.close()
  await tasks.close()
  await local.close()
})

const keeper = (changes: Partial<ConstructorParameters<typeof RunKeeper>[0]> = {}): RunKeeper => new RunKeeper({ live, tasks, local, onNotice: (text) => notices.push(text), ...changes })
const ended = openRunOf('run', 'task', { status: 'finished', endedAt: 1_700_000_010_000 })
const event = { atMs: 500, kind: 'node-lost', detail: { node: 'w1' } } as const

async function commit(run = ended): Promise<void> {
  const isOver = run.endedAt !== null
  await cluster.commitAggregate(lease, { runId: run.id, expectRevision: commits, revision: ++commits, cursor: '', state: '', points: isOver ? [] : [pointOf(1000)], events: [], view: viewOf(run), summary: isOver ? summaryOf(run.id, 'task') : null })
}

/** As a master leaves it in the cluster's own store. */
async function store(): Promise<void> {
  await tasks.openRun(openRunOf('run', 'task'))
  await tasks.appendPoints('run', [pointOf(1000), pointOf(2000)], [event])
  await tasks.closeRun('run', { ...summaryOf('run', 'task'), events: [event] })
}

test('a run of the cluster that ends is kept here, whole', async () => {
  const subject = keeper()
  await commit(openRunOf('run', 'task', { status: 'running' }))
  await until('the run is seen', async () => live.view('run') !== null)
  await store()
  await commit()
  const run = await until('the run is kept', async () => local.run('run'))
  expect(run).toMatchObject({ status: 'finished', taskName: 'checkout', headline: { targetRate: 100 } })
  expect(await local.summary('run')).toEqual(await tasks.summary('run'))
  expect((await local.points('run')).map(({ atMs }) => atMs)).toEqual([1000, 2000])
  expect(await local.events('run')).toEqual([event])
  await subject.close()
})

test('one that is here already is left as it is', async () => {
  await store()
  const other = { ...summaryOf('run', 'task'), reason: 'as it was kept first' }
  expect(await local.keepRun(ended, other)).toBe(true)
  expect(await local.keepRun(ended, { ...other, reason: 'again' })).toBe(false)
  const subject = keeper()
  await commit()
  await until('the run is seen', async () => live.view('run') !== null)
  await subject.close()
  expect((await local.summary('run'))?.reason).toBe('as it was kept first')
})

test('one whose end was not seen is kept when this process leaves', async () => {
  const subject = keeper()
  await commit(openRunOf('run', 'task', { status: 'running' }))
  await until('the run is seen', async () => live.view('run') !== null)
  await store()
  await cluster.forget('run')
  await until('the run is forgotten', async () => live.view('run') === null)
  await subject.close()
  expect(await local.run('run')).not.toBeNull()
})

test('a full disk here is told once, and disturbs nothing', async () => {
  const full = { ...local, keepRun: async () => Promise.reject(new Error('the disk is full')) } as unknown as LocalTaskStore
  const subject = keeper({ local: full })
  await store()
  await commit()
  await until('it is told', async () => notices.length > 0)
  await subject.close()
  expect(notices).toEqual(['Runs of the cluster are not kept on this machine: the disk is full'])
})
