import { randomUUID } from 'node:crypto'
import type { NodeInfo } from '../../../shared/cluster/cluster.ts'
import type { Acquired, ClusterState, HeartbeatReply } from '../../backend/cluster-state.ts'
import { canLead, choose, hear, needsPeers, NOTHING_SEEN, type Peer, type Self } from './candidacy.ts'
import type { Timings } from '../timings.ts'

export interface CandidateDeps {
  cluster: ClusterState
  self: () => Omit<Self, 'remembered' | 'tried'>
  timings: Timings
  /** Monotonic clock, ms. */
  monotonic: () => number
}

/** One node's way to the mastership: hears what heartbeats bring, and tries when it is its turn. */
export class LeadCandidate {
  readonly #deps: CandidateDeps
  #seen = NOTHING_SEEN
  #peers = new Map<string, { info: NodeInfo; since: number }>()
  #barred = false
  #tried = false
  #nudge: () => void = () => undefined
  #timer: NodeJS.Timeout | undefined

  constructor(deps: CandidateDeps) {
    this.#deps = deps
  }

  /** Highest epoch ever heard of. */
  get maxEpoch(): number {
    return this.#seen.maxEpoch
  }

  /** `askedAt`: when the heartbeat was sent, monotonic. */
  hear(reply: HeartbeatReply, askedAt: number): void {
    const { timings, monotonic } = this.#deps
    this.#seen = hear(this.#seen, reply, askedAt, monotonic(), timings)
    if (reply.master === null) this.#nudge()
  }

  /** An order of that epoch was obeyed. */
  knows(epoch: number): void {
    this.#seen = { ...this.#seen, maxEpoch: Math.max(this.#seen.maxEpoch, epoch) }
  }

  /** Tries no more: the node is about to leave, or to sleep. */
  bar(barred: boolean): void {
    this.#barred = barred
  }

  /** Calls when it is worth trying. Returns the way to end that. */
  onChance(nudge: () => void): () => void {
    this.#nudge = nudge
    return () => {
      this.#nudge = () => undefined
      clearTimeout(this.#timer)
    }
  }

  /** One attempt, if it is this node's turn. `remembered`: epoch of the last term of this process, 0: none. */
  async tryBeMaster(remembered: number): Promise<Acquired | null> {
    const { cluster, self, timings, monotonic } = this.#deps
    const me = { ...self(), remembered, tried: this.#tried }
    if (this.#barred || !canLead(me)) return null
    const peers = needsPeers(this.#seen, me) ? this.#look(await cluster.nodes()) : []
    const choice = choose(this.#seen, me, peers, monotonic(), timings)
    if (!choice.go) return this.#later(choice.inMs)
    const claimed = Math.max(this.maxEpoch, remembered, ...peers.map(({ info }) => info.maxEpoch))
    this.#tried = true
    const answer = await cluster.acquire(me.id, claimed, randomUUID(), choice.stale)
    return answer.acquired ? answer : null
  }

  #later(inMs: number | null): null {
    clearTimeout(this.#timer)
    if (inMs !== null) this.#timer = setTimeout(() => this.#nudge(), inMs)
    return null
  }

  #look(nodes: readonly NodeInfo[]): Peer[] {
    const at = this.#deps.monotonic()
    this.#peers = new Map(nodes.map((info) => {
      const known = this.#peers.get(info.id)
      const isStill = known?.info.boot === info.boot && known.info.beat === info.beat
      return [info.id, { info, since: isStill ? known.since : at }]
    }))
    return [...this.#peers.values()].map(({ info, since }) => ({ info, silentMs: at - since }))
  }
}
