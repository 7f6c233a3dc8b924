import type { ErrorKind } from '../errors.ts'
import { OWN_FAULTS } from '../errors.ts'

/** Failures by what they mean to a reader: each family has one colour everywhere (token `err-…`). */
export type ErrorFamily = 'status' | 'timeout' | 'none' | 'check' | 'own'

export const ERROR_FAMILIES: readonly ErrorFamily[] = ['status', 'timeout', 'none', 'check', 'own']

/** `status`: the HTTP status of a failed status check, else 0. */
export function familyOf(kind: ErrorKind, status: number): ErrorFamily {
  if (status >= 400) return 'status'
  if (OWN_FAULTS.has(kind)) return 'own'
  if (kind === 'timeout' || kind === 'connect-timeout') return 'timeout'
  return kind === 'check' ? 'check' : 'none'
}
