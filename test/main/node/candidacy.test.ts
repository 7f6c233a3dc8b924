import { describe, expect, test } from 'vitest'
import type { HeartbeatReply } from '../../../src/main/backend/cluster-state.ts'
import { choose, hear, needsPeers, NOTHING_SEEN, type MastershipSeen, type Peer, type Self } from '../../../src/main/node/election/candidacy.ts'
import { TIMINGS } from '../../../src/main/node/timings.ts'
import { nodeOf } from '../../contract/fixtures.ts'

const replyOf = (changes: Partial<HeartbeatReply>): HeartbeatReply => ({
  now: 0, incarnation: 'i', master: null, epoch: 0, manifest: null, confirmed: false, stops: [], accepted: {}, election: null, sentinels: 0, heardBefore: 0, ...changes,
})
const ledBy = (nodeId: string, epoch: number, renews = 0): Partial<HeartbeatReply> => ({ master: { nodeId, epoch, renews }, epoch })
const self = (changes: Partial<Self> = {}): Self => ({ id: 'm', role: 'auto', priority: 1, cpuPercent: 10, remembered: 0, tried: false, ...changes })
const peer = (id: string, changes: Parameters<typeof nodeOf>[1] = {}, silentMs = 0): Peer => ({ info: nodeOf(id, changes), silentMs })

/** Answers that came once a second, each after 5 ms. */
function after(...replies: Partial<HeartbeatReply>[]): MastershipSeen {
  return replies.reduce<MastershipSeen>((seen, reply, second) => hear(seen, replyOf(reply), second * 1000, second * 1000 + 5, TIMINGS), NOTHING_SEEN)
}
const now = (seen: MastershipSeen) => seen.askedAt + 5
const chosen = (seen: MastershipSeen, me: Partial<Self> = {}, peers: Peer[] = [], at = now(seen)) => choose(seen, self(me), peers, at, TIMINGS)

describe('a node', () => {
  test('does not try before it has heard how things stand', () => {
    expect(chosen(NOTHING_SEEN, {}, [], 5)).toEqual({ go: false, inMs: null })
  })

  test('tries at once when there never was a master and nobody would be a better one', () => {
    expect(chosen(after({}), {}, [peer('m'), peer('z')])).toEqual({ go: true })
  })

  test.each([{ role: 'worker' }, { role: 'sentinel' }, { priority: 0 }] as const)('never tries as %o', (changes) => {
    expect(chosen(after({}), changes)).toEqual({ go: false, inMs: null })
  })

  test('lets better ones go first, 300 ms for each', () => {
    const rivals = [peer('m'), peer('p', { priority: 9 }), peer('idle', { cpuPercent: 0 }), peer('a', { cpuPercent: 15 }), peer('z')]
    expect(chosen(after({}), { cpuPercent: 12 }, rivals)).toEqual({ go: false, inMs: 900 })
    expect(chosen(after({}, {}), { cpuPercent: 12 }, rivals)).toEqual({ go: true })
  })

  test('lets the last master go first if it lives: it knows what the cluster state may have lost', () => {
    const seen = after(ledBy('b', 7), { epoch: 7 })
    expect(chosen(seen, { priority: 9 }, [peer('b')])).toEqual({ go: false, inMs: 300 })
    expect(chosen(after(ledBy('m', 7), { epoch: 7 }), {}, [peer('b', { priority: 9 })])).toEqual({ go: true })
  })

  test('waits for nobody who cannot lead, or is silent', () => {
    const seen = after(ledBy('b', 7), { epoch: 7 })
    const nobody = [peer('b', { priority: 9 }, 2500), peer('w', { role: 'worker', priority: 9 }), peer('p', { priority: 0 }), peer('d', { priority: 9 }, 2500), peer('v', { priority: 9, protocol: { major: 2, minor: 0 } })]
    expect(chosen(seen, {}, nobody)).toEqual({ go: true })
  })

  test('asks who else there is only when that matters', () => {
    expect([NOTHING_SEEN, after(ledBy('b', 7)), after({}), after(ledBy('m', 7))].map((seen) => needsPeers(seen, self({ tried: true })))).toEqual([false, false, true, true])
  })

  test('is patient with a master whose renewals go on, and takes over a lock that stands still for twice its time', () => {
    const still = after(...Array.from({ length: 10 }, () => ledBy('b', 7, 3)))
    expect(chosen(still)).toEqual({ go: false, inMs: 1000 })
    expect(chosen(still, {}, [], 10_005)).toEqual({ go: true, stale: { epoch: 7, renews: 3 } })
    const moving = after(...Array.from({ length: 20 }, (_, renews) => ledBy('b', 7, renews)))
    expect(chosen(moving)).toEqual({ go: false, inMs: 10_000 })
  })

  test('takes a lock of its own back at once: its term is over, or it never heard that it had won', () => {
    const ours = after(ledBy('m', 7, 3))
    expect(chosen(ours, { tried: true })).toEqual({ go: true, stale: { epoch: 7, renews: 3 } })
    expect(chosen(ours)).toEqual({ go: false, inMs: 10_000 }) // that of its former life: whoever replaces it may be on the way
  })

  test('does not act on what it heard before an outage', () => {
    const seen = after(ledBy('b', 7), {}, {}, {}, {}, {}, {}, {}, {})
    expect(chosen(seen, {}, [])).toEqual({ go: true })
    expect(chosen(seen, {}, [], now(seen) + 10_000)).toEqual({ go: false, inMs: null })
  })

  test('condemns no master for its own silence', () => {
    const before = after(...Array.from({ length: 5 }, () => ledBy('b', 7, 3)))
    const late = hear(before, replyOf(ledBy('b', 7, 3)), 20_000, 20_005, TIMINGS)
    expect(chosen(late)).toEqual({ go: false, inMs: 10_000 })
    expect(hear(before, replyOf({ epoch: 7 }), 5000, 25_000, TIMINGS)).toMatchObject({ vacantSince: null, reply: { master: { nodeId: 'b' } } })
  })
})

describe('a node with sentinels about', () => {
  const vacant = { epoch: 7, sentinels: 3 }

  test('leaves the choice to them for six seconds', () => {
    expect(chosen(after(ledBy('b', 7), vacant))).toEqual({ go: false, inMs: 6000 })
    expect(chosen(after(ledBy('b', 7), ...Array.from({ length: 7 }, () => vacant)))).toEqual({ go: true })
  })

  test('tries when it was elected, and does not when others were', () => {
    const elected = (deputies: string[]) => ({ ...vacant, election: { deputies, at: 0, epoch: 7, term: 1 } })
    expect(chosen(after(ledBy('b', 7), elected(['x', 'm'])))).toEqual({ go: true })
    expect(chosen(after(ledBy('b', 7), ...Array.from({ length: 9 }, () => elected(['x']))))).toEqual({ go: false, inMs: null })
  })

  test('is the first master without them: they have nobody to replace', () => {
    expect(chosen(after({ sentinels: 3 }))).toEqual({ go: true })
  })

  test('counts the time anew after it heard nothing for a while', () => {
    const seen = hear(after(ledBy('b', 7), vacant, vacant), replyOf(vacant), 30_000, 30_005, TIMINGS)
    expect(chosen(seen)).toEqual({ go: false, inMs: 6000 })
  })
})

describe('after the cluster state has lost its data', () => {
  test('who was master last goes first, and at once, sentinels or not', () => {
    const seen = after(ledBy('m', 7), { sentinels: 3 })
    expect(chosen(seen, { remembered: 7 }, [peer('p', { priority: 9, maxEpoch: 7 })])).toEqual({ go: true })
  })

  test('the others wait for it, also those that only hear of the former epoch from others', () => {
    expect(chosen(after(ledBy('b', 7), {}))).toEqual({ go: false, inMs: 6000 })
    expect(chosen(after({}), {}, [peer('w', { role: 'worker', maxEpoch: 7 })])).toEqual({ go: false, inMs: 6000 })
  })

  test('who was master before somebody else knows less than that one', () => {
    expect(chosen(after(ledBy('b', 7), {}), { remembered: 5 })).toEqual({ go: false, inMs: 6000 })
    expect(chosen(after({}), { remembered: 5 }, [peer('w', { maxEpoch: 7 })])).toEqual({ go: false, inMs: 6000 })
  })
})
