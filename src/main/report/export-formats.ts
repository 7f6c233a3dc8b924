import { EXPORT_FORMATS, type ExportFormat } from '../../shared/contract/contract.ts'
import { AppError } from '../../shared/errors.ts'

/** Throws AppError `bad-input` for a name that is no form. */
export function exportFormat(name: string): ExportFormat {
  const format = EXPORT_FORMATS.find((known) => known === name)
  if (format === undefined) throw new AppError('bad-input', `"${name}" is no form of a report.`, { hint: `Use one of ${EXPORT_FORMATS.join(', ')}.` })
  return format
}
