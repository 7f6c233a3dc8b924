import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AggregateCommit } from '../../../src/main/backend/cluster-state.ts'
import { followLiveRuns } from '../../../src/main/backend/live-runs.ts'
import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import type { Lease } from '../../../src/shared/cluster/cluster.ts'
import { openRunOf, pointOf, summaryOf, viewOf } from '../../contract/fixtures.ts'

let cluster: MemoryClusterState
let live: ReturnType<typeof followLiveRuns>
let lease: Lease
let commits: number
beforeEach(async () => {
  commits = 0
  cluster = new MemoryClusterState()
  live = followLiveRuns(cluster)
  const answer = await cluster.acquire('a', 0, 'token')
  if (answer.acquired) lease = answer.lease
})
afterEach(() => live.close())

/** The next commit of a run; other runs have one at most. */
async function write(changes: Partial<AggregateCommit>): Promise<void> {
  const expectRevision = changes.runId === undefined ? commits++ : 0
  const view = viewOf(openRunOf('run', 'task'))
  await cluster.commitAggregate(lease, { runId: 'run', expectRevision, revision: expectRevision + 1, cursor: '', state: '', points: [], events: [], view, summary: null, ...changes })
}

/** Commits, and resolves when the follower has told of it. */
async function commit(changes: Partial<AggregateCommit> = {}): Promise<string> {
  const told = new Promise<string>((resolve) => {
    const off = live.watch((runId) => {
      off()
      resolve(runId)
    })
  })
  await write(changes)
  return told
}

test('a run shows as the master committed it last', async () => {
  expect(live.view('run')).toBeNull()
  expect(await commit()).toBe('run')
  expect(live.view('run')?.run.status).toBe('starting')
  await commit({ view: viewOf(openRunOf('run', 'task', { status: 'running' })), points: [pointOf(1000)] })
  expect(live.views().map((view) => view.run.status)).toEqual(['running'])
  expect((await live.points('run', 0))?.points).toHaveLength(1)
})

test('a run that has ended has its result with all points', async () => {
  await commit({ points: [pointOf(1000)] })
  await commit({ points: [pointOf(2000)], view: viewOf(openRunOf('run', 'task', { status: 'finished', endedAt: 1 })), summary: summaryOf('run', 'task') })
  expect(live.summary('run')?.points.map((point) => point.atMs)).toEqual([1000, 2000])
})

test('a commit that changes nothing is not told again', async () => {
  await commit()
  let told = 0
  live.watch(() => told++)
  const view = viewOf(openRunOf('run', 'task'))
  await write({ view })
  await commit({ runId: 'other', view: viewOf(openRunOf('other', 'task')) })
  expect(told).toBe(1)
})

test('a run that is forgotten is gone', async () => {
  await commit()
  const gone = new Promise((resolve) => cluster.watch('live', () => resolve(true)))
  await cluster.forget('run')
  await gone
  await commit({ runId: 'other', view: viewOf(openRunOf('other', 'task')) })
  expect(live.view('run')).toBeNull()
  expect(await live.points('run', 0)).toBeNull()
})
