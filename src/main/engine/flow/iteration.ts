import type { ErrorKind } from '../../../shared/errors.ts'
import type { CompiledRequest } from '../lanes/compiled-request.ts'
import type { Trail } from '../lanes/redirect.ts'
import { CookieJar } from './cookie-jar.ts'

/** Why a step failed. `status` as ErrorTally wants it. */
export interface StepFailure {
  kind: ErrorKind
  status: number
  message: string
  /** No answer came: there is no time to record. */
  unanswered: boolean
}

/** One virtual user's iteration: which step it is at and what it has learnt. Reused, so that starting one allocates nothing. */
export class Iteration {
  /** Its place among those of its lane; what child lanes know it by. */
  readonly slot: number
  readonly jar: CookieJar | null
  /** What steps have extracted, by the number of the name; null: nothing yet. */
  readonly values: (string | null)[]
  isActive = false
  n = 0
  /** Intended instant, and when its first request left; 0: none has. `performance.now()` ms. */
  dueAt = 0
  sentAt = 0
  /** Time from send to last byte, of its steps together, ms. */
  serviceMs = 0
  failed = false
  /** A step of it has ended. */
  isUnderway = false

  step = 0
  stepDueAt = 0
  /** When the first request of the step left; 0: none has. */
  stepSentAt = 0
  stepHeadAt = 0
  failure: StepFailure | null = null
  /** Where the request under way leads; of requests that were made as text only the path is known. */
  path = ''
  request: CompiledRequest | null = null
  /** Bytes of the answers of the step. */
  received = 0
  /** The request that a redirect asked for. */
  hop: CompiledRequest | null = null
  trail: Trail | null = null

  constructor(slot: number, values: number, withJar: boolean) {
    this.slot = slot
    this.values = new Array<string | null>(values).fill(null)
    this.jar = withJar ? new CookieJar() : null
  }

  begin(n: number, dueAt: number, step: number): void {
    this.isActive = true
    this.n = n
    this.dueAt = dueAt
    this.sentAt = 0
    this.serviceMs = 0
    this.failed = false
    this.isUnderway = false
    this.step = step
    this.values.fill(null)
    this.jar?.clear()
  }

  beginStep(dueAt: number): void {
    this.stepDueAt = dueAt
    this.stepSentAt = 0
    this.stepHeadAt = 0
    this.received = 0
    this.failure = null
    this.request = null
    this.hop = null
    this.trail = null
  }
}
