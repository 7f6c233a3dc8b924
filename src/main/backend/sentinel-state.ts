import type { Lease, NodeInfo } from '../../shared/cluster/cluster.ts'
import type { Sentence } from '../../shared/locales/sentence.ts'
import type { Guarded } from './guarded.ts'

/**
 * What sentinels share, as atomic operations (`protocol.md` §3 and §4): opinions on the master, candidacies, votes, and
 * who is to follow. Sentinels only choose who and when; that there is one master per epoch is the lease's doing, so
 * nothing here has to be believed.
 *
 * It promises: one vote per sentinel and term, one sentinel that wins a term, and that a lock is taken away only from
 * the very epoch that was judged.
 */
export interface SentinelState {
  /** Tells that this sentinel lives, and brings back all that it has to judge by. */
  watch(sentinelId: string): Promise<SentinelView>
  /** For 3 s: whether the master of this epoch is down, as seen from here. Answers with how many think so now. */
  opinion(sentinelId: string, epoch: number, down: boolean): Promise<{ down: number }>
  /**
   * Asks for the votes of a new term, with its own as the first. Refused when the mastership has moved on from `epoch`,
   * when somebody has been elected, and while another candidate is younger than 1.5 s. `claimed`: highest term ever seen.
   */
  stand(sentinelId: string, claimed: number, epoch: number): Promise<{ term: number } | null>
  /** Votes for the candidate of this term; a second vote changes nothing. How many it has; null when the term is over. */
  vote(sentinelId: string, term: number): Promise<number | null>
  /** The candidate of `term` with most votes of all sentinels names the successors. Takes the lock of exactly that epoch away. */
  elect(proposal: Proposal): Promise<'done' | 'refused'>
  /** The master names its successors itself and gives the lock back, in one step. */
  handover(lease: Lease, deputies: string[], considered: Considered[], reason?: string): Promise<Guarded>
  /** The last elections and hand-overs, newest first. */
  elections(): Promise<ElectionRecord[]>
}

/** Who may take the lock now, and when: each deputy 2 s after the one before. In force until somebody has, at most 8 s. */
export interface Election {
  deputies: string[]
  /** Cluster clock, ms since the epoch. */
  at: number
  /** The epoch that it ended. */
  epoch: number
  term: number
}

export interface SentinelView {
  /** Cluster clock, ms since the epoch. */
  now: number
  /** The last one given out. */
  epoch: number
  master: { nodeId: string; epoch: number; renews: number } | null
  nodes: NodeInfo[]
  /** Sentinels heard of within 10 minutes: what a majority is counted of. */
  registered: number
  /** Of these, within 5 s. */
  alive: number
  /** How many think now that the master of this epoch is down. */
  down: number
  term: number
  candidate: { sentinelId: string; term: number; epoch: number } | null
  election: Election | null
}

/** Why a node was chosen or passed over, for people. */
export interface Considered {
  nodeId: string
  /** As it was called then; it may be long gone when this is read. */
  name?: string
  chosen: boolean
  why: string
  /** The same for other languages, one after the other. */
  said?: Sentence[]
}

export interface Proposal {
  sentinelId: string
  term: number
  epoch: number
  /** First choice first. */
  deputies: string[]
  /** Sentinels that there should be; a majority is of these, or of those registered if they are more. */
  configured: number
  considered: Considered[]
}

export interface ElectionRecord {
  /** Cluster clock, ms since the epoch. */
  at: number
  kind: 'election' | 'handover'
  /** The sentinel that won, or the master that handed over. */
  by: string
  epoch: number
  term: number
  deputies: string[]
  considered: Considered[]
  /** Why somebody wanted a hand-over, in their words. */
  reason?: string
}

/** Times of the rules above, ms. */
export const SENTINEL_TIMES = { opinion: 3000, candidacy: 1500, deputyStep: 2000, election: 8000, alive: 5000, registered: 600_000 } as const
/** Nodes of an election of which the reasons are kept, in the order of the choice: a record of a thousand would be too big to be kept. */
export const KEPT_CONSIDERED = 50
/** Elections remembered. */
export const KEPT_ELECTIONS = 100
