import type { ErrorKind } from '../errors.ts'

/**
 * Sample: what one node measured in one second of one run. Samples are facts: plain data, cloneable, mergeable in
 * any order without loss. Histograms travel encoded (`histogram.ts`, `encode`), counts are exact.
 */
export interface Sample {
  runId: string
  /** Index of the second: it covers [start + 1000 × second, + 1000) ms of the run, warm-up included. */
  second: number
  /** Iterations due after the warm-up. */
  tally: Tally
  /** Iterations due in the warm-up: shown on charts, kept out of the result. */
  warmup: Tally | null
  /** Iterations started and not ended at the end of the second. */
  inFlight: number
  /** Iterations due and waiting for a connection at the end of the second. */
  queued: number
  /** Open connections at the end of the second. */
  connections: number
  vitals: GeneratorVitals
  /** What was wrong with the generator itself during this second; empty when it was well. */
  problems: HealthProblem[]
  /** At most a few failed exchanges per error group and minute, secrets masked. */
  errorSamples: ErrorSample[]
  /** No further sample of this node follows for the run. */
  last: boolean
}

/** Counts of one second (or of a whole run: they add up). */
export interface Tally {
  /** Iterations due by the profile. */
  planned: number
  started: number
  /** Due but not started: the bound on waiting iterations was reached, or the run was stopped first. */
  dropped: number
  /** Ended with a response or an error. Failed ones are part of it. */
  completed: number
  failed: number
  /** Started but given up at the end of the grace after a stop. */
  cancelled: number
  /** Requests put on the wire (redirects and steps make it differ from `started`). */
  requests: number
  bytesSent: number
  bytesReceived: number
  /** HTTP status → count. */
  statuses: Record<string, number>
  errors: ErrorTally[]
  /** One pair per check of the task, in its order (the default status rule last). */
  checks: { passed: number; failed: number }[]
  /** From the intended instant to the last byte. */
  response: Uint8Array
  /** From the actual send to the last byte. */
  service: Uint8Array
  /** Actual send minus intended instant. */
  lag: Uint8Array
  /** From the actual send to the complete head. */
  firstByte: Uint8Array
  /** Of new connections only. */
  connect: Uint8Array
  tls: Uint8Array
  dns: Uint8Array
  /** Of answers that are streams; not there for a task without any. */
  stream?: StreamTally
  /** One per step of the task, in its order; not there for a task without steps. */
  steps?: StepTally[]
}

/** Pieces of streamed answers: events of SSE, chunks, messages of gRPC. */
export interface StreamTally {
  chunks: number
  /** From the actual send to the first piece. */
  firstChunk: Uint8Array
  /** From one piece to the next of the same answer. */
  gap: Uint8Array
}

/** What one step of iterations did. */
export interface StepTally {
  /** Its requests that ended, with a response or an error. Redirects are not counted again. */
  requests: number
  failed: number
  /** From the instant at which it was due (the iteration's own, or the end of the step before and its pause) to the last byte. */
  response: Uint8Array
  /** From the actual send to the last byte. */
  service: Uint8Array
}

export interface ErrorTally {
  kind: ErrorKind
  /** HTTP status for failed status checks, else 0. */
  status: number
  /** e.g. `503 Service Unavailable`, `no answer within 10 s`, `connect ECONNREFUSED 127.0.0.1:80`. Low cardinality. */
  message: string
  count: number
}

export interface ErrorSample {
  kind: ErrorKind
  status: number
  message: string
  /** Milliseconds since the start of the run. */
  atMs: number
  method: string
  url: string
  responseTimeMs: number
  /** Response head as text, ≤ 2 KiB, secrets masked; empty where there was none. */
  head: string
  /** First 4 KiB of the response body as text. */
  body: string
  /** The node that saw it; a node itself does not say. */
  nodeId?: string
}

export interface GeneratorVitals {
  /** CPU of the generator process in % of one core (may exceed 100). */
  processCpuPercent: number
  /** CPU of the busiest engine thread in % of one core: at 100 the generator has given way. */
  threadCpuPercent: number
  /** 99th percentile of the engine threads' event-loop delay in the second, ms. */
  loopLagMs: number
  /** 99th percentile of the generator's own lateness in the second, ms: an arrival handed to its lane minus the intended instant. What it then waits for a connection is in `Tally.lag`. */
  scheduleLagMs: number
  threads: number
}

/** Ways in which the generator itself can spoil a result. */
export type HealthKind = 'cpu' | 'loop-lag' | 'schedule-lag' | 'ports' | 'sockets'

export interface HealthProblem {
  kind: HealthKind
  /** One sentence with the figure, e.g. `engine thread at 99 % of a core`. */
  detail: string
}
