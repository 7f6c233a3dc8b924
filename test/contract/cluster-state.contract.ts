import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AggregateCommit, ClusterState, Commit, Topic } from '../../src/main/backend/cluster-state.ts'
import type { Lease } from '../../src/shared/cluster/cluster.ts'
import { manifestOf, nodeOf, openRunOf, pointOf, sampleOf, viewOf } from './fixtures.ts'

/** An adapter under test, and what only its clock can do. */
export interface ClusterUnderTest {
  cluster: ClusterState
  /** Lets a mastership that is not renewed run out. */
  expireLease(): Promise<void>
  close(): Promise<void>
}

const NOTHING_APPLIED = { epoch: 0, revision: 0 }

/** The promises of `ClusterState`, which every adapter keeps. */
export function describeClusterState(name: string, open: () => Promise<ClusterUnderTest>): void {
  describe(`${name} as a cluster state`, () => {
    let subject: ClusterUnderTest
    let cluster: ClusterState
    beforeEach(async () => {
      subject = await open()
      cluster = subject.cluster
    })
    afterEach(() => subject.close())

    async function lead(nodeId: string, claimed = 0): Promise<Lease> {
      const answer = await cluster.acquire(nodeId, claimed, `${nodeId}-token-${Math.random()}`)
      if (!answer.acquired) throw new Error(`${answer.holder?.nodeId ?? 'nobody'} is master`)
      return answer.lease
    }

    describe('membership', () => {
      test('lists the nodes that sent a heartbeat, as they last described themselves', async () => {
        await cluster.heartbeat(nodeOf('a', { beat: 1 }), NOTHING_APPLIED)
        await cluster.heartbeat(nodeOf('a', { beat: 2, cpuPercent: 55 }), NOTHING_APPLIED)
        await cluster.heartbeat(nodeOf('b'), NOTHING_APPLIED)
        const nodes = await cluster.nodes()
        expect(nodes.map((node) => node.id).sort()).toEqual(['a', 'b'])
        expect(nodes.find((node) => node.id === 'a')).toMatchObject({ beat: 2, cpuPercent: 55 })
      })

      test('tells of one node what it said last', async () => {
        await cluster.heartbeat(nodeOf('a'), NOTHING_APPLIED)
        await cluster.heartbeat(nodeOf('a', { beat: 2 }), NOTHING_APPLIED)
        expect(await cluster.node('a')).toMatchObject({ id: 'a', beat: 2 })
        expect(await cluster.node('b')).toBeNull()
      })

      test('forgets a node that leaves, but not a younger boot of it', async () => {
        await cluster.heartbeat(nodeOf('a', { boot: 'second' }), NOTHING_APPLIED)
        await cluster.leave('a', 'first')
        expect(await cluster.nodes()).toHaveLength(1)
        await cluster.leave('a', 'second')
        expect(await cluster.nodes()).toEqual([])
      })

      test('lists members as the nodes that they are, and says of none that it has gone', async () => {
        await cluster.heartbeat(nodeOf('a'), NOTHING_APPLIED)
        await cluster.heartbeat(nodeOf('b'), NOTHING_APPLIED)
        const members = await cluster.members()
        expect(members.map(({ info }) => info)).toEqual(await cluster.nodes())
        expect(members.filter(({ connected }) => connected === false)).toEqual([])
      })

      test('keeps one identity as long as it keeps its data', async () => {
        const first = await cluster.heartbeat(nodeOf('a'), NOTHING_APPLIED)
        const second = await cluster.heartbeat(nodeOf('a', { beat: 2 }), NOTHING_APPLIED)
        expect(second.incarnation).toBe(first.incarnation)
      })
    })

    describe('who was heard when', () => {
      const heardBy = async (nodeId: string) => {
        const answer = await cluster.acquire(nodeId, 0, 't')
        return answer.acquired ? answer.snapshot.heard.map(({ nodeId: id, boot, beat }) => [id, boot, beat]).sort() : null
      }

      test('a node learns which beat of its boot was heard before this one, while there is no master', async () => {
        const before = async (changes: { boot?: string; beat: number }) => (await cluster.heartbeat(nodeOf('a', changes), NOTHING_APPLIED)).heardBefore
        expect([await before({ beat: 1 }), await before({ beat: 2 })]).toEqual([0, 1])
        const lease = await lead('m')
        expect(await before({ beat: 5 })).toBeNull()
        await cluster.release(lease)
        expect(await before({ beat: 6 })).toBe(5)
        expect([await before({ boot: 'another', beat: 1 }), await before({ boot: 'another', beat: 2 })]).toEqual([0, 1])
      })

      test('a new master learns when each node was heard last, by the clock of the state', async () => {
        const first = await cluster.heartbeat(nodeOf('a', { beat: 7 }), NOTHING_APPLIED)
        const second = await cluster.heartbeat(nodeOf('b', { boot: 'second boot' }), NOTHING_APPLIED)
        const answer = await cluster.acquire('m', 0, 't')
        const heard = answer.acquired ? new Map(answer.snapshot.heard.map((each) => [each.nodeId, each])) : new Map<string, never>()
        expect(heard.get('a')).toMatchObject({ boot: 'a-boot', beat: 7 })
        expect(heard.get('b')).toMatchObject({ boot: 'second boot', beat: 1 })
        expect(Math.abs(heard.get('a')!.at - first.now)).toBeLessThanOrEqual(1)
        expect(Math.abs(heard.get('b')!.at - second.now)).toBeLessThanOrEqual(1)
      })

      test('of those who have left or were taken out nothing is remembered', async () => {
        for (const id of ['a', 'b', 'c']) await cluster.heartbeat(nodeOf(id), NOTHING_APPLIED)
        await cluster.leave('a', 'a-boot')
        const lease = await lead('m')
        await cluster.commit(lease, { ...commitOf(lease, 0), removed: [{ nodeId: 'b', boot: 'b-boot', beat: 1 }] })
        await cluster.release(lease)
        expect(await heardBy('n')).toEqual([['c', 'c-boot', 1]])
      })
    })

    describe('mastership', () => {
      test('has one holder, and tells the others who it is', async () => {
        const lease = await lead('a')
        expect(await cluster.acquire('b', 0, 't')).toMatchObject({ acquired: false, holder: { nodeId: 'a', epoch: lease.epoch } })
        expect((await cluster.heartbeat(nodeOf('b'), NOTHING_APPLIED)).master).toEqual({ nodeId: 'a', epoch: lease.epoch, renews: 0 })
        expect(await cluster.master()).toMatchObject({ nodeId: 'a' })
      })

      test('raises the epoch with every mastership, above any that a node claims to have seen', async () => {
        const first = await lead('a')
        await cluster.release(first)
        const second = await lead('b')
        expect(second.epoch).toBeGreaterThan(first.epoch)
        await cluster.release(second)
        const third = await lead('a', second.epoch + 1000)
        expect(third.epoch).toBeGreaterThan(second.epoch + 1000)
      })

      test('counts renewals, so that others see it live without a clock', async () => {
        const lease = await lead('a')
        expect(await cluster.renew(lease)).toEqual({ ok: true, value: 'done' })
        expect((await cluster.heartbeat(nodeOf('b'), NOTHING_APPLIED)).master).toMatchObject({ renews: 1 })
      })

      test('runs out when it is not renewed, and the deposed holder is refused everything', async () => {
        const old = await lead('a')
        await subject.expireLease()
        const held = await lead('b')
        const fenced = { ok: false, fenced: { epoch: held.epoch, nodeId: 'b' } }
        expect(await cluster.renew(old)).toEqual(fenced)
        expect(await cluster.poll(old, '')).toEqual(fenced)
        expect(await cluster.commit(old, commitOf(old, 0))).toEqual(fenced)
        expect(await cluster.commitAggregate(old, aggregateOf('run', 0, ''))).toEqual(fenced)
        expect(await cluster.views()).toEqual([])
      })

      test('is taken over when it is watched standing still, but not when it has moved since', async () => {
        const old = await lead('a')
        await cluster.renew(old)
        expect(await cluster.acquire('b', 0, 't', { epoch: old.epoch, renews: 0 })).toMatchObject({ acquired: false })
        expect(await cluster.acquire('b', 0, 't', { epoch: old.epoch, renews: 1 })).toMatchObject({ acquired: true, lease: { nodeId: 'b' } })
        expect((await cluster.renew(old)).ok).toBe(false)
      })

      test('is not given back by somebody who no longer holds it', async () => {
        const old = await lead('a')
        await subject.expireLease()
        await lead('b')
        await cluster.release(old)
        expect(await cluster.master()).toMatchObject({ nodeId: 'b' })
      })

      test('refuses a holder whose epoch is right and whose token is not', async () => {
        const lease = await lead('a')
        expect((await cluster.renew({ ...lease, token: 'forged' })).ok).toBe(false)
      })

      test('hands a new master the manifests, the revision and the aggregates', async () => {
        const first = await lead('a')
        await cluster.commit(first, commitOf(first, 0))
        await cluster.commitAggregate(first, aggregateOf('run', 0, '7', { state: 'counted so far' }))
        await cluster.release(first)
        const answer = await cluster.acquire('b', 0, 't')
        expect(answer).toMatchObject({ acquired: true, snapshot: { epoch: first.epoch, revision: 1, manifests: [{ nodeId: 'a', revision: 1 }], aggregates: [{ runId: 'run', revision: 1, cursor: '7', state: 'counted so far' }] } })
      })
    })

    describe('work', () => {
      test('tells apart orders that stand as applied from orders that are not there', async () => {
        const orders = async (applied: { epoch: number; revision: number }) => {
          const { manifest, confirmed } = await cluster.heartbeat(nodeOf('a'), applied)
          return { manifest: manifest?.revision ?? null, confirmed }
        }
        expect(await orders(NOTHING_APPLIED)).toEqual({ manifest: null, confirmed: false })
        const lease = await lead('m')
        await cluster.commit(lease, commitOf(lease, 0))
        expect(await orders(NOTHING_APPLIED)).toEqual({ manifest: 1, confirmed: false })
        expect(await orders({ epoch: lease.epoch, revision: 1 })).toEqual({ manifest: null, confirmed: true })
        expect((await cluster.heartbeat(nodeOf('a', { boot: 'another' }), { epoch: lease.epoch, revision: 1 })).confirmed).toBe(false)
      })

      test('tells every node the last epoch, also while nobody is master', async () => {
        const epoch = async () => (await cluster.heartbeat(nodeOf('a'), NOTHING_APPLIED)).epoch
        expect(await epoch()).toBe(0)
        const lease = await lead('m')
        expect(await epoch()).toBe(lease.epoch)
        await cluster.release(lease)
        expect(await epoch()).toBe(lease.epoch)
      })

      test('brings a node its manifest with the heartbeat until it says that it is applied', async () => {
        const lease = await lead('a')
        await cluster.commit(lease, commitOf(lease, 0))
        expect((await cluster.heartbeat(nodeOf('a'), NOTHING_APPLIED)).manifest).toMatchObject({ nodeId: 'a', revision: 1, epoch: lease.epoch })
        expect((await cluster.heartbeat(nodeOf('a'), { epoch: lease.epoch, revision: 1 })).manifest).toBeNull()
      })

      test('never brings a restarted node the manifest of its former life', async () => {
        const lease = await lead('a')
        await cluster.commit(lease, commitOf(lease, 0))
        expect((await cluster.heartbeat(nodeOf('a', { boot: 'another' }), NOTHING_APPLIED)).manifest).toBeNull()
      })

      test('takes a commit only on the revision that it was made for', async () => {
        const lease = await lead('a')
        expect(await cluster.commit(lease, commitOf(lease, 0))).toEqual({ ok: true, value: 'done' })
        expect(await cluster.commit(lease, commitOf(lease, 0))).toEqual({ ok: true, value: 'conflict' })
        expect(await cluster.commit(lease, commitOf(lease, 1))).toEqual({ ok: true, value: 'done' })
        expect(await cluster.poll(lease, '')).toMatchObject({ value: { revision: 2 } })
      })

      test('takes a lost node out unless it has moved, and then changes nothing', async () => {
        await cluster.heartbeat(nodeOf('b', { beat: 5 }), NOTHING_APPLIED)
        const lease = await lead('a')
        const removed = [{ nodeId: 'b', boot: 'b-boot', beat: 4 }]
        expect(await cluster.commit(lease, { ...commitOf(lease, 0), removed })).toEqual({ ok: true, value: { alive: 'b' } })
        expect(await cluster.poll(lease, '')).toMatchObject({ value: { revision: 0 } })
        await cluster.commit(lease, { ...commitOf(lease, 0), removed: [{ nodeId: 'b', boot: 'b-boot', beat: 5 }] })
        expect(await cluster.nodes()).toEqual([])
      })

      test('returns a stop with every heartbeat, the newest order per task', async () => {
        await cluster.stop({ taskId: 'task', orderNo: 7 })
        await cluster.stop({ taskId: 'task', orderNo: 3 })
        expect((await cluster.heartbeat(nodeOf('a'), NOTHING_APPLIED)).stops).toEqual([{ taskId: 'task', orderNo: 7 }])
      })

      test('hands a wish to the master once', async () => {
        await cluster.request({ id: 'i1', op: 'drain', nodeId: 'b' })
        const lease = await lead('a')
        expect(await cluster.poll(lease, '')).toMatchObject({ value: { intents: [{ id: 'i1', op: 'drain', nodeId: 'b' }] } })
        expect(await cluster.poll(lease, '')).toMatchObject({ value: { intents: [] } })
      })

      test('hands wishes to the master alone, each once, whichever way it asks', async () => {
        const lease = await lead('a')
        await cluster.request({ id: 'i1', op: 'drain', nodeId: 'b' })
        await cluster.request({ id: 'i2', op: 'mark-lost', nodeId: 'c' })
        expect(await cluster.intents({ ...lease, token: 'forged' })).toMatchObject({ ok: false })
        expect(await cluster.intents(lease)).toEqual({ ok: true, value: [{ id: 'i1', op: 'drain', nodeId: 'b' }, { id: 'i2', op: 'mark-lost', nodeId: 'c' }] })
        expect(await cluster.intents(lease)).toEqual({ ok: true, value: [] })
        expect(await cluster.poll(lease, '')).toMatchObject({ value: { intents: [] } })
      })
    })

    describe('results', () => {
      const batch = (seqs: number[], ringFrom = 1, boot = 'a-boot') => ({ runId: 'run', nodeId: 'a', boot, ringFrom, entries: seqs.map((seq) => ({ seq, sample: sampleOf('run', seq - 1) })) })
      const seqsAfter = async (lease: Lease, cursor = '') => {
        const polled = await cluster.poll(lease, cursor)
        return polled.ok ? polled.value.results.map((result) => result.seq) : []
      }

      test('are accepted once and in order', async () => {
        const lease = await lead('a')
        expect(await cluster.report(batch([1, 2]))).toEqual({ accepted: 2 })
        expect(await cluster.report(batch([1, 2, 3]))).toEqual({ accepted: 3 })
        expect(await cluster.report(batch([5]))).toEqual({ accepted: 3 })
        expect(await seqsAfter(lease)).toEqual([1, 2, 3])
        expect((await cluster.heartbeat(nodeOf('a'), NOTHING_APPLIED)).accepted).toEqual({ run: 3 })
      })

      test('with a hole are accepted only when the sender has lost it, and the hole is marked', async () => {
        const lease = await lead('a')
        await cluster.report(batch([1]))
        expect(await cluster.report(batch([4, 5], 4))).toEqual({ accepted: 5 })
        const polled = await cluster.poll(lease, '')
        expect(polled).toMatchObject({ value: { results: [{ seq: 1, gapBefore: false }, { seq: 4, gapBefore: true }, { seq: 5, gapBefore: false }] } })
      })

      test('are numbered per boot', async () => {
        await cluster.report(batch([1, 2]))
        expect(await cluster.report(batch([1], 1, 'another'))).toEqual({ accepted: 1 })
      })

      test('keep their histograms to the byte', async () => {
        const lease = await lead('a')
        const sample = sampleOf('run', 0)
        sample.tally.response = Uint8Array.of(0, 1, 127, 128, 255)
        await cluster.report({ ...batch([]), entries: [{ seq: 1, sample }] })
        const polled = await cluster.poll(lease, '')
        expect(polled.ok && [...(polled.value.results[0]?.sample.tally.response ?? [])]).toEqual([0, 1, 127, 128, 255])
      })

      test('are read on from a cursor, and are gone once they are part of an aggregate', async () => {
        const lease = await lead('a')
        await cluster.report(batch([1, 2]))
        const first = await cluster.poll(lease, '')
        if (!first.ok) throw new Error('fenced')
        await cluster.report(batch([3]))
        expect(await seqsAfter(lease, first.value.cursor)).toEqual([3])
        await cluster.commitAggregate(lease, aggregateOf('run', 0, first.value.cursor))
        expect(await seqsAfter(lease)).toEqual([3])
      })

      test('are all handed out again to a master whose cursor is beyond them: the state has lost its last moments', async () => {
        const lease = await lead('a')
        await cluster.report(batch([1, 2]))
        const polled = await cluster.poll(lease, '')
        if (!polled.ok) throw new Error('fenced')
        const beyond = polled.value.cursor.replace(/\d{10,}/, (moment) => String(Number(moment) + 1_000_000))
        expect(await seqsAfter(lease, beyond)).toEqual([1, 2])
      })

      test('move an aggregate on only from where it stands', async () => {
        const lease = await lead('a')
        expect(await cluster.commitAggregate(lease, aggregateOf('run', 0, '1', { points: [pointOf(1000)] }))).toEqual({ ok: true, value: 'done' })
        expect(await cluster.commitAggregate(lease, aggregateOf('run', 0, '2', { points: [pointOf(2000)] }))).toEqual({ ok: true, value: 'conflict' })
        expect(await cluster.commitAggregate(lease, aggregateOf('run', 1, '2', { points: [pointOf(2000)] }))).toEqual({ ok: true, value: 'done' })
        expect((await cluster.live('run', 0))?.points.map((point) => point.atMs)).toEqual([1000, 2000])
        expect((await cluster.live('run', 1000))?.points.map((point) => point.atMs)).toEqual([2000])
      })

      test('take what an attempt of unknown outcome has brought only once, also where no sample was read in between', async () => {
        const lease = await lead('a')
        const attempt = { points: [pointOf(1000)], events: [{ atMs: 5, kind: 'rate-changed' as const, detail: { rate: 9 } }] }
        expect(await cluster.commitAggregate(lease, aggregateOf('run', 0, '', attempt))).toEqual({ ok: true, value: 'done' })
        expect(await cluster.commitAggregate(lease, { ...aggregateOf('run', 0, '', attempt), revision: 2 })).toEqual({ ok: true, value: 'conflict' })
        expect((await cluster.live('run', 0))?.events).toHaveLength(1)
        expect((await cluster.live('run', 0))?.points).toHaveLength(1)
      })

      test('show the view that was committed last, with all events, until the run is forgotten', async () => {
        const lease = await lead('a')
        const run = openRunOf('run', 'task')
        await cluster.commitAggregate(lease, aggregateOf('run', 0, '', { events: [{ atMs: 5, kind: 'rate-changed', detail: { rate: 9 } }] }))
        await cluster.commitAggregate(lease, aggregateOf('run', 1, '', { view: viewOf({ ...run, status: 'running' }) }))
        expect(await cluster.views()).toMatchObject([{ run: { id: 'run', status: 'running' } }])
        expect((await cluster.live('run', 0))?.events).toEqual([{ atMs: 5, kind: 'rate-changed', detail: { rate: 9 } }])
        await cluster.forget('run')
        expect(await cluster.views()).toEqual([])
        expect(await cluster.live('run', 0)).toBeNull()
      })
    })

    describe('nudges', () => {
      const nudged = (topic: Topic, cause: () => Promise<unknown>) => new Promise<void>((resolve, reject) => {
        cluster.watch(topic, resolve)
        cause().catch(reject)
      })

      test('tell who waits that there is something to look at', async () => {
        const lease = await lead('a')
        await nudged('work', () => cluster.commit(lease, commitOf(lease, 0)))
        await nudged('work', () => cluster.stop({ taskId: 'task', orderNo: 1 }))
        await nudged('intents', () => cluster.request({ id: 'i', op: 'look' }))
        await nudged('results', () => cluster.report({ runId: 'run', nodeId: 'a', boot: 'b', ringFrom: 1, entries: [] }))
        await nudged('live', () => cluster.commitAggregate(lease, aggregateOf('run', 0, '')))
        await nudged('nodes', () => cluster.heartbeat(nodeOf('a'), NOTHING_APPLIED))
        await nudged('nodes', () => cluster.release(lease))
        const other = await lead('b')
        await nudged('master', () => cluster.sentinels.handover(other, ['a'], []))
        await nudged('master', () => cluster.acquire('a', 0, 't'))
      })

      test('end with the subscription', async () => {
        let heard = 0
        const silence = cluster.watch('intents', () => heard++)
        silence()
        await nudged('intents', () => cluster.request({ id: 'i', op: 'look' }))
        expect(heard).toBe(0)
      })
    })
  })
}

function commitOf(lease: Lease, expectRevision: number): Commit {
  return { expectRevision, revision: expectRevision + 1, manifests: [manifestOf('a', lease, expectRevision + 1)], removed: [] }
}

function aggregateOf(runId: string, expectRevision: number, cursor: string, changes: Partial<AggregateCommit> = {}): AggregateCommit {
  return { runId, expectRevision, revision: expectRevision + 1, cursor, state: '', points: [], events: [], view: viewOf(openRunOf(runId, 'task')), summary: null, ...changes }
}
