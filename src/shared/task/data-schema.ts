import { z } from 'zod'
import { DELIMITERS } from '../csv.ts'
import { dataPath, readDataText } from './data-text.ts'
import { isVariableName } from './names-schema.ts'
import { didYouMean, show } from '../suggest.ts'
import { field } from './task-fields.ts'
import type { Problem } from '../errors.ts'
import type { Refuse } from './task-fields.ts'
import type { DataSpec } from './task.ts'

/** The data of a task: files of rows, of which each iteration uses one. */

export const DATA_MODES = ['sequential', 'random', 'unique'] as const
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'gbk'] as const
/** Texts of files that a task itself may hold, together. */
export const MAX_CONTENT_CHARACTERS = 4 * 1024 * 1024
const DELIMITER_NAMES: Record<string, (typeof DELIMITERS)[number]> = { comma: ',', semicolon: ';', tab: '\t', '\\t': '\t', bar: '|', pipe: '|' }
/** Taken by other variables. */
const RESERVED = new Set(['vars', 'env', 'step', 'int', 'now', 'seq', 'uuid'])
const MAX_DATA = 20
const KNOWN = { description: 'Known once the file has been read.' }

const path = (description: string, example: string) => field(readPath, { type: 'string', minLength: 1, maxLength: 4096, description, examples: [example] }).optional()

export const dataObject = z.strictObject({
  csv: path('A CSV file whose first row names the columns; relative to the task file.', 'users.csv'),
  jsonl: path('A file with one JSON object per line.', 'users.jsonl'),
  mode: z.enum(DATA_MODES).meta({ description: 'Which row an iteration uses: one after the other and again from the first (the default), drawn, or each at most once.' }).optional(),
  delimiter: field(readDelimiter, { type: 'string', enum: [...DELIMITERS, ...Object.keys(DELIMITER_NAMES)], description: 'Between the columns; told by the file itself if left out.' }).optional(),
  encoding: z.enum(ENCODINGS).meta({ description: 'Told by the file itself if left out.' }).optional(),
  columns: z.array(z.string()).max(1000).meta(KNOWN).optional(),
  rows: z.int().min(1).meta(KNOWN).optional(),
  bytes: z.int().min(0).meta(KNOWN).optional(),
  hash: z.string().regex(/^[0-9a-f]{64}$/).meta(KNOWN).optional(),
  content: z.string().max(MAX_CONTENT_CHARACTERS).meta({ description: 'The rows themselves, instead of a file.' }).optional(),
}).meta({ oneOf: [{ required: ['csv'] }, { required: ['jsonl'] }] })

export const dataRecord = z.record(z.string(), dataObject).meta({ propertyNames: { pattern: String.raw`^[A-Za-z_][\w-]{0,63}$` }, description: 'Rows of values, of which each iteration uses one: {{users.name}}.', examples: [{ users: { csv: 'users.csv', mode: 'unique' } }] })

/** Fills in what can be known without the file. */
export function canonicalData(data: z.output<typeof dataRecord> | undefined): { data: Record<string, DataSpec> | undefined; problems: Problem[] } {
  const entries = Object.entries(data ?? {})
  const problems: Problem[] = entries.flatMap(([name, written]) => nameProblems(name, written))
  if (entries.length > MAX_DATA) problems.push({ path: 'data', message: `More than ${MAX_DATA} data.`, hint: 'Join some of the files.' })
  const size = entries.reduce((sum, [, { content }]) => sum + (content?.length ?? 0), 0)
  if (size > MAX_CONTENT_CHARACTERS) problems.push({ path: 'data', message: 'The contents are larger than 4 MiB together.', hint: 'Give larger files by path; they must lie on every node.' })
  const read = problems.length > 0 ? [] : entries.map(([name, written]) => [name, complete(name, written, problems)] as const)
  return { data: entries.length === 0 ? undefined : Object.fromEntries(read), problems }
}

function complete(name: string, written: z.output<typeof dataObject>, problems: Problem[]): DataSpec {
  const { mode = 'sequential', content, columns, rows } = written
  const spec = { ...Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined)), mode } as DataSpec
  if (content === undefined || (columns !== undefined && rows !== undefined)) return spec
  const read = readDataText(written.jsonl === undefined ? 'csv' : 'jsonl', content, dataPath(name), spec.delimiter)
  if (!read.ok) {
    problems.push(...read.problems)
    return spec
  }
  return { ...spec, columns: read.columns, rows: read.rows, ...(read.delimiter === null ? {} : { delimiter: read.delimiter }) }
}

function nameProblems(name: string, { csv, jsonl }: z.output<typeof dataObject>): Problem[] {
  const at = dataPath(name)
  if (!isVariableName(name) || RESERVED.has(name)) return [{ path: at, message: `${show(name)} cannot be the name of data.`, hint: 'Use letters, digits, _ and -, for example users.' }]
  if ((csv === undefined) === (jsonl === undefined)) return [{ path: at, message: csv === undefined ? 'It does not say which file.' : 'csv and jsonl exclude each other.', hint: 'Write for example users: { csv: users.csv, mode: unique }.' }]
  return []
}

function readPath(value: unknown, refuse: Refuse): string | undefined {
  if (typeof value !== 'string' || value.trim() === '') return refuse(`The file is text, not ${show(value)}.`, 'Write for example csv: users.csv.')
  return /[\u0000-\u001f]/.test(value) || value.length > 4096 ? refuse('This is no path of a file.', 'Write for example csv: users.csv.') : value
}

function readDelimiter(value: unknown, refuse: Refuse): (typeof DELIMITERS)[number] | undefined {
  const known = DELIMITERS.find((delimiter) => delimiter === value) ?? (typeof value === 'string' && Object.hasOwn(DELIMITER_NAMES, value) ? DELIMITER_NAMES[value] : undefined)
  return known ?? refuse(`${show(value)} is no delimiter.`, didYouMean(String(value), ['comma', 'semicolon', 'tab', 'bar']))
}
