import { HpackReader } from './hpack-reader.ts'
import { STATIC_TABLE } from './hpack-tables.ts'

/** What a peer may use before it has heard of our SETTINGS (RFC 9113 §6.5.2). */
const FIRST_TABLE_BYTES = 4096
/** What an entry counts for beyond its texts (RFC 7541 §4.1). */
const ENTRY_BYTES = 32
/** Bound on the texts of one block: a byte may stand for a long entry of the table. */
const MAX_TEXT_BYTES = 65_536

export type TakeField = (name: string, value: string) => void

/**
 * Reads header blocks with all that HPACK allows (RFC 7541). We ask the peer to do without a dynamic table; this is for
 * what it sends before it has heard so, and for peers that never listen. Blocks must come in order, none left out, as
 * long as {@link stateless} is false.
 */
export class HpackDecoder {
  /** What was wrong, for a person. After an error nothing can be decoded any more. */
  error: string | null = null

  private readonly reader = new HpackReader()
  /** Newest first. */
  private readonly table: (readonly [name: string, value: string])[] = []
  private tableBytes = 0
  private capacity = FIRST_TABLE_BYTES
  private limit = FIRST_TABLE_BYTES

  /** The peer has given up its table: each block speaks for itself. */
  get stateless(): boolean {
    return this.capacity === 0
  }

  /** The peer has acknowledged that we want no table; from now on it may not ask for one. */
  refuseTable(): void {
    this.limit = 0
  }

  /** Hands over the fields in order. False: not HPACK, see {@link error}; some fields may have been handed over. */
  decode(bytes: Uint8Array, start: number, end: number, take: TakeField): boolean {
    const { reader } = this
    reader.open(bytes, start, end)
    while (!reader.atEnd && (reader.peek & 0xe0) === 0x20) if (!this.resize(reader.integer(5))) return false
    for (let left = MAX_TEXT_BYTES; !reader.atEnd; ) {
      const field = this.field()
      if (field === null) return this.fail(this.error ?? 'header block cut off')
      left -= field[0].length + field[1].length
      if (left < 0) return this.fail('head larger than 64 KiB')
      take(field[0], field[1])
    }
    return true
  }

  private field(): readonly [name: string, value: string] | null {
    const { reader } = this
    const first = reader.peek
    if (first >= 0x80) return this.entry(reader.integer(7))
    if (first >= 0x40) return this.literal(6, true)
    if (first < 0x20) return this.literal(4, false)
    this.fail('size of the header table changed within a block')
    return null
  }

  private literal(prefix: number, indexed: boolean): readonly [name: string, value: string] | null {
    const { reader } = this
    const index = reader.integer(prefix)
    const name = index > 0 ? (this.entry(index)?.[0] ?? null) : index === 0 ? reader.text() : null
    const value = name === null ? null : reader.text()
    if (name === null || value === null) return null
    const field = [name, value] as const
    if (indexed) this.remember(field)
    return field
  }

  private entry(index: number): readonly [name: string, value: string] | null {
    const found = index <= STATIC_TABLE.length ? STATIC_TABLE[index - 1] : this.table[index - STATIC_TABLE.length - 1]
    if (found === undefined) this.fail(index < 0 ? 'header block cut off' : 'header index that stands for nothing')
    return found ?? null
  }

  private resize(capacity: number): boolean {
    if (capacity < 0 || capacity > this.limit) return this.fail('header table larger than allowed')
    this.capacity = capacity
    this.evict(0)
    return true
  }

  /** An entry larger than the table empties it (RFC 7541 §4.4). */
  private remember(field: readonly [name: string, value: string]): void {
    const bytes = sizeOf(field)
    this.evict(bytes)
    if (bytes > this.capacity) return
    this.table.unshift(field)
    this.tableBytes += bytes
  }

  private evict(room: number): void {
    while (this.table.length > 0 && this.tableBytes + room > this.capacity) this.tableBytes -= sizeOf(this.table.pop()!)
  }

  private fail(what: string): false {
    this.error ??= what
    return false
  }
}

function sizeOf([name, value]: readonly [name: string, value: string]): number {
  return name.length + value.length + ENTRY_BYTES
}
