import type { ErrorKind } from '../../shared/errors.ts'
import type { GrpcOutcome } from './measure/check-predicates.ts'
import type { CompiledRequest } from './lanes/compiled-request.ts'
import { createLane } from './lanes/index.ts'
import type { LaneOptions, LaneSink } from './lanes/lane.ts'
import type { LaneName } from './plan.ts'

/** What came of one iteration that nobody records. */
export interface SingleAnswer {
  status: number
  /** Copies. */
  head: Buffer | null
  body: Buffer | null
  bytesReceived: number
  grpc: GrpcOutcome | null
  firstByteMs: number
  totalMs: number
  /** Pieces of a streamed answer. */
  chunks: number
}

export type SingleOutcome = { ok: true; answer: SingleAnswer } | { ok: false; error: { kind: ErrorKind; message: string }; totalMs: number }

const TICK_MS = 20

/** Sends one iteration through a lane of its own. Rejects with AppError `bad-input` for an unusable certificate. */
export async function exchangeOnce(name: LaneName, request: CompiledRequest, options: Pick<LaneOptions, 'timeoutMs' | 'keepAlive' | 'maxBodyBytes'>, connected: LaneSink['connected'] = () => {}): Promise<SingleOutcome> {
  const { promise, resolve } = Promise.withResolvers<SingleOutcome>()
  const lane = await createLane(name, request, { ...options, maxConnections: 1, maxInFlight: 1, connectsPerTurn: 1 }, sinkOf(resolve, connected))
  const timer = setInterval(() => lane.tick(performance.now()), TICK_MS)
  try {
    lane.send(performance.now(), 1)
    return await promise
  } finally {
    clearInterval(timer)
    lane.close()
  }
}

/** Keeps everything. Head, body and outcome are copied: they are valid only during the call. */
function sinkOf(resolve: (outcome: SingleOutcome) => void, connected: LaneSink['connected']): LaneSink {
  const nothing = (): void => {}
  let chunks = 0
  return {
    keep: () => true,
    sent: nothing,
    cancelled: nothing,
    dropped: nothing,
    idle: nothing,
    connected,
    heard: () => void (chunks += 1),
    done: (dueAt, sentAt, headAt, now, status, bytesReceived, head, body, _n, grpc = null) => {
      const kept = { head: head === null ? null : Buffer.from(head), body: body === null ? null : Buffer.from(body), grpc: grpc === null ? null : { ...grpc } }
      resolve({ ok: true, answer: { status, bytesReceived, ...kept, firstByteMs: headAt - sentAt, totalMs: now - dueAt, chunks } })
    },
    failed: (dueAt, _sentAt, now, kind, message) => resolve({ ok: false, error: { kind, message }, totalMs: now - dueAt }),
  }
}
