import type { NodeInfo } from '../../../shared/cluster/cluster.ts'
import type { HeartbeatReply, StaleLease } from '../../backend/cluster-state.ts'
import { PROTOCOL } from '../protocol.ts'
import { byScore } from './successor.ts'
import type { Timings } from '../timings.ts'

/**
 * When a node tries to become master: what it remembers of the mastership, and what it makes of that, as plain functions
 * (`protocol.md` §4). Nothing here has to be right for the cluster to be safe: that there is one master is the lease's
 * doing. It has to be right for the cluster to get a good master, soon, and without a stampede of candidates.
 */
export interface MastershipSeen {
  /** Highest epoch ever heard of. */
  maxEpoch: number
  /** What the last heartbeat said; null: nothing was heard yet. */
  reply: Pick<HeartbeatReply, 'master' | 'epoch' | 'election' | 'sentinels'> | null
  /** When that was asked for. Times are of this node's monotonic clock, ms. */
  askedAt: number
  /** Since when nobody is known to be master; null: somebody is. */
  vacantSince: number | null
  /** Since when the lock stands as it does. */
  stillSince: number
  /** Who was known to be master last. */
  lastMaster: string | null
}

export const NOTHING_SEEN: MastershipSeen = { maxEpoch: 0, reply: null, askedAt: 0, vacantSince: null, stillSince: 0, lastMaster: null }

/** Who has heard nothing for so much longer than a heartbeat knows nothing of what went on meanwhile, ms. */
const BLIND_MS = 1500
/** Candidates further down all wait as long as this one. */
const LAST_RANK = 20
/** Who has not been heard of for so long is no candidate, ms. */
const SILENT_MS = 2500

/** Takes note of a heartbeat's answer. Silence begins when it was first heard of; one's own silence condemns nobody. */
export function hear(before: MastershipSeen, reply: HeartbeatReply, askedAt: number, at: number, timings: Timings): MastershipSeen {
  const maxEpoch = Math.max(before.maxEpoch, reply.epoch, reply.master?.epoch ?? 0)
  if (at - askedAt > BLIND_MS) return { ...before, maxEpoch }
  const isBlind = askedAt - before.askedAt > timings.heartbeatMs + BLIND_MS
  const was = isBlind ? null : before.reply?.master
  const isStill = was?.epoch === reply.master?.epoch && was?.renews === reply.master?.renews
  return {
    maxEpoch,
    reply,
    askedAt,
    vacantSince: reply.master === null ? ((isBlind ? null : before.vacantSince) ?? at) : null,
    stillSince: isStill ? before.stillSince : at,
    lastMaster: reply.master?.nodeId ?? before.lastMaster,
  }
}

/** A node as far as the choice of a master goes. */
export interface Self {
  id: string
  role: NodeInfo['role']
  priority: number
  cpuPercent: number
  /** Epoch of the last term of this very process, 0: none. Who was master knows what a new one would have to guess. */
  remembered: number
  /** This very process has asked for the mastership before. */
  tried: boolean
}

export type Choice =
  /** `stale`: a lock that stands still and is to be taken over. */
  | { go: true; stale?: StaleLease }
  /** `inMs` null: not before something new is heard. */
  | { go: false; inMs: number | null }

const NOT_NOW: Choice = { go: false, inMs: null }

export function canLead({ role, priority }: Pick<Self, 'role' | 'priority'>): boolean {
  return role === 'auto' && priority > 0
}

/** Whether the choice depends on who else there is. */
export function needsPeers(seen: MastershipSeen, self: Pick<Self, 'id' | 'tried'>): boolean {
  return seen.reply !== null && (seen.reply.master === null || isOurs(seen.reply.master, self))
}

/** A lock in the name of a node that leads nobody: of its last term, or of an acquisition whose answer got lost. */
function isOurs({ nodeId }: { nodeId: string }, { id, tried }: Pick<Self, 'id' | 'tried'>): boolean {
  return tried && nodeId === id
}

/** `peers`: all nodes, with how long they have been silent. */
export function choose(seen: MastershipSeen, self: Self, peers: readonly Peer[], at: number, timings: Timings): Choice {
  const { reply } = seen
  if (reply === null || !canLead(self)) return NOT_NOW
  // What was heard last may long be otherwise, e.g. a vacancy from before an outage.
  if (at - seen.askedAt > timings.heartbeatMs + BLIND_MS) return NOT_NOW
  if (reply.master !== null && isOurs(reply.master, self)) return { go: true, stale: { epoch: reply.master.epoch, renews: reply.master.renews } }
  if (reply.master !== null) return takeOver(seen, reply.master, at, timings)
  if (reply.election !== null) return reply.election.deputies.includes(self.id) ? { go: true } : NOT_NOW
  const newest = Math.max(seen.maxEpoch, ...peers.map(({ info }) => info.maxEpoch))
  if (self.remembered > 0 && self.remembered >= newest) return { go: true }
  return whenVacantFor(waitOf(seen, reply, self, peers, newest, timings), seen, at)
}

export interface Peer {
  info: NodeInfo
  silentMs: number
}

/** A lock that is not renewed runs out, unless the cluster's clock was set back: then it would stand there for long. */
function takeOver({ stillSince }: MastershipSeen, { epoch, renews }: StaleLease, at: number, { leaseTtlMs }: Timings): Choice {
  const left = stillSince + 2 * leaseTtlMs - at
  return left <= 0 ? { go: true, stale: { epoch, renews } } : { go: false, inMs: left }
}

/** How long nobody must have been master before this node tries, ms. */
function waitOf(seen: MastershipSeen, reply: NonNullable<MastershipSeen['reply']>, self: Self, peers: readonly Peer[], newest: number, { sentinelGraceMs, raceStepMs }: Timings): number {
  const race = rankOf(seen, self, peers) * raceStepMs
  // The state has forgotten masters that nodes know of: the last of them may be about to put back what it remembers.
  const isForgetful = newest > reply.epoch
  // Nobody has ever been master: sentinels have nobody to replace.
  const isLeftToSentinels = reply.sentinels > 0 && reply.epoch > 0
  return isForgetful || isLeftToSentinels ? sentinelGraceMs + race : race
}

function whenVacantFor(waitMs: number, { vacantSince }: MastershipSeen, at: number): Choice {
  const left = (vacantSince ?? at) + waitMs - at
  return left <= 0 ? { go: true } : { go: false, inMs: left }
}

/** How many nodes go first: those that would be better masters, and the last one, if it lives. That knows what the state may have lost. */
function rankOf({ lastMaster }: MastershipSeen, self: Self, peers: readonly Peer[]): number {
  const rivals = peers.filter(({ info, silentMs }) => {
    return info.id !== self.id && canLead(info) && info.protocol.major === PROTOCOL.major && silentMs < SILENT_MS
  })
  return Math.min(LAST_RANK, rivals.filter(({ info }) => info.id === lastMaster || (self.id !== lastMaster && byScore(info, self) < 0)).length)
}
