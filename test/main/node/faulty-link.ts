import type { ClusterState, Topic } from '../../../src/main/backend/cluster-state.ts'
import type { VirtualProcess, VirtualTime } from './virtual-time.ts'

/** How the way between one process and the cluster state behaves now; times in ms. */
export interface LinkConditions {
  delayMs: [least: number, most: number]
  /** Requests that never arrive, in [0, 1]. */
  lost: number
  /** Answers that never arrive, although the request was carried out. */
  unanswered: number
  /** Nothing gets through; what is sent meanwhile arrives when the way is free again. */
  cut: boolean
}

export const GOOD_LINK: LinkConditions = { delayMs: [1, 3], lost: 0, unanswered: 0, cut: false }

/** As the Redis adapter: the outcome is then unknown, the request may still be carried out. */
const COMMAND_TIMEOUT_MS = 1500
const NUDGES_THAT_ARRIVE = 0.05

/** The cluster state as one process sees it, over a way with faults. */
export class FaultyLink {
  conditions: LinkConditions = GOOD_LINK
  readonly #hub: () => ClusterState
  readonly #process: VirtualProcess
  readonly #time: VirtualTime
  readonly #random: () => number
  #held: { deliver: () => void; to: VirtualProcess | null }[] = []

  constructor(hub: () => ClusterState, process: VirtualProcess, time: VirtualTime, random: () => number) {
    this.#hub = hub
    this.#process = process
    this.#time = time
    this.#random = random
  }

  get cluster(): ClusterState {
    const sentinels = this.#remote(() => this.#hub().sentinels)
    return this.#remote(() => this.#hub(), { sentinels, watch: (topic: Topic, listener: () => void) => this.#watch(topic, listener) }) as ClusterState
  }

  /** The way is free again: what was held back arrives late. */
  heal(): void {
    this.conditions = GOOD_LINK
    for (const { deliver, to } of this.#held.splice(0)) this.#time.after(this.#delay(), deliver, to)
  }

  /** Every method is a request over the link, but those of `own`. */
  #remote(target: () => object, own: Record<string, unknown> = {}): object {
    const method = (name: PropertyKey) => Reflect.get(target(), name) as (...input: unknown[]) => Promise<unknown>
    return new Proxy({}, {
      get: (_, name) => own[String(name)] ?? ((...input: unknown[]) => this.#call(() => method(name).apply(target(), input))),
    })
  }

  #call(request: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const timeout = this.#time.after(COMMAND_TIMEOUT_MS, () => reject(new Error('Command timed out')), this.#process)
      const answered = (answer: unknown): void => {
        this.#time.cancel(timeout)
        resolve(answer)
      }
      const { lost, unanswered } = this.conditions
      if (this.#random() < lost) return
      this.#send(() => void request().then((answer) => {
        if (this.#random() >= unanswered) this.#send(() => answered(answer), this.#process)
      }), null)
    })
  }

  /** `to` null: the cluster state. */
  #send(deliver: () => void, to: VirtualProcess | null): void {
    if (this.conditions.cut) this.#held.push({ deliver, to })
    else this.#time.after(this.#delay(), deliver, to)
  }

  #watch(topic: Topic, listener: () => void): () => void {
    return this.#hub().watch(topic, () => {
      if (!this.#process.dead && !this.conditions.cut && this.#random() < NUDGES_THAT_ARRIVE) this.#time.after(this.#delay(), listener, this.#process)
    })
  }

  #delay(): number {
    const [least, most] = this.conditions.delayMs
    return least + this.#random() * (most - least)
  }
}
