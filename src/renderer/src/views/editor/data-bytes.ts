import { readFileRow, type DataRow } from './data-form.ts'
import type { Delimiter } from '../../../../shared/csv.ts'
import type { Problem } from '../../../../shared/errors.ts'
import type { DataEncoding } from '../../../../shared/task/task.ts'

/** The files that were chosen in this window, so that another encoding can be tried. */
const files = new Map<string, Uint8Array>()

export function rememberBytes(name: string, bytes: Uint8Array): void {
  files.set(name, bytes)
}

export function renameBytes(from: string, to: string): void {
  const bytes = files.get(from)
  if (bytes === undefined) return
  files.delete(from)
  files.set(to, bytes)
}

/** Only then is its encoding a choice; a text that was stored has been decoded for good. */
export function canReread(row: DataRow): boolean {
  return files.has(row.name) && row.content !== null
}

/** The same file, read another way; what does not fit is said and changes nothing. */
export function reread(row: DataRow, chosen: { encoding?: DataEncoding; delimiter?: Delimiter }): { row: DataRow } | { problem: Problem } {
  const bytes = files.get(row.name) ?? new TextEncoder().encode(row.content ?? '')
  const encoding = chosen.encoding ?? (files.has(row.name) ? (row.encoding ?? 'utf-8') : 'utf-8')
  const read = readFileRow(row.file, bytes, [], { encoding, ...(row.delimiter === null ? {} : { delimiter: chosen.delimiter ?? row.delimiter }) })
  return read.ok ? { row: { ...read.row, name: row.name, mode: row.mode, encoding: chosen.encoding ?? row.encoding, hash: null } } : { problem: read.problem }
}
