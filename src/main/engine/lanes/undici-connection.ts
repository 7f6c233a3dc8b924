import type { Socket } from 'node:net'
import { Client } from 'undici'
import type { Dispatcher } from 'undici'
import { LaneFailure } from './lane-failure.ts'
import { basicOf } from '../request/template.ts'
import { isTunnelled } from './proxy-tunnel.ts'
import { keyOf } from './redirect.ts'
import type { Origin } from './redirect.ts'
import type { CompiledRequest } from './compiled-request.ts'

/** As nginx's default and undici's own ceiling; a server may allow fewer, then undici holds the rest back. */
export const STREAMS_PER_CONNECTION = 100
/** Bound on a response head, bytes. */
export const MAX_HEAD_BYTES = 65_536
/** Header fields about the connection: undici writes them itself. */
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'proxy-connection'])

/**
 * One undici Client on one socket that the pool has opened. Undici does the framing and nothing else: when to open,
 * whom to serve and how long to wait is decided here. Should the socket go before a request could be written,
 * undici asks for another one once, and only that request waits for it.
 */
export class UndiciConnection {
  /** Exchanges given to undici and not yet over. */
  active = 0
  /** The pool counts on its room for one more. */
  isOffered = false
  readonly #client: Client
  readonly #reopen: () => Promise<Socket>
  readonly #closed: (connection: UndiciConnection) => void
  #socket: Socket
  #fresh: Socket | null
  #mayReopen = true

  constructor(origin: Origin, socket: Socket, reopen: () => Promise<Socket>, closed: (connection: UndiciConnection) => void) {
    this.#reopen = reopen
    this.#closed = closed
    this.#socket = socket
    this.#fresh = socket
    this.#watch(socket)
    this.#client = new Client(keyOf(origin), {
      allowH2: origin.http2,
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 600_000,
      maxHeaderSize: MAX_HEAD_BYTES,
      h2Options: { maxConcurrentStreams: STREAMS_PER_CONNECTION, pingInterval: 0 },
      connect: (_, callback) => this.#handOver(callback),
    })
  }

  /** The server has not ended or lost the connection, as far as is known. */
  get isOpen(): boolean {
    return !this.#socket.destroyed && !this.#socket.readableEnded && !this.hasEnded
  }

  /** The server has sent its end of the stream. */
  hasEnded = false

  dispatch(request: CompiledRequest, keepAlive: boolean, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(
      {
        path: request.proxy !== null && !isTunnelled(request) ? `${keyOf(request)}${request.path}` : request.path,
        method: request.method,
        headers: undiciHeaders(request),
        body: request.body,
        reset: !keepAlive,
      },
      handler,
    )
  }

  /** The last request handed over has reached the wire. */
  started(): void {
    this.#mayReopen = true
  }

  destroy(): void {
    this.#socket.destroy()
    this.#client.destroy().catch(() => {})
  }

  #watch(socket: Socket): void {
    socket.once('end', () => (this.hasEnded = true))
    socket.once('close', () => this.#closed(this))
  }

  /** Undici looks at the socket only after its own call has returned, hence the microtask. */
  #handOver(callback: (...outcome: [error: null, socket: Socket] | [error: Error, socket: null]) => void): void {
    const fresh = this.#fresh
    this.#fresh = null
    if (fresh !== null) queueMicrotask(() => callback(null, fresh))
    else if (this.#mayReopen) this.#replace().then((socket) => callback(null, socket), (error: Error) => callback(error, null))
    else queueMicrotask(() => callback(new LaneFailure('eof', 'connection closed before the request could be sent'), null))
  }

  async #replace(): Promise<Socket> {
    this.#mayReopen = false
    this.#socket = await this.#reopen()
    this.hasEnded = false
    this.#watch(this.#socket)
    return this.#socket
  }
}

/** Undici writes strings as Latin-1; our values leave as UTF-8, so each byte becomes one character. */
function undiciHeaders(request: CompiledRequest): string[] {
  const auth = request.proxy !== null && !isTunnelled(request) ? proxyAuthorization(new URL(request.proxy)) : []
  return [...request.headers, ...auth]
    .filter(([name]) => !OF_CONNECTION.has(name.toLowerCase()))
    .flatMap(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')])
}

function proxyAuthorization(proxy: URL): [string, string][] {
  return proxy.username === '' ? [] : [['Proxy-Authorization', basicOf(proxy)]]
}
