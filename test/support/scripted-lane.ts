import type { Lane, LaneSink } from '../../src/main/engine/lanes/lane.ts'
import type { Timers } from '../../src/main/engine/schedule/pacer.ts'

export interface LaneScript {
  /** Ms until an iteration is answered; Infinity: never. */
  serviceMs: number
  connections: number
  maxInFlight: number
  status?: number
}

interface Waiting {
  dueAt: number
  n: number
}

interface Busy extends Waiting {
  sentAt: number
  timer: unknown
}

/**
 * A lane without sockets on an injected clock: a number of connections, each of which is busy with an iteration for
 * as long as the script says. Tells its sink what a real lane tells it.
 */
export class ScriptedLane implements Lane {
  inFlight = 0
  readonly dueAts: number[] = []
  readonly #busy = new Set<Busy>()
  readonly #queue: Waiting[] = []
  readonly #script: LaneScript
  readonly #sink: LaneSink
  readonly #timers: Timers

  constructor(script: LaneScript, sink: LaneSink, timers: Timers) {
    this.#script = script
    this.#sink = sink
    this.#timers = timers
  }

  get queued(): number {
    return this.#queue.length
  }

  get connections(): number {
    return this.#script.connections
  }

  send(dueAt: number, n = 0): boolean {
    if (this.inFlight + this.queued >= this.#script.maxInFlight) return false
    this.dueAts.push(dueAt)
    this.#queue.push({ dueAt, n })
    this.#serve()
    return true
  }

  async warm(): Promise<void> {}

  tick(): void {}

  cancel(): void {
    for (const { dueAt, n, sentAt, timer } of this.#busy) {
      this.#timers.clear(timer)
      this.inFlight--
      this.#sink.cancelled(dueAt, sentAt, n)
    }
    this.#busy.clear()
    for (const { dueAt, n } of this.#queue.splice(0)) this.#sink.dropped(dueAt, n)
  }

  close(): void {}

  #serve(): void {
    while (this.#busy.size < this.#script.connections) {
      const next = this.#queue.shift()
      if (next === undefined) return
      this.#start(next)
    }
  }

  #start({ dueAt, n }: Waiting): void {
    const sentAt = this.#timers.now()
    const exchange: Busy = { dueAt, n, sentAt, timer: undefined }
    this.#busy.add(exchange)
    this.inFlight++
    this.#sink.sent(dueAt, sentAt, 100, n)
    if (this.#script.serviceMs !== Infinity) exchange.timer = this.#timers.set(() => this.#finish(exchange), this.#script.serviceMs)
  }

  #finish(exchange: Busy): void {
    this.#busy.delete(exchange)
    this.inFlight--
    const now = this.#timers.now()
    const status = this.#script.status ?? 200
    const kept = this.#sink.keep(status, exchange.n)
    this.#sink.done(exchange.dueAt, exchange.sentAt, now, now, status, 300, kept ? Buffer.from(`HTTP/1.1 ${status} X\r\n\r\n`) : null, kept ? Buffer.from('body') : null, exchange.n)
    this.#serve()
    this.#sink.idle(now)
  }
}
