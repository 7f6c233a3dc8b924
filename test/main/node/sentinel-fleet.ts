import type { ClusterState } from '../../../src/main/backend/cluster-state.ts'
import { MemoryClusterState } from '../../../src/main/backend/memory-cluster-state.ts'
import { LeadCandidate } from '../../../src/main/node/election/candidate.ts'
import { terms, type Term } from '../../../src/main/node/election/leadership.ts'
import { rounds } from '../../../src/main/node/rounds.ts'
import { SentinelDriver, type SentinelDeps } from '../../../src/main/node/election/sentinel-driver.ts'
import type { Lease, NodeInfo } from '../../../src/shared/cluster/cluster.ts'
import { TIMINGS } from '../../../src/main/node/timings.ts'
import { nodeOf } from '../../contract/fixtures.ts'
import { FaultyLink } from './faulty-link.ts'
import type { VirtualProcess, VirtualTime } from './virtual-time.ts'

const BORN = 1_700_000_000_000

export interface Member extends VirtualProcess {
  link: FaultyLink
  /** Ends it in order. */
  ending: AbortController
}

export interface LoadNode extends Member {
  info: NodeInfo
  terms: Term[]
  /** A master that no longer renews, though all else goes on. */
  renews: boolean
  beats: boolean
}

/** Sentinels and nodes' leadership on one memory hub, in virtual time. Notes every mastership, and what breaks a promise. */
export class SentinelFleet {
  readonly time: VirtualTime
  readonly hub: ClusterState
  readonly nodes = new Map<string, LoadNode>()
  readonly sentinels = new Map<string, Member>()
  readonly acquired: Lease[] = []
  readonly broken: string[] = []
  readonly news: string[] = []
  /** By which the cluster's clock is off, ms. */
  clockOffMs = 0
  readonly #random: () => number
  readonly #all: Member[] = []
  #boots = 0

  /** `spoil` takes a promise away from the hub, to see whether that is found. */
  constructor(time: VirtualTime, random: () => number, spoil: (hub: ClusterState) => void = () => undefined) {
    this.time = time
    this.#random = random
    const hub = new MemoryClusterState({ now: () => BORN + this.time.now + this.clockOffMs })
    spoil(hub)
    this.hub = this.#watched(hub)
  }

  node(id: string, changes: Partial<NodeInfo> = {}): LoadNode {
    const info = nodeOf(id, { ...changes, boot: `${id}-${this.#boots++}`, beat: 0 })
    const node: LoadNode = Object.assign(this.#member(id), { info, terms: [], renews: true, beats: true })
    this.nodes.set(id, node)
    this.time.run(node, () => this.#live(node))
    return node
  }

  sentinel(id: string, changes: Partial<SentinelDeps> = {}): Member {
    const sentinel = this.#member(id)
    const { memoryBytes, cpuPercent, memoryPercent, cores, loopLagMs } = nodeOf(id)
    const driver = new SentinelDriver({
      cluster: sentinel.link.cluster,
      vitals: async () => ({ memoryBytes, cpuPercent, memoryPercent, cores, loopLagMs }),
      identity: { id, name: id, boot: `${id}-${this.#boots++}`, version: '0.1.0' },
      configured: 3,
      onNotice: ({ text }) => this.news.push(`${id}: ${text}`),
      monotonic: () => this.time.now,
      random: this.#random,
      ...changes,
    })
    this.sentinels.set(id, sentinel)
    this.time.run(sentinel, () => void driver.run(sentinel.ending.signal))
    return sentinel
  }

  pass(ms: number): Promise<void> {
    return this.time.passTo(this.time.now + ms)
  }

  /** In steps of 50 ms; how long it took, null when it did not happen in time. */
  async until(condition: () => boolean, atMostMs: number): Promise<number | null> {
    const from = this.time.now
    while (this.time.now - from < atMostMs) {
      if (condition()) return this.time.now - from
      await this.pass(50)
    }
    return condition() ? atMostMs : null
  }

  /** Who believes to be master now. */
  get believers(): string[] {
    return [...this.nodes.values()].filter((node) => !node.dead && node.terms.some(({ signal }) => !signal.aborted)).map(({ id }) => id)
  }

  get master(): LoadNode {
    const node = this.nodes.get(this.acquired.at(-1)?.nodeId ?? '')
    if (node === undefined) throw new Error('nobody has ever been master')
    return node
  }

  /** Ends all that was ever started, also what is dead: a signal with listeners is never collected. */
  close(): void {
    for (const { ending } of this.#all) ending.abort()
  }

  #member(id: string): Member {
    const process = this.time.process(id)
    const member = Object.assign(process, { link: new FaultyLink(() => this.hub, process, this.time, this.#random), ending: new AbortController() })
    this.#all.push(member)
    return member
  }

  #live(node: LoadNode): void {
    const cluster = node.link.cluster
    const monotonic = (): number => this.time.now
    const candidate = new LeadCandidate({ cluster, timings: TIMINGS, monotonic, self: () => node.info })
    const { signal } = node.ending
    const quiet = { everyMs: 1000, onError: () => undefined }
    void rounds(async () => {
      if (!node.beats) return
      const askedAt = monotonic()
      node.info = { ...node.info, beat: node.info.beat + 1, maxEpoch: candidate.maxEpoch }
      candidate.hear(await cluster.heartbeat(node.info, { epoch: 0, revision: 0 }), askedAt)
    }, { ...quiet, signal, nudges: (nudge) => cluster.watch('master', nudge) })
    const lead = async (): Promise<void> => {
      for await (const term of terms(candidate, signal, { cluster, monotonic })) {
        node.terms.push(term)
        await rounds(async () => (node.renews ? term.renew() : undefined), { ...quiet, signal: term.signal })
      }
    }
    void lead()
  }

  /** The hub, with what it accepts compared to its promises, in the order in which it happens. */
  #watched(hub: ClusterState): ClusterState {
    const { acquire: take, renew } = hub
    hub.acquire = async (...input) => {
      const answer = await take.apply(hub, input)
      if (answer.acquired) this.#note(answer.lease)
      return answer
    }
    hub.renew = async (lease) => {
      const answer = await renew.call(hub, lease)
      if (answer.ok && this.acquired.at(-1)?.token !== lease.token) this.broken.push(`${lease.nodeId} renewed epoch ${lease.epoch} after its end`)
      return answer
    }
    return hub
  }

  #note(lease: Lease): void {
    const last = this.acquired.at(-1)
    if (last !== undefined && lease.epoch <= last.epoch) this.broken.push(`epoch ${lease.epoch} of ${lease.nodeId} after ${last.epoch} of ${last.nodeId}`)
    this.acquired.push(lease)
  }
}
