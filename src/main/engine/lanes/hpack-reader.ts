import { decodeHuffman, mostDecoded } from './hpack-huffman.ts'

/** Where Huffman-coded texts are decoded; grows to the largest that came. */
let scratch = Buffer.allocUnsafeSlow(1024)

/** Continuation bytes of an integer; more would stand for what no block can hold. */
const MAX_CONTINUATION = 4

/** Reads the integers and texts of a header block, one after the other. −1 and null: the block ends too early, or is none. */
export class HpackReader {
  /** Offset of the next byte. */
  at = 0
  private bytes: Uint8Array = scratch
  private end = 0

  open(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.at = start
    this.end = end
  }

  get atEnd(): boolean {
    return this.at >= this.end
  }

  /** The next byte, not taken. */
  get peek(): number {
    return this.bytes[this.at]!
  }

  /** RFC 7541 §5.1. @param prefix bits of the first byte that belong to it. */
  integer(prefix: number): number {
    if (this.at >= this.end) return -1
    const most = (1 << prefix) - 1
    const first = this.bytes[this.at++]! & most
    return first < most ? first : this.longInteger(first)
  }

  /** RFC 7541 §5.2, as Latin-1. */
  text(): string | null {
    const coded = this.at < this.end && this.peek >= 0x80
    const length = this.textLength()
    if (length < 0) return null
    const start = this.at
    this.at += length
    return coded ? decoded(this.bytes, start, this.at) : latin1(this.bytes, start, this.at)
  }

  skipText(): boolean {
    const length = this.textLength()
    if (length < 0) return false
    this.at += length
    return true
  }

  private textLength(): number {
    const length = this.integer(7)
    return length <= this.end - this.at ? length : -1
  }

  private longInteger(first: number): number {
    let value = first
    for (let i = 0, scale = 1; i < MAX_CONTINUATION; i++, scale *= 128) {
      if (this.at >= this.end) return -1
      const byte = this.bytes[this.at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
    return -1
  }
}

function decoded(bytes: Uint8Array, start: number, end: number): string | null {
  const needed = mostDecoded(end - start)
  if (scratch.length < needed) scratch = Buffer.allocUnsafeSlow(needed)
  const length = decodeHuffman(bytes, start, end, scratch)
  return length < 0 ? null : scratch.toString('latin1', 0, length)
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
}
