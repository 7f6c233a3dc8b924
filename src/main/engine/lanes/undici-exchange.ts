import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { BodyDecoder } from './body-decoder.ts'
import type { CompiledRequest } from './compiled-request.ts'
import type { LaneOptions, LaneSink } from './lane.ts'
import { LaneFailure } from './lane-failure.ts'
import { MAX_HOPS, isRedirect, keyOf, nextHop } from './redirect.ts'
import type { Origin } from './redirect.ts'
import type { UndiciConnection } from './undici-connection.ts'
import { failureOf } from './undici-failure.ts'
import type { UndiciPool, Waiting } from './undici-pool.ts'

/** What an exchange needs of its lane. */
export interface ExchangeHost {
  readonly options: LaneOptions
  readonly sink: LaneSink
  pool(origin: Origin): UndiciPool
  /** It has been reported and its connection is free again. */
  over(exchange: UndiciExchange): void
}

type Controller = Dispatcher.DispatchController

/** Head kept for a report at most, bytes. */
const MAX_KEPT_HEAD = 2048

/** One iteration on its way through undici: the first request, the redirects after it, and one report at the end. */
export class UndiciExchange implements Dispatcher.DispatchHandler, Waiting {
  readonly dueAt: number
  /** When it has to be over, ms of the thread's clock. */
  readonly deadline: number
  /** 0 until the first request leaves. */
  sentAt = 0
  isOver = false
  readonly #host: ExchangeHost
  #request: CompiledRequest
  #pool: UndiciPool
  #connection: UndiciConnection | null = null
  #controller: Controller | null = null
  #visited: Set<string> | null = null
  #location: string | null = null
  #status = 0
  #headAt = 0
  #endedAt = 0
  #bytesReceived = 0
  #head: Buffer | null = null
  #body: Buffer[] | null = null
  #bodyBytes = 0
  #decoder: BodyDecoder | null = null

  constructor(host: ExchangeHost, request: CompiledRequest, dueAt: number, deadline: number) {
    this.#host = host
    this.#request = request
    this.dueAt = dueAt
    this.deadline = deadline
    this.#pool = host.pool(request)
  }

  start(): void {
    this.#pool.take(this)
  }

  begin(connection: UndiciConnection): void {
    this.#connection = connection
    connection.dispatch(this.#request, this.#host.options.keepAlive, this)
  }

  unreachable(error: Error): void {
    this.#fail(error, performance.now())
  }

  /** The deadline has passed. */
  expire(now: number): void {
    const waited = this.#connection === null
    this.#fail(this.#lateness(), now)
    if (waited) this.#pool.forsake()
  }

  cancel(): void {
    if (this.sentAt === 0) this.#host.sink.dropped(this.dueAt)
    else this.#host.sink.cancelled(this.dueAt, this.sentAt)
    this.#finish()
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.isOver) return controller.abort(new LaneFailure('aborted', 'given up'))
    this.#connection?.started()
    const bytes = this.#request.wire.length
    if (this.sentAt > 0) return this.#host.sink.hop?.(bytes)
    this.sentAt = performance.now()
    this.#host.sink.sent(this.dueAt, this.sentAt, bytes)
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders, statusText?: string): void {
    // 102 and 103 announce; the answer is still to come.
    if (this.isOver || status < 200) return
    this.#headAt = performance.now()
    this.#status = status
    const head = headOf(controller, status, statusText ?? '', this.#request.http2)
    this.#bytesReceived += head.length + 2
    this.#location = this.#request.follow && isRedirect(status) ? (headers.location ?? null) : null
    if (this.#location === null && this.#host.sink.keep(status)) this.#collect(head, headers)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.isOver) return
    this.#bytesReceived += chunk.length
    if (this.#decoder !== null) {
      if (!this.#decoder.write(chunk, () => controller.resume())) controller.pause()
    } else if (this.#body !== null && this.#bodyBytes < this.#host.options.maxBodyBytes) {
      const part = chunk.subarray(0, this.#host.options.maxBodyBytes - this.#bodyBytes)
      this.#body.push(part)
      this.#bodyBytes += part.length
    }
  }

  onResponseEnd(): void {
    if (this.isOver) return
    this.#endedAt = performance.now()
    this.#controller = null
    if (this.#location !== null) this.#follow(this.#location)
    else if (this.#decoder !== null) this.#decoder.end((failure, body) => this.#decoded(failure, body))
    else this.#done(this.#body === null ? null : Buffer.concat(this.#body))
  }

  onResponseError(_: Controller, error: Error): void {
    this.#controller = null
    if (!this.isOver) this.#fail(error, performance.now())
  }

  #collect(head: Buffer, headers: IncomingHttpHeaders): void {
    this.#head = head.subarray(0, MAX_KEPT_HEAD)
    this.#body = []
    const asked = this.#request.headers.some(([name]) => name.toLowerCase() === 'accept-encoding')
    if (asked) this.#decoder = BodyDecoder.of(headers['content-encoding'], this.#host.options.maxBodyBytes)
  }

  #follow(location: string): void {
    this.#location = null
    try {
      this.#visit()
      this.#request = nextHop(this.#request, this.#status, location)
      if (this.#visited!.has(`${this.#request.method} ${urlOf(this.#request)}`)) throw new LaneFailure('protocol', 'redirect loop')
    } catch (error) {
      return this.#fail(error as Error, this.#endedAt)
    }
    this.#release()
    this.#pool = this.#host.pool(this.#request)
    this.#pool.take(this)
  }

  #visit(): void {
    this.#visited ??= new Set()
    this.#visited.add(`${this.#request.method} ${urlOf(this.#request)}`)
    if (this.#visited.size > MAX_HOPS) throw new LaneFailure('protocol', `more than ${MAX_HOPS} redirects`)
  }

  #decoded(failure: LaneFailure | null, body: Buffer): void {
    if (failure !== null) this.#fail(failure, this.#endedAt)
    else this.#done(body)
  }

  #done(body: Buffer | null): void {
    this.#host.sink.done(this.dueAt, this.sentAt, this.#headAt, this.#endedAt, this.#status, this.#bytesReceived, this.#head, body)
    this.#finish()
    this.#host.sink.idle(this.#endedAt)
  }

  #fail(error: Error, now: number): void {
    const { kind, message } = failureOf(error, this.#connection === null, this.#connection?.hasEnded ?? false)
    this.#host.sink.failed(this.dueAt, this.sentAt, now, kind, message, this.#bytesReceived)
    this.#finish()
    this.#host.sink.idle(now)
  }

  #finish(): void {
    this.isOver = true
    this.#decoder?.destroy()
    this.#controller?.abort(new LaneFailure('aborted', 'given up'))
    this.#release()
    this.#host.over(this)
  }

  /** What it has waited for in vain. */
  #lateness(): LaneFailure {
    const limit = spanOf(this.#host.options.timeoutMs)
    if (this.#connection === null && this.#pool.connections === 0) return new LaneFailure('connect-timeout', `no connection within ${limit}`)
    if (this.#connection === null) return new LaneFailure('timeout', `no connection became free within ${limit}`)
    return new LaneFailure('timeout', `${this.#headAt === 0 ? 'no answer' : 'answer not complete'} within ${limit}`)
  }

  #release(): void {
    const connection = this.#connection
    this.#connection = null
    if (connection !== null) this.#pool.release(connection)
  }
}

function urlOf(request: CompiledRequest): string {
  return `${keyOf(request)}${request.path}`
}

/** The head as it would stand on an HTTP/1.1 wire, without the empty line; undici gives only its parts. */
function headOf(controller: Controller, status: number, statusText: string, http2: boolean): Buffer {
  const lines = fieldsOf(controller.rawHeaders ?? []).map(([name, value]) => `${name}: ${value}\r\n`)
  const first = http2 ? `HTTP/2 ${status}` : `HTTP/1.1 ${status} ${statusText}`
  return Buffer.from(`${first}\r\n${lines.join('')}`, 'latin1')
}

function fieldsOf(raw: NonNullable<Controller['rawHeaders']>): [name: string, value: string][] {
  if (!Array.isArray(raw)) return Object.entries(raw).flatMap(([name, value]) => (name.startsWith(':') ? [] : [value].flat().map((one): [string, string] => [name, String(one)])))
  const texts = raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')))
  return texts.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, texts[index + 1] ?? '']] : []))
}

/** `10 s`, `250 ms`: as people say it in a sentence. */
function spanOf(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`
}
