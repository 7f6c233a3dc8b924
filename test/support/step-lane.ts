import type { RequestSource } from '../../src/main/engine/lanes/compiled-request.ts'
import type { Lane, LaneSink } from '../../src/main/engine/lanes/lane.ts'

export interface Answer {
  status: number
  fields: string[]
  body: string
}

interface OnTheWire {
  slot: number
  /** As it was written when it left. */
  text: string
}

/**
 * A lane of a flow without sockets: requests are written when they leave and answered when a test says so, in whatever order.
 * A connection that an answer has freed takes the next one that waits before anybody is told, as in the real lanes.
 */
export class StepLane implements Lane {
  readonly wire: OnTheWire[] = []
  readonly #queue: number[] = []
  readonly #connections: number
  readonly #source: RequestSource
  /** How the lane has requests written: whole (HTTP/1.1), or in their parts (HTTP/2). */
  readonly #inParts: boolean
  readonly #sink: LaneSink
  readonly #now: () => number
  /** Told of each request that fails as it is to leave. */
  #whenStopped: ((request: string) => void) | null = null

  constructor(connections: number, inParts: boolean, source: RequestSource, sink: LaneSink, now: () => number) {
    this.#connections = connections
    this.#inParts = inParts
    this.#source = source
    this.#sink = sink
    this.#now = now
  }

  get inFlight(): number {
    return this.wire.length
  }

  get queued(): number {
    return this.#queue.length
  }

  get connections(): number {
    return this.#connections
  }

  send(_dueAt: number, slot = 0): boolean {
    this.#queue.push(slot)
    this.#serve()
    return true
  }

  /** The next request to leave fails at once, before whoever freed its connection has been told. */
  stopNext(told: (request: string) => void): void {
    this.#whenStopped = told
  }

  /** @param answer null: the connection breaks instead. */
  answer(place: number, answer: (request: string) => Answer | null): void {
    const [{ slot, text }] = this.wire.splice(place, 1) as [OnTheWire]
    const now = this.#now()
    const given = answer(text)
    if (given === null) {
      this.#sink.failed(now, now, now, 'reset', 'connection reset', 0, slot)
    } else {
      const { status, fields, body } = given
      const kept = this.#sink.keep(status, slot)
      const head = Buffer.from(['HTTP/1.1 ', `${status} X`, ...fields.map((field) => `\r\n${field}`), '\r\n'].join(''), 'latin1')
      this.#sink.done(now, now, now, now, status, 10, kept ? head : null, kept ? Buffer.from(body) : null, slot)
    }
    this.#serve()
    this.#sink.idle(now)
  }

  async warm(): Promise<void> {}

  tick(): void {}

  cancel(now: number): void {
    for (const { slot } of this.wire.splice(0)) this.#sink.cancelled(now, now, slot)
    for (const slot of this.#queue.splice(0)) this.#sink.dropped(now, slot)
  }

  close(): void {}

  #serve(): void {
    while (this.wire.length < this.#connections) {
      const slot = this.#queue.shift()
      if (slot === undefined) return
      const text = this.#inParts ? this.#source.requestFor(slot).wire.toString('latin1') : this.#source.textFor(slot)
      if (this.#whenStopped !== null) {
        this.#stop(slot, text)
        continue
      }
      this.wire.push({ slot, text })
      this.#sink.sent(this.#now(), this.#now(), text.length, slot)
    }
  }

  #stop(slot: number, text: string): void {
    this.#whenStopped?.(text)
    this.#whenStopped = null
    this.#sink.failed(this.#now(), 0, this.#now(), 'other', 'cannot be sent', 0, slot)
    this.#sink.idle(this.#now())
  }
}
