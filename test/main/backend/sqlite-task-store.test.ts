import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqliteTaskStore } from '../../../src/main/backend/sqlite-task-store.ts'
import { describeTaskStore } from '../../contract/task-store.contract.ts'
import { openRunOf, pointOf, specOf, summaryOf } from '../../contract/fixtures.ts'

describeTaskStore('SqliteTaskStore', async () => {
  let now = 1_700_000_000_000
  const store = openSqliteTaskStore(':memory:', { now: () => now })
  return { store, pass: (ms) => void (now += ms), close: () => store.close() }
})

describe('a file of tasks and runs', () => {
  let folder: string
  let path: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stampede-store-'))
    path = join(folder, 'data', 'stampede.db')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** A process that is gone: nobody has this id, and nobody can get it on Linux (pid_max). */
  const GONE = { pid: 2 ** 22 + 1, ticks: 1, at: Date.now() }

  test('keeps tasks, runs, points and settings over a restart', async () => {
    const first = openSqliteTaskStore(path)
    const task = await first.create(specOf({ name: 'kept' }))
    await first.openRun(openRunOf('run', task.id))
    await first.appendPoints('run', [pointOf(1000)], [])
    await first.closeRun('run', summaryOf('run', task.id))
    await first.setSetting('theme', 'dark')
    await first.close()
    const second = openSqliteTaskStore(path)
    expect(await second.task(task.id)).toEqual(task)
    expect((await second.summary('run'))?.points).toHaveLength(1)
    expect(await second.setting('theme')).toBe('dark')
    expect(second.notices()).toEqual([])
    await second.close()
  })

  test('brings a deleted task back for a day', async () => {
    let now = 0
    const store = openSqliteTaskStore(path, { now: () => now })
    const [first, second] = [await store.create(specOf()), await store.create(specOf())]
    await store.delete(first.id)
    now += 24 * 3_600_000 + 1
    await store.delete(second.id)
    await expect(store.restore(first.id)).rejects.toMatchObject({ code: 'not-found' })
    expect(await store.restore(second.id)).toMatchObject({ id: second.id })
    await store.close()
  })

  test('lets each process see to the tasks that were started in it', async () => {
    const here = openSqliteTaskStore(path, { owner: { pid: 1, ticks: 1, at: 1 } })
    const there = openSqliteTaskStore(path, { owner: { pid: 2, ticks: 2, at: 2 } })
    const { id } = await here.create(specOf())
    await here.change(id, { type: 'start', runId: 'run' })
    expect(await here.pending()).toHaveLength(1)
    expect(await there.pending()).toEqual([])
    await here.change(id, { type: 'started' })
    await there.change(id, { type: 'stop' })
    expect(await here.pending()).toMatchObject([{ status: 'pending-stop' }])
    await Promise.all([here.close(), there.close()])
  })

  describe('left by a process that died', () => {
    test('has its runs closed as aborted with what was recorded, and its tasks as well', async () => {
      const died = openSqliteTaskStore(path, { owner: GONE })
      const { id } = await died.create(specOf())
      await died.change(id, { type: 'start', runId: 'run' })
      await died.openRun(openRunOf('run', id))
      await died.appendPoints('run', [pointOf(1000), pointOf(2000)], [])
      const next = openSqliteTaskStore(path)
      expect(await next.closeOrphans()).toEqual(['run'])
      expect(await next.task(id)).toMatchObject({ status: 'aborted', reason: 'The process that ran it ended before the run did.' })
      expect(await next.run('run')).toMatchObject({ status: 'aborted' })
      expect((await next.summary('run'))?.points.map((point) => point.atMs)).toEqual([1000, 2000])
      expect(await next.closeOrphans()).toEqual([])
      await next.close()
    })

    test('aborts a task whose run was never opened', async () => {
      const died = openSqliteTaskStore(path, { owner: GONE })
      const { id } = await died.create(specOf())
      await died.change(id, { type: 'start', runId: 'run' })
      const next = openSqliteTaskStore(path)
      expect(await next.closeOrphans()).toEqual([])
      expect(await next.task(id)).toMatchObject({ status: 'aborted' })
      await next.close()
    })

    test('is told from one of a living process that uses the same file', async () => {
      const living = openSqliteTaskStore(path)
      const { id } = await living.create(specOf())
      await living.change(id, { type: 'start', runId: 'run' })
      await living.openRun(openRunOf('run', id))
      const second = openSqliteTaskStore(path, { owner: { pid: process.ppid, ticks: null, at: Date.now() } })
      expect(await second.closeOrphans()).toEqual([])
      expect(await second.run('run')).toMatchObject({ endedAt: null })
      await Promise.all([living.close(), second.close()])
    })

    test('is found dead although its process id is in use again', async () => {
      const died = openSqliteTaskStore(path, { owner: { pid: process.pid, ticks: 1, at: 0 } })
      await died.openRun(openRunOf('run', 'task'))
      const next = openSqliteTaskStore(path)
      expect(await next.closeOrphans()).toEqual(['run'])
      await next.close()
    })

    test('has what it carried given up when it closes in order', async () => {
      const left = openSqliteTaskStore(path)
      await left.openRun(openRunOf('run', 'task'))
      await left.close()
      const next = openSqliteTaskStore(path)
      expect(await next.closeOrphans()).toEqual(['run'])
      await next.close()
    })

    test('is closed although the state it saved cannot be read', async () => {
      const died = openSqliteTaskStore(path, { owner: GONE })
      await died.openRun(openRunOf('run', 'task'))
      await died.appendPoints('run', [pointOf(1000)], [], '{"half": ')
      const next = openSqliteTaskStore(path)
      expect(await next.closeOrphans()).toEqual(['run'])
      expect((await next.summary('run'))?.points).toHaveLength(1)
      await next.close()
    })
  })

  describe('that cannot be used', () => {
    test('because it is no database is set aside, and a notice says where', async () => {
      const first = openSqliteTaskStore(path)
      await first.close()
      writeFileSync(path, 'this was a database once '.repeat(200))
      const store = openSqliteTaskStore(path, { now: () => Date.parse('2026-11-23T10:00:00Z') })
      const aside = `${path}.corrupt-2026-11-23T10-00-00.000Z`
      expect(readFileSync(aside, 'utf8')).toContain('once')
      expect(store.notices()).toEqual([expect.stringContaining(aside)])
      expect(await store.tasks()).toEqual([])
      await store.close()
    })

    test('because a page of it is damaged says so, and is set aside at the next start', async () => {
      const first = openSqliteTaskStore(path)
      for (let i = 0; i < 50; i++) await first.create(specOf({ name: 'x'.repeat(2000) }))
      await first.close()
      const bytes = readFileSync(path)
      bytes.fill(0xff, 3 * 4096)
      writeFileSync(path, bytes)
      const damaged = openSqliteTaskStore(path)
      await expect(damaged.tasks()).rejects.toMatchObject({ code: 'store-unavailable', message: expect.stringContaining('damaged') })
      expect(damaged.notices()).toEqual([expect.stringContaining('damaged')])
      await damaged.close()
      const next = openSqliteTaskStore(path)
      expect(await next.tasks()).toEqual([])
      expect(next.notices()).toEqual([expect.stringContaining('set aside')])
      expect(readdirSync(join(folder, 'data')).some((name) => name.includes('.corrupt-'))).toBe(true)
      await next.close()
    })

    test('because a newer version wrote it is refused with words and left alone', async () => {
      await openSqliteTaskStore(path).close()
      const database = new DatabaseSync(path)
      database.exec('PRAGMA user_version = 99')
      database.close()
      expect(() => openSqliteTaskStore(path)).toThrow(expect.objectContaining({ code: 'cannot-start', message: expect.stringContaining('newer version') }))
      expect(existsSync(path)).toBe(true)
    })

    test('because its folder cannot be made is reported as unavailable', () => {
      writeFileSync(join(folder, 'data'), 'a file where a folder should be')
      expect(() => openSqliteTaskStore(path)).toThrow(expect.objectContaining({ code: 'store-unavailable' }))
    })
  })
})
