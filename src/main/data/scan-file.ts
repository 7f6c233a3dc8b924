import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { detectDelimiter, parseCsv } from '../../shared/csv.ts'
import { columnProblems, emptyProblem, lineProblem, objectOf, raggedProblems, readDataText, unclosedProblem } from '../../shared/task/data-text.ts'
import { AppError } from '../../shared/errors.ts'
import type { Delimiter } from '../../shared/csv.ts'
import type { Problem } from '../../shared/errors.ts'
import type { DataEncoding } from '../../shared/task/task.ts'
import { decode, detectEncoding, markLength } from '../../shared/task/encoding.ts'
import { RowIndex } from './row-index.ts'
import { RowScanner } from './row-scanner.ts'

export interface ScanOptions {
  format: 'csv' | 'jsonl'
  delimiter?: Delimiter | undefined
  encoding?: DataEncoding | undefined
  /** Files up to so many bytes come back as text. */
  mostContent: number
  /** Where problems are to be put. */
  at: string
}

/** What a data file holds. */
export interface ScannedFile {
  hash: string
  bytes: number
  encoding: DataEncoding
  delimiter: Delimiter | null
  columns: string[]
  rows: number
  /** Null: too large. */
  content: string | null
  /** Null where there is `content`. */
  index: RowIndex | null
}

const CHUNK_BYTES = 1_048_576
const MOST_NAMED = 5

/**
 * Reads a data file once from end to end, in bounded memory: what it is, where its rows are, and its hash.
 * Throws AppError `bad-input` with every problem; what the operating system says (ENOENT …) is thrown as it is.
 */
export async function scanFile(path: string, options: ScanOptions): Promise<ScannedFile> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const first = Buffer.alloc(Math.min(size, Math.max(CHUNK_BYTES, options.mostContent)))
    await readFully(file, first, 0)
    const encoding = options.encoding ?? detectEncoding(first, first.length === size)
    if (size <= options.mostContent) return readWhole(first, encoding, options)
    if (encoding === 'utf-16le' || encoding === 'utf-16be') throw refused([{ path: options.at, message: 'A large file in UTF-16 cannot be read row by row.', hint: 'Save it as UTF-8.' }])
    const scan = new Scan(first, encoding, options)
    const chunk = Buffer.alloc(CHUNK_BYTES)
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
      if (bytesRead === 0) break
      scan.push(chunk.subarray(0, bytesRead))
      at += bytesRead
    }
    return scan.result()
  } finally {
    await file.close()
  }
}

async function readFully(file: { read(into: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }> }, into: Buffer, position: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done)
    if (bytesRead === 0) return
    done += bytesRead
  }
}

function readWhole(bytes: Buffer, encoding: DataEncoding, { format, delimiter, at }: ScanOptions): ScannedFile {
  const content = decode(bytes, encoding)
  const read = readDataText(format, content, at, delimiter)
  if (!read.ok) throw refused(read.problems)
  const { columns, rows } = read
  return { hash: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length, encoding, delimiter: read.delimiter, columns, rows, content, index: null }
}

/** A file that is too large to be held, on its way past. */
class Scan {
  readonly #options: ScanOptions
  readonly #encoding: DataEncoding
  readonly #delimiter: Delimiter | null
  readonly #columns: string[]
  readonly #hash = createHash('sha256')
  readonly #index = new RowIndex()
  readonly #scanner: RowScanner
  readonly #mark: number
  readonly #decoder: TextDecoder
  readonly #ragged: { row: number; cells: number }[] = []
  readonly #problems: Problem[] = []
  #bytes = 0
  #seen = 0
  /** The beginning of a JSON line that is not over. */
  #line = ''
  #lines = 0

  constructor(first: Buffer, encoding: DataEncoding, options: ScanOptions) {
    const head = decode(first.subarray(0, 65_536 * 2), encoding)
    this.#options = options
    this.#encoding = encoding
    this.#mark = encoding === 'utf-8' ? markLength(first) : 0
    this.#delimiter = options.format === 'csv' ? (options.delimiter ?? detectDelimiter(head)) : null
    this.#columns = this.#delimiter === null ? Object.keys(objectOf(head.trimStart().split(/[\r\n]/)[0] ?? '') ?? {}) : (parseCsv(head, this.#delimiter).rows[0] ?? [])
    this.#scanner = new RowScanner((start, cells) => this.#row(start, cells), { delimiter: this.#delimiter, from: this.#mark, wide: encoding === 'gbk' })
    this.#decoder = new TextDecoder(encoding, { fatal: true })
  }

  push(chunk: Buffer): void {
    this.#hash.update(chunk)
    this.#scanner.push(this.#bytes === 0 ? chunk.subarray(this.#mark) : chunk)
    this.#bytes += chunk.length
    const text = this.#decoded(chunk)
    if (this.#delimiter === null) this.#readLines(text)
  }

  result(): ScannedFile {
    this.#scanner.end()
    if (this.#delimiter === null) this.#readLines('\n')
    const { at } = this.#options
    const rows = this.#index.rows
    if (rows === 0) this.#problems.push(emptyProblem(at, 'rows'))
    if (this.#scanner.unclosed) this.#problems.push(unclosedProblem(at, this.#seen))
    const problems = [...columnProblems(this.#columns, at), ...this.#problems, ...raggedProblems(this.#ragged, this.#columns.length, at)]
    if (problems.length > 0) throw refused(problems)
    this.#index.end(this.#bytes)
    return { hash: this.#hash.digest('hex'), bytes: this.#bytes, encoding: this.#encoding, delimiter: this.#delimiter, columns: this.#columns, rows, content: null, index: this.#index }
  }

  #row(start: number, cells: number): void {
    this.#seen++
    if (this.#delimiter !== null && this.#seen === 1) return
    this.#index.add(start)
    if (this.#delimiter !== null && cells !== this.#columns.length && this.#ragged.length < MOST_NAMED) this.#ragged.push({ row: this.#seen, cells })
  }

  #decoded(chunk: Buffer): string {
    try {
      return this.#decoder.decode(chunk, { stream: true })
    } catch {
      if (this.#problems.length === 0) this.#problems.push({ path: this.#options.at, message: `It is not ${this.#encoding} throughout: see byte ${this.#bytes.toLocaleString('en')} or shortly before.`, hint: 'Say what it is written in, for example encoding: windows-1252 or gbk.' })
      return ''
    }
  }

  #readLines(text: string): void {
    const lines = (this.#line + text).split(/[\r\n]+/)
    this.#line = lines.pop() ?? ''
    for (const line of lines) {
      if (line.trim() === '') continue
      this.#lines++
      if (objectOf(line) === null && this.#problems.length < MOST_NAMED) this.#problems.push(lineProblem(this.#options.at, this.#lines))
    }
  }
}

function refused(problems: Problem[]): AppError {
  return new AppError('bad-input', problems[0]!.message, { problems })
}
