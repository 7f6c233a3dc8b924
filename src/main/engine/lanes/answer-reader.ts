import type { GrpcOutcome } from '../measure/check-predicates.ts'
import type { Failure } from './socket-errors.ts'

/**
 * Looks into an answer while it comes, where more is asked of it than to end: the messages of gRPC, the events of a
 * stream. One for each exchange under way, used again and again. Times are `performance.now()` ms.
 */
export interface AnswerReader {
  /** What is wrong with the content so far; null as long as nothing is. */
  readonly failure: Failure | null
  /** When the first message of gRPC was complete; 0: the first byte is that of the head. */
  readonly firstAt: number
  /** Of gRPC, once the answer has ended well; null for all else. */
  readonly outcome: GrpcOutcome | null
  /** A request goes out. */
  start(dueAt: number, sentAt: number): void
  /** Its head has come. @param kept somebody wants to see the content. */
  head(status: number, kept: boolean): void
  /**
   * Content. True: what was waited for has come, and what else would come does not matter; or it is wrong, see {@link failure}.
   * @param begins with the first byte of a chunk; of an answer that has none, with the first byte of a read.
   */
  take(bytes: Uint8Array, start: number, end: number, now: number, begins: boolean): boolean
  /** Fields behind the content, or of a head that nothing follows. */
  trailers(field: (name: string) => string | undefined): void
  /** The answer has ended. What was wrong with the whole, or null. */
  end(): Failure | null
  /** What a check is to see instead of the content; null: the content. */
  shown(): Buffer | null
}

/** A piece of a streamed answer has come: `ms` after it was asked for, if it is the first one, else after the one before it. */
export type Heard = (dueAt: number, first: boolean, ms: number) => void
