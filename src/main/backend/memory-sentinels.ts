import type { Lease, NodeInfo } from '../../shared/cluster/cluster.ts'
import type { Guarded } from './guarded.ts'
import { KEPT_CONSIDERED, KEPT_ELECTIONS, SENTINEL_TIMES, type Considered, type Election, type ElectionRecord, type Proposal, type SentinelState, type SentinelView } from './sentinel-state.ts'

/** What sentinels judge, as the memory adapter keeps it. */
export interface Mastership {
  now(): number
  epoch(): number
  holder(): Lease | null
  nodes(): NodeInfo[]
  /** Takes the lock away. */
  depose(): void
  guarded<T>(lease: Lease, step: () => T): Guarded<T>
  /** Somebody should look. */
  tell(): void
}

/** The rules of the sentinels as plain functions, over the memory adapter's mastership. */
export class MemorySentinels implements SentinelState {
  readonly #mastership: Mastership
  readonly #seen = new Map<string, number>()
  readonly #opinions = new Map<string, { epoch: number; until: number }>()
  readonly #records: ElectionRecord[] = []
  #votes = new Set<string>()
  #candidate: { sentinelId: string; term: number; epoch: number; at: number } | null = null
  #term = 0
  #election: Election | null = null

  constructor(mastership: Mastership) {
    this.#mastership = mastership
  }

  async watch(sentinelId: string): Promise<SentinelView> {
    const now = this.#mastership.now()
    this.#seen.set(sentinelId, now)
    for (const [id, at] of this.#seen) if (now - at > SENTINEL_TIMES.registered) this.#seen.delete(id)
    const holder = this.#mastership.holder()
    const epoch = this.#mastership.epoch()
    return {
      now, epoch,
      master: holder && { nodeId: holder.nodeId, epoch: holder.epoch, renews: holder.renews },
      nodes: this.#mastership.nodes(),
      registered: this.#seen.size,
      alive: this.alive,
      down: this.#downOf(epoch),
      term: this.#term,
      candidate: this.#candidate && { sentinelId: this.#candidate.sentinelId, term: this.#candidate.term, epoch: this.#candidate.epoch },
      election: this.election,
    }
  }

  async opinion(sentinelId: string, epoch: number, down: boolean): Promise<{ down: number }> {
    if (down) this.#opinions.set(sentinelId, { epoch, until: this.#mastership.now() + SENTINEL_TIMES.opinion })
    else this.#opinions.delete(sentinelId)
    return { down: this.#downOf(epoch) }
  }

  async stand(sentinelId: string, claimed: number, epoch: number): Promise<{ term: number } | null> {
    const now = this.#mastership.now()
    if (epoch !== this.#mastership.epoch() || this.election !== null) return null
    if (this.#candidate !== null && now - this.#candidate.at < SENTINEL_TIMES.candidacy) return null
    this.#term = Math.max(this.#term + 1, claimed + 1, Math.floor(now))
    this.#candidate = { sentinelId, term: this.#term, epoch, at: now }
    this.#votes = new Set([sentinelId])
    this.#mastership.tell()
    return { term: this.#term }
  }

  async vote(sentinelId: string, term: number): Promise<number | null> {
    if (this.#candidate?.term !== term) return null
    this.#votes.add(sentinelId)
    return this.#votes.size
  }

  async elect({ sentinelId, term, epoch, deputies, configured, considered }: Proposal): Promise<'done' | 'refused'> {
    const isCandidate = this.#candidate?.sentinelId === sentinelId && this.#candidate.term === term && this.#candidate.epoch === epoch
    const all = Math.max(configured, this.#heardWithin(SENTINEL_TIMES.registered))
    if (!isCandidate || epoch !== this.#mastership.epoch() || this.#votes.size <= all / 2) return 'refused'
    if (this.#mastership.holder()?.epoch === epoch) this.#mastership.depose()
    this.#candidate = null
    this.#name({ kind: 'election', by: sentinelId, epoch, term, deputies, considered })
    return 'done'
  }

  async handover(lease: Lease, deputies: string[], considered: Considered[], reason?: string): Promise<Guarded> {
    return this.#mastership.guarded(lease, () => {
      this.#mastership.depose()
      this.#name({ kind: 'handover', by: lease.nodeId, epoch: lease.epoch, term: this.#term, deputies, considered, ...(reason === undefined ? {} : { reason }) })
      return 'done'
    })
  }

  async elections(): Promise<ElectionRecord[]> {
    return this.#records.toReversed()
  }

  /** The one in force. */
  get election(): Election | null {
    return this.#election !== null && this.#mastership.now() - this.#election.at < SENTINEL_TIMES.election ? this.#election : null
  }

  get alive(): number {
    return this.#heardWithin(SENTINEL_TIMES.alive)
  }

  /** Whether the node may take a free lock now. */
  allows(nodeId: string): boolean {
    if (this.election === null) return true
    const rank = this.election.deputies.indexOf(nodeId)
    return rank >= 0 && this.#mastership.now() >= this.election.at + rank * SENTINEL_TIMES.deputyStep
  }

  /** Somebody has taken the lock. */
  followed(): void {
    this.#election = null
  }

  #name(record: Omit<ElectionRecord, 'at'>): void {
    const at = this.#mastership.now()
    this.#election = { deputies: record.deputies, at, epoch: record.epoch, term: record.term }
    this.#records.push({ ...record, considered: record.considered.slice(0, KEPT_CONSIDERED), at })
    if (this.#records.length > KEPT_ELECTIONS) this.#records.shift()
    this.#mastership.tell()
  }

  #downOf(epoch: number): number {
    const now = this.#mastership.now()
    return [...this.#opinions.values()].filter((opinion) => opinion.epoch === epoch && now < opinion.until).length
  }

  #heardWithin(ms: number): number {
    return [...this.#seen.values()].filter((at) => this.#mastership.now() - at <= ms).length
  }
}
