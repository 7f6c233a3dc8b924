/** Nobody may ask for more. */
export const MAX_CARRY_BYTES = 65_536

const FIRST_BYTES = 256
const KEPT_BYTES = 1024

/** The beginning of a line whose end has not come yet. Holds no memory until a line is cut. */
export class Carry {
  length = 0
  private memory: Buffer | null = null

  /** What is held lies in `[0, length)`; more may lie behind it. */
  get bytes(): Uint8Array {
    return (this.memory ??= Buffer.allocUnsafeSlow(FIRST_BYTES))
  }

  get lastByte(): number {
    return this.length === 0 ? -1 : this.bytes[this.length - 1]!
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    this.reserve(this.length + end - start)
    const { memory } = this
    for (let from = start, to = this.length; from < end; from++, to++) memory![to] = bytes[from]!
    this.length += end - start
  }

  /** Forgets what is held; the bytes stay readable until the next {@link add}. Returns how many they were. */
  take(): number {
    const { length } = this
    this.length = 0
    return length
  }

  /** Gives memory back that one response made large. */
  trim(): void {
    if (this.length === 0 && this.memory !== null && this.memory.length > KEPT_BYTES) this.memory = null
  }

  private reserve(needed: number): void {
    if (this.memory !== null && this.memory.length >= needed) return
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, Math.min(needed * 2, MAX_CARRY_BYTES)))
    if (this.length > 0) larger.set(this.bytes.subarray(0, this.length))
    this.memory = larger
  }
}
