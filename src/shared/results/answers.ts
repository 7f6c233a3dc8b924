import type { ErrorKind } from '../errors.ts'

/**
 * Iterations that ended with an answer, good or bad: all but those that something else than a check made fail. Over TCP
 * answers have no status. Of an iteration with steps any answer counts, and a failure of one of them need not be its own.
 */
export function answersOf({ completed, failed }: { completed: number; failed: number }, errors: readonly { kind: ErrorKind; count: number }[], statuses: Readonly<Record<string, number>>): number {
  const left = errors.reduce((sum, { kind, count }) => (kind === 'check' ? sum : sum - count), completed)
  const answered = Object.values(statuses).reduce((sum, count) => sum + count, 0)
  return Math.min(completed, Math.max(completed - failed, left, answered))
}
