import type { Lease } from '../../../shared/cluster/cluster.ts'
import type { Acquired, ClusterState } from '../../backend/cluster-state.ts'
import { rounds } from '../rounds.ts'
import { TIMINGS, type Timings } from '../timings.ts'

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
  /**
   * One attempt, if it is this node's turn. Null: somebody else is master, or is to be. `remembered`: epoch of the last
   * term of this process, 0: none.
   */
  tryBeMaster(remembered: number): Promise<Acquired | null>
  /** Calls when it is worth trying at once; without it, a try comes every second. Returns the way to end that. */
  onChance?(nudge: () => void): () => void
}

export interface LeadershipOptions {
  cluster: ClusterState
  timings?: Pick<Timings, 'leaseTtlMs' | 'leaseMarginMs'>
  /** Monotonic clock, ms. */
  monotonic?: () => number
}

const TRY_EVERY_MS = 1000

/** The terms of this node, one after the other, until the signal is aborted. The lease is given back when a term is left. */
export async function* terms(candidate: Candidate, signal: AbortSignal, options: LeadershipOptions): AsyncGenerator<Term> {
  let remembered = 0
  while (!signal.aborted) {
    const term = await nextTerm(candidate, remembered, signal, options)
    if (term === null) return
    remembered = term.lease.epoch
    try {
      yield term
    } finally {
      await term.leave()
    }
  }
}

async function nextTerm(candidate: Candidate, remembered: number, signal: AbortSignal, { cluster, timings = TIMINGS, monotonic = () => performance.now() }: LeadershipOptions): Promise<HeldTerm | null> {
  const waiting = new AbortController()
  let term: HeldTerm | null = null
  await rounds(async () => {
    const askedAt = monotonic()
    const acquired = await candidate.tryBeMaster(remembered)
    if (acquired === null) return
    term = new HeldTerm(acquired, askedAt, signal, { cluster, timings, monotonic })
    waiting.abort()
  }, {
    everyMs: TRY_EVERY_MS,
    signal: AbortSignal.any([signal, waiting.signal]),
    nudges: (nudge) => candidate.onChance?.(nudge) ?? cluster.watch('master', nudge),
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
    const { timings, monotonic } = this.#options
    const left = askedAt + timings.leaseTtlMs - timings.leaseMarginMs - monotonic()
    this.#deadline = setTimeout(() => this.#over.abort(), Math.max(0, left))
  }
}
