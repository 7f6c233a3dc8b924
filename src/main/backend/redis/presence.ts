import { Cluster } from 'ioredis'
import type { NodeInfo } from '../../../shared/cluster/cluster.ts'
import type { Member } from '../cluster-state.ts'
import { numberOf, pairsOf, textOf } from './replies.ts'
import type { RedisSpace } from './space.ts'

type Boot = Pick<NodeInfo, 'id' | 'boot'>

/**
 * Whose connection stands: each node listens to a channel of its own on which nothing is ever said, and notes that it
 * does; Redis counts the listeners. When a process dies its connection closes and the count falls to none; while it only
 * stands still, the connection stays. Of a node that never listened nothing is known: perhaps it may not.
 */
export class Presence {
  readonly #space: RedisSpace
  /** This process's own channels; true: listened to. */
  readonly #own = new Map<string, boolean>()
  /** Data sets in which each of them is noted. */
  readonly #noted = new Map<string, string>()

  constructor(space: RedisSpace) {
    this.#space = space
  }

  /** This process is this boot of the node. True: that it listens is to be noted with this beat. */
  join(node: Boot): boolean {
    const channel = this.#channelOf(node)
    const isListening = this.#own.get(channel)
    if (isListening === undefined) this.#listen(channel)
    return isListening === true && !this.#noted.has(channel)
  }

  /** What was to be noted was: in this data set. Another one does not know of it. */
  noted(node: Boot, wasTold: boolean, incarnation: string): void {
    const channel = this.#channelOf(node)
    if (wasTold) this.#noted.set(channel, incarnation)
    else if (this.#noted.get(channel) !== incarnation) this.#noted.delete(channel)
  }

  leave(id: string, boot: string): void {
    const channel = this.#channelOf({ id, boot })
    if (this.#own.delete(channel)) this.#space.subscriber.unsubscribe(channel).catch(() => undefined) // not connected: nobody listens anyway
  }

  async of(nodes: readonly NodeInfo[]): Promise<Member[]> {
    const listeners = await this.#listeners(nodes)
    return nodes.map((info) => {
      const count = listeners.get(this.#channelOf(info))
      return { info, connected: count === undefined ? null : count > 0 }
    })
  }

  close(): void {
    for (const channel of this.#own.keys()) this.#space.subscriber.unsubscribe(channel).catch(() => undefined) // not connected: nobody listens anyway
    this.#own.clear()
  }

  #listen(channel: string): void {
    this.#own.set(channel, false)
    const done = (): void => void (this.#own.has(channel) && this.#own.set(channel, true))
    this.#space.subscriber.subscribe(channel).then(done, () => this.#own.delete(channel)) // not allowed, or not connected: tried again with the next beat
  }

  /** Of those nodes that have noted that they listen. In a Redis Cluster each server counts its own listeners only. */
  async #listeners(nodes: readonly NodeInfo[]): Promise<Map<string, number>> {
    if (nodes.length === 0 || this.#space.subscriber instanceof Cluster) return new Map()
    const noted = new Map(pairsOf(await this.#space.ask((redis) => redis.call('HGETALL', `${this.#space.prefix}listen`))).map(([id, boot]) => [id, textOf(boot)]))
    const channels = nodes.filter(({ id, boot }) => noted.get(id) === boot).map((node) => this.#channelOf(node))
    if (channels.length === 0) return new Map()
    const counts = await this.#space.ask((redis) => redis.call('PUBSUB', 'NUMSUB', ...channels)).catch(() => []) // not allowed: nothing is known
    return new Map(pairsOf(counts).map(([channel, count]) => [channel, numberOf(count)]))
  }

  #channelOf({ id, boot }: Boot): string {
    return `${this.#space.prefix}ch:node:${id}:${boot}`
  }
}
