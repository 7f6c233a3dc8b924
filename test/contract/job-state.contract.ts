import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ClusterState } from '../../src/main/backend/cluster-state.ts'
import type { Job, JobState } from '../../src/main/backend/job-state.ts'
import type { Lease } from '../../src/shared/cluster/cluster.ts'

export interface JobsUnderTest {
  cluster: ClusterState
  close(): Promise<void>
}

/** The promises of `JobState`, which every adapter keeps. */
export function describeJobState(name: string, open: () => Promise<JobsUnderTest>): void {
  describe(`${name} as what jobs share`, () => {
    let subject: JobsUnderTest
    let cluster: ClusterState
    let jobs: JobState
    beforeEach(async () => {
      subject = await open()
      cluster = subject.cluster
      jobs = cluster.jobs
    })
    afterEach(() => subject.close())

    const jobOf = (changes: Partial<Job> = {}): Job => ({ id: 'count', kind: 'word-count', pieces: 3, payload: { files: ['a', 'b', 'c'] }, ...changes })

    async function lead(nodeId = 'a'): Promise<Lease> {
      const answer = await cluster.acquire(nodeId, 0, `${nodeId}-token`)
      if (!answer.acquired) throw new Error('somebody else is master')
      return answer.lease
    }

    const told = (topic: 'intents' | 'results' | 'live', step: () => Promise<unknown>) => new Promise<void>((resolve, reject) => {
      const silence = cluster.watch(topic, () => {
        silence()
        resolve()
      })
      step().catch(reject)
    })

    test('keeps a job as it was left, and the first one of an id', async () => {
      expect(await jobs.submit(jobOf())).toBe(true)
      expect(await jobs.submit(jobOf({ pieces: 9 }))).toBe(false)
      expect(await jobs.all()).toEqual([{ id: 'count', kind: 'word-count', pieces: 3, done: 0, finished: false }])
      expect(await jobs.job('count')).toEqual(jobOf())
    })

    test('tells the master of a job, everybody of an outcome and of the end', async () => {
      const lease = await lead()
      await told('intents', () => jobs.submit(jobOf()))
      await told('results', () => jobs.deliver('count', 0, { ok: true, value: 7 }))
      await told('live', () => jobs.finish(lease, 'count', 7))
    })

    test('counts one outcome of a piece, whoever was first', async () => {
      await jobs.submit(jobOf())
      expect(await jobs.deliver('count', 1, { ok: true, value: { words: 5 } })).toBe(true)
      expect(await jobs.deliver('count', 1, { ok: true, value: { words: 6 } })).toBe(false)
      expect(await jobs.deliver('count', 2, { ok: false, why: 'no such file' })).toBe(true)
      expect((await jobs.delivered('count')).sort()).toEqual([1, 2])
      expect(await jobs.outcomes('count')).toEqual(new Map([[1, { ok: true, value: { words: 5 } }], [2, { ok: false, why: 'no such file' }]]))
      expect(await jobs.all()).toMatchObject([{ done: 2 }])
    })

    test('takes nothing for a job that nobody has left', async () => {
      expect(await jobs.deliver('nobody', 0, { ok: true, value: 1 })).toBe(false)
      expect([await jobs.job('nobody'), await jobs.result('nobody')]).toEqual([null, null])
      expect(await jobs.delivered('nobody')).toEqual([])
      expect(await jobs.outcomes('nobody')).toEqual(new Map())
    })

    test('ends a job once, with its result', async () => {
      const lease = await lead()
      await jobs.submit(jobOf())
      await jobs.deliver('count', 0, { ok: true, value: 1 })
      expect(await jobs.result('count')).toBeNull()
      expect(await jobs.finish(lease, 'count', { words: 12 })).toEqual({ ok: true, value: 'done' })
      expect(await jobs.finish(lease, 'count', { words: 13 })).toEqual({ ok: true, value: 'over' })
      expect(await jobs.deliver('count', 1, { ok: true, value: 1 })).toBe(false)
      expect(await jobs.delivered('count')).toEqual([])
      expect(await jobs.all()).toEqual([{ id: 'count', kind: 'word-count', pieces: 3, done: 3, finished: true }])
      expect(await jobs.result('count')).toEqual({ value: { words: 12 } })
    })

    test('lets only the master end it', async () => {
      const old = await lead('a')
      await jobs.submit(jobOf())
      await cluster.release(old)
      const held = await lead('b')
      expect(await jobs.finish(old, 'count', 1)).toEqual({ ok: false, fenced: { epoch: held.epoch, nodeId: 'b' } })
      expect(await jobs.all()).toMatchObject([{ finished: false }])
    })

    test('forgets a job with all that belongs to it', async () => {
      const lease = await lead()
      await jobs.submit(jobOf())
      await jobs.deliver('count', 0, { ok: true, value: 1 })
      await jobs.forget('count')
      expect(await jobs.all()).toEqual([])
      expect(await jobs.job('count')).toBeNull()
      expect(await jobs.finish(lease, 'count', 1)).toEqual({ ok: true, value: 'over' })
      expect(await jobs.submit(jobOf())).toBe(true)
      expect(await jobs.delivered('count')).toEqual([])
    })

    test('brings parts of jobs to their nodes with the manifest', async () => {
      const { epoch, token, ...lease } = await lead()
      const jobsOfA = [{ jobId: 'count', share: [{ from: 0, to: 0.5 }] }]
      const manifest = { nodeId: 'w', boot: 'w-boot', epoch, token, revision: 1, orders: { drained: false, priority: null }, assignments: [], jobs: jobsOfA }
      await cluster.commit({ epoch, token, ...lease }, { expectRevision: 0, revision: 1, manifests: [manifest], removed: [] })
      const after = await cluster.acquire('other', 0, 'x')
      expect(after.acquired).toBe(false)
      await cluster.release({ epoch, token, ...lease })
      const next = await cluster.acquire('other', 0, 'y')
      expect(next.acquired && next.snapshot.manifests).toMatchObject([{ nodeId: 'w', jobs: jobsOfA }])
    })
  })
}
