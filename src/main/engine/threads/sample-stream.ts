import type { AppError } from '../../../shared/errors.ts'
import type { Sample } from '../../../shared/results/sample.ts'

/** Samples on their way to the one who reads them: kept until read, ended by the last one, `end` or `fail`. */
export class SampleStream implements AsyncIterable<Sample> {
  readonly #waiting: Sample[] = []
  #over = false
  #error: AppError | null = null
  #wake: () => void = () => {}

  push(sample: Sample): void {
    this.#waiting.push(sample)
    if (sample.last) this.#over = true
    this.#wake()
  }

  end(): void {
    this.#over = true
    this.#wake()
  }

  /** What was measured before can still be read; then reading throws. */
  fail(error: AppError): void {
    this.#error = error
    this.end()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Sample> {
    for (;;) {
      const sample = this.#waiting.shift()
      if (sample !== undefined) yield sample
      else if (this.#error !== null) throw this.#error
      else if (this.#over) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
