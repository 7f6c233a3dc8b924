import { AppError } from '../../../shared/errors.ts'
import type { WireError } from '../../../shared/results/summary.ts'

/** The AppError that was thrown on the other side of a bridge. */
export function fromWire(error: WireError): AppError {
  return new AppError(error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.problems === undefined ? {} : { problems: error.problems }),
  })
}

/** Whatever was thrown, as an AppError: stores and screens know only these. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (isWireError(error)) return fromWire(error)
  return new AppError('internal', error instanceof Error ? error.message : String(error))
}

/** A refusal as data, as it comes out of the preload script. */
function isWireError(error: unknown): error is WireError {
  return typeof error === 'object' && error !== null && !(error instanceof Error) && 'code' in error && 'message' in error
}
