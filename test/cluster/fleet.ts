import type { ClusterState } from '../../src/main/backend/cluster-state.ts'
import type { MasterDeps } from '../../src/main/node/driver.ts'
import { stressDrivers, type DriverKit } from '../../src/main/node/drivers.ts'
import { StressMasterDriver } from '../../src/main/node/master/master-driver.ts'
import type { Term } from '../../src/main/node/election/leadership.ts'
import { startNode, type NodeOptions, type RunningNode } from '../../src/main/node/node.ts'
import { SentinelDriver } from '../../src/main/node/election/sentinel-driver.ts'
import type { Role } from '../../src/shared/cluster/cluster.ts'
import { Registry } from '../../src/shared/registry.ts'
import { FaultyLink, GOOD_LINK } from '../main/node/faulty-link.ts'
import type { VirtualProcess, VirtualTime } from '../main/node/virtual-time.ts'
import { decorated } from './decorated.ts'
import { Invariants } from './invariants.ts'
import { SimulatedEngine, steady } from './simulated-engine.ts'
import { SimulatedRedis } from './simulated-redis.ts'
import { Traffic } from './traffic.ts'

/** Mostly fast, now and then not: as a network is. */
const LINK = { ...GOOD_LINK, delayMs: [1, 6] as [number, number], spikes: 0.01 }

export interface Member extends VirtualProcess {
  boot: string
  link: FaultyLink
}

export interface SimulatedNode extends Member {
  role: Exclude<Role, 'sentinel'>
  priority: number
  engine: SimulatedEngine
  running: RunningNode
  /** Masterships of this process. */
  terms: Term[]
  /** When the last heartbeat that was answered was sent, and when its answer came. */
  heardAt: number
  answeredAt: number
}

/** How a fleet differs from the product: what it is spoiled with, to see whether that is found. */
export interface Spoiling {
  /** Instead of the state's own rules. */
  state?: (state: ClusterState) => ClusterState
  /** Instead of what the node sees of it. */
  seen?: (cluster: ClusterState) => ClusterState
  options?: (clocks: { monotonic: () => number }) => Partial<NodeOptions>
  /** False: engines go by the steady clock alone. */
  wallClockLeases?: boolean
  /** What its masters are made of. */
  master?: (deps: MasterDeps) => MasterDeps
  /** Part of the nudges that arrive. */
  nudges?: number
}

/** Whole nodes and sentinels over one simulated Redis, in virtual time. */
export class Fleet {
  readonly time: VirtualTime
  readonly redis: SimulatedRedis
  readonly invariants: Invariants
  readonly traffic = new Traffic()
  readonly nodes = new Map<string, SimulatedNode>()
  readonly sentinels = new Map<string, Member>()
  /** Every process that there ever was. */
  readonly all: Member[] = []
  readonly notices: string[] = []
  readonly random: () => number
  readonly #spoiling: Spoiling
  #boots = 0

  constructor(time: VirtualTime, random: () => number, spoiling: Spoiling = {}) {
    this.time = time
    this.random = random
    this.#spoiling = spoiling
    this.invariants = new Invariants(() => time.now, () => this.redis.lost || this.redis.rolledBack)
    this.redis = new SimulatedRedis(time, (state) => this.invariants.watch(spoiling.state?.(state) ?? state))
  }

  /** A process begins; under the same id it is the next boot of the same node. */
  node(id: string, role: SimulatedNode['role'] = 'auto', priority = 1): SimulatedNode {
    const member = this.#member(id)
    const { wallClockLeases = true } = this.#spoiling
    const engine = new SimulatedEngine({ time: this.time, process: member, random: this.random, wallClockLeases, sent: (...sent) => this.#sent(node, ...sent) })
    const node: SimulatedNode = Object.assign(member, { role, priority, engine, terms: [], heardAt: -Infinity, answeredAt: -Infinity, running: undefined as never })
    this.nodes.set(id, node)
    this.time.run(node, () => (node.running = startNode(this.#optionsOf(node))))
    return node
  }

  sentinel(id: string): Member {
    const sentinel = this.#member(id)
    const driver = new SentinelDriver({
      cluster: sentinel.link.cluster,
      vitals: async () => ({ cpuPercent: 5, memoryPercent: 10, memoryBytes: 2 ** 30, cores: 2, loopLagMs: 0 }),
      identity: { id, name: id, boot: sentinel.boot, version: '0.1.0' },
      configured: 3,
      onNotice: ({ text }) => this.notices.push(`${id}: ${text}`),
      monotonic: () => this.time.monotonic(sentinel),
      random: this.random,
    })
    this.sentinels.set(id, sentinel)
    this.time.run(sentinel, () => void driver.run(new AbortController().signal))
    return sentinel
  }

  /** kill -9. */
  kill(member: Member): void {
    this.#catchUp(member)
    member.dead = true
    this.redis.setConnected(member.boot, false)
  }

  /** SIGSTOP: its connection stays. */
  stop(member: Member, ms: number): void {
    this.#catchUp(member)
    this.time.stop(member, ms)
  }

  /** The machine sleeps: nothing gets through either. */
  sleep(member: Member, ms: number): void {
    if (member.stoppedUntil > this.time.now) return
    this.#catchUp(member)
    this.time.sleep(member, ms)
  }

  /** Somebody sets its clock. */
  setWall(member: Member, byMs: number): void {
    this.#catchUp(member)
    member.wallOffMs += byMs
  }

  pass(ms: number): Promise<void> {
    return this.time.passTo(this.time.now + ms)
  }

  /** In steps; how long it took, null when it did not happen in time. */
  async until(condition: () => boolean | Promise<boolean>, atMostMs: number, stepMs = 250): Promise<number | null> {
    const from = this.time.now
    while (this.time.now - from < atMostMs) {
      if (await condition()) return this.time.now - from
      await this.pass(stepMs)
    }
    return (await condition()) ? atMostMs : null
  }

  /** Who believes to be master now. */
  get believers(): string[] {
    return this.alive.filter(({ terms }) => terms.some(({ signal }) => !signal.aborted)).map(({ id }) => id)
  }

  get alive(): SimulatedNode[] {
    return [...this.nodes.values()].filter(({ dead }) => !dead)
  }

  /** Whoever took the mastership last, if it is alive. */
  get master(): SimulatedNode | null {
    const node = this.nodes.get(this.invariants.acquired.at(-1)?.nodeId ?? '')
    return node === undefined || node.dead ? null : node
  }

  #member(id: string): Member {
    const process = this.time.process(id)
    const member = Object.assign(process, { boot: `${id}#${this.#boots++}`, link: new FaultyLink(() => this.redis.cluster, process, this.time, this.random, { ...LINK, nudges: this.#spoiling.nudges ?? LINK.nudges }) })
    this.all.push(member)
    this.redis.setConnected(member.boot, true)
    return member
  }

  #optionsOf(node: SimulatedNode): NodeOptions {
    const { id, boot, role, priority } = node
    const vitals = { cpuPercent: Math.round(this.random() * 90), memoryPercent: 20, memoryBytes: 8 * 2 ** 30, cores: 4, loopLagMs: 0 }
    const cluster = this.#heard(node)
    return {
      cluster: this.#spoiling.seen?.(cluster) ?? cluster,
      tasks: node.link.remote(() => this.redis.tasks),
      engine: node.engine,
      vitals: async () => vitals,
      identity: { id, name: id, boot, startedAt: this.time.wall(node), role, priority, version: '0.1.0' },
      drivers: { kit: this.#kit(node) },
      now: () => steady({ time: this.time, process: node }),
      monotonic: () => this.time.monotonic(node),
      wall: () => this.time.wall(node),
      uptime: () => this.time.uptime(node),
      onNotice: ({ text }) => this.notices.push(`${Math.round(this.time.now)} ${boot}: ${text}`),
      ...this.#spoiling.options?.({ monotonic: () => this.time.monotonic(node) }),
    }
  }

  /** Notes when the node was in contact last. */
  #heard(node: SimulatedNode): ClusterState {
    const { cluster } = node.link
    const heartbeat: ClusterState['heartbeat'] = async (...input) => {
      const sentAt = this.time.now
      const reply = await cluster.heartbeat(...input)
      this.#catchUp(node)
      node.heardAt = sentAt
      node.answeredAt = this.time.now
      return reply
    }
    return decorated(cluster, { heartbeat })
  }

  #kit(node: SimulatedNode): DriverKit {
    const { workers, strategies } = stressDrivers()
    const masters = new Registry<MasterDeps, StressMasterDriver>('master driver').register('stress', (deps) => {
      node.terms.push(deps.term)
      return new StressMasterDriver(this.#spoiling.master?.(deps) ?? deps)
    })
    return { masters, workers, strategies }
  }

  #catchUp(member: Member): void {
    if ('engine' in member) (member as SimulatedNode).engine.catchUp()
  }

  #sent(node: SimulatedNode, runId: string, arrival: number, at: number, late: boolean): void {
    this.traffic.note(runId, arrival, { nodeId: node.id, boot: node.boot, at }, late)
    this.invariants.sent(node, runId, at)
  }
}
