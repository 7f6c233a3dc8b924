import type { Lease, NodeInfo } from '../../shared/cluster/cluster.ts'
import type { ClusterView, NodeRow } from '../../shared/contract/contract.ts'
import type { ClusterState } from '../backend/cluster-state.ts'
import { NodeMemory } from './node-memory.ts'

/** Of this node, as long as it lives. */
export interface ThisNode {
  id: string
  mode: ClusterView['mode']
  /** Of Redis, without user and password. */
  address: string | null
  namespace: string | null
  /** Whether the cluster has a secret: whoever joins needs it. */
  secured: boolean
}

/** A lease is renewed each second; one that stands still for so long has nobody behind it, ms. */
const DEAD_LEASE_MS = 3000
/** Looks are a second apart; whatever was not looked at for longer is not held against anybody, ms. */
const LOOK_GAP_MS = 1500
/** Without contact for so long a worker stops by itself (`protocol.md` §4, T), ms. */
const RUN_LEASE_MS = 10_000

type Clocks = { now: () => number; monotonic: () => number }

/**
 * What this node sees of the cluster: who is there, who leads, and whether anybody answers. A node or a lease is judged
 * by the change of its counter on a clock of its own, so a pause of this process or a cut line condemns nobody; while
 * nothing can be seen, what was seen last stands.
 */
export class ClusterWatch {
  readonly #cluster: Pick<ClusterState, 'nodes' | 'master'>
  readonly #here: ThisNode
  readonly #clocks: Clocks
  readonly #memory = new NodeMemory()
  #lease: Lease | null = null
  /** When the lease was last seen to move, monotonic. */
  #movedAt: number
  /** When the state answered last, monotonic; null: never yet. */
  #answeredAt: number | null = null
  #contactAt: number | null = null
  #connected = true
  #formerMaster: string | null = null
  #looking: Promise<void> | null = null

  constructor(cluster: Pick<ClusterState, 'nodes' | 'master'>, here: ThisNode, clocks: Clocks = { now: Date.now, monotonic: () => performance.now() }) {
    this.#cluster = cluster
    this.#here = here
    this.#clocks = clocks
    this.#movedAt = clocks.monotonic()
  }

  /** Looks once; those who ask meanwhile share it. Never throws: not to be answered is what is then seen. */
  async look(): Promise<void> {
    this.#looking ??= this.#see().finally(() => (this.#looking = null))
    return this.#looking
  }

  /** This one first, then by name; sentinels after those that carry load, the lost ones last. */
  rows(): NodeRow[] {
    const now = this.#clocks.monotonic()
    const own = this.#memory.find(this.#here.id)?.protocol.major
    const master = this.#leads(now) ? this.#lease?.nodeId : undefined
    return this.#memory.all(this.#seenAt(now))
      .map(({ info, silentMs }) => ({ info, silentMs, isMaster: info.id === master, isThis: info.id === this.#here.id, state: stateOf(info, silentMs, own) }))
      .sort((a, b) => Number(b.isThis) - Number(a.isThis) || rankOf(a) - rankOf(b) || a.info.name.localeCompare(b.info.name, 'en', { numeric: true }))
  }

  view(): Omit<ClusterView, 'queuedStops'> {
    const now = this.#clocks.monotonic()
    const { id, mode, address, namespace } = this.#here
    const leads = this.#leads(now)
    return {
      mode, address, namespace, thisNode: id,
      connected: this.#connected,
      lastContactAt: this.#contactAt,
      master: leads && this.#lease !== null ? { nodeId: this.#lease.nodeId, name: this.nameOf(this.#lease.nodeId), epoch: this.#lease.epoch, renewedMs: Math.round(this.#seenAt(now) - this.#movedAt) } : null,
      masterlessMs: leads ? null : Math.round(this.#seenAt(now) - this.#movedAt),
      formerMaster: leads ? null : this.#formerMaster,
      sentinels: this.#sentinels(now),
      workersStopInMs: this.#connected || mode === 'local' ? null : Math.max(0, Math.round(RUN_LEASE_MS - (now - (this.#answeredAt ?? now)))),
      ...this.#commands(),
    }
  }

  /** Names outlive their nodes here. */
  nameOf(id: string): string {
    return this.#memory.find(id)?.name ?? id
  }

  /** Takes a lost node off the list. */
  forget(id: string): void {
    this.#memory.forget(id)
  }

  async #see(): Promise<void> {
    try {
      const [nodes, lease] = await Promise.all([this.#cluster.nodes(), this.#cluster.master()])
      this.#take(nodes, lease)
    } catch {
      this.#connected = false
    }
  }

  #take(nodes: readonly NodeInfo[], lease: Lease | null): void {
    const now = this.#clocks.monotonic()
    const unseenMs = this.#answeredAt === null ? 0 : Math.max(0, now - this.#answeredAt - LOOK_GAP_MS)
    this.#movedAt += unseenMs
    this.#memory.see(nodes, now, unseenMs)
    if (lease !== null && (lease.epoch !== this.#lease?.epoch || lease.renews !== this.#lease.renews)) this.#movedAt = now
    if (this.#lease !== null && lease?.nodeId !== this.#lease.nodeId) this.#formerMaster = this.nameOf(this.#lease.nodeId)
    if (lease !== null) this.#formerMaster = this.nameOf(lease.nodeId)
    this.#lease = lease
    this.#connected = true
    this.#answeredAt = now
    this.#contactAt = this.#clocks.now()
  }

  #leads(now: number): boolean {
    return this.#lease !== null && this.#seenAt(now) - this.#movedAt < DEAD_LEASE_MS
  }

  /** While nothing can be seen, nobody's silence grows. */
  #seenAt(now: number): number {
    return this.#connected ? now : (this.#answeredAt ?? now)
  }

  #sentinels(now: number): ClusterView['sentinels'] {
    const all = this.#memory.all(this.#seenAt(now)).filter(({ info }) => info.role === 'sentinel')
    return { alive: all.filter(({ silentMs }) => silentMs === null).length, registered: all.length, quorum: Math.floor(all.length / 2) + 1 }
  }

  #commands(): Pick<ClusterView, 'joinCommand' | 'sentinelCommand'> {
    const { mode, address, namespace, secured } = this.#here
    if (mode === 'local' || address === null) return { joinCommand: null, sentinelCommand: null }
    const where = [`--redis ${address}`, ...(namespace === null || namespace === 'default' ? [] : [`--namespace ${namespace}`]), ...(secured ? ['--secret-file cluster.secret'] : [])].join(' ')
    return { joinCommand: `stampede worker ${where}`, sentinelCommand: `stampede sentinel ${where} --sentinels 3` }
  }
}

function rankOf({ info, state }: NodeRow): number {
  return state === 'lost' ? 2 : info.role === 'sentinel' ? 1 : 0
}

/** From here on a node is shown as hot: what it measures may soon be its own slowness (`ux.md` 4.3). */
const HOT_CPU_PERCENT = 90
const HOT_LOOP_LAG_MS = 20

function stateOf({ protocol, drained, parked, cpuPercent, loopLagMs }: NodeInfo, silentMs: number | null, ownMajor: number | undefined): NodeRow['state'] {
  if (silentMs !== null) return 'lost'
  if (ownMajor !== undefined && protocol.major !== ownMajor) return 'incompatible'
  if (parked) return 'parked'
  if (drained) return 'drained'
  return cpuPercent > HOT_CPU_PERCENT || loopLagMs > HOT_LOOP_LAG_MS ? 'hot' : 'ok'
}
