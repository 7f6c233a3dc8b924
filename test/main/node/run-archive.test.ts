import { expect, test } from 'vitest'
import { RunArchive } from '../../../src/main/node/run/run-archive.ts'
import { openSqliteTaskStore } from '../../../src/main/backend/sqlite-task-store.ts'
import type { TaskStore } from '../../../src/main/backend/task-store.ts'
import { openRunOf, pointOf, specOf, summaryOf } from '../../contract/fixtures.ts'

/** A store whose runs can be taken away, as a Redis does that throws data away. */
function forgetful(): { store: TaskStore; forget: () => void } {
  let stores = [openSqliteTaskStore(':memory:')]
  const store = new Proxy({} as TaskStore, { get: (_, name) => (...input: unknown[]) => (Reflect.get(stores.at(-1)!, name) as (...input: unknown[]) => unknown).apply(stores.at(-1), input) })
  return { store, forget: () => void (stores = [...stores, openSqliteTaskStore(':memory:')]) }
}

test('a result finds its place also in a store that has lost its run meanwhile', async () => {
  const { store, forget } = forgetful()
  const { id: taskId } = await store.create(specOf())
  const notices: string[] = []
  const archive = new RunArchive(openRunOf('run', taskId), store, ({ text }) => notices.push(text))
  expect(await archive.append([pointOf(1000)], [], 'state')).toBe(true)
  forget()
  expect(await archive.close(summaryOf('run', taskId), { type: 'finished' })).toBe(true)
  expect(await store.summary('run')).toMatchObject({ run: { id: 'run' }, verdict: 'passed' })
  expect(notices).toEqual([])
})

test('a run that ends late leaves its task alone, which has begun another one since', async () => {
  const store = openSqliteTaskStore(':memory:')
  const { id } = await store.create(specOf())
  await store.change(id, { type: 'start', runId: 'second' })
  const archive = new RunArchive(openRunOf('first', id), store, () => undefined)
  expect(await archive.close(summaryOf('first', id), { type: 'finished' })).toBe(true)
  expect(await store.summary('first')).toMatchObject({ status: 'finished' })
  expect(await store.task(id)).toMatchObject({ status: 'pending-run', runId: 'second' })
})
