import type { NodeInfo } from '../../../shared/cluster/cluster.ts'
import type { Acquired, ClusterState } from '../../backend/cluster-state.ts'
import type { SentinelView } from '../../backend/sentinel-state.ts'
import type { BaseNodeDriver, NodeIdentity, NodeNotice, Vitals } from '../driver.ts'
import { PROTOCOL } from '../protocol.ts'
import { rounds } from '../rounds.ts'
import { NEW_SENTINEL, step, type Effect, type Observation, type SentinelMemory } from './sentinel-reducer.ts'

export interface SentinelDeps {
  cluster: ClusterState
  /** Told whether there is work: at rest it may look less closely. */
  vitals: (isBusy: boolean) => Promise<Vitals>
  /** The id should outlive a restart: each new one counts in the majority for ten minutes. */
  identity: Omit<NodeIdentity, 'role' | 'priority'>
  /** Sentinels that there should be, >= 1. */
  configured: number
  onNotice: (notice: NodeNotice) => void
  /** Monotonic clock, ms. */
  monotonic?: () => number
  /** In [0, 1). */
  random?: () => number
  /** A number that rises while the master's control loop turns. By default the beat of the node that holds the lock. */
  progressOf?: (view: SentinelView) => number | null
}

const LOOK_MS = 500
const HEARTBEAT_MS = 1000

/** Watches the master, and has it replaced when most sentinels find it down. Carries no load and never leads. */
export class SentinelDriver implements BaseNodeDriver {
  readonly #deps: Required<SentinelDeps>
  #memory: SentinelMemory = NEW_SENTINEL
  #vitals: Vitals = { cpuPercent: 0, memoryPercent: 0, memoryBytes: 0, cores: 0, loopLagMs: 0 }
  #beat = 0
  #soon: NodeJS.Timeout | undefined
  #lookNow: () => void = () => undefined

  constructor(deps: SentinelDeps) {
    this.#deps = { monotonic: () => performance.now(), random: Math.random, progressOf: beatOfMaster, ...deps }
  }

  async run(signal: AbortSignal): Promise<void> {
    const onError = (error: unknown): void => this.#tell('warn', `The cluster state is out of reach: ${error instanceof Error ? error.message : String(error)}`)
    await Promise.all([
      rounds(() => this.sendNodeInfo(), { everyMs: HEARTBEAT_MS, signal, onError }),
      // Not nudged by the nodes: with a thousand of them that would be a look each millisecond.
      rounds(() => this.#look(), {
        everyMs: LOOK_MS,
        signal,
        onError,
        nudges: (nudge) => {
          this.#lookNow = nudge
          return () => clearTimeout(this.#soon)
        },
      }),
    ])
    const { id, boot } = this.#deps.identity
    await this.#deps.cluster.leave(id, boot).catch(() => undefined) // out of reach: found lost by its silence
  }

  async sendNodeInfo(): Promise<void> {
    this.#beat += 1
    await this.#deps.cluster.heartbeat(await this.#info(), { epoch: 0, revision: 0 })
  }

  async tryBeMaster(): Promise<Acquired | null> {
    return null
  }

  async #look(): Promise<void> {
    const { cluster, identity, monotonic, progressOf } = this.#deps
    const askedAt = monotonic()
    const view = await cluster.sentinels.watch(identity.id)
    await this.#take({ type: 'seen', look: { view, askedAt, at: monotonic(), progress: progressOf(view) } })
  }

  async #take(observation: Observation): Promise<void> {
    const { identity, configured } = this.#deps
    const { memory, effects } = step(this.#memory, observation, { sentinelId: identity.id, configured })
    this.#memory = memory
    for (const effect of effects) {
      const heard = await this.#carryOut(effect)
      if (heard !== null) await this.#take(heard)
    }
  }

  async #carryOut(effect: Effect): Promise<Observation | null> {
    const { cluster: { sentinels }, identity: { id }, monotonic, random } = this.#deps
    switch (effect.type) {
      case 'opinion': {
        const { down } = await sentinels.opinion(id, effect.epoch, effect.down)
        return effect.down ? { type: 'opined', down, at: monotonic(), chance: random() } : null
      }
      case 'stand': return { type: 'stood', term: (await sentinels.stand(id, effect.claimed, effect.epoch))?.term ?? null, at: monotonic() }
      case 'vote': return { type: 'counted', term: effect.term, votes: await sentinels.vote(id, effect.term), at: monotonic() }
      case 'elect': if (await sentinels.elect(effect.proposal) === 'done') this.#tell('info', effect.news); return null
      case 'look-again': this.#lookAgain(effect.inMs); return null
      case 'tell': this.#tell('warn', effect.text); return null
      default: return effect satisfies never
    }
  }

  #lookAgain(inMs: number): void {
    clearTimeout(this.#soon)
    this.#soon = setTimeout(() => this.#lookNow(), inMs)
  }

  async #info(): Promise<NodeInfo> {
    const { identity, vitals } = this.#deps
    this.#vitals = await vitals(false).catch(() => this.#vitals)
    return {
      ...identity, ...this.#vitals, role: 'sentinel', priority: 0, beat: this.#beat, protocol: PROTOCOL,
      maxRate: null, startedPerSecond: 0, rttMs: 0, clockOffsetMs: 0, clockErrorMs: 0, drained: false, parked: false, maxEpoch: this.#memory.view?.epoch ?? 0, work: [],
    }
  }

  #tell(level: NodeNotice['level'], text: string): void {
    this.#deps.onNotice({ id: 'sentinel', level, text })
  }
}

/** A master whose own node tells nothing of itself any more gets nothing done. */
function beatOfMaster({ master, nodes }: SentinelView): number | null {
  return nodes.find(({ id }) => id === master?.nodeId)?.beat ?? null
}
