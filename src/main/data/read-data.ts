import { isAbsolute, resolve } from 'node:path'
import { dataPath } from '../../shared/task/data-text.ts'
import { MAX_CONTENT_CHARACTERS } from '../../shared/task/data-schema.ts'
import { AppError } from '../../shared/errors.ts'
import type { Problem } from '../../shared/errors.ts'
import type { DataSpec } from '../../shared/task/task.ts'
import { scanFile } from './scan-file.ts'

/** A data entry as a task file has it, not judged yet. */
type RawData = Partial<DataSpec> & Record<string, unknown>

/**
 * Reads the data files that a task names, on the machine where the task is given: small ones become part of the task,
 * of large ones it knows path, size and hash. Entries that hold their rows already stay as they are.
 * @param folder what relative paths are relative to.
 */
export async function readData(data: Record<string, unknown>, folder: string, problems: Problem[]): Promise<Record<string, unknown>> {
  let room = MAX_CONTENT_CHARACTERS
  const read: Record<string, unknown> = {}
  for (const [name, entry] of Object.entries(data)) {
    const raw = entry as RawData
    const named = raw?.csv ?? raw?.jsonl
    const unread = typeof entry === 'object' && entry !== null && typeof named === 'string' && raw.content === undefined
    read[name] = unread ? await readEntry(name, raw, folder, room, problems) : entry
    room -= ((read[name] as RawData | null)?.content?.length ?? 0)
  }
  return read
}

async function readEntry(name: string, raw: RawData, folder: string, room: number, problems: Problem[]): Promise<RawData> {
  const format = raw.jsonl === undefined ? 'csv' : 'jsonl'
  const path = resolve(folder, raw[format] ?? '')
  try {
    const { hash, bytes, encoding, delimiter, columns, rows, content } = await scanFile(path, { format, delimiter: raw.delimiter, encoding: raw.encoding, mostContent: room, at: dataPath(name) })
    const known = { ...raw, hash, bytes, columns, rows, ...(delimiter === null ? {} : { delimiter }) }
    return content === null ? { ...known, encoding, [format]: path } : { ...known, encoding, content }
  } catch (error) {
    if (error instanceof AppError) problems.push(...error.problems)
    else problems.push({ path: dataPath(name), message: `${isAbsolute(raw[format] ?? '') ? path : raw[format]} cannot be read: ${reasonOf(error)}.`, hint: `Paths are relative to the task file: ${path}.` })
    return raw
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  return code === 'EACCES' ? 'no permission' : code === 'EISDIR' ? 'it is a folder' : String(code ?? error)
}
