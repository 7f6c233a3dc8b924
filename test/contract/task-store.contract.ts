import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TaskStore } from '../../src/main/backend/task-store.ts'
import type { RunFilter } from '../../src/shared/results/run-filter.ts'
import { openRunOf, pointOf, specOf, summaryOf } from './fixtures.ts'

export interface StoreUnderTest {
  store: TaskStore
  /** Moves the store's clock on, ms. */
  pass(ms: number): void
  close(): Promise<void>
}

/** The promises of `TaskStore`, which every adapter keeps. */
export function describeTaskStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a task store`, () => {
    let subject: StoreUnderTest
    let store: TaskStore
    beforeEach(async () => {
      subject = await open()
      store = subject.store
    })
    afterEach(() => subject.close())

    const conflict = expect.objectContaining({ code: 'conflict' })
    const notFound = expect.objectContaining({ code: 'not-found' })

    describe('tasks', () => {
      test('are found again by verdict, text, tag and time, a page at a time', async () => {
        const found = async (filter: RunFilter): Promise<string[]> => (await store.runs(filter)).map(({ id }) => id)
        for (let i = 0; i < 6; i++) {
          await store.openRun(openRunOf(`r${i}`, 'task-f', { startedAt: 1000 + i, tags: i % 2 === 0 ? { git: 'abc' } : {} }))
          await store.closeRun(`r${i}`, summaryOf(`r${i}`, 'task-f', { verdict: i < 3 ? 'passed' : 'failed', run: { ...summaryOf(`r${i}`, 'task-f').run, startedAt: new Date(1000 + i).toISOString() } }))
        }
        await store.annotateRun('r4', { note: 'pool of 200' })
        expect(await found({ taskId: 'task-f', verdict: 'passed' })).toEqual(['r2', 'r1', 'r0'])
        expect(await found({ taskId: 'task-f', text: 'POOL of' })).toEqual(['r4'])
        expect(await found({ taskId: 'task-f', tag: 'git=abc' })).toEqual(['r4', 'r2', 'r0'])
        expect(await found({ taskId: 'task-f', tag: 'git' })).toEqual(['r4', 'r2', 'r0'])
        expect(await found({ taskId: 'task-f', from: 1004 })).toEqual(['r5', 'r4'])
        expect(await found({ taskId: 'task-f', verdict: 'failed', limit: 2 })).toEqual(['r5', 'r4'])
        expect(await found({ taskId: 'task-f', verdict: 'failed', before: 1004 })).toEqual(['r3'])
      })

      test('keep what users add to them, also while they are going and through their end', async () => {
        await store.openRun(openRunOf('noted', 'task-n'))
        expect(await store.annotateRun('noted', { note: 'before', pinned: true })).toMatchObject({ note: 'before', pinned: true })
        await store.closeRun('noted', summaryOf('noted', 'task-n'))
        await store.annotateRun('noted', { tags: { git: '1' }, baseline: true })
        expect(await store.run('noted')).toMatchObject({ note: 'before', pinned: true, baseline: true, tags: { git: '1' }, status: 'finished' })
        await expect(store.annotateRun('nobody', { note: 'x' })).rejects.toMatchObject({ code: 'not-found' })
      })

      test('begin as drafts with the spec as it was given', async () => {
        const spec = specOf({ name: '结账 "quoted"', tags: { __proto__: 'x', team: 'a' } })
        const task = await store.create(spec)
        expect(task).toMatchObject({ status: 'draft', revision: 1, runId: null, wantedRate: null, reason: null })
        expect(await store.task(task.id)).toEqual({ ...task, spec: JSON.parse(JSON.stringify(spec)) })
      })

      test('are listed, the one changed last first', async () => {
        const first = await store.create(specOf({ name: 'first' }))
        subject.pass(10)
        await store.create(specOf({ name: 'second' }))
        subject.pass(10)
        await store.update(first.id, specOf({ name: 'first again' }))
        expect((await store.tasks()).map((task) => task.spec.name)).toEqual(['first again', 'second'])
      })

      test('raise their revision with every change', async () => {
        const { id } = await store.create(specOf())
        expect((await store.update(id, specOf())).revision).toBe(2)
        expect((await store.change(id, { type: 'start', runId: 'run' })).revision).toBe(3)
      })

      test('walk through their states, and keep what the event said', async () => {
        const { id } = await store.create(specOf())
        expect(await store.change(id, { type: 'start', runId: 'run' })).toMatchObject({ status: 'pending-run', runId: 'run' })
        expect(await store.change(id, { type: 'started' })).toMatchObject({ status: 'running' })
        expect(await store.change(id, { type: 'change-rate', rate: 12.5 })).toMatchObject({ status: 'pending-rate-change', wantedRate: 12.5 })
        expect(await store.change(id, { type: 'rate-changed' })).toMatchObject({ status: 'running' })
        expect(await store.change(id, { type: 'stop' })).toMatchObject({ status: 'pending-stop' })
        expect(await store.change(id, { type: 'aborted', reason: 'the node died' })).toMatchObject({ status: 'aborted', reason: 'the node died' })
        expect(await store.task(id)).toMatchObject({ status: 'aborted', reason: 'the node died' })
      })

      test('refuse what their state does not allow, and stay as they were', async () => {
        const task = await store.create(specOf())
        await expect(store.change(task.id, { type: 'stop' })).rejects.toEqual(conflict)
        expect(await store.task(task.id)).toEqual(task)
      })

      test('cannot be changed or deleted while they run', async () => {
        const { id } = await store.create(specOf())
        await store.change(id, { type: 'start', runId: 'run' })
        await expect(store.update(id, specOf())).rejects.toEqual(conflict)
        await expect(store.delete(id)).rejects.toEqual(conflict)
      })

      test('that want something are pending', async () => {
        const started = await store.create(specOf())
        await store.create(specOf())
        await store.change(started.id, { type: 'start', runId: 'run' })
        expect((await store.pending()).map((task) => task.id)).toEqual([started.id])
        await store.change(started.id, { type: 'started' })
        expect(await store.pending()).toEqual([])
        await store.change(started.id, { type: 'stop' })
        expect((await store.pending()).map((task) => task.status)).toEqual(['pending-stop'])
      })

      test('come back after being deleted, with their runs', async () => {
        const task = await store.create(specOf())
        await store.openRun(openRunOf('run', task.id))
        await store.delete(task.id)
        expect(await store.task(task.id)).toBeNull()
        expect(await store.tasks()).toEqual([])
        expect(await store.runs({ taskId: task.id })).toHaveLength(1)
        expect(await store.restore(task.id)).toEqual(task)
        expect(await store.tasks()).toHaveLength(1)
      })

      test('are put back as somebody remembers them, where the store has lost them or an order of theirs', async () => {
        const elsewhere = await store.create(specOf())
        const task = { ...elsewhere, id: 'remembered', status: 'running', revision: 3, runId: 'r1', wantedRate: 50 } as const
        await store.putBack(task)
        expect(await store.task('remembered')).toEqual(task)
        await store.putBack({ ...task, status: 'pending-stop', revision: 4 })
        expect(await store.task('remembered')).toMatchObject({ status: 'pending-stop', revision: 4 })
        expect((await store.pending()).map(({ id }) => id)).toEqual(['remembered'])
      })

      test('are not put back over what the store knows better, nor over a deletion', async () => {
        const task = await store.create(specOf())
        const changed = await store.update(task.id, specOf({ name: 'newer' }))
        await store.putBack(task)
        await store.putBack({ ...task, revision: changed.revision })
        expect(await store.task(task.id)).toEqual(changed)
        await store.delete(task.id)
        await store.putBack({ ...task, revision: 9 })
        expect(await store.task(task.id)).toBeNull()
      })

      test('that were never there are named as such', async () => {
        await expect(store.update('none', specOf())).rejects.toEqual(notFound)
        await expect(store.delete('none')).rejects.toEqual(notFound)
        await expect(store.restore('none')).rejects.toEqual(notFound)
        await expect(store.change('none', { type: 'stop' })).rejects.toEqual(notFound)
        expect(await store.task('none')).toBeNull()
      })
    })

    describe('runs', () => {
      test('are listed newest first, by task, by time and up to a limit', async () => {
        for (const [id, taskId, startedAt] of [['r1', 'a', 1000], ['r2', 'b', 2000], ['r3', 'a', 3000]] as const) await store.openRun(openRunOf(id, taskId, { startedAt }))
        const ids = async (filter: Parameters<TaskStore['runs']>[0]) => (await store.runs(filter)).map((run) => run.id)
        expect(await ids({})).toEqual(['r3', 'r2', 'r1'])
        expect(await ids({ taskId: 'a' })).toEqual(['r3', 'r1'])
        expect(await ids({ before: 3000 })).toEqual(['r2', 'r1'])
        expect(await ids({ limit: 1 })).toEqual(['r3'])
      })

      test('can be opened twice by masters that follow each other', async () => {
        await store.openRun(openRunOf('run', 'task'))
        await store.appendPoints('run', [pointOf(1000)], [])
        await store.openRun(openRunOf('run', 'task'))
        expect(await store.points('run')).toHaveLength(1)
      })

      test('keep their points in order and each second once, and their events', async () => {
        await store.openRun(openRunOf('run', 'task'))
        await store.appendPoints('run', [pointOf(1000), pointOf(2000)], [])
        await store.appendPoints('run', [pointOf(2000), pointOf(3000)], [{ atMs: 2500, kind: 'rate-changed', detail: { rate: 7 } }])
        expect(await store.points('run')).toEqual([pointOf(1000), pointOf(2000), pointOf(3000)])
        expect(await store.events('run')).toEqual([{ atMs: 2500, kind: 'rate-changed', detail: { rate: 7 } }])
        expect(await store.run('run')).toMatchObject({ status: 'running', endedAt: null })
      })

      test('end with a summary that carries their points, and with the figures of a list', async () => {
        await store.openRun(openRunOf('run', 'task'))
        await store.appendPoints('run', [pointOf(1000)], [])
        expect(await store.summary('run')).toBeNull()
        const summary = summaryOf('run', 'task')
        await store.closeRun('run', summary)
        expect(await store.summary('run')).toEqual({ ...summary, points: [pointOf(1000)] })
        expect(await store.run('run')).toMatchObject({
          status: 'finished', verdict: 'passed', startedAt: 1_700_000_000_000, endedAt: 1_700_000_010_000,
          headline: { targetRate: 100, achievedRate: 99.5, p99: 12.3, errorRate: 0.01, durationMs: 10_000 },
        })
      })

      test('are deleted with all that belongs to them, but not while they are going', async () => {
        await store.openRun(openRunOf('run', 'task'))
        await store.appendPoints('run', [pointOf(1000)], [{ atMs: 1, kind: 'stop-requested', detail: {} }])
        await expect(store.deleteRun('run')).rejects.toEqual(conflict)
        await store.closeRun('run', summaryOf('run', 'task'))
        await store.deleteRun('run')
        expect([await store.run('run'), await store.summary('run'), await store.points('run'), await store.events('run')]).toEqual([null, null, [], []])
        await expect(store.deleteRun('run')).rejects.toEqual(notFound)
      })

      test('cannot be closed before they were opened', async () => {
        await expect(store.closeRun('none', summaryOf('none', 'task'))).rejects.toEqual(notFound)
      })

      test('of a living process are no orphans', async () => {
        const { id } = await store.create(specOf())
        await store.change(id, { type: 'start', runId: 'run' })
        await store.openRun(openRunOf('run', id))
        expect(await store.closeOrphans()).toEqual([])
        expect(await store.task(id)).toMatchObject({ status: 'pending-run' })
      })
    })

    test('settings are remembered by key', async () => {
      expect(await store.setting('theme')).toBeNull()
      await store.setSetting('theme', 'dark')
      await store.setSetting('theme', 'light')
      expect(await store.setting('theme')).toBe('light')
    })
  })
}
