import { randomUUID } from 'node:crypto'
import type { Lease } from '../../shared/cluster.ts'
import type { Acquired, ClusterState } from '../backend/cluster-state.ts'
import { rounds } from './rounds.ts'

/**
 * Leadership: terms in which this node is the master. A term begins when the lease is acquired and its signal is
 * aborted before anybody else can hold it: the deadline counts from before the request was sent, on a clock that is
 * never set, and whatever a deposed master still writes is refused by its epoch.
 */
export interface Term {
  readonly lease: Lease
  readonly snapshot: Acquired['snapshot']
  readonly signal: AbortSignal
  /** Holds on to the lease, or ends the term when it is somebody else's. Called by the master driver's keepAlive. */
  renew(): Promise<void>
  /** The cluster state has refused a write of this term: it is over. */
  fenced(): void
}

export interface Candidate {
  /** One attempt. Null: somebody else is master, or this node never will be. */
  tryBeMaster(): Promise<Acquired | null>
}

export interface LeadershipOptions {
  cluster: ClusterState
  /** Time to live of a lease as the cluster state keeps it, ms. */
  leaseTtlMs?: number
  /** Monotonic clock, ms. */
  monotonic?: () => number
}

const LEASE_TTL_MS = 5000
/** A master stops acting this long before its lease runs out, ms. */
const MARGIN_MS = 500
const TRY_EVERY_MS = 1000

/** The terms of this node, one after the other, until the signal is aborted. The lease is given back when a term is left. */
export async function* terms(candidate: Candidate, signal: AbortSignal, options: LeadershipOptions): AsyncGenerator<Term> {
  while (!signal.aborted) {
    const term = await nextTerm(candidate, signal, options)
    if (term === null) return
    try {
      yield term
    } finally {
      await term.leave()
    }
  }
}

async function nextTerm(candidate: Candidate, signal: AbortSignal, options: LeadershipOptions): Promise<HeldTerm | null> {
  const monotonic = options.monotonic ?? (() => performance.now())
  const waiting = new AbortController()
  let term: HeldTerm | null = null
  await rounds(async () => {
    const askedAt = monotonic()
    const acquired = await candidate.tryBeMaster()
    if (acquired === null) return
    term = new HeldTerm(acquired, askedAt, signal, { cluster: options.cluster, leaseTtlMs: options.leaseTtlMs ?? LEASE_TTL_MS, monotonic })
    waiting.abort()
  }, {
    everyMs: TRY_EVERY_MS,
    signal: AbortSignal.any([signal, waiting.signal]),
    nudges: (nudge) => options.cluster.watch('nodes', nudge),
    onError: () => undefined, // out of reach: tried again with the next round
  })
  return term
}

class HeldTerm implements Term {
  readonly lease: Lease
  readonly snapshot: Acquired['snapshot']
  readonly signal: AbortSignal
  readonly #over = new AbortController()
  readonly #options: Required<LeadershipOptions>
  #deadline: NodeJS.Timeout | null = null

  constructor(acquired: Acquired, askedAt: number, outer: AbortSignal, options: Required<LeadershipOptions>) {
    this.lease = acquired.lease
    this.snapshot = acquired.snapshot
    this.signal = AbortSignal.any([outer, this.#over.signal])
    this.#options = options
    this.#holdFrom(askedAt)
  }

  async renew(): Promise<void> {
    const askedAt = this.#options.monotonic()
    const renewed = await this.#options.cluster.renew(this.lease)
    if (!renewed.ok) this.fenced()
    else if (!this.signal.aborted) this.#holdFrom(askedAt)
  }

  fenced(): void {
    this.#over.abort()
  }

  /** Ends the term and gives the lease back, if it is still ours. */
  async leave(): Promise<void> {
    this.#over.abort()
    if (this.#deadline !== null) clearTimeout(this.#deadline)
    await this.#options.cluster.release(this.lease).catch(() => undefined) // out of reach: it runs out by itself
  }

  #holdFrom(askedAt: number): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline)
    const left = askedAt + this.#options.leaseTtlMs - MARGIN_MS - this.#options.monotonic()
    this.#deadline = setTimeout(() => this.#over.abort(), Math.max(0, left))
  }
}

/** One attempt to become master. `claimed`: highest epoch this node ever saw. */
export async function acquire(cluster: ClusterState, nodeId: string, claimed: number): Promise<Acquired | null> {
  const answer = await cluster.acquire(nodeId, claimed, randomUUID())
  return answer.acquired ? answer : null
}
