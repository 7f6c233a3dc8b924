import type { CompiledRequest } from './compiled-request.ts'
import type { Lane, LaneOptions, LaneSink } from './lane.ts'
import { cachedLookup } from './name-cache.ts'
import { keyOf } from './redirect.ts'
import type { Origin } from './redirect.ts'
import { UndiciExchange } from './undici-exchange.ts'
import type { ExchangeHost } from './undici-exchange.ts'
import { UndiciPool } from './undici-pool.ts'

/**
 * The lane for what the raw one cannot do: HTTP/2, redirects, proxies, compressed bodies. It allocates per request
 * and costs two to three times as much; the semantics are the same.
 * Throws AppError `bad-input` for an unusable certificate.
 */
export function createUndiciLane(request: CompiledRequest, options: LaneOptions, sink: LaneSink): Lane {
  return new UndiciLane(request, options, sink)
}

class UndiciLane implements Lane, ExchangeHost {
  readonly options: LaneOptions
  readonly sink: LaneSink
  readonly #request: CompiledRequest
  readonly #lookup = cachedLookup()
  /** By origin: redirects may lead elsewhere. */
  readonly #pools = new Map<string, UndiciPool>()
  /** In the order of their deadlines, as all are given the same time. */
  readonly #exchanges = new Set<UndiciExchange>()
  #isClosed = false

  constructor(request: CompiledRequest, options: LaneOptions, sink: LaneSink) {
    this.#request = request
    this.options = options
    this.sink = sink
    this.pool(request)
  }

  get inFlight(): number {
    return this.#exchanges.size - this.queued
  }

  get queued(): number {
    let queued = 0
    for (const exchange of this.#exchanges) if (exchange.sentAt === 0) queued += 1
    return queued
  }

  get connections(): number {
    let connections = 0
    for (const pool of this.#pools.values()) connections += pool.connections
    return connections
  }

  send(dueAt: number, n = 0): boolean {
    if (this.#isClosed || this.#exchanges.size >= this.options.maxInFlight) return false
    const exchange = new UndiciExchange(this, this.#request.source?.requestFor(n) ?? this.#request, dueAt, n, performance.now() + this.options.timeoutMs)
    this.#exchanges.add(exchange)
    exchange.start()
    return true
  }

  warm(connections: number): Promise<void> {
    return this.pool(this.#request).warm(connections)
  }

  tick(now: number): void {
    this.#expire(now)
    for (const pool of this.#pools.values()) pool.tick()
  }

  cancel(_now: number): void {
    for (const pool of this.#pools.values()) pool.clear()
    for (const exchange of this.#exchanges) exchange.cancel()
  }

  close(): void {
    this.#isClosed = true
    for (const exchange of this.#exchanges) if (exchange.sentAt === 0) exchange.cancel()
    for (const pool of this.#pools.values()) pool.close()
  }

  pool(origin: Origin): UndiciPool {
    const key = keyOf(origin)
    const known = this.#pools.get(key)
    if (known !== undefined) return known
    const pool = new UndiciPool(origin, this.options, this.#lookup, ({ dnsMs, connectMs, tlsMs }) => this.sink.connected(dnsMs, connectMs, tlsMs))
    this.#pools.set(key, pool)
    return pool
  }

  over(exchange: UndiciExchange): void {
    this.#exchanges.delete(exchange)
  }

  #expire(now: number): void {
    for (const exchange of this.#exchanges) {
      if (exchange.deadline > now) return
      exchange.expire(now)
    }
  }
}
