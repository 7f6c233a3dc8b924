import { openSync, readSync } from 'node:fs'
import { parseCsv } from '../../shared/csv.ts'
import { objectOf, textOfValue } from '../../shared/task/data-text.ts'
import type { Delimiter } from '../../shared/csv.ts'
import type { DataEncoding, DataSpec } from '../../shared/task/task.ts'
import { decode } from '../../shared/task/encoding.ts'
import { BLOCK_ROWS } from './row-index.ts'

/** Rows that any thread can read: what is known of them is shared, not copied. */
export interface SharedRows {
  name: string
  mode: DataSpec['mode']
  columns: string[]
  rows: number
  /** Null: JSON lines. */
  delimiter: Delimiter | null
  encoding: DataEncoding
  /** First byte of each block of rows, and the end. */
  starts: Float64Array
  /** The rows themselves; null: in the file. */
  bytes: Uint8Array | null
  path: string | null
}

/** Blocks kept as cells: what is read in turn is parsed once. */
const MOST_BLOCKS = 1024

/** The rows of one data, by number. Memory is bounded, however large the file. */
export class RowTable {
  readonly shared: SharedRows
  readonly #blocks: { number: number; rows: string[][] }[]
  #file = -1

  constructor(shared: SharedRows) {
    this.shared = shared
    this.#blocks = Array.from({ length: Math.min(MOST_BLOCKS, Math.max(1, shared.starts.length - 1)) }, () => ({ number: -1, rows: [] }))
  }

  /** @param index from 0. */
  row(index: number): readonly string[] {
    const number = Math.floor(index / BLOCK_ROWS)
    const block = this.#blocks[number % this.#blocks.length]!
    if (block.number !== number) {
      block.rows = this.#read(number)
      block.number = number
    }
    return block.rows[index % BLOCK_ROWS] ?? []
  }

  #read(number: number): string[][] {
    const { starts, encoding, delimiter, columns } = this.shared
    const from = starts[number] ?? 0
    const text = decode(this.#bytes(from, (starts[number + 1] ?? from) - from), encoding)
    if (delimiter !== null) return parseCsv(text, delimiter).rows
    const objects = text.split(/[\r\n]+/).filter((line) => line.trim() !== '').map(objectOf)
    return objects.map((object) => columns.map((column) => (object !== null && Object.hasOwn(object, column) ? textOfValue(object[column]) : '')))
  }

  #bytes(from: number, length: number): Uint8Array {
    const { bytes, path } = this.shared
    // A decoder takes no shared memory.
    if (bytes !== null) return bytes.slice(from, from + length)
    if (this.#file < 0) this.#file = openSync(path!, 'r')
    const into = Buffer.alloc(length)
    return into.subarray(0, readSync(this.#file, into, 0, length, from))
  }
}
