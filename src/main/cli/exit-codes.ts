import { answersOf } from '../../shared/results/answers.ts'
import { AppError } from '../../shared/errors.ts'
import type { Summary } from '../../shared/results/summary.ts'

/** `cli.md`, "Exit codes". They change only with a version of the schema. */
export const EXIT = {
  passed: 0,
  internal: 1,
  badInput: 2,
  couldNotStart: 3,
  noResponse: 4,
  notTrustworthy: 98,
  thresholdFailed: 99,
  interrupted: 130,
  terminated: 143,
} as const

/** What a finished run means for a script. `signal`: the one that ended it, if any. */
export function exitCodeOf(summary: Summary, signal: NodeJS.Signals | null): number {
  if (signal !== null) return signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted
  if (summary.status === 'failed') return EXIT.couldNotStart
  if (answersOf(summary.ledger, summary.errors, summary.statusCodes) === 0 && summary.ledger.started > 0) return EXIT.noResponse
  if (summary.verdict === 'not-trustworthy') return EXIT.notTrustworthy
  if (summary.verdict === 'failed') return EXIT.thresholdFailed
  return EXIT.passed
}

/** What a refusal means for a script. */
export function exitCodeOfError(error: unknown): number {
  if (!(error instanceof AppError)) return EXIT.internal
  switch (error.code) {
    case 'bad-input':
    case 'not-found':
    case 'conflict':
      return EXIT.badInput
    case 'unauthorized':
    case 'target-not-allowed':
    case 'cannot-start':
    case 'store-unavailable':
      return EXIT.couldNotStart
    case 'fenced':
    case 'internal':
      return EXIT.internal
  }
}
