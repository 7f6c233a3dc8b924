import type { Proposal, SentinelView } from '../../backend/sentinel-state.ts'
import { BLIND_MS, isOutdated, isTilted, judged, sightings, watched, type Look, type Watched } from './sentinel-watch.ts'
import { succession, type Succession } from './successor.ts'

/**
 * What a sentinel thinks and does, without a clock, a socket or a dice of its own: `(memory, observation) → (memory,
 * effects)`. Suspect, agree, stand, vote, elect (`protocol.md` §4). Nothing here has to be right for the cluster to be
 * safe: votes choose who and when, the lease sees to it that there is one.
 */
export type Observation =
  | { type: 'seen'; look: Look }
  /** How many think that the master of the epoch looked at is down. `chance`: drawn anew, in [0, 1). */
  | { type: 'opined'; down: number; at: number; chance: number }
  /** Null: refused. */
  | { type: 'stood'; term: number | null; at: number }
  /** Null: the term is over. */
  | { type: 'counted'; term: number; votes: number | null; at: number }

export type Effect =
  | { type: 'opinion'; epoch: number; down: boolean }
  | { type: 'stand'; claimed: number; epoch: number }
  | { type: 'vote'; term: number }
  /** `news` is for people, once it is done. */
  | { type: 'elect'; proposal: Proposal; news: string }
  | { type: 'look-again'; inMs: number }
  | { type: 'tell'; text: string }

export interface SentinelConfig {
  sentinelId: string
  /** Sentinels that there should be; a majority is of these, or of those registered if they are more. */
  configured: number
}

export interface SentinelMemory {
  watched: Watched | null
  view: SentinelView | null
  /** The epoch whose master this sentinel has called down; null: none. */
  condemned: number | null
  /** The last vote: one per term, also when the cluster state forgets. */
  voted: { term: number; sentinelId: string }
  /** The newest candidacy, and when it was first heard of. */
  candidacy: { term: number; sentinelId: string; since: number } | null
  /** When it will stand itself; null: not about to. */
  standAt: number | null
  /** Highest term ever heard of. */
  highestTerm: number
}

export interface Step {
  memory: SentinelMemory
  effects: Effect[]
}

/** Sentinels that find the master down at once do not all stand at once, ms. */
const JITTER_MS = 300
/** A candidate that has not won by then is given up, ms. */
const CANDIDACY_MS = 1500
/** While votes are being gathered, ms. */
const SOON_MS = 100

export const NEW_SENTINEL: SentinelMemory = {
  watched: null, view: null, condemned: null, voted: { term: 0, sentinelId: '' }, candidacy: null, standAt: null, highestTerm: 0,
}

export function majorityOf(configured: number, registered: number): number {
  return Math.floor(Math.max(configured, registered) / 2) + 1
}

export function step(memory: SentinelMemory, observation: Observation, config: SentinelConfig): Step {
  switch (observation.type) {
    case 'seen': return see(memory, observation.look)
    case 'opined': return agree(memory, observation, config)
    case 'stood': return stood(memory, observation, config)
    case 'counted': return counted(memory, observation, config)
    default: return observation satisfies never
  }
}

function see(before: SentinelMemory, look: Look): Step {
  if (isOutdated(look)) return { memory: before, effects: [] }
  const seen = watched(before.watched, look)
  const verdict = judged(seen, look.view)
  const isDown = verdict !== 'up'
  const { epoch } = look.view
  const memory = { ...hear(before, look), watched: seen, view: look.view, condemned: isDown ? epoch : null, standAt: isDown ? before.standAt : null }
  const effects = tellsOf(before, look, verdict)
  if (isDown) effects.push({ type: 'opinion', epoch, down: true })
  else if (before.condemned !== null) effects.push({ type: 'opinion', epoch: before.condemned, down: false })
  return { memory, effects }
}

/** Takes note of terms and candidates. */
function hear(memory: SentinelMemory, { view: { term, candidate, epoch }, at }: Look): SentinelMemory {
  const highestTerm = Math.max(memory.highestTerm, term)
  if (candidate === null || candidate.epoch !== epoch) return { ...memory, highestTerm, candidacy: null }
  const isKnown = memory.candidacy?.term === candidate.term && memory.candidacy.sentinelId === candidate.sentinelId
  return { ...memory, highestTerm, candidacy: isKnown ? memory.candidacy : { term: candidate.term, sentinelId: candidate.sentinelId, since: at } }
}

function tellsOf(before: SentinelMemory, look: Look, verdict: 'up' | 'down' | 'sick'): Effect[] {
  const { epoch, master } = look.view
  const tells: Effect[] = []
  if (before.watched !== null && isTilted(before.watched, look)) tells.push({ type: 'tell', text: 'This sentinel was blind for a while and measures anew.' })
  const name = master?.nodeId ?? before.watched?.master.nodeId ?? 'that was'
  const state = verdict === 'sick' ? 'sick: it renews but gets nothing done' : 'down'
  if (verdict !== 'up' && before.condemned !== epoch) tells.push({ type: 'tell', text: `The master ${name} is ${state}, as seen from here.` })
  return tells
}

/** With a majority of the same opinion the master is objectively down: votes for who stands, or stands itself. */
function agree(memory: SentinelMemory, { down, at, chance }: Extract<Observation, { type: 'opined' }>, config: SentinelConfig): Step {
  const { view, condemned, candidacy } = memory
  if (view === null || condemned !== view.epoch || isStale(memory, at)) return still(memory)
  if (down < majorityOf(config.configured, view.registered) || view.election !== null) return still({ ...memory, standAt: null })
  if (candidacy !== null && at - candidacy.since < CANDIDACY_MS) return support({ ...memory, standAt: null }, candidacy)
  return campaign(memory, at, chance)
}

/** Its own candidacy as well: the answer to a vote is how many there are. */
function support(memory: SentinelMemory, { term, sentinelId }: { term: number; sentinelId: string }): Step {
  const { voted } = memory
  const mayVote = term > voted.term || (term === voted.term && sentinelId === voted.sentinelId)
  const soon: Effect = { type: 'look-again', inMs: SOON_MS }
  return mayVote ? { memory: { ...memory, voted: { term, sentinelId } }, effects: [{ type: 'vote', term }, soon] } : { memory, effects: [soon] }
}

function campaign(memory: SentinelMemory, at: number, chance: number): Step {
  if (successionOf(memory).deputies.length === 0) return still({ ...memory, standAt: null }) // Nobody could follow: the lock goes its own way.
  const standAt = memory.standAt ?? at + chance * JITTER_MS
  if (at < standAt) return { memory: { ...memory, standAt }, effects: [{ type: 'look-again', inMs: standAt - at }] }
  const claimed = Math.max(memory.highestTerm, memory.voted.term)
  return { memory: { ...memory, standAt: null }, effects: [{ type: 'stand', claimed, epoch: memory.view?.epoch ?? 0 }] }
}

function stood(memory: SentinelMemory, { term, at }: Extract<Observation, { type: 'stood' }>, { sentinelId }: SentinelConfig): Step {
  if (term === null) return { memory, effects: [{ type: 'look-again', inMs: SOON_MS }] }
  const candidacy = { term, sentinelId, since: at }
  return support({ ...memory, highestTerm: Math.max(memory.highestTerm, term), candidacy }, candidacy)
}

function counted(memory: SentinelMemory, { term, votes, at }: Extract<Observation, { type: 'counted' }>, config: SentinelConfig): Step {
  const { view, candidacy } = memory
  if (view === null || candidacy?.term !== term || candidacy.sentinelId !== config.sentinelId || isStale(memory, at)) return still(memory)
  if (votes === null || votes < majorityOf(config.configured, view.registered)) return still(memory)
  const { sentinelId, configured } = config
  const next = successionOf(memory)
  if (next.deputies.length === 0) return still(memory)
  const news = `${next.deputies[0] ?? ''} is to be master after epoch ${view.epoch}, with ${votes} votes in term ${term}.`
  return { memory, effects: [{ type: 'elect', proposal: { sentinelId, configured, term, epoch: view.epoch, ...next }, news }] }
}

function successionOf({ watched: seen }: SentinelMemory): Succession {
  return seen === null ? { deputies: [], considered: [] } : succession(sightings(seen), seen.master.nodeId)
}

/** Since the last look so much time went by that it is worth nothing. */
function isStale({ watched: seen }: SentinelMemory, at: number): boolean {
  return seen === null || at - seen.lookedAt > BLIND_MS
}

function still(memory: SentinelMemory): Step {
  return { memory, effects: [] }
}
