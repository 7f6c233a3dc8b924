import { AppError } from '../../shared/errors.ts'
import { dataPath } from '../../shared/task/data-text.ts'
import type { DataSpec, TaskSpec } from '../../shared/task/task.ts'
import { RowIndex } from './row-index.ts'
import { RowScanner } from './row-scanner.ts'
import { scanFile } from './scan-file.ts'
import type { ScannedFile } from './scan-file.ts'
import type { SharedRows } from './row-table.ts'

/** Files as they were read last, by path, size and hash: a task that runs again and again reads its file once. */
const known = new Map<string, ScannedFile>()
const MOST_KNOWN = 8

/**
 * Makes the data of a task ready to be read by row number, on the machine that is to send them. Throws AppError
 * `bad-input` for a file that is not here, or not the one that the task was made with.
 */
export async function openData({ data = {} }: Pick<TaskSpec, 'data'>): Promise<SharedRows[]> {
  const rows: SharedRows[] = []
  for (const [name, spec] of Object.entries(data)) rows.push(await openOne(name, spec))
  return rows
}

async function openOne(name: string, spec: DataSpec): Promise<SharedRows> {
  const { mode, columns, rows, content, hash, delimiter = null, encoding = 'utf-8' } = spec
  const path = spec.csv ?? spec.jsonl ?? ''
  if (columns === undefined || rows === undefined || (content === undefined && hash === undefined)) throw refused(name, `The file ${path} has not been read.`, 'Give the task through the command line, which reads its files, or put the rows into content.')
  const common = { name, mode, columns, rows, delimiter: spec.jsonl === undefined ? (delimiter ?? ',') : null }
  if (content !== undefined) return { ...common, ...indexed(content, common.delimiter), encoding: 'utf-8', path: null }
  const scanned = await scanKnown(name, path, spec)
  if (scanned.hash !== hash) throw refused(name, `${path} is not the file that the task was made with.`, 'Put the same file there on every node, or read it anew: give the task again.')
  return { ...common, starts: scanned.index!.shared(), bytes: null, encoding, path }
}

async function scanKnown(name: string, path: string, { bytes, hash, jsonl, delimiter, encoding }: DataSpec): Promise<ScannedFile> {
  const { stat } = await import('node:fs/promises')
  const { size, mtimeMs } = await stat(path).catch((cause: unknown) => { throw missing(name, path, cause) })
  if (bytes !== undefined && size !== bytes) throw refused(name, `${path} is not the file that the task was made with: it has ${size.toLocaleString('en')} bytes instead of ${bytes.toLocaleString('en')}.`, 'Put the same file there on every node, or read it anew: give the task again.')
  const key = JSON.stringify([path, size, mtimeMs, hash, delimiter, encoding])
  const before = known.get(key)
  if (before !== undefined) return before
  const scanned = await scanFile(path, { format: jsonl === undefined ? 'csv' : 'jsonl', delimiter, encoding, mostContent: -1, at: dataPath(name) })
  if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value!)
  known.set(key, scanned)
  return scanned
}

function indexed(content: string, delimiter: string | null): Pick<SharedRows, 'starts' | 'bytes'> {
  const text = Buffer.from(content, 'utf8')
  const bytes = new Uint8Array(new SharedArrayBuffer(text.length))
  bytes.set(text)
  const index = new RowIndex()
  let header = delimiter !== null
  const scanner = new RowScanner((start) => {
    if (!header) index.add(start)
    header = false
  }, { delimiter, from: 0, wide: false })
  scanner.push(bytes)
  scanner.end()
  index.end(bytes.length)
  return { starts: index.shared(), bytes }
}

function missing(name: string, path: string, cause: unknown): AppError {
  const code = (cause as NodeJS.ErrnoException).code
  return refused(name, code === 'ENOENT' ? `There is no file ${path} on this machine.` : `${path} cannot be read: ${String(code)}.`, 'A file larger than 4 MiB must lie at the same path on every node.')
}

function refused(name: string, message: string, hint: string): AppError {
  return new AppError('bad-input', `data.${name}: ${message}`, { hint, problems: [{ path: dataPath(name), message, hint }] })
}
