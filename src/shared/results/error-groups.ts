import type { ErrorSample, ErrorTally } from './sample.ts'
import type { ErrorGroup } from './summary.ts'

/** More kinds of failure than anybody reads; a target that writes a new message each time must not fill the memory. */
const MOST_GROUPS = 200
const MOST_SAMPLES = 5

/** Failures of a run by what went wrong. Counts are exact; beyond 200 groups new ones are counted together as `other`. */
export class ErrorGroups {
  readonly #groups = new Map<string, ErrorGroup>()

  /** @param atMs when the second began, ms of the run. */
  add(tallies: readonly ErrorTally[], atMs: number): void {
    for (const tally of tallies) {
      const { kind, status, message, count } = tally
      const group = this.#groups.get(errorKey(tally)) ?? this.#open({ kind, status, message, count: 0, firstAtMs: atMs, samples: [] })
      group.count += count
      group.firstAtMs = Math.min(group.firstAtMs, atMs)
    }
  }

  /** Keeps the first few failed exchanges of each group; those of groups that were never counted are none of ours. */
  keep(samples: readonly ErrorSample[]): void {
    for (const sample of samples) {
      const group = this.#groups.get(errorKey(sample))
      if (group !== undefined && group.samples.length < MOST_SAMPLES) group.samples.push(sample)
    }
  }

  /** Most frequent first. */
  list(): ErrorGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count || a.firstAtMs - b.firstAtMs).map((group) => ({ ...group, samples: [...group.samples] }))
  }

  static restore(groups: readonly ErrorGroup[]): ErrorGroups {
    const restored = new ErrorGroups()
    for (const group of groups) restored.#groups.set(errorKey(group), group)
    return restored
  }

  #open(group: ErrorGroup): ErrorGroup {
    const full = this.#groups.size >= MOST_GROUPS
    const opened: ErrorGroup = full ? { ...group, kind: 'other', status: 0, message: 'other' } : group
    const key = errorKey(opened)
    const known = this.#groups.get(key) ?? opened
    this.#groups.set(key, known)
    return known
  }
}

/** What makes a failure one of a group. */
export function errorKey({ kind, status, message }: Pick<ErrorTally, 'kind' | 'status' | 'message'>): string {
  return `${kind} ${status} ${message}`
}
