import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ClusterState } from '../../src/main/backend/cluster-state.ts'
import type { Proposal, SentinelState } from '../../src/main/backend/sentinel-state.ts'
import type { Lease } from '../../src/shared/cluster/cluster.ts'
import { nodeOf } from './fixtures.ts'

export interface SentinelsUnderTest {
  cluster: ClusterState
  /** Moves the cluster's clock on, as far as the sentinels' rules go, ms. */
  pass(ms: number): Promise<void>
  /** Lets a mastership that is not renewed run out. */
  expireLease(): Promise<void>
  close(): Promise<void>
}

/** The promises of `SentinelState`, which every adapter keeps. */
export function describeSentinelState(name: string, open: () => Promise<SentinelsUnderTest>): void {
  describe(`${name} as what sentinels share`, () => {
    let subject: SentinelsUnderTest
    let cluster: ClusterState
    let sentinels: SentinelState
    beforeEach(async () => {
      subject = await open()
      cluster = subject.cluster
      sentinels = cluster.sentinels
    })
    afterEach(() => subject.close())

    async function lead(nodeId: string): Promise<Lease> {
      const answer = await cluster.acquire(nodeId, 0, `${nodeId}-token`)
      if (!answer.acquired) throw new Error(`${answer.holder?.nodeId ?? 'nobody'} is master`)
      return answer.lease
    }

    const proposalOf = (term: number, epoch: number, changes: Partial<Proposal> = {}): Proposal => ({
      sentinelId: 's1', term, epoch, deputies: ['b', 'c'], configured: 3, considered: [{ nodeId: 'b', chosen: true, why: 'priority 2' }], ...changes,
    })

    /** s1 wins against the master of this epoch. */
    async function won(epoch: number): Promise<number> {
      const term = (await sentinels.stand('s1', 0, epoch))?.term ?? 0
      expect(await sentinels.vote('s2', term)).toBe(2)
      return term
    }

    async function elected(lease: Lease): Promise<void> {
      expect(await sentinels.elect(proposalOf(await won(lease.epoch), lease.epoch))).toBe('done')
    }

    describe('watching', () => {
      test('shows the master, its nodes and who else watches', async () => {
        await cluster.heartbeat(nodeOf('a'), { epoch: 0, revision: 0 })
        const lease = await lead('a')
        await sentinels.watch('s1')
        expect(await sentinels.watch('s2')).toMatchObject({
          epoch: lease.epoch, master: { nodeId: 'a', epoch: lease.epoch, renews: 0 }, nodes: [{ id: 'a' }], registered: 2, alive: 2, down: 0, candidate: null, election: null,
        })
        expect(await cluster.heartbeat(nodeOf('a'), { epoch: 0, revision: 0 })).toMatchObject({ sentinels: 2, election: null })
      })

      test('counts a sentinel that fell silent in the majority for ten minutes, but not among the living', async () => {
        await sentinels.watch('s1')
        await subject.pass(6000)
        expect(await sentinels.watch('s2')).toMatchObject({ registered: 2, alive: 1 })
        await subject.pass(600_001)
        expect(await sentinels.watch('s2')).toMatchObject({ registered: 1, alive: 1 })
      })
    })

    describe('opinions', () => {
      test('that the master is down add up, hold for three seconds and can be taken back', async () => {
        const { epoch } = await lead('a')
        expect(await sentinels.opinion('s1', epoch, true)).toEqual({ down: 1 })
        expect(await sentinels.opinion('s1', epoch, true)).toEqual({ down: 1 })
        expect(await sentinels.opinion('s2', epoch, true)).toEqual({ down: 2 })
        expect(await sentinels.opinion('s2', epoch, false)).toEqual({ down: 1 })
        expect(await sentinels.watch('s3')).toMatchObject({ down: 1 })
        await subject.pass(3001)
        expect(await sentinels.watch('s3')).toMatchObject({ down: 0 })
      })

      test('are on one epoch and say nothing of the next', async () => {
        const first = await lead('a')
        await sentinels.opinion('s1', first.epoch, true)
        await cluster.release(first)
        const second = await lead('b')
        expect(await sentinels.opinion('s2', second.epoch, true)).toEqual({ down: 1 })
      })
    })

    describe('a candidacy', () => {
      test('begins a term above any that was ever seen, with the candidate’s own vote', async () => {
        const { epoch } = await lead('a')
        const first = await sentinels.stand('s1', 0, epoch)
        expect(await sentinels.watch('s2')).toMatchObject({ term: first?.term, candidate: { sentinelId: 's1', term: first?.term, epoch } })
        await subject.pass(1501)
        const second = await sentinels.stand('s2', (first?.term ?? 0) + 100_000, epoch)
        expect(second?.term).toBeGreaterThan((first?.term ?? 0) + 100_000)
        expect(await sentinels.vote('s2', second?.term ?? 0)).toBe(1)
      })

      test('is refused while another one is young, and when the mastership has moved on', async () => {
        const { epoch } = await lead('a')
        expect(await sentinels.stand('s1', 0, epoch - 1)).toBeNull()
        expect(await sentinels.stand('s1', 0, epoch)).not.toBeNull()
        expect(await sentinels.stand('s2', 0, epoch)).toBeNull()
        await subject.pass(1501)
        expect(await sentinels.stand('s2', 0, epoch)).not.toBeNull()
      })

      test('gets one vote of each sentinel, and none once its term is over', async () => {
        const { epoch } = await lead('a')
        const term = (await sentinels.stand('s1', 0, epoch))?.term ?? 0
        expect(await sentinels.vote('s2', term)).toBe(2)
        expect(await sentinels.vote('s2', term)).toBe(2)
        expect(await sentinels.vote('s3', term - 1)).toBeNull()
        await subject.pass(1501)
        await sentinels.stand('s3', 0, epoch)
        expect(await sentinels.vote('s4', term)).toBeNull()
      })
    })

    describe('an election', () => {
      test('takes the mastership away and names who may have it, with the reasons', async () => {
        const lease = await lead('a')
        await elected(lease)
        expect(await cluster.master()).toBeNull()
        expect((await cluster.renew(lease)).ok).toBe(false)
        expect(await cluster.heartbeat(nodeOf('b'), { epoch: 0, revision: 0 })).toMatchObject({ election: { deputies: ['b', 'c'], epoch: lease.epoch } })
        expect(await sentinels.elections()).toMatchObject([{ kind: 'election', by: 's1', epoch: lease.epoch, deputies: ['b', 'c'], considered: [{ nodeId: 'b', chosen: true, why: 'priority 2' }] }])
      })

      test('needs the votes of more than half, of those that should be or of those that are', async () => {
        const { epoch } = await lead('a')
        const term = await won(epoch)
        expect(await sentinels.elect(proposalOf(term, epoch, { configured: 4 }))).toBe('refused')
        for (const id of ['s1', 's2', 's3', 's4']) await sentinels.watch(id)
        expect(await sentinels.elect(proposalOf(term, epoch))).toBe('refused')
        expect(await sentinels.vote('s3', term)).toBe(3)
        expect(await sentinels.elect(proposalOf(term, epoch))).toBe('done')
      })

      test('is refused to who is not the candidate of this term and epoch', async () => {
        const lease = await lead('a')
        const term = await won(lease.epoch)
        expect(await sentinels.elect(proposalOf(term, lease.epoch, { sentinelId: 's2' }))).toBe('refused')
        expect(await sentinels.elect(proposalOf(term - 1, lease.epoch))).toBe('refused')
        expect(await sentinels.elect(proposalOf(term, lease.epoch - 1))).toBe('refused')
        await cluster.release(lease)
        const next = await lead('b')
        expect(await sentinels.elect(proposalOf(term, lease.epoch))).toBe('refused')
        expect((await cluster.renew(next)).ok).toBe(true)
      })

      test('is won once per term', async () => {
        const lease = await lead('a')
        const term = await won(lease.epoch)
        expect(await sentinels.elect(proposalOf(term, lease.epoch))).toBe('done')
        expect(await sentinels.elect(proposalOf(term, lease.epoch))).toBe('refused')
        expect(await sentinels.stand('s2', 0, lease.epoch)).toBeNull()
      })

      test('lets its deputies have the mastership in their order, and nobody else', async () => {
        await elected(await lead('a'))
        expect(await cluster.acquire('x', 0, 't')).toEqual({ acquired: false, holder: null })
        expect(await cluster.acquire('c', 0, 't')).toEqual({ acquired: false, holder: null })
        await subject.pass(2001)
        expect(await cluster.acquire('x', 0, 't')).toEqual({ acquired: false, holder: null })
        expect(await cluster.acquire('c', 0, 't')).toMatchObject({ acquired: true })
        expect(await sentinels.watch('s1')).toMatchObject({ master: { nodeId: 'c' }, election: null })
      })

      test('gives the first one its turn at once', async () => {
        await elected(await lead('a'))
        expect(await cluster.acquire('b', 0, 't')).toMatchObject({ acquired: true })
      })

      test('is over after eight seconds: then anybody may', async () => {
        await elected(await lead('a'))
        await subject.pass(8001)
        expect(await cluster.acquire('x', 0, 't')).toMatchObject({ acquired: true })
      })

      test('of a master whose lock has run out names successors all the same', async () => {
        const lease = await lead('a')
        await subject.expireLease()
        await elected(lease)
        expect(await cluster.acquire('x', 0, 't')).toEqual({ acquired: false, holder: null })
        expect(await cluster.acquire('b', 0, 't')).toMatchObject({ acquired: true })
      })
    })

    describe('a hand-over', () => {
      test('gives the mastership to whom the master names, in one step', async () => {
        const lease = await lead('a')
        expect(await sentinels.handover(lease, ['b'], [{ nodeId: 'b', name: 'box', chosen: true, why: 'asked for', said: [{ key: 'succession.asked', params: {} }] }], 'a is to be updated')).toEqual({ ok: true, value: 'done' })
        expect(await cluster.acquire('a', 0, 't')).toEqual({ acquired: false, holder: null })
        expect(await cluster.acquire('b', 0, 't')).toMatchObject({ acquired: true })
        expect(await sentinels.elections()).toMatchObject([{ kind: 'handover', by: 'a', deputies: ['b'], considered: [{ name: 'box', why: 'asked for', said: [{ key: 'succession.asked' }] }], reason: 'a is to be updated' }])
      })

      test('is refused to a deposed master', async () => {
        const old = await lead('a')
        await subject.expireLease()
        const held = await lead('b')
        expect(await sentinels.handover(old, ['c'], [])).toEqual({ ok: false, fenced: { epoch: held.epoch, nodeId: 'b' } })
        expect(await cluster.master()).toMatchObject({ nodeId: 'b' })
      })
    })

    test('the record of a cluster of thousands keeps the reasons of the first fifty nodes', async () => {
      const considered = Array.from({ length: 5000 }, (_, i) => ({ nodeId: `node-${i}`, chosen: i === 0, why: `place ${i + 1}: priority 5, CPU 41 %` }))
      expect(await sentinels.handover(await lead('a'), ['node-0'], considered)).toEqual({ ok: true, value: 'done' })
      expect((await sentinels.elections())[0]?.considered).toEqual(considered.slice(0, 50))
    })

    test('elections are listed, the newest first', async () => {
      await elected(await lead('a'))
      const second = await cluster.acquire('b', 0, 't')
      if (second.acquired) await sentinels.handover(second.lease, ['c'], [])
      expect((await sentinels.elections()).map(({ by }) => by)).toEqual(['b', 's1'])
    })
  })
}
