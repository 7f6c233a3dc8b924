import type { Exchange } from '../measure/check-predicates.ts'
import type { CheckFailure } from '../measure/checks.ts'
import type { Iteration, StepFailure } from './iteration.ts'

/**
 * What a {@link FlowLane} reports: what `LaneSink` is to the other lanes, with the steps between. The iteration says which
 * step it is at and when that was due and sent.
 */
export interface FlowSink {
  /** Asked for an answer that nothing in the flow looks into: shall it be collected, for the sample of a failure? */
  keep(iteration: Iteration, status: number): boolean
  /** A request leaves: `iteration.sentAt` is 0 when it is the first one. */
  sent(iteration: Iteration, sentAt: number, bytes: number): void
  /** Does the answer of the step hold what is checked? Null: it does. */
  judge(iteration: Iteration, exchange: Exchange): CheckFailure | null
  /** The step was answered, and either was good or failed. Head and body are valid only during the call. */
  answered(iteration: Iteration, exchange: Exchange, now: number, failure: StepFailure | null): void
  /** After {@link answered}, or instead of it where no answer came: the step has ended, as `iteration.failure` says. */
  stepEnded(iteration: Iteration, now: number): void
  /** The last one that it comes to has ended. */
  ended(iteration: Iteration, now: number): void
  /** Given up on its way: at the end of the grace, or as nothing may be sent any more. */
  cancelled(iteration: Iteration): void
  /** Given up before anything of it left. */
  dropped(iteration: Iteration): void
  connected(dnsMs: number, connectMs: number, tlsMs: number): void
  /** As LaneSink.idle, and after every step. */
  idle(now: number): void
}
