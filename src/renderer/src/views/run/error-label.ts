import type { ErrorGroup } from '../../../../shared/summary.ts'
import type { Text } from '../../composables/use-text.ts'

/** The group's message; a failed check says that it is one. */
export function errorLabel({ kind, message }: Pick<ErrorGroup, 'kind' | 'message' | 'status'>, t: Text['t']): string {
  return kind === 'check' && !/^\d{3} /.test(message) ? t('error.check', { check: message }) : message
}
