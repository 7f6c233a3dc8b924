import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { CompiledRequest } from './compiled-request.ts'
import { KeptAnswer } from './kept-answer.ts'
import type { LaneOptions, LaneSink } from './lane.ts'
import { LaneFailure, spanOf } from './lane-failure.ts'
import { Trail, isRedirect } from './redirect.ts'
import type { Origin } from './redirect.ts'
import type { UndiciConnection } from './undici-connection.ts'
import { failureOf } from './undici-failure.ts'
import { headOf } from './undici-head.ts'
import type { UndiciPool } from './undici-pool.ts'
import type { Waiting } from './waiting-line.ts'

/** What an exchange needs of its lane. */
export interface ExchangeHost {
  readonly options: LaneOptions
  readonly sink: LaneSink
  pool(origin: Origin): UndiciPool
  /** It has been reported and its connection is free again. */
  over(exchange: UndiciExchange): void
}

type Controller = Dispatcher.DispatchController

/** One iteration on its way through undici: the first request, the redirects after it, and one report at the end. */
export class UndiciExchange implements Dispatcher.DispatchHandler, Waiting {
  readonly dueAt: number
  readonly #n: number
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
  #trail: Trail | null = null
  #location: string | null = null
  #status = 0
  #headAt = 0
  #endedAt = 0
  #bytesReceived = 0
  #kept: KeptAnswer | null = null

  constructor(host: ExchangeHost, request: CompiledRequest, dueAt: number, n: number, deadline: number) {
    this.#host = host
    this.#request = request
    this.dueAt = dueAt
    this.#n = n
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
    if (this.sentAt === 0) this.#host.sink.dropped(this.dueAt, this.#n)
    else this.#host.sink.cancelled(this.dueAt, this.sentAt, this.#n)
    this.#finish()
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.isOver) return controller.abort(new LaneFailure('aborted', 'given up'))
    this.#connection?.started()
    const bytes = this.#request.wire.length
    if (this.sentAt > 0) return this.#host.sink.hop?.(bytes, this.#n)
    this.sentAt = performance.now()
    this.#host.sink.sent(this.dueAt, this.sentAt, bytes, this.#n)
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders, statusText?: string): void {
    // 102 and 103 announce; the answer is still to come.
    if (this.isOver || status < 200) return
    this.#headAt = performance.now()
    this.#status = status
    const head = headOf(controller, status, statusText ?? '', this.#request.http2)
    this.#bytesReceived += head.length + 2
    this.#location = this.#request.follow && isRedirect(status) ? (headers.location ?? null) : null
    if (this.#location !== null || !this.#host.sink.keep(status, this.#n)) return
    const asked = this.#request.headers.some(([name]) => name.toLowerCase() === 'accept-encoding')
    this.#kept = new KeptAnswer(head, asked ? headers['content-encoding'] : undefined, this.#host.options.maxBodyBytes, this.#host.options.maxHeadBytes)
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.isOver) return
    this.#bytesReceived += chunk.length
    if (this.#kept?.write(chunk, () => controller.resume()) === false) controller.pause()
  }

  onResponseEnd(): void {
    if (this.isOver) return
    this.#endedAt = performance.now()
    this.#controller = null
    if (this.#location !== null) this.#follow(this.#location)
    else if (this.#kept === null) this.#done(null, null)
    else this.#kept.end((failure, head, body) => (failure === null ? this.#done(head, body) : this.#fail(failure, this.#endedAt)))
  }

  onResponseError(_: Controller, error: Error): void {
    this.#controller = null
    if (!this.isOver) this.#fail(error, performance.now())
  }

  #follow(location: string): void {
    this.#trail ??= new Trail()
    try {
      this.#request = this.#trail.next(this.#request, this.#status, location)
    } catch (error) {
      return this.#fail(error as Error, this.#endedAt)
    }
    this.#location = null
    this.#headAt = 0
    this.#release()
    this.#pool = this.#host.pool(this.#request)
    this.#pool.take(this)
  }

  #done(head: Buffer | null, body: Buffer | null): void {
    this.#host.sink.done(this.dueAt, this.sentAt, this.#headAt, this.#endedAt, this.#status, this.#bytesReceived, head, body, this.#n)
    this.#finish()
    this.#host.sink.idle(this.#endedAt)
  }

  #fail(error: Error, now: number): void {
    const { kind, message } = failureOf(error, this.#connection === null, this.#connection?.hasEnded ?? false)
    this.#host.sink.failed(this.dueAt, this.sentAt, now, kind, message, this.#bytesReceived, this.#n)
    this.#finish()
    this.#host.sink.idle(now)
  }

  #finish(): void {
    this.isOver = true
    this.#kept?.destroy()
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
