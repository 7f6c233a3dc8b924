import type { ErrorKind } from './errors.ts'

/** Iterations that ended with an answer, good or bad: all but those that something else than a check made fail. Over TCP answers have no status. */
export function answersOf(completed: number, errors: readonly { kind: ErrorKind; count: number }[]): number {
  return errors.reduce((left, { kind, count }) => (kind === 'check' ? left : left - count), completed)
}
