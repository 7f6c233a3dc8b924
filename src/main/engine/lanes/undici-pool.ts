import type { LookupFunction } from 'node:net'
import { ConnectBudget } from './connect-budget.ts'
import { secureContextOf } from './dial.ts'
import type { LaneOptions } from './lane.ts'
import { LaneFailure } from './lane-failure.ts'
import type { Origin } from './redirect.ts'
import { STREAMS_PER_CONNECTION, UndiciConnection } from './undici-connection.ts'
import { SocketOpener } from './socket-opener.ts'
import { WaitingLine } from './waiting-line.ts'
import type { Waiting } from './waiting-line.ts'
import type { OpenTimings } from './undici-socket.ts'

/**
 * Connections to one origin: the one used last is used first (the others may then be closed by the server for being
 * idle, as with a real client), opened only when somebody waits, so many per turn of the event loop and so many in
 * all. Who waits is served in the order of asking.
 */
export class UndiciPool {
  readonly #origin: Origin
  readonly #options: LaneOptions
  readonly #opener: SocketOpener
  readonly #budget: ConnectBudget
  readonly #open = new Set<UndiciConnection>()
  /** Those with room for one more exchange; the top is served first. */
  readonly #free: UndiciConnection[] = []
  readonly #line = new WaitingLine()
  #active = 0
  #turn: NodeJS.Immediate | null = null
  #isClosed = false

  constructor(origin: Origin, options: LaneOptions, lookup: LookupFunction, connected: (timings: OpenTimings) => void) {
    this.#origin = origin
    this.#options = options
    this.#opener = new SocketOpener({ origin, lookup, secureContext: origin.tls === null ? null : secureContextOf(origin) }, options.timeoutMs, connected)
    this.#budget = new ConnectBudget(options.connectsPerTurn)
  }

  get connections(): number {
    return this.#open.size
  }

  take(waiting: Waiting): void {
    const connection = this.#line.first === undefined ? this.#freeConnection() : null
    if (connection !== null) return this.#begin(waiting, connection)
    this.#line.push(waiting)
    this.#grow()
  }

  /** An exchange is over; whether its connection can go on is seen here. */
  release(connection: UndiciConnection): void {
    this.#active -= 1
    connection.active -= 1
    if (connection.active === 0 && (!connection.isOpen || this.#isClosed)) this.#drop(connection)
    else this.#offer(connection)
    this.#next()
  }

  /** Opens connections ahead of use; resolves when all are open or have failed. */
  async warm(connections: number): Promise<void> {
    const wanted = Math.min(Math.ceil(connections / this.#capacity), this.#maxOpen)
    const opener = async (): Promise<void> => {
      while (this.#open.size + this.#opener.size < wanted && (await this.#openOne())) continue
    }
    await Promise.all(Array.from({ length: this.#options.connectsPerTurn }, opener))
  }

  /** Somebody waited in vain: the attempt that has hung longest is no more use to those who come after. */
  forsake(): void {
    if (this.#opener.size > this.#line.length) this.#opener.abortOldest()
  }

  /** Opens what a pause after failures has put off. */
  tick(): void {
    this.#grow()
  }

  /** Forgets whoever waits and stops opening; what is open stays. */
  clear(): void {
    this.#line.clear()
    this.#opener.abortAll()
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

  #begin(waiting: Waiting, connection: UndiciConnection): void {
    this.#active += 1
    connection.active += 1
    this.#offer(connection)
    waiting.begin(connection)
  }

  /** The last one used that has room; it is off the stack then. */
  #freeConnection(): UndiciConnection | null {
    if (this.#active >= this.#options.maxConnections) return null
    for (let connection = this.#free.pop(); connection !== undefined; connection = this.#free.pop()) {
      connection.isOffered = false
      if (connection.isOpen) return connection
    }
    return null
  }

  /** Puts a connection with room on the stack, once. */
  #offer(connection: UndiciConnection): void {
    if (!connection.isOpen || connection.isOffered || connection.active >= this.#capacity) return
    connection.isOffered = true
    this.#free.push(connection)
  }

  #next(): void {
    for (let { first } = this.#line; first !== undefined; { first } = this.#line) {
      if (this.#options.mayLeave?.(performance.now()) === false) {
        this.#line.drop()
        first.cancel()
        continue
      }
      const connection = this.#freeConnection()
      if (connection === null) return this.#grow()
      this.#line.drop()
      this.#begin(first, connection)
    }
  }

  #grow(): void {
    if (this.#isClosed) return
    const wanted = Math.ceil(this.#line.length / this.#capacity)
    while (this.#opener.size < wanted && this.#open.size + this.#opener.size < this.#maxOpen) {
      if (!this.#budget.mayTake(performance.now(), this.#opener.size)) return
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
      const socket = await this.#opener.open()
      const connection = new UndiciConnection(this.#origin, socket, () => this.#opener.open(), (gone) => this.#gone(gone))
      this.#budget.succeeded()
      this.#open.add(connection)
      this.#offer(connection)
      if (this.#isClosed) this.#drop(connection)
      return true
    } catch (error) {
      this.#fail(error as Error)
      return false
    } finally {
      this.#next()
    }
  }

  /**
   * Every failed attempt fails whoever has waited longest; the last one under way, with nothing open, fails all. A
   * timeout fails none: each has its own.
   */
  #fail(error: Error): void {
    this.#budget.failed(performance.now())
    if (error instanceof LaneFailure && error.kind === 'connect-timeout') return
    const hopeless = this.#open.size + this.#opener.size === 0
    for (let left = hopeless ? this.#line.length : 1; left > 0; left--) {
      const { first } = this.#line
      if (first === undefined) return
      this.#line.drop()
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
