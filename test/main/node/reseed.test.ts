import { expect, test } from 'vitest'
import type { Snapshot } from '../../../src/main/backend/cluster-state.ts'
import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import { openSqliteTaskStore } from '../../../src/main/backend/sqlite-task-store.ts'
import { reseed } from '../../../src/main/node/master/reseed.ts'
import type { Task } from '../../../src/shared/task/task.ts'
import { manifestOf, specOf } from '../../contract/fixtures.ts'

const lease = { nodeId: 'm', epoch: 9, token: 't', renews: 0 }
const task: Task = { id: 'task', spec: specOf(), status: 'draft', revision: 1, runId: null, wantedRate: null, reason: null, createdAt: 0, updatedAt: 0 }
const memory = { revision: 4, manifests: [manifestOf('a', lease, 4)], tasks: [task], runs: [] }
const snapshotOf = (changes: Partial<Snapshot>): Snapshot => ({ epoch: 0, revision: 0, manifests: [], aggregates: [], heard: [], ...changes })

async function restored(snapshot: Snapshot): Promise<{ tasks: string[]; manifests: number }> {
  const tasks = openSqliteTaskStore(':memory:')
  const next = await reseed(memory, 5, snapshot, { cluster: new MemoryClusterState(), tasks, lease, onNotice: () => undefined })
  const found = await tasks.tasks()
  await tasks.close()
  return { tasks: found.map(({ id }) => id), manifests: next?.manifests.length ?? 0 }
}

test('what was lost is put back by the node that led last', async () => {
  expect(await restored(snapshotOf({}))).toEqual({ tasks: ['task'], manifests: 1 })
})

test('not by one after which somebody else has led', async () => {
  expect(await restored(snapshotOf({ epoch: 7, revision: 1 }))).toEqual({ tasks: [], manifests: 0 })
})

test('unless that one has written nothing: it may have been this node, which never heard that it had won', async () => {
  expect(await restored(snapshotOf({ epoch: 7 }))).toEqual({ tasks: ['task'], manifests: 1 })
})
