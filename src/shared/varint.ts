/** Unsigned integers up to 2^53 − 1 in 1–8 bytes, low seven bits first, as in Protocol Buffers. Division instead of shifts, which end at 32 bits. */

export class ByteWriter {
  #bytes = new Uint8Array(256)
  #length = 0

  /** @param value integer, 0 … 2^53 − 1. */
  write(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow()
    while (value >= 128) {
      this.#bytes[this.#length++] = (value % 128) | 128
      value = Math.floor(value / 128)
    }
    this.#bytes[this.#length++] = value
  }

  /** A copy of what was written, in a buffer of its own that may be transferred. */
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #grow(): void {
    const wider = new Uint8Array(this.#bytes.length * 2)
    wider.set(this.#bytes)
    this.#bytes = wider
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get ended(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** The next number; NaN where the bytes end early, go beyond 2^53 − 1 or pad a number with zeros. */
  read(): number {
    let value = 0
    for (let scale = 1; scale <= 2 ** 49; scale *= 128) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) return NaN
      value += (byte & 127) * scale
      if (byte < 128) return (byte === 0 && scale > 1) || value > Number.MAX_SAFE_INTEGER ? NaN : value
    }
    return NaN
  }
}
