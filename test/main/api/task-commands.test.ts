import { expect, test } from 'vitest'
import { taskCommands } from '../../../src/main/api/task-commands.ts'
import type { ApiParts } from '../../../src/main/api/parts.ts'
import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import { openSqliteTaskStore } from '../../../src/main/backend/sqlite-task-store.ts'
import type { TaskStore } from '../../../src/main/backend/task-store.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { nodeOf, specOf } from '../../contract/fixtures.ts'

/** A store on a disk that has become full: it reads and cannot write. */
function full(store: TaskStore): TaskStore {
  const change = (): never => { throw new AppError('store-unavailable', 'The disk is full.') }
  return new Proxy(store, { get: (target, name) => (name === 'change' ? async () => change() : Reflect.get(target, name).bind(target)) })
}

test('a run can be stopped although the store cannot write: workers are told without it', async () => {
  const store = openSqliteTaskStore(':memory:')
  const cluster = new MemoryClusterState()
  const task = await store.create(specOf())
  await store.change(task.id, { type: 'start', runId: 'run' })
  const commands = taskCommands({ tasks: full(store), cluster, newId: () => 'id' } as unknown as ApiParts, async () => undefined)
  await commands['task.stop']({ id: task.id })
  const { stops } = await cluster.heartbeat(nodeOf('a'), { epoch: 0, revision: 0 })
  expect(stops).toEqual([{ taskId: task.id, orderNo: (await store.task(task.id))!.revision + 1 }])
  await cluster.close()
  await store.close()
})

test('any other refusal of a stop is told to the caller', async () => {
  const store = openSqliteTaskStore(':memory:')
  const cluster = new MemoryClusterState()
  const task = await store.create(specOf())
  const commands = taskCommands({ tasks: store, cluster, newId: () => 'id' } as unknown as ApiParts, async () => undefined)
  await expect(commands['task.stop']({ id: task.id })).rejects.toMatchObject({ code: 'conflict' })
  await cluster.close()
  await store.close()
})
