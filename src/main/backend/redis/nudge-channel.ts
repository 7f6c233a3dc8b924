import type { Topic } from '../cluster-state.ts'
import { Nudges } from '../nudges.ts'
import type { RedisSpace } from './space.ts'

/** Nudges that come faster than this are told as one, ms: a thousand nodes must not make the master look a thousand times. */
const PACE_MS = 50

/**
 * Nudges over pub/sub. A channel is listened to while somebody waits for it; whatever may have been said before the
 * subscription stood, or while the connection was away, counts as one nudge. Without pub/sub nothing is told, and
 * everybody's own rounds are all there is.
 */
export class NudgeChannel {
  readonly #space: RedisSpace
  readonly #onRefused: (error: Error) => void
  readonly #nudges = new Nudges()
  readonly #waiting = new Map<Topic, number>()
  readonly #paced = new Map<Topic, { timer: NodeJS.Timeout; again: boolean }>()

  /** `onRefused`: Redis does not let this user listen. */
  constructor(space: RedisSpace, onRefused: (error: Error) => void) {
    this.#space = space
    this.#onRefused = onRefused
    space.subscriber.on('message', this.#hear)
    space.subscriber.on('ready', this.#lookAtAll)
  }

  watch(topic: Topic, listener: () => void): () => void {
    const silence = this.#nudges.watch(topic, listener)
    const others = this.#waiting.get(topic) ?? 0
    this.#waiting.set(topic, others + 1)
    if (others === 0) this.#space.subscriber.subscribe(this.#nameOf(topic)).then(() => this.#tell(topic), this.#onRefused)
    let listening = true
    return () => {
      silence()
      if (listening) this.#leave(topic)
      listening = false
    }
  }

  close(): void {
    this.#space.subscriber.off('message', this.#hear)
    this.#space.subscriber.off('ready', this.#lookAtAll)
    for (const topic of this.#waiting.keys()) this.#unsubscribe(topic)
    for (const { timer } of this.#paced.values()) clearTimeout(timer)
    this.#nudges.clear()
  }

  readonly #hear = (channel: string): void => {
    for (const topic of this.#waiting.keys()) if (this.#nameOf(topic) === channel) this.#tell(topic)
  }

  readonly #lookAtAll = (): void => {
    for (const topic of this.#waiting.keys()) this.#tell(topic)
  }

  #tell(topic: Topic): void {
    const paced = this.#paced.get(topic)
    if (paced !== undefined) {
      paced.again = true
      return
    }
    this.#nudges.tell(topic)
    const timer = setTimeout(() => this.#goOn(topic), PACE_MS).unref()
    this.#paced.set(topic, { timer, again: false })
  }

  #goOn(topic: Topic): void {
    const again = this.#paced.get(topic)?.again === true
    this.#paced.delete(topic)
    if (again) this.#tell(topic)
  }

  #leave(topic: Topic): void {
    const left = (this.#waiting.get(topic) ?? 1) - 1
    if (left > 0) this.#waiting.set(topic, left)
    else if (this.#waiting.delete(topic)) this.#unsubscribe(topic)
  }

  #unsubscribe(topic: Topic): void {
    this.#space.subscriber.unsubscribe(this.#nameOf(topic)).catch(() => undefined) // not connected: nothing is heard anyway
  }

  #nameOf(topic: Topic): string {
    return `${this.#space.prefix}ch:${topic}`
  }
}
