import { describe, expect, test } from 'vitest'
import type { SentinelView } from '../../../src/main/backend/sentinel-state.ts'
import { NEW_SENTINEL, majorityOf, step, type Effect, type Observation, type SentinelConfig, type SentinelMemory } from '../../../src/main/node/election/sentinel-reducer.ts'
import { nodeOf } from '../../contract/fixtures.ts'

const EPOCH = 7

/** One sentinel of three, fed by hand: its clock is `at`, ms. */
class Sentinel {
  at = 0
  memory: SentinelMemory = NEW_SENTINEL
  readonly #config: SentinelConfig = { sentinelId: 's1', configured: 3 }
  #beat = 0

  /** A look after `afterMs` that takes `tookMs`; the nodes beat, the master only if it is said to. */
  sees(view: Partial<SentinelView> = {}, { afterMs = 500, tookMs = 0, progress = null as number | null } = {}): Effect[] {
    const askedAt = (this.at += afterMs)
    this.at += tookMs
    const nodes = ['a', 'b', 'c'].map((id) => nodeOf(id, { beat: this.#beat }))
    this.#beat += 1
    const whole: SentinelView = {
      now: 0, epoch: EPOCH, master: { nodeId: 'a', epoch: EPOCH, renews: 1 }, nodes, registered: 3, alive: 3, down: 0, term: 0, candidate: null, election: null, ...view,
    }
    return this.takes({ type: 'seen', look: { view: whole, askedAt, at: this.at, progress } })
  }

  /** As many looks as fill the time. */
  seesFor(ms: number, view: Partial<SentinelView> = {}): Effect[] {
    return Array.from({ length: ms / 500 }, () => this.sees(view)).at(-1) ?? []
  }

  opined(down: number): Effect[] {
    return this.takes({ type: 'opined', down, at: this.at, chance: 0.5 })
  }

  takes(observation: Observation): Effect[] {
    const { memory, effects } = step(this.memory, observation, this.#config)
    this.memory = memory
    return effects
  }
}

const opinion = (down: boolean): Effect => ({ type: 'opinion', epoch: EPOCH, down })
const candidate = (sentinelId: string, term: number): Partial<SentinelView> => ({ term, candidate: { sentinelId, term, epoch: EPOCH } })

/** It has found the master down, as have two in all. */
function convinced(): Sentinel {
  const sentinel = new Sentinel()
  sentinel.sees()
  sentinel.seesFor(4000)
  return sentinel
}

describe('a sentinel', () => {
  test('finds a master down whose renewals stand still for four seconds of its own clock', () => {
    const sentinel = new Sentinel()
    sentinel.sees()
    expect(sentinel.seesFor(3500)).toEqual([])
    expect(sentinel.sees()).toContainEqual(opinion(true))
  })

  test('says so again at every look, so that the opinion does not lapse, and takes it back at the first renewal', () => {
    const sentinel = convinced()
    expect(sentinel.sees()).toEqual([opinion(true)])
    expect(sentinel.sees({ master: { nodeId: 'a', epoch: EPOCH, renews: 2 } })).toEqual([opinion(false)])
    expect(sentinel.sees({ master: { nodeId: 'a', epoch: EPOCH, renews: 3 } })).toEqual([])
  })

  test('waits only one second where nobody holds the lock', () => {
    const sentinel = new Sentinel()
    sentinel.sees()
    expect(sentinel.sees({ master: null })).toEqual([])
    expect(sentinel.sees({ master: null })).toContainEqual(opinion(true))
  })

  test('has no opinion where there never was a master', () => {
    const sentinel = new Sentinel()
    expect(sentinel.seesFor(20_000, { epoch: 0, master: null })).toEqual([])
  })

  test('finds a master sick that renews for eight seconds but gets nothing done', () => {
    const sentinel = new Sentinel()
    const renewing = (renews: number) => sentinel.sees({ master: { nodeId: 'a', epoch: EPOCH, renews } }, { progress: 5 })
    for (let renews = 0; renews < 16; renews++) expect(renewing(renews)).toEqual([])
    expect(renewing(16)).toContainEqual(opinion(true))
  })

  test('does not call a master sick of whose work nothing is known', () => {
    const sentinel = new Sentinel()
    for (let renews = 0; renews < 40; renews++) expect(sentinel.sees({ master: { nodeId: 'a', epoch: EPOCH, renews } })).toEqual([])
  })

  test('measures anew when it has not looked for more than two seconds, and says so', () => {
    const sentinel = new Sentinel()
    sentinel.sees()
    sentinel.seesFor(3500)
    expect(sentinel.sees({}, { afterMs: 2100 })).toEqual([{ type: 'tell', text: 'This sentinel was blind for a while and measures anew.' }])
    expect(sentinel.seesFor(3500)).toEqual([])
    expect(sentinel.sees()).toContainEqual(opinion(true))
  })

  test('takes its opinion back when it was blind', () => {
    expect(convinced().sees({}, { afterMs: 5000 })).toContainEqual(opinion(false))
  })

  test('believes no answer that was two seconds under way', () => {
    const sentinel = new Sentinel()
    sentinel.sees()
    sentinel.seesFor(3500)
    const before = sentinel.memory
    expect(sentinel.sees({}, { tookMs: 2100 })).toEqual([])
    expect(sentinel.memory).toBe(before)
  })

  test('counts a majority of those that should be, or of those that are', () => {
    expect([[1, 0], [2, 0], [3, 0], [3, 5], [5, 3], [4, 4]].map(([configured, registered]) => majorityOf(configured!, registered!))).toEqual([1, 2, 2, 3, 3, 3])
  })

  test('stands once most agree, after its jitter, with a term above all it ever heard of', () => {
    const sentinel = convinced()
    sentinel.sees({ term: 40 })
    expect(sentinel.opined(1)).toEqual([])
    expect(sentinel.opined(2)).toEqual([{ type: 'look-again', inMs: 150 }])
    sentinel.sees({}, { afterMs: 150 })
    expect(sentinel.opined(2)).toEqual([{ type: 'stand', claimed: 40, epoch: EPOCH }])
  })

  test('does nothing on an agreement that comes late', () => {
    const sentinel = convinced()
    expect(sentinel.takes({ type: 'opined', down: 3, at: sentinel.at + 2001, chance: 0 })).toEqual([])
  })

  test('does not stand when nobody could follow', () => {
    const sentinel = convinced()
    sentinel.sees({ nodes: [nodeOf('a'), nodeOf('w', { role: 'worker' })] })
    expect(sentinel.opined(3)).toEqual([])
  })

  test('takes no notice of who stood against an earlier master', () => {
    const sentinel = convinced()
    sentinel.sees({ term: 10, candidate: { sentinelId: 's2', term: 10, epoch: EPOCH - 1 } })
    expect(sentinel.opined(2)).toEqual([{ type: 'look-again', inMs: 150 }])
  })

  test('does not stand while an election is in force', () => {
    const sentinel = convinced()
    sentinel.sees({ election: { deputies: ['b'], at: 0, epoch: EPOCH, term: 3 } })
    expect(sentinel.opined(3)).toEqual([])
  })

  test('votes for another’s candidacy, and for no second one in the same or an earlier term', () => {
    const sentinel = convinced()
    sentinel.sees(candidate('s2', 10))
    expect(sentinel.opined(2)).toContainEqual({ type: 'vote', term: 10 })
    for (const [id, term] of [['s3', 10], ['s3', 9]] as const) {
      sentinel.sees(candidate(id, term))
      expect(sentinel.opined(2).filter(({ type }) => type === 'vote')).toEqual([])
    }
    sentinel.sees(candidate('s3', 11))
    expect(sentinel.opined(2)).toContainEqual({ type: 'vote', term: 11 })
  })

  test('does not vote against a master that it finds alive, whatever others think', () => {
    const sentinel = new Sentinel()
    sentinel.sees()
    sentinel.sees({ down: 2, ...candidate('s2', 10) })
    expect(sentinel.opined(2)).toEqual([])
  })

  test('gives a candidate up after a second and a half, and stands itself', () => {
    const sentinel = convinced()
    for (let k = 0; k < 3; k++) {
      sentinel.sees(candidate('s2', 10))
      expect(sentinel.opined(2)).toContainEqual({ type: 'vote', term: 10 })
    }
    sentinel.sees(candidate('s2', 10))
    expect(sentinel.opined(2)).toEqual([{ type: 'look-again', inMs: 150 }])
    sentinel.sees(candidate('s2', 10))
    expect(sentinel.opined(2)).toEqual([{ type: 'stand', claimed: 10, epoch: EPOCH }])
  })

  test('elects with the votes of most, for its own term only, and not when the count comes late', () => {
    const sentinel = convinced()
    const counted = (term: number, votes: number | null, lateMs = 0) => sentinel.takes({ type: 'counted', term, votes, at: sentinel.at + lateMs })
    expect(sentinel.takes({ type: 'stood', term: 12, at: sentinel.at })).toContainEqual({ type: 'vote', term: 12 })
    expect([counted(12, 1), counted(12, null), counted(11, 3), counted(12, 3, 2001)]).toEqual([[], [], [], []])
    expect(counted(12, 2)).toMatchObject([{ type: 'elect', proposal: { sentinelId: 's1', configured: 3, term: 12, epoch: EPOCH, deputies: ['b', 'c'] } }])
  })

  test('keeps its vote in mind when the cluster state forgets the term', () => {
    const sentinel = convinced()
    sentinel.sees(candidate('s2', 10))
    sentinel.opined(2)
    sentinel.sees(candidate('s3', 3))
    expect(sentinel.opined(2)).toEqual([{ type: 'look-again', inMs: 100 }])
    expect(sentinel.memory.highestTerm).toBe(10)
  })
})
