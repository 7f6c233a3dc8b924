import type { Exchange } from '../measure/check-predicates.ts'
import type { CheckFailure } from '../measure/checks.ts'
import type { Recorder } from '../measure/recorder.ts'
import { statusText } from '../measure/status-text.ts'
import type { StepBook } from '../measure/tally-book.ts'
import type { CompiledStep } from './compiled-flow.ts'
import type { FlowSink } from './flow-sink.ts'
import type { Iteration, StepFailure } from './iteration.ts'

/**
 * Keeps the books of iterations with steps: the ledger counts iterations, `requests` and statuses count what was sent and
 * answered, and each step has counts and times of its own. Failures are told under the name of their step.
 */
export class FlowRecorder implements FlowSink {
  readonly #recorder: Recorder
  readonly #steps: readonly CompiledStep[]

  constructor(recorder: Recorder, steps: readonly CompiledStep[]) {
    this.#recorder = recorder
    this.#steps = steps
  }

  keep({ step }: Iteration, status: number): boolean {
    const { checks, name } = this.#steps[step]!
    return checks.refusesStatus(status) && this.#recorder.wantsSample(status, said(name, statusText(status)))
  }

  sent({ dueAt, sentAt: before }: Iteration, sentAt: number, bytes: number): void {
    if (before === 0) this.#recorder.sent(dueAt, sentAt, bytes)
    else this.#recorder.further(dueAt, sentAt, bytes)
  }

  judge(iteration: Iteration, exchange: Exchange): CheckFailure | null {
    const { checksPassed, checksFailed } = this.#bookOf(iteration)
    return this.#steps[iteration.step]!.checks.judge(exchange, checksPassed, checksFailed)
  }

  answered(iteration: Iteration, { status, head, body, responseTimeMs }: Exchange, now: number, failure: StepFailure | null): void {
    const book = this.#recorder.bookOf(iteration.dueAt)
    book.statuses[status]!++
    book.firstByte.record(micros(iteration.stepHeadAt - iteration.stepSentAt))
    if (failure !== null) this.#sample(iteration, failure, now, responseTimeMs, head, body)
  }

  stepEnded(iteration: Iteration, now: number): void {
    const { failure, received, stepDueAt, stepSentAt } = iteration
    const book = this.#recorder.bookOf(iteration.dueAt)
    const step = this.#bookOf(iteration)
    book.bytesReceived += received
    step.requests++
    if (failure?.unanswered !== true) {
      step.response.record(micros(now - stepDueAt))
      step.service.record(micros(now - stepSentAt))
    }
    if (failure === null) return
    step.failed++
    book.errors.count(failure.kind, failure.status, this.#said(iteration, failure))
    if (failure.unanswered) this.#sample(iteration, failure, now, now - stepDueAt, null, null)
  }

  ended({ dueAt, sentAt, serviceMs, failed, failure }: Iteration, now: number): void {
    const book = this.#recorder.bookOf(dueAt)
    this.#recorder.outstanding--
    if (sentAt === 0) book.started++
    book.completed++
    if (failed) book.failed++
    if (failed && failure?.unanswered === true) return
    book.response.record(micros(now - dueAt))
    book.service.record(micros(serviceMs))
  }

  cancelled({ dueAt, sentAt }: Iteration): void {
    this.#recorder.cancelled(dueAt, sentAt)
  }

  dropped({ dueAt }: Iteration): void {
    this.#recorder.dropped(dueAt)
  }

  connected(dnsMs: number, connectMs: number, tlsMs: number): void {
    this.#recorder.connected(dnsMs, connectMs, tlsMs)
  }

  idle(now: number): void {
    this.#recorder.idle(now)
  }

  #bookOf({ dueAt, step }: Iteration): StepBook {
    return this.#recorder.bookOf(dueAt).steps[step]!
  }

  #said({ step }: Iteration, { message }: StepFailure): string {
    return this.#recorder.cleaned(said(this.#steps[step]!.name, message))
  }

  #sample(iteration: Iteration, failure: StepFailure, now: number, responseTimeMs: number, head: Buffer | null, body: Buffer | null): void {
    const { request, url } = this.#steps[iteration.step]!
    this.#recorder.sample(failure.kind, failure.status, this.#said(iteration, failure), now, responseTimeMs, head, body, { method: request.method, url })
  }
}

/** A failure under the name of its step. */
function said(step: string, message: string): string {
  return `${step}: ${message}`
}

/** Whole µs, rounded: histograms record integers. */
function micros(ms: number): number {
  return ms > 0 ? Math.round(ms * 1000) : 0
}
