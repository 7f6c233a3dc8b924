import { randomUUID } from 'node:crypto'
import type { Intent, Lease, Manifest, NodeInfo, ReportBatch } from '../../shared/cluster/cluster.ts'
import type { RunView } from '../../shared/results/run.ts'
import type {
  Acquired, AggregateCommit, Applied, ClusterState, Commit, Heard, HeartbeatReply, LiveRun, Member, NotAcquired, Poll, StaleLease, StopRecord, Topic,
} from './cluster-state.ts'
import { steadyNow } from '../../shared/clock.ts'
import type { Guarded } from './guarded.ts'
import { MemoryJobs } from './memory-jobs.ts'
import { MemoryResults } from './memory-results.ts'
import { MemorySentinels } from './memory-sentinels.ts'
import { Nudges } from './nudges.ts'

export interface MemoryClusterOptions {
  /** The cluster's clock, ms since the epoch; steady by default. */
  now?: () => number
  /** How long a mastership lives without being renewed, ms. */
  leaseTtlMs?: number
  incarnation?: string
}

/** Wishes kept for a master that is not there. */
const KEPT_INTENTS = 1000

/**
 * The cluster state of a single machine, and the hub of many nodes in tests. Each method is one atomic step because
 * nothing in it waits. What goes in is taken as a fact and never changed by either side.
 */
export class MemoryClusterState implements ClusterState {
  readonly #now: () => number
  readonly #leaseTtlMs: number
  readonly #incarnation: string
  readonly #nudges = new Nudges()
  readonly #results = new MemoryResults(() => this.#now())
  readonly sentinels = new MemorySentinels({
    now: () => this.#now(),
    epoch: () => this.#epoch,
    holder: () => this.#holder(),
    nodes: () => [...this.#nodes.values()],
    depose: () => (this.#lease = null),
    guarded: (lease, step) => this.#guarded(lease, step),
    tell: () => this.#tellMastership(),
  })
  readonly jobs = new MemoryJobs({
    guarded: (lease, step) => this.#guarded(lease, step),
    tell: (topic) => this.#nudges.tell(topic),
  })
  readonly #nodes = new Map<string, NodeInfo>()
  readonly #heard = new Map<string, Heard>()
  readonly #connected = new Map<string, boolean>()
  readonly #manifests = new Map<string, Manifest>()
  readonly #stops = new Map<string, StopRecord>()
  readonly #intents: Intent[] = []
  #lease: Lease | null = null
  #leaseUntil = 0
  #epoch = 0
  #revision = 0

  constructor(options: MemoryClusterOptions = {}) {
    this.#now = options.now ?? steadyNow
    this.#leaseTtlMs = options.leaseTtlMs ?? 5000
    this.#incarnation = options.incarnation ?? randomUUID()
  }

  async heartbeat(info: NodeInfo, applied: Applied): Promise<HeartbeatReply> {
    this.#nodes.set(info.id, info)
    this.#nudges.tell('nodes')
    const [holder, now] = [this.#holder(), this.#now()]
    return {
      now,
      heardBefore: this.#hear(info, now, holder !== null),
      incarnation: this.#incarnation,
      master: holder && { nodeId: holder.nodeId, epoch: holder.epoch, renews: holder.renews },
      epoch: this.#epoch,
      ...this.#ordersOf(info, applied),
      stops: [...this.#stops.values()],
      accepted: this.#results.accepted(info.id, info.boot),
      election: this.sentinels.election,
      sentinels: this.sentinels.alive,
    }
  }

  async leave(nodeId: string, boot: string): Promise<void> {
    if (this.#nodes.get(nodeId)?.boot === boot) this.#remove(nodeId)
    this.#nudges.tell('nodes')
  }

  async nodes(): Promise<NodeInfo[]> {
    return [...this.#nodes.values()]
  }

  async node(id: string): Promise<NodeInfo | null> {
    return this.#nodes.get(id) ?? null
  }

  async members(): Promise<Member[]> {
    return [...this.#nodes.values()].map((info) => ({ info, connected: this.#connected.get(info.boot) ?? null }))
  }

  /** There are no connections here: whoever plays a network says how they stand. */
  setConnected(boot: string, connected: boolean | null): void {
    if (connected === null) this.#connected.delete(boot)
    else this.#connected.set(boot, connected)
  }

  async acquire(nodeId: string, claimed: number, token: string, stale?: StaleLease): Promise<Acquired | NotAcquired> {
    const holder = this.#holder()
    if (holder !== null && !(holder.epoch === stale?.epoch && holder.renews === stale.renews)) return { acquired: false, holder: { ...holder } }
    if (!this.sentinels.allows(nodeId)) return { acquired: false, holder: null }
    this.sentinels.followed()
    const former = this.#epoch
    this.#epoch = Math.max(this.#epoch + 1, claimed + 1, Math.floor(this.#now()))
    this.#lease = { nodeId, epoch: this.#epoch, token, renews: 0 }
    this.#leaseUntil = this.#now() + this.#leaseTtlMs
    this.#tellMastership()
    const snapshot = { epoch: former, revision: this.#revision, manifests: [...this.#manifests.values()], aggregates: this.#results.aggregates(), heard: [...this.#heard.values()] }
    return { acquired: true, lease: { ...this.#lease }, snapshot }
  }

  async renew(lease: Lease): Promise<Guarded> {
    return this.#guarded(lease, (held) => {
      held.renews += 1
      this.#leaseUntil = this.#now() + this.#leaseTtlMs
      return 'done'
    })
  }

  async release(lease: Lease): Promise<void> {
    this.#guarded(lease, () => {
      this.#lease = null
      this.#tellMastership()
    })
  }

  async master(): Promise<Lease | null> {
    const holder = this.#holder()
    return holder && { ...holder }
  }

  async poll(lease: Lease, cursor: string): Promise<Guarded<Poll>> {
    return this.#guarded(lease, () => ({
      now: this.#now(),
      revision: this.#revision,
      nodes: [...this.#nodes.values()],
      intents: this.#intents.splice(0),
      ...this.#results.after(cursor),
    }))
  }

  async intents(lease: Lease): Promise<Guarded<Intent[]>> {
    return this.#guarded(lease, () => this.#intents.splice(0))
  }

  async commit(lease: Lease, commit: Commit): Promise<Guarded<'done' | 'conflict' | { alive: string }>> {
    return this.#guarded(lease, () => {
      if (commit.expectRevision !== this.#revision || commit.revision <= this.#revision) return 'conflict'
      const alive = commit.removed.find(({ nodeId, boot, beat }) => this.#hasMoved(nodeId, boot, beat))
      if (alive !== undefined) return { alive: alive.nodeId }
      this.#take(commit)
      return 'done'
    })
  }

  async report(batch: ReportBatch): Promise<{ accepted: number }> {
    const accepted = this.#results.report(batch)
    this.#nudges.tell('results')
    return { accepted }
  }

  async commitAggregate(lease: Lease, aggregate: AggregateCommit): Promise<Guarded<'done' | 'conflict'>> {
    return this.#guarded(lease, () => {
      const outcome = this.#results.commit(aggregate)
      if (outcome === 'done') this.#nudges.tell('live')
      return outcome
    })
  }

  async views(): Promise<RunView[]> {
    return this.#results.views()
  }

  async live(runId: string, afterMs: number): Promise<LiveRun | null> {
    return this.#results.live(runId, afterMs)
  }

  async forget(runId: string): Promise<void> {
    this.#results.forget(runId)
    this.#nudges.tell('live')
  }

  async request(intent: Intent): Promise<void> {
    this.#intents.push(intent)
    if (this.#intents.length > KEPT_INTENTS) this.#intents.shift()
    this.#nudges.tell('intents')
  }

  async stop(record: StopRecord): Promise<void> {
    const known = this.#stops.get(record.taskId)
    if (known === undefined || known.orderNo < record.orderNo) this.#stops.set(record.taskId, record)
    this.#nudges.tell('work')
  }

  watch(topic: Topic, listener: () => void): () => void {
    return this.#nudges.watch(topic, listener)
  }

  async close(): Promise<void> {
    this.#nudges.clear()
  }

  #holder(): Lease | null {
    return this.#now() < this.#leaseUntil ? this.#lease : null
  }

  #guarded<T>(lease: Lease, step: (held: Lease) => T): Guarded<T> {
    const holder = this.#holder()
    if (holder?.epoch === lease.epoch && holder.token === lease.token) return { ok: true, value: step(holder) }
    return { ok: false, fenced: holder && { epoch: holder.epoch, nodeId: holder.nodeId } }
  }

  /** Answers with the beat of this boot that was heard before, if that matters. */
  #hear({ id, boot, beat }: NodeInfo, at: number, isLed: boolean): number | null {
    const before = this.#heard.get(id)
    this.#heard.set(id, { nodeId: id, boot, beat, at })
    if (isLed) return null
    return before?.boot === boot ? before.beat : 0
  }

  #remove(nodeId: string): void {
    this.#nodes.delete(nodeId)
    this.#heard.delete(nodeId)
  }

  /** A manifest is for one boot: a restarted node never gets the one of its former life. */
  #ordersOf(info: NodeInfo, applied: Applied): Pick<HeartbeatReply, 'manifest' | 'confirmed'> {
    const manifest = this.#manifests.get(info.id)
    if (manifest === undefined || manifest.boot !== info.boot) return { manifest: null, confirmed: false }
    const confirmed = manifest.epoch === applied.epoch && manifest.revision === applied.revision
    return { manifest: confirmed ? null : manifest, confirmed }
  }

  #tellMastership(): void {
    this.#nudges.tell('nodes')
    this.#nudges.tell('master')
  }

  /** A node that is to be taken out as lost has given a sign of life since. */
  #hasMoved(nodeId: string, boot: string, beat: number): boolean {
    const node = this.#nodes.get(nodeId)
    return node !== undefined && (node.boot !== boot || node.beat !== beat)
  }

  #take(commit: Commit): void {
    for (const { nodeId } of commit.removed) this.#remove(nodeId)
    this.#manifests.clear()
    for (const manifest of commit.manifests) this.#manifests.set(manifest.nodeId, manifest)
    this.#revision = commit.revision
    const carried = new Set(commit.manifests.flatMap((manifest) => manifest.assignments.map((assignment) => assignment.taskId)))
    for (const taskId of this.#stops.keys()) if (!carried.has(taskId)) this.#stops.delete(taskId)
    this.#nudges.tell('work')
  }
}
