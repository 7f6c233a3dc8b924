import { BodyDecoder } from './body-decoder.ts'
import type { LaneFailure } from './lane-failure.ts'
import { MAX_COLLECTED_HEAD } from './response-collector.ts'

/** Head and body of one answer, cut at their bounds, the body decoded where it came encoded. */
export class KeptAnswer {
  readonly #head: Buffer
  readonly #maxBodyBytes: number
  readonly #decoder: BodyDecoder | null
  readonly #body: Buffer[] = []
  #bodyBytes = 0

  /** @param contentEncoding undefined where the body is to stay as it comes. */
  constructor(head: Buffer, contentEncoding: string | undefined, maxBodyBytes: number, maxHeadBytes = MAX_COLLECTED_HEAD) {
    this.#head = head.subarray(0, maxHeadBytes)
    this.#maxBodyBytes = maxBodyBytes
    this.#decoder = BodyDecoder.of(contentEncoding, maxBodyBytes)
  }

  /** False when `onDrain` has to be awaited before the next chunk. */
  write(chunk: Buffer, onDrain: () => void): boolean {
    if (this.#decoder !== null) return this.#decoder.write(chunk, onDrain)
    if (this.#bodyBytes >= this.#maxBodyBytes) return true
    const part = chunk.subarray(0, this.#maxBodyBytes - this.#bodyBytes)
    this.#body.push(part)
    this.#bodyBytes += part.length
    return true
  }

  /** Calls back once, at once or when all is decoded. */
  end(ended: (failure: LaneFailure | null, head: Buffer, body: Buffer) => void): void {
    if (this.#decoder === null) ended(null, this.#head, Buffer.concat(this.#body))
    else this.#decoder.end((failure, body) => ended(failure, this.#head, body))
  }

  /** Nothing is called back any more. */
  destroy(): void {
    this.#decoder?.destroy()
  }
}
