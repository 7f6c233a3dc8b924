/** Finds the rows of a file chunk by chunk, as `csv.ts` and JSON lines have them, without reading a cell. */

export interface RowTaker {
  /** A row, blank ones left out. @param start its first byte in the file. @param cells 1 for JSON lines. */
  (start: number, cells: number): void
}

const QUOTE = 0x22
const CR = 13
const LF = 10
const PLAIN = 0
const QUOTED = 1
/** Behind quotes within a quoted cell: the end of it, unless more quotes follow. */
const AFTER_QUOTE = 2

export class RowScanner {
  /** Quotes are open. */
  get unclosed(): boolean {
    return this.#state === QUOTED
  }

  readonly #take: RowTaker
  /** −1: the rows are lines, whatever they hold. */
  readonly #delimiter: number
  readonly #wide: boolean
  #at: number
  #state = PLAIN
  #start = -1
  #cells = 1
  #cellBegins = true
  #skip = false
  #blank = true

  /** @param from where the first row begins. @param wide a byte from 0x81 on has one behind it that means nothing by itself (GBK). */
  constructor(take: RowTaker, { delimiter, from, wide }: { delimiter: string | null; from: number; wide: boolean }) {
    this.#take = take
    this.#delimiter = delimiter === null ? -1 : delimiter.charCodeAt(0)
    this.#at = from
    this.#wide = wide
  }

  push(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) this.#byte(bytes[i]!, this.#at + i)
    this.#at += bytes.length
  }

  end(): void {
    this.#row()
  }

  #byte(byte: number, at: number): void {
    if (this.#skip) {
      this.#skip = false
      return
    }
    if (this.#state === QUOTED) {
      if (byte === QUOTE) this.#state = AFTER_QUOTE
      else if (this.#wide && byte >= 0x81) this.#skip = true
      return
    }
    if (this.#state === AFTER_QUOTE) {
      this.#state = byte === QUOTE ? QUOTED : PLAIN
      if (byte === QUOTE) return
    }
    if (byte === LF || byte === CR) return this.#row()
    if (this.#start < 0) this.#start = at
    if (byte !== 0x20 && byte !== 9) this.#blank = false
    if (this.#delimiter < 0) return
    if (byte === this.#delimiter) {
      this.#cells++
      this.#cellBegins = true
      return
    }
    if (byte === QUOTE && this.#cellBegins) this.#state = QUOTED
    else if (this.#wide && byte >= 0x81) this.#skip = true
    this.#cellBegins = false
  }

  #row(): void {
    // A JSON line of spaces says nothing; a CSV row of spaces has a value.
    if (this.#start >= 0 && !(this.#delimiter < 0 && this.#blank)) this.#take(this.#start, this.#cells)
    this.#start = -1
    this.#cells = 1
    this.#cellBegins = true
    this.#blank = true
    this.#state = PLAIN
  }
}
