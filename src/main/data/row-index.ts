/** So many rows are read together: what is remembered of a file is one number per block. */
export const BLOCK_ROWS = 32

/** Where the rows of a file are: the first byte of every block of rows, and the end. A file of ten million rows takes 2.5 MB. */
export class RowIndex {
  rows = 0
  #starts = new Float64Array(1024)
  #blocks = 0

  add(start: number): void {
    if (this.rows++ % BLOCK_ROWS === 0) this.#push(start)
  }

  /** Nothing follows. @param bytes length of the file. */
  end(bytes: number): void {
    this.#push(bytes)
  }

  /** Starts of blocks and the end, in memory that threads share. */
  shared(): Float64Array {
    const shared = new Float64Array(new SharedArrayBuffer(this.#blocks * 8))
    shared.set(this.#starts.subarray(0, this.#blocks))
    return shared
  }

  #push(offset: number): void {
    if (this.#blocks === this.#starts.length) {
      const larger = new Float64Array(this.#starts.length * 2)
      larger.set(this.#starts)
      this.#starts = larger
    }
    this.#starts[this.#blocks++] = offset
  }
}
