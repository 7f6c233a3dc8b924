import { detectDelimiter, parseCsv } from '../csv.ts'
import { joinPath } from '../plain-input.ts'
import type { Delimiter } from '../csv.ts'
import type { Problem } from '../errors.ts'

/** What the text of a data file holds: its columns, how many rows, and what is wrong with it. */
export type DataText = { ok: true; columns: string[]; rows: number; delimiter: Delimiter | null } | { ok: false; problems: Problem[] }

const MOST_COLUMNS = 1000
/** Rows named in problems. */
const MOST_NAMED = 5

export function readDataText(format: 'csv' | 'jsonl', text: string, path: string, delimiter?: Delimiter): DataText {
  return format === 'csv' ? readCsvText(text, path, delimiter ?? detectDelimiter(text)) : readLinesText(text, path)
}

/** What is wrong with the names of columns. */
export function columnProblems(columns: readonly string[], path: string): Problem[] {
  const problem = (message: string, hint: string): Problem[] => [{ path, message, hint }]
  if (columns.length > MOST_COLUMNS) return problem(`More than ${MOST_COLUMNS.toLocaleString('en')} columns.`, 'Check the delimiter.')
  const blank = columns.findIndex((name) => name.trim() === '')
  if (blank >= 0) return problem(`Column ${blank + 1} has no name.`, 'The first row gives every column its name.')
  const twin = columns.find((name, i) => columns.indexOf(name) !== i)
  if (twin !== undefined) return problem(`Two columns are called "${twin}".`, 'Rename one of them.')
  const odd = columns.find((name) => /[\s{}'"]/.test(name) || ['__proto__', 'constructor', 'prototype'].includes(name))
  return odd === undefined ? [] : problem(`${JSON.stringify(odd)} cannot be written as a variable.`, 'Name columns without spaces, quotes and braces.')
}

/** Rows of another length than the header, the first few by number; the header is row 1. */
export function raggedProblems(ragged: readonly { row: number; cells: number }[], columns: number, path: string): Problem[] {
  return ragged.slice(0, MOST_NAMED).map(({ row, cells }) => ({
    path, message: `Row ${row.toLocaleString('en')} has ${cells} ${cells === 1 ? 'value' : 'values'}, the header names ${columns}.`, hint: 'Correct the row, or check the delimiter and the quotes.',
  }))
}

/** A value of a JSON line as text: strings as they are, what is missing as nothing, anything else as JSON. */
export function textOfValue(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The object of a JSON line, or null. */
export function objectOf(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

export function emptyProblem(path: string, what: 'file' | 'rows'): Problem {
  return what === 'file' ? { path, message: 'There is nothing in it.', hint: 'The first row names the columns, the others hold the values.' } : { path, message: 'There is a header and no row.', hint: 'Add rows with values.' }
}

export function lineProblem(path: string, line: number): Problem {
  return { path, message: `Row ${line.toLocaleString('en')} is not a JSON object.`, hint: 'Write one object per line, for example {"id":1,"name":"Ada"}.' }
}

function readCsvText(text: string, path: string, delimiter: Delimiter): DataText {
  const { rows, unclosed } = parseCsv(text, delimiter)
  const [columns, ...values] = rows
  if (columns === undefined) return { ok: false, problems: [emptyProblem(path, 'file')] }
  if (unclosed) return { ok: false, problems: [unclosedProblem(path, rows.length)] }
  if (values.length === 0) return { ok: false, problems: [emptyProblem(path, 'rows')] }
  const ragged = values.map(({ length: cells }, i) => ({ row: i + 2, cells })).filter(({ cells }) => cells !== columns.length)
  const problems = [...columnProblems(columns, path), ...raggedProblems(ragged, columns.length, path)]
  return problems.length > 0 ? { ok: false, problems } : { ok: true, columns, rows: values.length, delimiter }
}

export function unclosedProblem(path: string, row: number): Problem {
  return { path, message: `The quotes opened in row ${row.toLocaleString('en')} are not closed.`, hint: 'Close them; quotes within quotes are written twice.' }
}

function readLinesText(text: string, path: string): DataText {
  const lines = text.split(/[\r\n]+/).filter((line) => line.trim() !== '')
  const objects = lines.map(objectOf)
  const problems = objects.flatMap((object, i) => (object === null ? [lineProblem(path, i + 1)] : [])).slice(0, MOST_NAMED)
  const columns = Object.keys(objects[0] ?? {})
  if (lines.length === 0) return { ok: false, problems: [emptyProblem(path, 'file')] }
  const all = [...problems, ...(problems.length > 0 ? [] : columnProblems(columns, path))]
  return all.length > 0 ? { ok: false, problems: all } : { ok: true, columns, rows: lines.length, delimiter: null }
}

export function dataPath(name: string): string {
  return joinPath('data', name)
}
