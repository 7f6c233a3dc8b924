import { errorKey } from '../../../shared/results/error-groups.ts'
import type { HealthKind } from '../../../shared/results/sample.ts'
import type { ChartPoint } from '../../../shared/results/summary.ts'

/**
 * Seconds of a run that nobody changes any more, column by column: as objects of their own they take six times the memory,
 * and an hour of them makes the page grow by half. Figures have three digits and counts seven at most, which 4 bytes hold.
 */
const FIGURES = ['target', 'completed', 'failed', 'dropped', 'p50', 'p90', 'p95', 'p99', 'p999', 'max', 'serviceP99', 'lagP99', 'inFlight'] as const satisfies readonly (keyof ChartPoint)[]
type Figure = (typeof FIGURES)[number]
type Errors = ChartPoint['errors']

const NO_PROBLEMS: HealthKind[] = []

/** The same seconds, packed. */
export function packSeconds(points: readonly ChartPoint[]): ChartPoint[] {
  const block = new Block(points)
  return points.map((_, index) => new PackedSecond(block, index))
}

class Block {
  /** Whole milliseconds of the run: 49 days of them. */
  readonly atMs: Uint32Array
  readonly warmup: Uint8Array
  readonly figures: Record<Figure, Float32Array>
  readonly problems: HealthKind[][]
  readonly heat: NumberLists
  readonly #errors: NumberLists
  readonly #groups: Omit<Errors[number], 'count'>[] = []

  constructor(points: readonly ChartPoint[]) {
    this.atMs = Uint32Array.from(points, ({ atMs }) => atMs)
    this.warmup = Uint8Array.from(points, ({ warmup }) => Number(warmup))
    this.figures = Object.fromEntries(FIGURES.map((name) => [name, Float32Array.from(points, (point) => point[name] ?? NaN)])) as Record<Figure, Float32Array>
    // Hardly any second has some: none of them then takes a list either.
    this.problems = points.some(({ problems }) => problems.length > 0) ? points.map(({ problems }) => (problems.length === 0 ? NO_PROBLEMS : problems)) : []
    this.heat = new NumberLists(points.map(({ heat }) => heat))
    const indexes = new Map<string, number>()
    this.#errors = new NumberLists(points.map(({ errors }) => errors.flatMap(({ count, ...group }) => [this.#indexOf(group, indexes), count])))
  }

  errorsOf(index: number): Errors {
    const pairs = this.#errors.at(index)
    const errors: Errors = []
    for (let i = 0; i < pairs.length; i += 2) errors.push({ ...(this.#groups[pairs[i] ?? 0] as Errors[number]), count: pairs[i + 1] ?? 0 })
    return errors
  }

  #indexOf(group: Omit<Errors[number], 'count'>, indexes: Map<string, number>): number {
    const key = errorKey(group)
    const index = indexes.get(key) ?? this.#groups.push(group) - 1
    indexes.set(key, index)
    return index
  }
}

type Numbers = Uint8Array | Uint16Array | Uint32Array

/** Lists of whole numbers, one behind the other, in as many bytes as the greatest of them needs. */
class NumberLists {
  readonly #numbers: Numbers
  readonly #ends: Uint32Array

  constructor(lists: readonly ArrayLike<number>[]) {
    let end = 0
    this.#ends = Uint32Array.from(lists, ({ length }) => (end += length))
    const most = lists.reduce((found, list) => Math.max(found, greatest(list)), 0)
    this.#numbers = most < 2 ** 8 ? new Uint8Array(end) : most < 2 ** 16 ? new Uint16Array(end) : new Uint32Array(end)
    lists.forEach((list, i) => this.#numbers.set(list, this.#startOf(i)))
  }

  at(index: number): Numbers {
    return this.#numbers.subarray(this.#startOf(index), this.#ends[index])
  }

  #startOf(index: number): number {
    return this.#ends[index - 1] ?? 0
  }
}

function greatest(list: ArrayLike<number>): number {
  let most = 0
  for (let i = 0; i < list.length; i++) most = Math.max(most, list[i] ?? 0)
  return most
}

/** Reads as the second that was packed. */
class PackedSecond implements ChartPoint {
  readonly #block: Block
  readonly #index: number

  constructor(block: Block, index: number) {
    this.#block = block
    this.#index = index
  }

  get atMs(): number { return this.#block.atMs[this.#index] ?? 0 }
  get warmup(): boolean { return this.#block.warmup[this.#index] === 1 }
  get target(): number { return this.#figure('target') ?? 0 }
  get completed(): number { return this.#figure('completed') ?? 0 }
  get failed(): number { return this.#figure('failed') ?? 0 }
  get dropped(): number { return this.#figure('dropped') ?? 0 }
  get inFlight(): number { return this.#figure('inFlight') ?? 0 }
  get p50(): number | null { return this.#figure('p50') }
  get p90(): number | null { return this.#figure('p90') }
  get p95(): number | null { return this.#figure('p95') }
  get p99(): number | null { return this.#figure('p99') }
  get p999(): number | null { return this.#figure('p999') }
  get max(): number | null { return this.#figure('max') }
  get serviceP99(): number | null { return this.#figure('serviceP99') }
  get lagP99(): number | null { return this.#figure('lagP99') }
  get problems(): HealthKind[] { return this.#block.problems[this.#index] ?? NO_PROBLEMS }
  get heat(): ArrayLike<number> { return this.#block.heat.at(this.#index) }
  get errors(): Errors { return this.#block.errorsOf(this.#index) }

  #figure(name: Figure): number | null {
    const value = this.#block.figures[name][this.#index] ?? NaN
    return Number.isNaN(value) ? null : value
  }
}
