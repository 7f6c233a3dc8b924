import { DELIMITERS, detectDelimiter, parseCsv, type Delimiter } from '../../../../shared/csv.ts'
import { decode, detectEncoding } from '../../../../shared/task/encoding.ts'
import { objectOf, readDataText, textOfValue } from '../../../../shared/task/data-text.ts'
import type { Problem } from '../../../../shared/errors.ts'
import type { DataEncoding, DataSpec } from '../../../../shared/task/task.ts'

/** One data file of the task. Without `content` it lies on every node, where the command line found it. */
export interface DataRow {
  name: string
  format: 'csv' | 'jsonl'
  /** Name of the file, or its path. */
  file: string
  mode: DataSpec['mode']
  delimiter: Delimiter | null
  /** Null: not said. */
  encoding: DataEncoding | null
  columns: string[]
  rows: number
  bytes: number | null
  hash: string | null
  content: string | null
}

/** A file that was chosen: what it holds, or why it cannot be used. */
export type ReadFile = { ok: true; row: DataRow } | { ok: false; problem: Problem }

const MODES: readonly DataSpec['mode'][] = ['sequential', 'random', 'unique']
/** Of a text that is looked at for its first rows. */
const LOOKED_AT = 65_536

export { DELIMITERS, MODES }

export function dataRows(data: Record<string, DataSpec> | undefined): DataRow[] {
  return Object.entries(data ?? {}).map(([name, spec]) => ({
    name,
    format: spec.jsonl === undefined ? 'csv' : 'jsonl',
    file: spec.jsonl ?? spec.csv ?? '',
    mode: spec.mode,
    delimiter: spec.delimiter ?? null,
    encoding: spec.encoding ?? null,
    columns: spec.columns ?? [],
    rows: spec.rows ?? 0,
    bytes: spec.bytes ?? null,
    hash: spec.hash ?? null,
    content: spec.content ?? null,
  }))
}

/** What goes to the parser. Columns and rows are known: the text is not read again with every key. */
export function dataInput(rows: readonly DataRow[]): Record<string, unknown> | undefined {
  if (rows.length === 0) return undefined
  return Object.fromEntries(rows.map(({ name, format, file, mode, delimiter, encoding, columns, rows: count, bytes, hash, content }) => [name, {
    [format]: file,
    mode,
    ...(delimiter === null ? {} : { delimiter }),
    ...(encoding === null ? {} : { encoding }),
    ...(columns.length === 0 ? {} : { columns, rows: count }),
    ...(bytes === null ? {} : { bytes }),
    ...(hash === null ? {} : { hash }),
    ...(content === null ? {} : { content }),
  }]))
}

/** Reads a file as the command line would. `encoding`, `delimiter`: chosen by hand; otherwise told by the content. */
export function readFileRow(file: string, bytes: Uint8Array, taken: readonly string[], chosen: { encoding?: DataEncoding; delimiter?: Delimiter } = {}): ReadFile {
  const encoding = chosen.encoding ?? detectEncoding(bytes, true)
  const content = decode(bytes, encoding)
  const format = /\.(jsonl|ndjson)$/i.test(file) || (!/\.(csv|tsv|txt)$/i.test(file) && content.trimStart().startsWith('{')) ? 'jsonl' : 'csv'
  const read = readDataText(format, content, '', chosen.delimiter ?? (format === 'csv' ? detectDelimiter(content) : undefined))
  if (!read.ok) return { ok: false, problem: read.problems[0] ?? { path: '', message: '' } }
  return { ok: true, row: { name: freeName(file, taken), format, file, mode: 'sequential', delimiter: read.delimiter, encoding, columns: read.columns, rows: read.rows, bytes: bytes.length, hash: null, content } }
}

/** The first rows of a file that travels with the task. */
export function previewRows({ content, format, delimiter, columns }: DataRow, most: number): string[][] {
  const text = (content ?? '').slice(0, LOOKED_AT)
  if (format === 'csv') return parseCsv(text, delimiter ?? ',').rows.slice(1, most + 1)
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '').slice(0, most)
  return lines.map(objectOf).flatMap((object) => (object === null ? [] : [columns.map((column) => textOfValue(object[column]))]))
}

/** `users.csv` → `users`, as variables may be called. */
function freeName(file: string, taken: readonly string[]): string {
  const stem = file.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '').replace(/[^\w-]+/g, '_').replace(/^(?=[\d-])/, '_').slice(0, 60) || 'data'
  let name = stem
  for (let n = 2; taken.includes(name); n++) name = `${stem}_${String(n)}`
  return name
}
