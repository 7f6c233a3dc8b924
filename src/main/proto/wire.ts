/** How Protocol Buffers lie in bytes (protobuf.dev/programming-guides/encoding): varints, fixed numbers, and lengths before what has no fixed one. */

export const VARINT = 0
export const FIXED64 = 1
export const BYTES = 2
export const GROUP = 3
export const GROUP_END = 4
export const FIXED32 = 5

const FIRST_BYTES = 256
const TWO_32 = 4_294_967_296

/** Writes one message after the other into memory that it keeps. */
export class WireWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #length = 0

  /** A copy of what was written. Starts anew. @param before bytes to be left free in front of it. */
  take(before = 0): Buffer {
    const copy = Buffer.allocUnsafe(before + this.#length)
    this.#bytes.copy(copy, before, 0, this.#length)
    this.#length = 0
    return copy
  }

  /** Forgets what a message that could not be finished left behind. */
  clear(): void {
    this.#length = 0
  }

  tag(number: number, type: number): void {
    this.varint(number * 8 + type)
  }

  /** A whole number from 0 to 2^53. */
  varint(value: number): void {
    const bytes = this.#reserve(10)
    let rest = value
    while (rest >= TWO_32) {
      bytes[this.#length++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    let low = rest >>> 0
    while (low > 127) {
      bytes[this.#length++] = (low & 127) | 128
      low >>>= 7
    }
    bytes[this.#length++] = low
  }

  /** Any number of 64 bits; negative ones take ten bytes. */
  varint64(value: bigint): void {
    const bytes = this.#reserve(10)
    let rest = BigInt.asUintN(64, value)
    while (rest > 127n) {
      bytes[this.#length++] = Number(rest & 127n) | 128
      rest >>= 7n
    }
    bytes[this.#length++] = Number(rest)
  }

  fixed32(value: number): void {
    this.#reserve(4).writeUInt32LE(value >>> 0, this.#length)
    this.#length += 4
  }

  fixed64(value: bigint): void {
    this.#reserve(8).writeBigUInt64LE(BigInt.asUintN(64, value), this.#length)
    this.#length += 8
  }

  float(value: number): void {
    this.#reserve(4).writeFloatLE(value, this.#length)
    this.#length += 4
  }

  double(value: number): void {
    this.#reserve(8).writeDoubleLE(value, this.#length)
    this.#length += 8
  }

  text(value: string): void {
    const length = Buffer.byteLength(value, 'utf8')
    this.varint(length)
    this.#reserve(length).write(value, this.#length, 'utf8')
    this.#length += length
  }

  raw(value: Uint8Array): void {
    this.varint(value.length)
    this.#reserve(value.length).set(value, this.#length)
    this.#length += value.length
  }

  /** Begins something that has its length in front of it. Give what it returns to {@link close}. */
  open(): number {
    this.#reserve(1)
    return ++this.#length
  }

  close(begin: number): void {
    const length = this.#length - begin
    const more = length < 128 ? 0 : Math.floor((31 - Math.clz32(length)) / 7)
    if (more > 0) {
      this.#reserve(more).copyWithin(begin + more, begin, this.#length)
    }
    this.#length = begin - 1
    this.varint(length)
    this.#length += length
  }

  #reserve(bytes: number): Buffer {
    if (this.#length + bytes <= this.#bytes.length) return this.#bytes
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + bytes))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
    return larger
  }
}

/** Bytes that are no message. */
export class WireError extends Error {}

/** Reads fields within bounds; throws {@link WireError} where the bytes end too soon or make no sense. */
export class WireReader {
  readonly #bytes: Buffer
  #at: number
  #end: number

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = 0
    this.#end = bytes.length
  }

  get more(): boolean {
    return this.#at < this.#end
  }

  /** Unsigned, to 2^53; what is larger loses its low bits. */
  varint(): number {
    const first = this.#bytes[this.#at]
    if (first !== undefined && first < 128 && this.#at < this.#end) {
      this.#at++
      return first
    }
    return Number(this.varint64())
  }

  varint64(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.#at >= this.#end) throw new WireError('it ends in the middle of a number')
      const byte = this.#bytes[this.#at++]!
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asUintN(64, value)
    }
    throw new WireError('a number is longer than ten bytes')
  }

  fixed32(): number {
    return this.#bytes.readUInt32LE(this.#take(4))
  }

  fixed64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#take(8))
  }

  float(): number {
    return this.#bytes.readFloatLE(this.#take(4))
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#take(8))
  }

  /** A view: valid as long as the bytes are. */
  bytes(): Buffer {
    const length = this.varint()
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  text(): string {
    return this.bytes().toString('utf8')
  }

  /** What a field holds that nobody knows. */
  skip(type: number, depth = 0): void {
    switch (type) {
      case VARINT: return void this.varint64()
      case FIXED64: return void this.#take(8)
      case BYTES: return void this.bytes()
      case FIXED32: return void this.#take(4)
      case GROUP: return this.#skipGroup(depth + 1)
      default: throw new WireError('a field of no known type')
    }
  }

  #skipGroup(depth: number): void {
    if (depth > 100) throw new WireError('groups within groups without end')
    for (;;) {
      const type = this.varint() & 7
      if (type === GROUP_END) return
      this.skip(type, depth)
    }
  }

  #take(length: number): number {
    const at = this.#at
    if (at + length > this.#end) throw new WireError('it ends in the middle of a field')
    this.#at = at + length
    return at
  }
}
