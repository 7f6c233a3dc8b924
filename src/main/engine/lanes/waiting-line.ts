import type { UndiciConnection } from './undici-connection.ts'

/** Someone who wants a connection. */
export interface Waiting {
  /** True once the wish is void: it timed out or was cancelled. */
  readonly isOver: boolean
  begin(connection: UndiciConnection): void
  /** No connection could be opened for it. */
  unreachable(error: Error): void
  /** It may not be sent any more. */
  cancel(): void
}

/** Who waits for a connection, in the order of asking. Who has given up is passed over. */
export class WaitingLine {
  #line: Waiting[] = []
  #front = 0

  /** The first who still waits. */
  get first(): Waiting | undefined {
    while (this.#line[this.#front]?.isOver === true) this.#front += 1
    return this.#line[this.#front]
  }

  /** Those who have given up behind somebody who has not are still counted. */
  get length(): number {
    return this.first === undefined ? 0 : this.#line.length - this.#front
  }

  push(waiting: Waiting): void {
    this.#line.push(waiting)
  }

  /** Takes the first out. The array is cut only now and then: cutting it each time would cost its length. */
  drop(): void {
    this.#front += 1
    if (this.#front < this.#line.length && this.#front < 1024) return
    this.#line = this.#line.slice(this.#front)
    this.#front = 0
  }

  clear(): void {
    this.#line = []
    this.#front = 0
  }
}
