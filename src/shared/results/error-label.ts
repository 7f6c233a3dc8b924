import type { ErrorGroup } from './summary.ts'
import type { RunTextKey } from '../locales/run.ts'
import type { Words } from '../locales/words.ts'

/** The group's message; a failed check says that it is one. */
export function errorLabel({ kind, message }: Pick<ErrorGroup, 'kind' | 'message' | 'status'>, t: Words<RunTextKey>): string {
  return kind === 'check' && !/^\d{3} /.test(message) ? t('error.check', { check: message }) : message
}
