import type { ErrorKind } from '../../../shared/errors.ts'
import type { GrpcOutcome } from '../measure/check-predicates.ts'

/**
 * Lane: one way to put an iteration on the wire. A lane lives in one engine thread, owns its connections and sends
 * what it is told at once; when to send, what to record and what to count is not its business.
 *
 * The hot path makes no closures, promises, timers or strings per request: the exchange is an object that the lane
 * owns and reuses. All times are `performance.now()` of the thread, ms as a double.
 */
export interface Lane {
  /**
   * Sends one iteration on an idle connection, or queues it until one is free (opening connections within bounds).
   * @param dueAt intended instant. @param n number of the iteration (1, 2, …), for requests that differ by it.
   * Returns false when the bound on waiting and in-flight iterations is reached: the caller counts it as dropped.
   */
  send(dueAt: number, n?: number): boolean
  /** Opens connections ahead of the start, best effort; resolves when they are open or have failed. */
  warm(connections: number): Promise<void>
  /** Called every 20–50 ms with the current time: expires timeouts, opens further connections. */
  tick(now: number): void
  /** Gives up everything waiting and in flight: reports each as `cancelled` (in flight) or `dropped` (waiting). */
  cancel(now: number): void
  /** Closes idle connections; nothing may be sent afterwards. */
  close(): void
  /** Iterations on the wire. */
  readonly inFlight: number
  /** Iterations waiting for a connection. */
  readonly queued: number
  /** Open connections. */
  readonly connections: number
  /** Virtual users who pause after an iteration and before their next one; none by default. */
  readonly pausing?: number
}

/** What a lane reports. Implemented by the engine thread (the recorder), one per thread. */
export interface LaneSink {
  /**
   * Asked once per response when its status is known: shall head (≤ `maxHeadBytes`) and body (≤ `maxBodyBytes`) be
   * collected for {@link done}? Otherwise both are counted and thrown away. `n` here and below: as given to Lane.send.
   */
  keep(status: number, n: number): boolean
  /** An iteration leaves for the wire: the moment that service time counts from. */
  sent(dueAt: number, sentAt: number, bytes: number, n: number): void
  /** A further request of an iteration already sent leaves (a redirect is followed): one more request, not one more iteration. */
  hop?(bytes: number, n: number): void
  /**
   * A complete response.
   * @param headAt when the head was complete. @param now when the last byte was read.
   * @param head raw head and @param body as collected, null unless {@link keep} said so. Valid only during the call.
   * @param grpc what came of a call of gRPC: then `head` ends with the trailers, and `body` is the last message as JSON.
   */
  done(dueAt: number, sentAt: number, headAt: number, now: number, status: number, bytesReceived: number, head: Buffer | null, body: Buffer | null, n: number, grpc?: GrpcOutcome | null): void
  /** A piece of a streamed answer has come: `ms` after it was asked for, if it is the first one, else after the one before it. */
  heard?(dueAt: number, first: boolean, ms: number): void
  /** The iteration failed. `sentAt` is 0 when it never left (no connection): it still counts as started. */
  failed(dueAt: number, sentAt: number, now: number, kind: ErrorKind, message: string, bytesReceived: number, n: number): void
  /** Given up in flight at the end of the grace. */
  cancelled(dueAt: number, sentAt: number, n: number): void
  /** Was waiting and never left when the run ended. */
  dropped(dueAt: number, n: number): void
  /** A connection was opened; durations in ms, NaN where there was no such phase. */
  connected(dnsMs: number, connectMs: number, tlsMs: number): void
  /**
   * Called once after every iteration that ended by itself (`done` or `failed`, never `cancelled` or `dropped`), when its
   * connection is already free again. Closed model: send the next one. Also the place for due() in read callbacks.
   */
  idle(now: number): void
}

export interface LaneOptions {
  /** Bound on open connections. May be changed while the lane runs: what is open above it stays open. */
  maxConnections: number
  /** Bound on waiting + in-flight iterations. May be changed as well. */
  maxInFlight: number
  timeoutMs: number
  keepAlive: boolean
  /** Bound on a collected body, bytes; the rest is counted only. */
  maxBodyBytes: number
  /** Bound on a collected head, bytes; 2 KiB by default. */
  maxHeadBytes?: number
  /** Asked before what has waited leaves. False: all that waits is given up, as `dropped`. By default it may. */
  mayLeave?: (now: number) => boolean
  /** Connections opened at most per tick or turn: a stall must not become a storm of connects. */
  connectsPerTurn: number
}
