import { AppError } from '../../shared/errors.ts'

/** Forms in which a finished run leaves the product; apart from what writes them, which is loaded when it is needed. */
export const EXPORTS = ['html', 'md', 'junit', 'csv', 'json', 'k6', 'hgrm'] as const
export type ExportFormat = (typeof EXPORTS)[number]

/** Throws AppError `bad-input` for a name that is no form. */
export function exportFormat(name: string): ExportFormat {
  const format = EXPORTS.find((known) => known === name)
  if (format === undefined) throw new AppError('bad-input', `"${name}" is no form of a report.`, { hint: `Use one of ${EXPORTS.join(', ')}.` })
  return format
}
