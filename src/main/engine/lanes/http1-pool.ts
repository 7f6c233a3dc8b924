import type { Http1Connection } from './http1-connection.ts'
import { IdleStack } from './idle-stack.ts'
import { TimeoutWheel } from './timeout-wheel.ts'

/** How long a server may take to close a connection that is not used any more, and for how many we wait. */
const LINGER_MS = 1_000
const MAX_LINGERING = 256

/** Keeps every connection of a lane on exactly one account: connecting, idle, busy or lingering. */
export class Http1Pool {
  /** Connections that stand and are in service. */
  open = 0

  private readonly timeoutMs: number
  private readonly idle = new IdleStack<Http1Connection>()
  private readonly wheel: TimeoutWheel<Http1Connection>
  private lingering = 0

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs
    this.wheel = new TimeoutWheel(timeoutMs, performance.now())
  }

  /** A connection attempt began. */
  watch(connection: Http1Connection, now: number): void {
    this.wheel.add(connection, now)
  }

  /** Its deadline came nearer. */
  hasten(connection: Http1Connection, now: number): void {
    this.wheel.hasten(connection, now)
  }

  /** Hands over all whose deadline has passed. */
  sweep(now: number, expire: (connection: Http1Connection) => void): void {
    this.wheel.sweep(now, expire)
  }

  /** The connection that was used last. */
  take(): Http1Connection | null {
    return this.idle.pop()
  }

  put(connection: Http1Connection): void {
    this.idle.push(connection)
  }

  /**
   * Takes a connection out of service after its last response. The server may close it, for whoever closes first keeps
   * the port in TIME_WAIT: closing ourselves would use up the local ports at some 470 connections a second.
   */
  retire(connection: Http1Connection, now: number): void {
    this.open--
    this.lingering++
    connection.linger(now + Math.min(LINGER_MS, this.timeoutMs))
    if (connection.ended || this.lingering > MAX_LINGERING) this.discard(connection)
    else this.wheel.hasten(connection, now)
  }

  /** Ends a connection whatever it does. One that was taken or is being connected must not be discarded as idle. */
  discard(connection: Http1Connection): void {
    if (connection.phase === 'idle') this.idle.remove(connection)
    if (connection.phase === 'idle' || connection.phase === 'busy') this.open--
    if (connection.phase === 'lingering') this.lingering--
    this.wheel.remove(connection)
    connection.destroy()
  }

  /** Every connection, in no order. */
  all(): Http1Connection[] {
    return this.wheel.items()
  }
}
