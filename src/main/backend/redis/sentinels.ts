import type { Lease } from '../../../shared/cluster/cluster.ts'
import type { Guarded } from '../guarded.ts'
import { handover } from '../lua/handover.lua.ts'
import { sentinelElect } from '../lua/sentinel-elect.lua.ts'
import { sentinelOpinion } from '../lua/sentinel-opinion.lua.ts'
import { sentinelStand } from '../lua/sentinel-stand.lua.ts'
import { sentinelVote } from '../lua/sentinel-vote.lua.ts'
import { sentinelWatch } from '../lua/sentinel-watch.lua.ts'
import { KEPT_CONSIDERED, KEPT_ELECTIONS, SENTINEL_TIMES, type Considered, type Election, type ElectionRecord, type Proposal, type SentinelState, type SentinelView } from '../sentinel-state.ts'
import { NodeList } from './node-list.ts'
import { entriesOf, guardedOf, listOf, numberOf, textOf } from './replies.ts'
import { electionShape } from './shapes.ts'
import type { RedisSpace } from './space.ts'
import type { Vault } from './vault.ts'

/**
 * The sentinels' operations as Lua scripts. Votes and opinions are not signed: who can write to Redis can stop elections
 * anyway, and cannot become master by them, since no node obeys a manifest that is not signed. The records are.
 */
export class RedisSentinels implements SentinelState {
  readonly #space: RedisSpace
  readonly #vault: Vault
  readonly #list: NodeList
  readonly #monotonic: () => number

  constructor(space: RedisSpace, vault: Vault, monotonic: () => number) {
    this.#space = space
    this.#vault = vault
    this.#list = new NodeList(vault)
    this.#monotonic = monotonic
  }

  async watch(sentinelId: string): Promise<SentinelView> {
    const [now, epoch, master, masterEpoch, renews, nodes, registered, alive, down, term, candidate, election] = listOf(
      await this.#space.run(sentinelWatch, [sentinelId, SENTINEL_TIMES.registered, SENTINEL_TIMES.alive]),
    )
    return {
      now: Number(now),
      epoch: numberOf(epoch),
      master: textOf(master) === '' ? null : { nodeId: textOf(master), epoch: numberOf(masterEpoch), renews: numberOf(renews) },
      nodes: this.#list.read(nodes, this.#monotonic()),
      registered: numberOf(registered),
      alive: numberOf(alive),
      down: numberOf(down),
      term: numberOf(term),
      candidate: candidateOf(listOf(candidate)),
      election: electionOf(election),
    }
  }

  async opinion(sentinelId: string, epoch: number, down: boolean): Promise<{ down: number }> {
    return { down: numberOf(await this.#space.run(sentinelOpinion, [sentinelId, epoch, down ? SENTINEL_TIMES.opinion : ''])) }
  }

  async stand(sentinelId: string, claimed: number, epoch: number): Promise<{ term: number } | null> {
    const term = numberOf(await this.#space.run(sentinelStand, [sentinelId, claimed, epoch, SENTINEL_TIMES.candidacy]))
    return term === 0 ? null : { term }
  }

  async vote(sentinelId: string, term: number): Promise<number | null> {
    const votes = numberOf(await this.#space.run(sentinelVote, [sentinelId, term]))
    return votes === 0 ? null : votes
  }

  async elect({ sentinelId, term, epoch, deputies, configured, considered }: Proposal): Promise<'done' | 'refused'> {
    const record = this.#seal({ kind: 'election', by: sentinelId, epoch, term, deputies, considered })
    const outcome = await this.#space.run(sentinelElect, [sentinelId, term, epoch, deputies.join('\n'), configured, SENTINEL_TIMES.registered, SENTINEL_TIMES.election, record])
    return outcome === 'done' ? 'done' : 'refused'
  }

  async handover(lease: Lease, deputies: string[], considered: Considered[], reason?: string): Promise<Guarded> {
    const record = this.#seal({ kind: 'handover', by: lease.nodeId, epoch: lease.epoch, term: 0, deputies, considered, ...(reason === undefined ? {} : { reason }) })
    return guardedOf(await this.#space.run(handover, [lease.epoch, lease.token, deputies.join('\n'), SENTINEL_TIMES.election, record]), () => 'done')
  }

  async elections(): Promise<ElectionRecord[]> {
    const entries = entriesOf(await this.#space.ask((redis) => redis.xrevrange(`${this.#space.prefix}elections`, '+', '-', 'COUNT', KEPT_ELECTIONS)))
    return entries.flatMap(({ fields }) => {
      const record = this.#vault.open<Omit<ElectionRecord, 'at'>>('event', 'elections', fields.get('data') ?? '', electionShape)
      return record === null ? [] : [{ ...record, at: numberOf(fields.get('at')) }]
    })
  }

  #seal(record: Omit<ElectionRecord, 'at'>): string {
    return this.#vault.seal('event', 'elections', { ...record, considered: record.considered.slice(0, KEPT_CONSIDERED) })
  }
}

/** `reply`: deputies by line, instant, epoch and term, or nothing. */
export function electionOf(reply: unknown): Election | null {
  const [deputies, at, epoch, term] = listOf(reply)
  if (textOf(deputies) === '') return null
  return { deputies: textOf(deputies).split('\n'), at: numberOf(at), epoch: numberOf(epoch), term: numberOf(term) }
}

function candidateOf([sentinelId, term, epoch]: unknown[]): SentinelView['candidate'] {
  return textOf(sentinelId) === '' ? null : { sentinelId: textOf(sentinelId), term: numberOf(term), epoch: numberOf(epoch) }
}
