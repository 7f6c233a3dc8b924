import type { HealthKind, HealthProblem } from './sample.ts'

/** A stretch of time in which a node had one kind of problem. */
export interface HealthRange {
  /** Id of the node. */
  node: string
  kind: HealthKind
  atMs: number
  untilMs: number
  /** As last reported. */
  detail: string
}

/** Beyond it a node that flickers has its last stretch prolonged instead of a new one. */
const MOST_RANGES = 500

/** Problems of the generators themselves: seconds joined to stretches. */
export class HealthRanges {
  readonly #ranges: HealthRange[] = []
  /** Newest stretch per node and kind. */
  readonly #latest = new Map<string, HealthRange>()

  /** Seconds of one node come in order. Returns the stretches that begin with this one. */
  add(node: string, second: number, problems: readonly HealthProblem[]): HealthRange[] {
    const begun: HealthRange[] = []
    for (const { kind, detail } of problems) {
      const latest = this.#latest.get(`${kind} ${node}`)
      if (latest !== undefined && (latest.untilMs >= second * 1000 || this.#ranges.length >= MOST_RANGES)) {
        latest.untilMs = Math.max(latest.untilMs, (second + 1) * 1000)
        latest.detail = detail
      } else if (this.#ranges.length < MOST_RANGES) {
        begun.push(this.#open({ node, kind, atMs: second * 1000, untilMs: (second + 1) * 1000, detail }))
      }
    }
    return begun
  }

  list(): HealthRange[] {
    return this.#ranges.map((range) => ({ ...range }))
  }

  static restore(ranges: readonly HealthRange[]): HealthRanges {
    const restored = new HealthRanges()
    for (const range of ranges) restored.#open({ ...range })
    return restored
  }

  #open(range: HealthRange): HealthRange {
    this.#ranges.push(range)
    this.#latest.set(`${range.kind} ${range.node}`, range)
    return range
  }
}

/** How much of [fromMs, toMs) any of the stretches covers, ms. Overlapping ones count once. */
export function coveredMs(ranges: readonly HealthRange[], fromMs: number, toMs: number): number {
  let covered = 0
  let reached = fromMs
  for (const { atMs, untilMs } of ranges.toSorted((a, b) => a.atMs - b.atMs)) {
    const from = Math.max(reached, atMs)
    const to = Math.min(toMs, untilMs)
    if (to > from) covered += to - from
    reached = Math.max(reached, to)
  }
  return covered
}
