import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AggregateCommit, ClusterState } from '../../../src/main/backend/cluster-state.ts'
import { openRedisClusterState, type RedisClusterOptions, type RedisClusterState } from '../../../src/main/backend/redis-cluster-state.ts'
import { connectRedis, type ConnectOptions, type RedisLink } from '../../../src/main/backend/redis/connection.ts'
import type { Lease } from '../../../src/shared/cluster/cluster.ts'
import { manifestOf, nodeOf, openRunOf, pointOf, sampleOf, viewOf } from '../../contract/fixtures.ts'
import { startRedis, type RedisServer } from '../../support/redis.ts'

const NOTHING_APPLIED = { epoch: 0, revision: 0 }

let server: RedisServer
/** The test's own hand in Redis. */
let hand: RedisLink
beforeAll(async () => {
  server = await startRedis()
  hand = await connectRedis({ address: server.url })
})
afterAll(async () => {
  hand.close()
  await server.stop()
})

let spaces = 0
let namespace: string
let opened: { close(): unknown }[]
beforeEach(() => {
  namespace = `faults-${++spaces}`
  opened = []
})
afterEach(async () => {
  for (const part of opened.reverse()) await part.close()
})

const key = (name: string): string => `{stampede:${namespace}}:${name}`

async function link(options: Partial<ConnectOptions> = {}): Promise<RedisLink> {
  const made = await connectRedis({ address: server.url, ...options })
  opened.push(made)
  return made
}

/** A node's own cluster state, over connections of its own. */
async function join(options: Partial<RedisClusterOptions> = {}, over?: RedisLink): Promise<RedisClusterState> {
  const state = await openRedisClusterState(over ?? (await link()), { namespace, secret: 'secret', ...options })
  opened.push(state)
  return state
}

async function lead(cluster: ClusterState, nodeId: string, claimed = 0): Promise<Lease> {
  const answer = await cluster.acquire(nodeId, claimed, `${nodeId}-token`)
  if (!answer.acquired) throw new Error(`${answer.holder?.nodeId ?? 'nobody'} is master`)
  return answer.lease
}

const commitFor = (lease: Lease, nodeId: string, revision: number) => ({ expectRevision: revision - 1, revision, manifests: [manifestOf(nodeId, lease, revision)], removed: [] })
const batchOf = (seqs: number[]) => ({ runId: 'run', nodeId: 'a', boot: 'a-boot', ringFrom: 1, entries: seqs.map((seq) => ({ seq, sample: sampleOf('run', seq - 1) })) })
const aggregateOf = (expectRevision: number, cursor: string, changes: Partial<AggregateCommit> = {}): AggregateCommit => ({
  runId: 'run', expectRevision, revision: expectRevision + 1, cursor, state: '', points: [], events: [], view: viewOf(openRunOf('run', 'task')), summary: null, ...changes,
})

describe('several nodes on one Redis', () => {
  test('that race for the mastership have one winner, and epochs that only rise', async () => {
    const nodes = await Promise.all(['a', 'b', 'c'].map(() => join()))
    const epochs: number[] = []
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(nodes.map((node, index) => node.acquire(`n${index}`, 0, `t${round}-${index}`)))
      const won = answers.flatMap((answer, index) => (answer.acquired ? [{ node: nodes[index], lease: answer.lease }] : []))
      expect(won).toHaveLength(1)
      epochs.push(won[0]?.lease.epoch ?? 0)
      await won[0]?.node?.release(won[0].lease)
    }
    expect(epochs).toEqual([...new Set(epochs)].sort((one, other) => one - other))
  })

  test('elect one successor however many sentinels want to at once', async () => {
    const nodes = await Promise.all(['a', 'b', 'c'].map(() => join()))
    const lease = await lead(nodes[0] as ClusterState, 'a')
    const terms = await Promise.all(nodes.map(({ sentinels }, index) => sentinels.stand(`s${index}`, 0, lease.epoch)))
    const winner = terms.findIndex((term) => term !== null)
    const term = terms[winner]?.term ?? 0
    expect(terms.filter((won) => won !== null)).toHaveLength(1)
    await Promise.all(nodes.map(({ sentinels }, index) => sentinels.vote(`s${index}`, term)))
    const outcomes = await Promise.all(nodes.map(({ sentinels }, index) => sentinels.elect({ sentinelId: `s${index}`, term, epoch: lease.epoch, deputies: [`n${index}`], configured: 3, considered: [] })))
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
    expect(await nodes[0]?.sentinels.elections()).toMatchObject([{ by: `s${winner}`, deputies: [`n${winner}`] }])
  })

  test('refuse the writes of a deposed master, to the last byte', async () => {
    const [a, b] = [await join(), await join()]
    const old = await lead(a, 'a')
    await hand.commands.del(key('master'))
    const held = await lead(b, 'b')
    await b.commit(held, commitFor(held, 'b', 1))
    const before = await contents()
    const fenced = { ok: false, fenced: { epoch: held.epoch, nodeId: 'b' } }
    expect(await a.commit(old, commitFor(old, 'a', 2))).toEqual(fenced)
    expect(await a.commitAggregate(old, aggregateOf(0, ''))).toEqual(fenced)
    expect(await a.renew(old)).toEqual(fenced)
    await a.release(old)
    expect(await contents()).toEqual(before)
  })

  test('tell each other that there is something to look at', async () => {
    const [a, b] = [await join(), await join()]
    let heard = 0
    const again = async (count: number): Promise<void> => {
      while (heard < count) await new Promise((resolve) => setTimeout(resolve, 2))
    }
    a.watch('intents', () => (heard += 1))
    await again(1) // the subscription stands
    await b.request({ id: 'i', op: 'look' })
    await again(2)
  })

  test('get along without being allowed to publish or to listen', async () => {
    await hand.commands.call('ACL', 'SETUSER', 'mute', 'on', '>pw', '~*', 'resetchannels', '+@all', '-publish')
    const notices: string[] = []
    const muted = await join({ onNotice: (text) => notices.push(text) }, await link({ username: 'mute', password: 'pw' }))
    muted.watch('intents', () => undefined)
    const lease = await lead(muted, 'a')
    await muted.request({ id: 'i', op: 'look' })
    expect(await muted.poll(lease, '')).toMatchObject({ value: { intents: [{ id: 'i' }] } })
    expect(await muted.commit(lease, commitFor(lease, 'a', 1))).toEqual({ ok: true, value: 'done' })
    expect((await muted.heartbeat(nodeOf('a'), NOTHING_APPLIED)).manifest).toMatchObject({ revision: 1 })
    while (notices.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    expect(notices).toEqual([expect.stringContaining('only once a second')])
  })

  test('strike a node off the list that has been silent for ten minutes on the observer’s own clock', async () => {
    let now = 0
    const master = await join({ monotonic: () => now })
    const lease = await lead(master, 'a')
    await master.heartbeat(nodeOf('a'), NOTHING_APPLIED)
    await master.heartbeat(nodeOf('gone'), NOTHING_APPLIED)
    await master.poll(lease, '')
    now += 600_001
    await master.heartbeat(nodeOf('a', { beat: 2 }), NOTHING_APPLIED)
    await master.poll(lease, '')
    expect((await master.nodes()).map(({ id }) => id)).toEqual(['a'])
  })
})

describe('a Redis that', () => {
  test('loses everything is another one from then on, and epochs rise all the same', async () => {
    const cluster = await join()
    const before = await lead(cluster, 'a')
    const { incarnation } = await cluster.heartbeat(nodeOf('a'), NOTHING_APPLIED)
    await cluster.commit(before, commitFor(before, 'a', 1))
    await hand.commands.flushall()
    expect(await cluster.renew(before)).toEqual({ ok: false, fenced: null })
    const reply = await cluster.heartbeat(nodeOf('a', { beat: 2 }), { epoch: before.epoch, revision: 1 })
    expect(reply.incarnation).not.toBe(incarnation)
    expect(reply).toMatchObject({ master: null, manifest: null, stops: [], accepted: {} })
    const after = await lead(cluster, 'a', before.epoch + 1_000_000)
    expect(after.epoch).toBeGreaterThan(before.epoch + 1_000_000)
    expect(await cluster.report(batchOf([4]))).toEqual({ accepted: 0 })
  })

  test('forgets its scripts is told them again', async () => {
    const cluster = await join()
    await cluster.heartbeat(nodeOf('a'), NOTHING_APPLIED)
    await hand.commands.script('FLUSH')
    await cluster.heartbeat(nodeOf('a', { beat: 2 }), NOTHING_APPLIED)
    expect(await cluster.nodes()).toMatchObject([{ beat: 2 }])
  })

  test('cuts all connections is found again, and nudges come as before', async () => {
    const [cluster, other] = [await join(), await join()]
    let heard = 0
    cluster.watch('work', () => (heard += 1))
    const lease = await lead(cluster, 'a')
    for (const type of ['normal', 'pubsub']) await hand.commands.call('CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes')
    const retried = async <T>(step: () => Promise<T>): Promise<T> => {
      for (;;) {
        try {
          return await step()
        } catch (error) {
          expect(error).toMatchObject({ code: 'store-unavailable', message: expect.stringContaining('is not connected') })
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
      }
    }
    expect(await retried(() => cluster.renew(lease))).toEqual({ ok: true, value: 'done' })
    const before = heard
    while (heard === before) {
      await retried(() => other.stop({ taskId: 'task', orderNo: 1 }))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })

  test('does not answer in time is left; what it does later on is told by the revision', async () => {
    const cluster = await join()
    const lease = await lead(cluster, 'a')
    await hand.commands.call('CLIENT', 'PAUSE', '1800', 'WRITE')
    await expect(cluster.commit(lease, commitFor(lease, 'a', 1))).rejects.toMatchObject({ code: 'store-unavailable', message: expect.stringContaining('did not answer in time') })
    await hand.commands.call('CLIENT', 'UNPAUSE')
    for (;;) {
      const polled = await cluster.poll(lease, '').catch(() => null) // until it is connected again
      if (polled !== null) break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(await cluster.commit(lease, { ...commitFor(lease, 'a', 1), revision: 2 })).toMatchObject({ ok: true })
    expect(await cluster.poll(lease, '')).toMatchObject({ value: { revision: expect.any(Number) } })
  })

  test('is full takes no more samples and says so, but obeys: heartbeats, renewals, manifests, stops; and a commit makes room', async () => {
    const small = await startRedis({ maxmemory: '3mb', 'maxmemory-policy': 'noeviction' })
    opened.push({ close: () => small.stop() })
    const cluster = await join({}, await link({ address: small.url }))
    const lease = await lead(cluster, 'a')
    const big = (seq: number) => ({ ...batchOf([]), entries: [{ seq, sample: sampleOf('run', seq, { problems: [{ kind: 'cpu', detail: 'x'.repeat(50_000) }] }) }] })
    let taken = 0
    const fill = async (): Promise<void> => {
      for (let seq = 1; seq < 10_000; seq += 1) taken = (await cluster.report(big(seq))).accepted
    }
    const full = expect.objectContaining({ code: 'store-unavailable', message: expect.stringContaining('is full') })
    await expect(fill()).rejects.toEqual(full)

    expect(await cluster.renew(lease)).toEqual({ ok: true, value: 'done' })
    expect(await cluster.commit(lease, commitFor(lease, 'a', 1))).toEqual({ ok: true, value: 'done' })
    await cluster.stop({ taskId: 'task', orderNo: 1 })
    expect(await cluster.heartbeat(nodeOf('a'), NOTHING_APPLIED)).toMatchObject({ manifest: { revision: 1 }, stops: [{ taskId: 'task' }] })
    const polled = await cluster.poll(lease, '')
    if (!polled.ok) throw new Error('it lost the mastership')
    expect(polled.value.results).toHaveLength(taken)
    await expect(cluster.report(big(taken + 1))).rejects.toEqual(full)
    expect(await cluster.commitAggregate(lease, aggregateOf(0, polled.value.cursor))).toEqual({ ok: true, value: 'done' })
    expect(await cluster.report(big(taken + 1))).toEqual({ accepted: taken + 1 })
  })

  test('throws the list of runs away has it again with the master’s next look', async () => {
    const cluster = await join()
    const lease = await lead(cluster, 'a')
    await cluster.report(batchOf([1, 2]))
    const polled = await cluster.poll(lease, '')
    if (!polled.ok) throw new Error('it lost the mastership')
    await cluster.commitAggregate(lease, aggregateOf(0, polled.value.cursor))
    await cluster.report(batchOf([3]))
    await hand.commands.del(key('runs'))
    expect(await cluster.poll(lease, polled.value.cursor)).toMatchObject({ value: { results: [{ seq: 3 }] } })
    expect(await cluster.views()).toHaveLength(1)
  })

  test('keeps a lock for ever is pointed out with the cure', async () => {
    const notices: string[] = []
    const cluster = await join({ onNotice: (text) => notices.push(text) })
    await lead(cluster, 'a')
    await hand.commands.persist(key('master'))
    for (let attempt = 0; attempt < 3; attempt += 1) expect(await cluster.acquire('b', 0, 't')).toMatchObject({ acquired: false, holder: { nodeId: 'a' } })
    expect(notices).toEqual([expect.stringContaining(`redis-cli DEL '${key('master')}'`)])
  })

  test('keeps the state of a long run does not get more to write with every second', async () => {
    const cluster = await join()
    const lease = await lead(cluster, 'a')
    for (let second = 1; second <= 300; second += 1) {
      await cluster.commitAggregate(lease, aggregateOf(second - 1, String(second), { state: 'small', points: [pointOf(second * 1000)], events: [{ atMs: second * 1000, kind: 'rate-changed', detail: {} }] }))
    }
    expect(await hand.commands.hstrlen(key('agg:run'), 'state')).toBeLessThan(200)
    const live = await cluster.live('run', 0)
    expect(live?.points.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 300 }, (_, index) => (index + 1) * 1000))
    expect((await cluster.live('run', 299_000))?.points).toHaveLength(1)
    expect(live?.events).toHaveLength(300)
  })
})

describe('somebody in Redis without the secret', () => {
  test('cannot open the namespace, and is told why', async () => {
    await join()
    await expect(join({ secret: 'guessed' })).rejects.toMatchObject({ code: 'cannot-start', message: expect.stringContaining('another secret'), hint: expect.stringContaining('redis-cli') })
  })

  test('cannot open one of a newer version', async () => {
    await join()
    await hand.commands.hset(key('meta'), 'schema', '2')
    await expect(join()).rejects.toMatchObject({ code: 'cannot-start', message: expect.stringContaining('newer version') })
  })

  test('cannot forge what a node obeys: it is counted, ignored, and told once per source', async () => {
    const notices: string[] = []
    const victim = await join({ onNotice: (text) => notices.push(text) })
    const lease = await lead(victim, 'a')
    await victim.commit(lease, commitFor(lease, 'a', 1))
    const stamped = await hand.commands.hget(key('want'), 'a') ?? ''
    await hand.commands.hset(key('want'), 'a', stamped.replace('"assignments":[]', '"assignments":[{"taskId":"evil"}]'))
    await hand.commands.hset(key('stop'), 'task', '9\n1.abcd.xyz.{"taskId":"task","orderNo":9}')
    await hand.commands.xadd(key('req'), '*', 'data', '{"id":"x","op":"drain","nodeId":"a"}')
    for (let beat = 1; beat <= 3; beat += 1) expect(await victim.heartbeat(nodeOf('a', { beat }), NOTHING_APPLIED)).toMatchObject({ manifest: null, stops: [] })
    expect(await victim.poll(lease, '')).toMatchObject({ value: { intents: [] } })
    expect(victim.refused).toBe(7)
    expect(notices).toHaveLength(3)
  })

  test('cannot replay a manifest to a restarted node, nor to another one', async () => {
    const cluster = await join()
    const lease = await lead(cluster, 'a')
    await cluster.commit(lease, commitFor(lease, 'a', 1))
    const recorded = await hand.commands.hget(key('want'), 'a') ?? ''
    await cluster.commit(lease, { expectRevision: 1, revision: 2, manifests: [manifestOf('a', lease, 2, { boot: 'second' }), manifestOf('b', lease, 2)], removed: [] })
    await hand.commands.hset(key('want'), 'a', recorded, 'b', recorded)
    expect((await cluster.heartbeat(nodeOf('a', { boot: 'second' }), NOTHING_APPLIED)).manifest).toBeNull()
    expect((await cluster.heartbeat(nodeOf('b'), NOTHING_APPLIED)).manifest).toBeNull()
  })

  test('that falsifies samples leaves a hole that is shown, not a number that is wrong', async () => {
    const cluster = await join()
    const lease = await lead(cluster, 'a')
    await cluster.report(batchOf([1]))
    await hand.commands.xadd(key('res:run'), '*', 'source', 'a#a-boot', 'seq', '2', 'gap', '', 'data', 'forged')
    await hand.commands.hset(key('rseq:run'), 'a#a-boot', '2')
    await cluster.report(batchOf([3]))
    expect(await cluster.poll(lease, '')).toMatchObject({ value: { results: [{ seq: 1, gapBefore: false }, { seq: 3, gapBefore: true }] } })
  })
})

describe('garbage in Redis', () => {
  const HASHES = ['meta', 'master', 'nodes', 'want', 'stop', 'runs', 'rseq:run', 'agg:run', 'sent', 'sdown', 'cand', 'votes', 'elect', 'jobs', 'job:count', 'job-wholes', 'job-results']
  const STRINGS = ['epoch', 'rev', 'term']
  const STREAMS = ['req', 'res:run', 'pts:run', 'evt:run', 'elections']

  /** Every operation once; none may fail but with an AppError. Answers with the messages. */
  async function everything(cluster: ClusterState, lease: Lease): Promise<string[]> {
    const { sentinels } = cluster
    const steps = [
      () => cluster.heartbeat(nodeOf('a'), NOTHING_APPLIED), () => cluster.nodes(), () => cluster.master(), () => cluster.acquire('b', 0, 'b-token'), () => cluster.renew(lease),
      () => cluster.poll(lease, ''), () => cluster.poll(lease, '{"run":"no id","other":7}'), () => cluster.commit(lease, { ...commitFor(lease, 'a', 1), removed: [{ nodeId: 'b', boot: 'x', beat: 1 }] }),
      () => cluster.report(batchOf([1, 2])), () => cluster.commitAggregate(lease, aggregateOf(0, 'garbage', { points: [pointOf(1000)], events: [{ atMs: 1, kind: 'rate-changed', detail: {} }] })),
      () => cluster.views(), () => cluster.live('run', 0), () => cluster.request({ id: 'i', op: 'look' }), () => cluster.stop({ taskId: 'task', orderNo: 1 }),
      () => sentinels.watch('s'), () => sentinels.opinion('s', lease.epoch, true), () => sentinels.stand('s', 0, lease.epoch), () => sentinels.vote('t', 1), () => sentinels.elections(),
      () => sentinels.elect({ sentinelId: 's', term: 1, epoch: lease.epoch, deputies: ['b'], configured: 1, considered: [] }), () => sentinels.handover({ ...lease, token: 'x' }, ['b'], []),
      () => cluster.jobs.submit({ id: 'count', kind: 'x', pieces: 2, payload: null }), () => cluster.jobs.deliver('count', 0, { ok: true, value: 1 }), () => cluster.jobs.all(), () => cluster.jobs.outcomes('count'),
      () => cluster.jobs.delivered('count'), () => cluster.jobs.job('count'), () => cluster.jobs.result('count'), () => cluster.jobs.finish(lease, 'count', 1), () => cluster.jobs.forget('count'),
      () => cluster.leave('b', 'x'), () => cluster.release(lease), () => cluster.forget('run'),
    ]
    const messages: string[] = []
    for (const step of steps) {
      await step().catch((error: unknown) => {
        expect(error).toMatchObject({ name: 'AppError', code: 'store-unavailable' })
        messages.push((error as Error).message)
      })
    }
    return messages
  }

  test.each([...HASHES, ...STRINGS, ...STREAMS])('of the wrong type at %s is named, and never a crash', async (name) => {
    const cluster = await join()
    const lease = await lead(cluster, 'a')
    await hand.commands.del(key(name))
    await hand.commands.call('SADD', key(name), 'a set stands here')
    if (name !== 'runs') await hand.commands.hset(key('runs'), 'run', '1')
    for (const message of await everything(cluster, lease)) expect(message).toContain('holds something else')
  })

  test.each(['', 'garbage', '-1', '1e400', '9007199254740993', '1.', '{"half": ', '\0\n\0', '5\n1.2.3.{}'])('such as %j in every field is ignored', async (garbage) => {
    const cluster = await join()
    const lease = await lead(cluster, 'a')
    for (const name of HASHES) await hand.commands.hset(key(name), ...['a', 'b', 'run', 'task', 'a#a-boot', 'count', '0', ...(name === 'meta' ? ['born', 'schema'] : []), 'renews', 'cursor', 'state', 'view', 'summary'].flatMap((field) => [field, garbage]))
    for (const name of STRINGS) await hand.commands.set(key(name), garbage)
    for (const name of STREAMS) for (const field of ['data', 'source', 'seq']) await hand.commands.xadd(key(name), '*', field, garbage)
    expect(await everything(cluster, lease)).toEqual([])
    expect(await cluster.nodes()).toMatchObject([{ id: 'a' }])
    const next = await cluster.acquire('a', lease.epoch, 'next')
    if (!next.acquired) throw new Error('it was not released')
    const { revision } = next.snapshot
    expect(await cluster.commit(next.lease, commitFor(next.lease, 'a', revision + 1))).toEqual({ ok: true, value: 'done' })
  })

  test('where a key is missing is made anew', async () => {
    const cluster = await join()
    for (const name of [...HASHES, ...STRINGS, ...STREAMS]) {
      await hand.commands.del(key('master'))
      const lease = await lead(cluster, 'a')
      await cluster.report(batchOf([1]))
      await hand.commands.del(key(name))
      expect(await everything(cluster, lease)).toEqual([])
    }
  })
})

/** All of the namespace, as Redis would write it to disk. */
async function contents(): Promise<Record<string, string>> {
  const keys = await hand.commands.keys(`{stampede:${namespace}}:*`)
  return Object.fromEntries(await Promise.all(keys.sort().map(async (name) => [name, (await hand.commands.dumpBuffer(name))?.toString('hex') ?? ''] as const)))
}
