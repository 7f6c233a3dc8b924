import { onTestFinished } from 'vitest'
import type { GrpcOutcome } from '../../src/main/engine/measure/check-predicates.ts'
import { compileRequest } from '../../src/main/engine/request/template.ts'
import type { CompiledRequest } from '../../src/main/engine/lanes/compiled-request.ts'
import { createGrpcLane } from '../../src/main/engine/lanes/grpc-lane.ts'
import { createHttp1Lane } from '../../src/main/engine/lanes/http1-lane.ts'
import { createHttp2Lane } from '../../src/main/engine/lanes/http2-lane.ts'
import { createTcpLane } from '../../src/main/engine/lanes/tcp-lane.ts'
import { createUndiciLane } from '../../src/main/engine/lanes/undici-lane.ts'
import { createWebSocketLane } from '../../src/main/engine/lanes/websocket-lane.ts'
import type { Lane, LaneOptions, LaneSink } from '../../src/main/engine/lanes/lane.ts'
import type { LaneName } from '../../src/main/engine/plan.ts'
import type { ErrorKind } from '../../src/shared/errors.ts'
import type { RequestSpec, TaskSpec, TransportSpec } from '../../src/shared/task/task.ts'

/** Those that speak HTTP/1.1. */
export const LANES = ['http1', 'undici'] as const
export type Http1LaneName = (typeof LANES)[number]

export type LaneMaker = (request: CompiledRequest, options: LaneOptions, sink: LaneSink) => Lane

const MAKERS: Record<LaneName, LaneMaker> = { http1: createHttp1Lane, http2: createHttp2Lane, undici: createUndiciLane, websocket: createWebSocketLane, tcp: createTcpLane, grpc: createGrpcLane }

/** How one iteration ended: with a status, or with a kind of failure. */
export interface Outcome {
  result: number | ErrorKind | 'cancelled' | 'dropped'
  message: string
  head: string
  body: string
  bytesReceived: number
  sentAt: number
  headAt: number
  endedAt: number
  grpc: GrpcOutcome | null
}

export interface Target {
  url: string
  request?: Partial<RequestSpec>
  transport?: Partial<TransportSpec>
}

const OPTIONS: LaneOptions = { maxConnections: 4, maxInFlight: 64, timeoutMs: 5_000, keepAlive: true, maxBodyBytes: 65_536, connectsPerTurn: 4 }
const TICK_MS = 5

export function specOf({ url, request, transport }: Target): TaskSpec {
  return {
    schema: 'stampede.task/1',
    name: 'conformance',
    load: {},
    request: { method: 'GET', url, headers: {}, ...request },
    checks: [],
    thresholds: [],
    transport: { protocol: 'auto', timeout: '5s', keepAlive: true, insecure: false, follow: false, ...transport },
    tags: {},
  }
}

/** A lane with a sink that keeps everything, driven one iteration at a time, and the book kept on it. Closed with its test. */
export class LaneDriver {
  readonly lane: Lane
  readonly ledger = { accepted: 0, done: 0, failed: 0, cancelled: 0, dropped: 0 }
  sent = 0
  hops = 0
  idles = 0
  /** Pieces of streamed answers. */
  readonly pieces: { first: boolean; ms: number }[] = []
  readonly connected: { dnsMs: number; connectMs: number; tlsMs: number }[] = []
  readonly #pending = new Map<number, (outcome: Outcome) => void>()
  readonly #timer: NodeJS.Timeout
  #lastDue = 0

  constructor(name: LaneName | LaneMaker, target: Target, options: Partial<LaneOptions> = {}) {
    const request = compileRequest(specOf(target))
    this.lane = (typeof name === 'string' ? MAKERS[name] : name)(request, { ...OPTIONS, keepAlive: target.transport?.keepAlive ?? true, ...options }, this.#sink())
    this.#timer = setInterval(() => this.lane.tick(performance.now()), TICK_MS)
    onTestFinished(() => this.close())
  }

  /** Resolves when the iteration has been reported, and rejects when the lane refuses it. */
  send(): Promise<Outcome> {
    const dueAt = Math.max(performance.now(), this.#lastDue + 1e-3)
    this.#lastDue = dueAt
    return new Promise((resolve, reject) => {
      this.#pending.set(dueAt, resolve)
      if (this.lane.send(dueAt)) this.ledger.accepted += 1
      else reject(new Error('refused: too many in flight'))
    })
  }

  /** What the book does not explain; 0 when it balances. */
  get imbalance(): number {
    const { accepted, done, failed, cancelled, dropped } = this.ledger
    return accepted - done - failed - cancelled - dropped
  }

  close(): void {
    clearInterval(this.#timer)
    this.lane.close()
  }

  #end(dueAt: number, outcome: Partial<Outcome> & Pick<Outcome, 'result'>): void {
    const pending = this.#pending.get(dueAt)
    if (pending === undefined) throw new Error(`reported twice, or never sent: ${dueAt} ${outcome.result}`)
    this.#pending.delete(dueAt)
    pending({ message: '', head: '', body: '', bytesReceived: 0, sentAt: 0, headAt: 0, endedAt: 0, grpc: null, ...outcome })
  }

  #sink(): LaneSink {
    const { ledger } = this
    return {
      keep: () => true,
      sent: () => void (this.sent += 1),
      hop: () => void (this.hops += 1),
      heard: (_dueAt, first, ms) => void this.pieces.push({ first, ms }),
      done: (dueAt, sentAt, headAt, endedAt, status, bytesReceived, head, body, _n, grpc = null) => {
        ledger.done += 1
        this.#end(dueAt, { result: status, bytesReceived, sentAt, headAt, endedAt, head: head?.toString('latin1') ?? '', body: body?.toString('latin1') ?? '', grpc: grpc === null ? null : { ...grpc } })
      },
      failed: (dueAt, sentAt, endedAt, kind, message, bytesReceived) => {
        ledger.failed += 1
        this.#end(dueAt, { result: kind, message, sentAt, endedAt, bytesReceived })
      },
      cancelled: (dueAt, sentAt) => {
        ledger.cancelled += 1
        this.#end(dueAt, { result: 'cancelled', sentAt })
      },
      dropped: (dueAt) => {
        ledger.dropped += 1
        this.#end(dueAt, { result: 'dropped' })
      },
      connected: (dnsMs, connectMs, tlsMs) => void this.connected.push({ dnsMs, connectMs, tlsMs }),
      idle: () => void (this.idles += 1),
    }
  }
}
