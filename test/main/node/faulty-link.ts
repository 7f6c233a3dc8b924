import type { ClusterState, Topic } from '../../../src/main/backend/cluster-state.ts'
import type { VirtualProcess, VirtualTime } from './virtual-time.ts'

/** How the way between one process and the cluster state behaves now; times in ms. */
export interface LinkConditions {
  delayMs: [least: number, most: number]
  /** Messages that take 50 to 350 ms, in [0, 1]. */
  spikes: number
  /** Requests that never arrive, in [0, 1]. */
  lost: number
  /** Answers that never arrive, although the request was carried out. */
  unanswered: number
  /** Nothing gets through; what is sent meanwhile arrives when the way is free again. */
  cut: boolean
  /** Nudges that arrive, in [0, 1]: nobody may rely on them. */
  nudges: number
  /** There is nobody to connect to, and that is known at once. */
  refused: boolean
}

export const GOOD_LINK: LinkConditions = { delayMs: [1, 3], spikes: 0, lost: 0, unanswered: 0, cut: false, nudges: 0.05, refused: false }

/** As the Redis adapter: the outcome is then unknown, the request may still be carried out. */
const COMMAND_TIMEOUT_MS = 1500
const SPIKE_MS = [50, 350] as const
const REFUSED_AFTER_MS = 2
/** Of the requests that nobody waits for any more. The others are carried out, however late they come. */
const DROPPED_WITH_ITS_CONNECTION = 0.5

/** What was under way when the way was cut. */
interface Held {
  deliver: () => void
  to: VirtualProcess | null
}

/** The cluster state, and whatever else lives there, as one process sees it, over a way with faults. */
export class FaultyLink {
  conditions: LinkConditions
  /** What the way is like when nothing is wrong with it. */
  readonly #good: LinkConditions
  readonly #hub: () => ClusterState
  readonly #process: VirtualProcess
  readonly #time: VirtualTime
  readonly #random: () => number
  readonly #open = new Set<(error: Error) => void>()
  #held: Held[] = []
  /** One connection: messages of one direction keep their order. */
  #lastThere = 0
  #lastBack = 0

  constructor(hub: () => ClusterState, process: VirtualProcess, time: VirtualTime, random: () => number, good: LinkConditions = GOOD_LINK) {
    this.#hub = hub
    this.#process = process
    this.#time = time
    this.#random = random
    this.#good = good
    this.conditions = good
  }

  get cluster(): ClusterState {
    const sentinels = this.remote(() => this.#hub().sentinels)
    return this.remote(() => this.#hub(), { sentinels, watch: (topic: Topic, listener: () => void) => this.#watch(topic, listener) })
  }

  worsen(conditions: Partial<LinkConditions>): void {
    this.conditions = { ...this.#good, ...conditions }
  }

  /** The way is free again: what was held back arrives late. */
  heal(): void {
    this.conditions = this.#good
    for (const { deliver, to } of this.#held.splice(0)) this.#time.after(this.#delay(), deliver, to)
  }

  /** The connection breaks: what was under way has an unknown outcome. */
  reset(): void {
    for (const fail of [...this.#open]) fail(new Error('Connection is closed.'))
    this.#open.clear()
  }

  /** Every method is a request over the link, but those of `own`. */
  remote<T extends object>(target: () => T, own: Record<string, unknown> = {}): T {
    const methods = new Map<PropertyKey, unknown>(Object.entries(own))
    const method = (name: PropertyKey) => Reflect.get(target(), name) as (...input: unknown[]) => Promise<unknown>
    return new Proxy({} as T, {
      get: (_, name) => {
        if (!methods.has(name)) methods.set(name, (...input: unknown[]) => this.#call(() => method(name).apply(target(), input)))
        return methods.get(name)
      },
    })
  }

  #call(request: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      let givenUp = false
      const over = (): void => {
        this.#time.cancel(timeout)
        this.#open.delete(fail)
      }
      const fail = (error: Error): void => {
        over()
        givenUp = true
        this.#time.after(0, () => reject(error), this.#process)
      }
      const timeout = this.#time.after(COMMAND_TIMEOUT_MS, () => fail(new Error('Command timed out')), this.#process)
      this.#open.add(fail)
      const { lost, unanswered, refused } = this.conditions
      if (refused) return void this.#time.after(REFUSED_AFTER_MS, () => fail(new Error('connect ECONNREFUSED')), this.#process)
      if (this.#random() < lost) return
      const back = (settle: () => void): void => {
        if (this.#random() >= unanswered) this.#send({ deliver: () => (over(), settle()), to: this.#process })
      }
      const ask = (): void => {
        if (givenUp && this.#random() < DROPPED_WITH_ITS_CONNECTION) return
        request().then((answer) => back(() => resolve(answer)), (error: Error) => back(() => reject(error)))
      }
      this.#send({ deliver: ask, to: null })
    })
  }

  /** `to` null: the cluster state. */
  #send(message: Held): void {
    if (this.conditions.cut) return void this.#held.push(message)
    const at = Math.max(this.#time.now + this.#delay(), message.to === null ? this.#lastThere : this.#lastBack)
    if (message.to === null) this.#lastThere = at
    else this.#lastBack = at
    this.#time.after(at - this.#time.now, message.deliver, message.to)
  }

  #watch(topic: Topic, listener: () => void): () => void {
    return this.#hub().watch(topic, () => {
      const { cut, refused, nudges } = this.conditions
      if (!this.#process.dead && !cut && !refused && this.#random() < nudges) this.#time.after(this.#delay(), listener, this.#process)
    })
  }

  #delay(): number {
    const { delayMs, spikes } = this.conditions
    const [least, most] = spikes > 0 && this.#random() < spikes ? SPIKE_MS : delayMs
    return least + this.#random() * (most - least)
  }
}
