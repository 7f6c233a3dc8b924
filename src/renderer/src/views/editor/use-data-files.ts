import { MAX_CONTENT_CHARACTERS } from '../../../../shared/task/data-schema.ts'
import { useText } from '../../composables/use-text.ts'
import { rememberBytes } from './data-bytes.ts'
import { readFileRow } from './data-form.ts'
import type { Draft } from './use-draft.ts'

/** Why a file cannot be used. */
export interface Refusal {
  file: string
  text: string
}

/** Files of rows that are attached to the task, by choice or by drop. */
export function useDataFiles(draft: Draft): { take: (files: Iterable<File>) => Promise<Refusal[]> } {
  const { t, said } = useText()

  async function take(files: Iterable<File>): Promise<Refusal[]> {
    const refusals: Refusal[] = []
    for (const file of files) {
      const text = await attach(file)
      if (text !== null) refusals.push({ file: file.name, text })
    }
    return refusals
  }

  /** Null, or why it cannot be used. A file of the same name replaces the former and keeps its settings. */
  async function attach(file: File): Promise<string | null> {
    if (file.size > MAX_CONTENT_CHARACTERS * 2) return t('data.tooLarge')
    const bytes = new Uint8Array(await file.arrayBuffer())
    const rows = draft.form.data
    const former = rows.findIndex((row) => row.file === file.name)
    const read = readFileRow(file.name, bytes, rows.map(({ name }) => name))
    if (!read.ok) return said(read.problem.message, read.problem.hint)
    const size = rows.reduce((sum, { content }, i) => sum + (i === former ? 0 : (content?.length ?? 0)), read.row.content?.length ?? 0)
    if (size > MAX_CONTENT_CHARACTERS) return t('data.tooLarge')
    const kept = rows[former]
    const row = kept === undefined ? read.row : { ...read.row, name: kept.name, mode: kept.mode }
    rememberBytes(row.name, bytes)
    if (kept === undefined) rows.push(row)
    else rows[former] = row
    return null
  }

  return { take }
}

/** Told by its name: what else is dropped becomes a task of its own. */
export function isDataFile({ name }: { name: string }): boolean {
  return /\.(csv|tsv|jsonl|ndjson)$/i.test(name)
}
