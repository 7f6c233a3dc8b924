import { formatCheck } from '../../../shared/task/check.ts'
import type { Check } from '../../../shared/task/check.ts'
import { SEARCHED_BODY_BYTES, predicateOf } from './check-predicates.ts'
import type { Exchange, Predicate } from './check-predicates.ts'
import { JsonReader } from '../json/json-reader.ts'
import { statusText } from './status-text.ts'

/** Why a response counts as failed: `status` as ErrorTally wants it, 0 unless the status itself was wrong. */
export interface CheckFailure {
  status: number
  message: string
}

/** Collected of a body for the sample of a failure. */
const SAMPLE_BODY_BYTES = 4096
/** The checks of a task, compiled. Statuses are decided in advance, so that the usual task costs one look-up per response. */
export class Checks {
  readonly count: number
  readonly needsContent: boolean
  /** Of a body, as much as the checks and an error sample need. */
  readonly maxBodyBytes: number
  readonly #json: JsonReader
  readonly #predicates: Predicate[]
  readonly #failures: ((exchange: Exchange) => CheckFailure)[]
  /** Place of the check on the status of gRPC; −1: none. */
  readonly #grpcStatus: number
  /** By status: 1 if a check on the status refuses it. */
  readonly #refused = new Uint8Array(1000)

  /** @param json of whoever else looks into the bodies that are judged, after the checks have. */
  constructor(checks: readonly Check[], json = new JsonReader()) {
    this.#json = json
    this.count = checks.length
    this.needsContent = checks.some(({ subject }) => subject === 'body' || subject === 'json' || subject === 'header' || subject === 'size')
    this.maxBodyBytes = bodyBytesFor(checks)
    this.#predicates = checks.map((check) => predicateOf(check, json))
    this.#failures = checks.map(failureOf)
    this.#grpcStatus = checks.findIndex(({ subject }) => subject === 'grpc-status')
    const ofStatus = this.#predicates.filter((_, i) => checks[i]!.subject === 'status')
    for (let status = 0; status < 1000; status++) this.#refused[status] = refuses(ofStatus, status) ? 1 : 0
  }

  /** Can be told before the response is complete. */
  refusesStatus(status: number): boolean {
    return this.#refused[status] === 1
  }

  /** Counts each check and returns why the exchange failed: a refused status first, that of gRPC then, else the first check that failed. */
  judge(exchange: Exchange, passed: Float64Array, failed: Float64Array): CheckFailure | null {
    let first = -1
    this.#json.turn()
    for (let i = 0; i < this.count; i++) {
      if (this.#predicates[i]!(exchange)) {
        passed[i]!++
      } else {
        failed[i]!++
        if (first === -1) first = i
      }
    }
    if (first === -1) return null
    if (this.refusesStatus(exchange.status)) return { status: exchange.status, message: statusText(exchange.status) }
    return this.#failures[this.#grpcStatus === -1 || this.#predicates[this.#grpcStatus]!(exchange) ? first : this.#grpcStatus]!(exchange)
  }
}

function refuses(ofStatus: readonly Predicate[], status: number): boolean {
  const exchange: Exchange = { status, head: null, body: null, bytesReceived: 0, responseTimeMs: 0 }
  return ofStatus.some((holds) => !holds(exchange))
}

function failureOf(check: Check): (exchange: Exchange) => CheckFailure {
  if (check.subject === 'status') return ({ status }) => ({ status, message: statusText(status) })
  if (check.subject === 'grpc-status') return ({ grpc }) => ({ status: 0, message: grpc == null ? formatCheck(check) : `grpc ${grpc.text}` })
  const failure = { status: 0, message: formatCheck(check) }
  return () => failure
}

function bodyBytesFor(checks: readonly Check[]): number {
  return checks.some(({ subject }) => subject === 'body' || subject === 'json' || subject === 'size') ? SEARCHED_BODY_BYTES : SAMPLE_BODY_BYTES
}
