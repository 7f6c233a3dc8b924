import { IdleStack } from './idle-stack.ts'
import type { Stackable } from './idle-stack.ts'
import { TimeoutWheel } from './timeout-wheel.ts'
import type { Watched } from './timeout-wheel.ts'

/** How long a server may take to close a connection that is not used any more, and for how many we wait. */
const LINGER_MS = 1_000
const MAX_LINGERING = 256

/** `draining`: carries what it has begun and gets nothing new. */
export type Phase = 'connecting' | 'idle' | 'busy' | 'draining' | 'lingering' | 'closed'

/** A connection as its pool sees it. */
export interface Pooled extends Stackable, Watched {
  phase: Phase
  /** The server has sent its end of the stream: nothing is to be waited for any more. */
  readonly ended: boolean
  /** Out of service: the server is expected to close by `until`. */
  linger(until: number): void
  /** Silent from now on. */
  destroy(): void
}

/** Keeps every connection of a lane on exactly one account: connecting, idle, busy, draining or lingering. */
export class ConnectionPool<C extends Pooled & { above: C | null; below: C | null }> {
  /** Connections that stand and are in service. */
  open = 0

  private readonly timeoutMs: number
  private readonly idle = new IdleStack<C>()
  private readonly wheel: TimeoutWheel<C>
  private lingering = 0

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs
    this.wheel = new TimeoutWheel(timeoutMs, performance.now())
  }

  /** A connection attempt began. */
  watch(connection: C, now: number): void {
    this.wheel.add(connection, now)
  }

  /** Its deadline came nearer. */
  hasten(connection: C, now: number): void {
    this.wheel.hasten(connection, now)
  }

  /** Hands over all whose deadline has passed. */
  sweep(now: number, expire: (connection: C) => void): void {
    this.wheel.sweep(now, expire)
  }

  /** The connection that was used last. */
  take(): C | null {
    return this.idle.pop()
  }

  put(connection: C): void {
    this.idle.push(connection)
  }

  /** Takes a connection out of service; what it carries may come to its end. */
  withdraw(connection: C): void {
    if (connection.phase === 'idle') this.idle.remove(connection)
    if (connection.phase === 'idle' || connection.phase === 'busy') this.open--
    connection.phase = 'draining'
  }

  /**
   * Takes a connection out of service after its last response. The server may close it, for whoever closes first keeps
   * the port in TIME_WAIT: closing ourselves would use up the local ports at some 470 connections a second.
   */
  retire(connection: C, now: number): void {
    this.withdraw(connection)
    this.lingering++
    connection.linger(now + Math.min(LINGER_MS, this.timeoutMs))
    if (connection.ended || this.lingering > MAX_LINGERING) this.discard(connection)
    else this.wheel.hasten(connection, now)
  }

  /** Ends a connection whatever it does. One that was taken or is being connected must not be discarded as idle. */
  discard(connection: C): void {
    if (connection.phase === 'lingering') this.lingering--
    if (connection.phase !== 'connecting') this.withdraw(connection)
    this.wheel.remove(connection)
    connection.destroy()
  }

  /** Every connection, in no order. */
  all(): C[] {
    return this.wheel.items()
  }
}
