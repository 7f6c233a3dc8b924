import type { LookupFunction, Socket } from 'node:net'
import { ConnectBudget } from './connect-budget.ts'
import { secureContextOf } from './dial.ts'
import type { LaneOptions } from './lane.ts'
import { LaneFailure } from './lane-failure.ts'
import type { Origin } from './redirect.ts'
import { STREAMS_PER_CONNECTION, UndiciConnection } from './undici-connection.ts'
import { openSocket } from './undici-socket.ts'
import type { OpenTimings, Route } from './undici-socket.ts'

/** Someone who wants a connection. */
export interface Waiting {
  /** True once the wish is void: it timed out or was cancelled. */
  readonly isOver: boolean
  begin(connection: UndiciConnection): void
  /** No connection could be opened for it. */
  unreachable(error: Error): void
}

/**
 * Connections to one origin: the one used last is used first (the others may then be closed by the server for being
 * idle, as with a real client), opened only when somebody waits, so many per turn of the event loop and so many in
 * all. Who waits is served in the order of asking.
 */
export class UndiciPool {
  readonly #origin: Origin
  readonly #options: LaneOptions
  readonly #route: Route
  readonly #budget: ConnectBudget
  readonly #connected: (timings: OpenTimings) => void
  readonly #open = new Set<UndiciConnection>()
  readonly #opening = new Set<AbortController>()
  /** Those with room for one more exchange; the top is served first. */
  readonly #free: UndiciConnection[] = []
  #waiting: Waiting[] = []
  #firstWaiting = 0
  #active = 0
  #turn: NodeJS.Immediate | null = null
  #isClosed = false

  constructor(origin: Origin, options: LaneOptions, lookup: LookupFunction, connected: (timings: OpenTimings) => void) {
    this.#origin = origin
    this.#options = options
    this.#route = { origin, lookup, secureContext: origin.tls === null ? null : secureContextOf(origin) }
    this.#budget = new ConnectBudget(options.connectsPerTurn)
    this.#connected = connected
  }

  get connections(): number {
    return this.#open.size
  }

  take(waiting: Waiting): void {
    if (this.#first() === undefined && this.#serve(waiting)) return
    this.#waiting.push(waiting)
    this.#grow()
  }

  /** An exchange is over; whether its connection can go on is seen here. */
  release(connection: UndiciConnection): void {
    this.#active -= 1
    connection.active -= 1
    if (connection.active === 0 && (!connection.isOpen || this.#isClosed)) this.#drop(connection)
    else if (connection.active === this.#capacity - 1) this.#free.push(connection)
    this.#next()
  }

  /** Opens connections ahead of use; resolves when all are open or have failed. */
  async warm(connections: number): Promise<void> {
    const wanted = Math.min(Math.ceil(connections / this.#capacity), this.#maxOpen)
    const opener = async (): Promise<void> => {
      while (this.#open.size + this.#opening.size < wanted && (await this.#openOne())) continue
    }
    await Promise.all(Array.from({ length: this.#options.connectsPerTurn }, opener))
  }

  /** Somebody waited in vain: the attempt that has hung longest is no more use to those who come after. */
  forsake(): void {
    const [oldest] = this.#opening
    this.#first()
    if (this.#opening.size > this.#waiting.length - this.#firstWaiting) oldest?.abort(new LaneFailure('connect-timeout', 'no connection in time'))
  }

  /** Opens what a pause after failures has put off. */
  tick(): void {
    this.#grow()
  }

  /** Forgets whoever waits and stops opening; what is open stays. */
  clear(): void {
    this.#waiting = []
    this.#firstWaiting = 0
    for (const opening of this.#opening) opening.abort(new LaneFailure('aborted', 'cancelled'))
  }

  /** Closes what is idle now, and the rest as it becomes idle. */
  close(): void {
    this.#isClosed = true
    this.clear()
    for (const connection of [...this.#open]) if (connection.active === 0) this.#drop(connection)
  }

  get #capacity(): number {
    return this.#origin.http2 ? STREAMS_PER_CONNECTION : 1
  }

  /** The bound is meant for exchanges at once: with HTTP/2 many of them share a connection. */
  get #maxOpen(): number {
    return Math.ceil(this.#options.maxConnections / this.#capacity)
  }

  #serve(waiting: Waiting): boolean {
    if (this.#active >= this.#options.maxConnections) return false
    let connection = this.#free.at(-1)
    while (connection !== undefined && !connection.isOpen) {
      this.#free.pop()
      connection = this.#free.at(-1)
    }
    if (connection === undefined) return false
    this.#active += 1
    connection.active += 1
    if (connection.active === this.#capacity) this.#free.pop()
    waiting.begin(connection)
    return true
  }

  #next(): void {
    for (let first = this.#first(); first !== undefined; first = this.#first()) {
      this.#firstWaiting += 1
      if (this.#serve(first)) continue
      this.#firstWaiting -= 1
      return this.#grow()
    }
  }

  /** The first who still waits. */
  #first(): Waiting | undefined {
    while (this.#waiting[this.#firstWaiting]?.isOver === true) this.#firstWaiting += 1
    if (this.#firstWaiting > 1024 || this.#firstWaiting === this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#firstWaiting)
      this.#firstWaiting = 0
    }
    return this.#waiting[this.#firstWaiting]
  }

  #grow(): void {
    if (this.#isClosed || this.#first() === undefined) return
    const wanted = Math.ceil((this.#waiting.length - this.#firstWaiting) / this.#capacity)
    while (this.#opening.size < wanted && this.#open.size + this.#opening.size < this.#maxOpen) {
      if (!this.#budget.mayTake(performance.now(), this.#opening.size)) return
      this.#budget.take()
      this.#turn ??= setImmediate(() => this.#newTurn())
      void this.#openOne()
    }
  }

  #newTurn(): void {
    this.#turn = null
    this.#budget.refill()
    this.#grow()
  }

  /** True when it succeeded. */
  async #openOne(): Promise<boolean> {
    try {
      const socket = await this.#openSocket()
      const connection = new UndiciConnection(this.#origin, socket, () => this.#openSocket(), (gone) => this.#gone(gone))
      this.#budget.succeeded()
      this.#open.add(connection)
      this.#free.push(connection)
      if (this.#isClosed) this.#drop(connection)
      return true
    } catch (error) {
      this.#fail(error as Error)
      return false
    } finally {
      this.#next()
    }
  }

  async #openSocket(): Promise<Socket> {
    const opening = new AbortController()
    const failure = new LaneFailure('connect-timeout', 'no connection in time')
    const timer = setTimeout(() => opening.abort(failure), this.#options.timeoutMs)
    this.#opening.add(opening)
    try {
      const { socket, timings } = await openSocket(this.#route, opening.signal)
      this.#connected(timings)
      return socket
    } finally {
      clearTimeout(timer)
      this.#opening.delete(opening)
    }
  }

  /**
   * Every failed attempt fails whoever has waited longest; the last one under way, with nothing open, fails all. A
   * timeout fails none: each has its own.
   */
  #fail(error: Error): void {
    this.#budget.failed(performance.now())
    if (error instanceof LaneFailure && error.kind === 'connect-timeout') return
    const hopeless = this.#open.size + this.#opening.size === 0
    for (let left = hopeless ? this.#waiting.length - this.#firstWaiting : 1; left > 0; left--) {
      const first = this.#first()
      if (first === undefined) return
      this.#firstWaiting += 1
      first.unreachable(error)
    }
  }

  /** Its socket has closed. With a request still in it, undici decides whether that one fails or moves on. */
  #gone(connection: UndiciConnection): void {
    if (connection.active === 0) this.#drop(connection)
  }

  #drop(connection: UndiciConnection): void {
    this.#open.delete(connection)
    const index = this.#free.indexOf(connection)
    if (index >= 0) this.#free.splice(index, 1)
    connection.destroy()
  }
}
