/**
 * Until when a run may send, shared by the node's main thread and the engine's threads: whoever stands still or sleeps
 * finds the lease over when it wakes, whatever the others did meanwhile. On two clocks, because the monotonic one stands
 * still while a laptop sleeps, and the wall clock can be set.
 */
export interface Lease {
  /** False: for ever, where contact with the cluster cannot be lost. */
  readonly isLimited: boolean
  /** Whether load may be sent at `now` of this thread's `performance.now()`. */
  holds(now: number): boolean
}

export const ENDLESS: Lease = { isLimited: false, holds: () => true }

/** Instants of both clocks, ms since the epoch: `performance.timeOrigin + performance.now()`, and `Date.now()`. */
export function leaseMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(16)
  instantsIn(memory).fill(Infinity)
  return memory
}

/** The main thread's end. @param untilMs of the steady clock (`clock.ts`); Infinity: for ever. */
export function extendLease(memory: SharedArrayBuffer, untilMs: number): void {
  const instants = instantsIn(memory)
  instants[1] = untilMs === Infinity ? Infinity : Date.now() + untilMs - performance.timeOrigin - performance.now()
  instants[0] = untilMs
}

/** An engine thread's end. Read before anything leaves: a memory access, and only where there is an end a look at the clock. */
export class SharedLease implements Lease {
  readonly #instants: Float64Array
  readonly #timeOrigin = performance.timeOrigin

  constructor(memory: SharedArrayBuffer) {
    this.#instants = instantsIn(memory)
  }

  get isLimited(): boolean {
    return this.#instants[0] !== Infinity
  }

  holds(now: number): boolean {
    const until = this.#instants[0]!
    return until === Infinity || (this.#timeOrigin + now < until && Date.now() < this.#instants[1]!)
  }
}

function instantsIn(memory: SharedArrayBuffer): Float64Array {
  return new Float64Array(memory)
}
