import type { ErrorKind } from '../../../shared/errors.ts'
import type { ErrorTally } from '../../../shared/results/sample.ts'

/** Groups told apart in one second; what goes beyond is counted under {@link OTHERS}. */
const MAX_GROUPS = 50
const OTHERS = 'further errors of this kind'

/** Failures of one second by group. Bounded, whatever the target comes up with. */
export class ErrorBook {
  readonly #groups = new Map<string, ErrorTally>()

  count(kind: ErrorKind, status: number, message: string): void {
    const key = groupKey(kind, status, message)
    const group = this.#groups.get(key)
    if (group !== undefined) group.count++
    else if (this.#groups.size < MAX_GROUPS || message === OTHERS) this.#groups.set(key, { kind, status, message, count: 1 })
    else this.count(kind, 0, OTHERS)
  }

  /** The groups, most frequent first, and starts anew. */
  take(): ErrorTally[] {
    if (this.#groups.size === 0) return []
    const groups = [...this.#groups.values()].sort((a, b) => b.count - a.count)
    this.#groups.clear()
    return groups
  }
}

export function groupKey(kind: ErrorKind, status: number, message: string): string {
  return `${kind} ${status} ${message}`
}

const SAMPLES_PER_GROUP = 5
const QUOTA_WINDOW_MS = 60_000
const MAX_SAMPLED_GROUPS = 200

/** Lets a few samples per error group and minute of the run pass. */
export class SampleQuota {
  readonly #taken = new Map<string, number>()
  #window = -1

  /** @param atMs of the run. */
  open(key: string, atMs: number): boolean {
    const window = Math.floor(atMs / QUOTA_WINDOW_MS)
    if (window > this.#window) {
      this.#window = window
      this.#taken.clear()
    }
    const taken = this.#taken.get(key)
    return taken === undefined ? this.#taken.size < MAX_SAMPLED_GROUPS : taken < SAMPLES_PER_GROUP
  }

  /** Asks and takes one. */
  take(key: string, atMs: number): boolean {
    if (!this.open(key, atMs)) return false
    this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1)
    return true
  }
}
