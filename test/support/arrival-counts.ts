import type { Interval, Share } from '../../src/shared/cluster/cluster.ts'
import { arrivalsBetween, type LoadProfile } from '../../src/shared/task/load.ts'
import { positionOf } from '../../src/shared/cluster/split.ts'

/** Seconds remembered. */
const KEPT = 5

/**
 * How many arrivals of a second belong to each of many shares, exactly: counted once for all engines of a process,
 * because each on its own would have to look at every arrival of the fleet.
 */
export class ArrivalCounts {
  readonly #shares = new Map<object, Share>()
  /** Null: to be made anew. */
  #sorted: (Interval & { owner: object })[] | null = null
  readonly #counted = new Map<string, Map<object, number>>()

  join(owner: object, share: Share): void {
    if (JSON.stringify(this.#shares.get(owner)) === JSON.stringify(share)) return
    this.#shares.set(owner, share)
    this.#sorted = null
  }

  leave(owner: object): void {
    this.#shares.delete(owner)
    this.#sorted = null
  }

  of(owner: object, profile: LoadProfile, fromMs: number, toMs: number): number {
    if (this.#sorted === null) this.#sort()
    const key = `${fromMs} ${toMs}`
    const known = this.#counted.get(key) ?? this.#count(profile, fromMs, toMs)
    this.#counted.set(key, known)
    for (const old of [...this.#counted.keys()].slice(0, -KEPT)) this.#counted.delete(old)
    return known.get(owner) ?? 0
  }

  #sort(): void {
    this.#counted.clear()
    this.#sorted = [...this.#shares].flatMap(([owner, share]) => share.map((interval) => ({ ...interval, owner }))).sort((a, b) => a.from - b.from)
  }

  #count(profile: LoadProfile, fromMs: number, toMs: number): Map<object, number> {
    const counts = new Map<object, number>()
    if (toMs <= fromMs) return counts
    const { first, end } = arrivalsBetween(profile, fromMs, toMs)
    for (let arrival = first; arrival < end; arrival += 1) {
      const owner = this.#ownerOf(positionOf(arrival))
      if (owner !== null) counts.set(owner, (counts.get(owner) ?? 0) + 1)
    }
    return counts
  }

  #ownerOf(position: number): object | null {
    const sorted = this.#sorted ?? []
    let [low, high] = [0, sorted.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((sorted[middle]?.from ?? 0) <= position) low = middle
      else high = middle - 1
    }
    const found = sorted[low]
    return found !== undefined && position >= found.from && position < found.to ? found.owner : null
  }
}
