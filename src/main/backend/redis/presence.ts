import { Cluster } from 'ioredis'
import type { NodeInfo } from '../../../shared/cluster.ts'
import type { Member } from '../cluster-state.ts'
import { numberOf, pairsOf } from './replies.ts'
import type { RedisSpace } from './space.ts'

/**
 * Whose connection stands: each node listens to a channel of its own on which nothing is ever said, and Redis counts the
 * listeners. When a process dies its connection closes and the count falls to none; while it only stands still, the
 * connection stays. A channel that was never seen with a listener says nothing: perhaps the node may not listen.
 */
export class Presence {
  readonly #space: RedisSpace
  readonly #own = new Set<string>()
  /** Channels that had a listener when last looked at, or before. */
  #heard = new Set<string>()

  constructor(space: RedisSpace) {
    this.#space = space
  }

  /** This process is this boot of the node. */
  join({ id, boot }: Pick<NodeInfo, 'id' | 'boot'>): void {
    const channel = this.#channelOf(id, boot)
    if (this.#own.has(channel)) return
    this.#own.add(channel)
    this.#space.subscriber.subscribe(channel).catch(() => this.#own.delete(channel)) // not allowed, or not connected: tried again with the next beat
  }

  leave(id: string, boot: string): void {
    const channel = this.#channelOf(id, boot)
    if (this.#own.delete(channel)) this.#space.subscriber.unsubscribe(channel).catch(() => undefined) // not connected: nobody listens anyway
  }

  async of(nodes: readonly NodeInfo[]): Promise<Member[]> {
    const counts = await this.#listeners(nodes.map(({ id, boot }) => this.#channelOf(id, boot)))
    const heard = this.#heard
    this.#heard = new Set([...counts].filter(([channel, count]) => count > 0 || heard.has(channel)).map(([channel]) => channel))
    return nodes.map((info) => {
      const channel = this.#channelOf(info.id, info.boot)
      return { info, connected: this.#heard.has(channel) ? (counts.get(channel) ?? 0) > 0 : null }
    })
  }

  close(): void {
    for (const channel of this.#own) this.#space.subscriber.unsubscribe(channel).catch(() => undefined) // not connected: nobody listens anyway
    this.#own.clear()
  }

  /** In a Redis Cluster each server counts its own listeners only. */
  async #listeners(channels: string[]): Promise<Map<string, number>> {
    if (channels.length === 0 || this.#space.subscriber instanceof Cluster) return new Map()
    const counts = await this.#space.ask((redis) => redis.call('PUBSUB', 'NUMSUB', ...channels)).catch(() => []) // not allowed: nothing is known
    return new Map(pairsOf(counts).map(([channel, count]) => [channel, numberOf(count)]))
  }

  #channelOf(id: string, boot: string): string {
    return `${this.#space.prefix}ch:node:${id}:${boot}`
  }
}
