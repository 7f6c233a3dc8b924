import { errorKey } from '../../../shared/results/error-groups.ts'
import type { HealthKind } from '../../../shared/results/sample.ts'
import type { ChartPoint, StepPoint } from '../../../shared/results/summary.ts'

/**
 * Seconds of a run that nobody changes any more, column by column: as objects of their own they take six times the memory,
 * and an hour of them makes the page grow by half. Figures have three digits and counts seven at most, which 4 bytes hold.
 */
const FIGURES = ['target', 'completed', 'failed', 'dropped', 'p50', 'p90', 'p95', 'p99', 'p999', 'max', 'serviceP99', 'lagP99', 'inFlight'] as const satisfies readonly (keyof ChartPoint)[]
const STEP_FIGURES = ['completed', 'failed', 'p50', 'p90', 'p95', 'p99', 'p999', 'max', 'serviceP99'] as const satisfies readonly (keyof StepPoint)[]
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
  readonly figures: Columns<(typeof FIGURES)[number]>
  readonly steps: StepBlock[]
  readonly problems: HealthKind[][]
  readonly heat: NumberLists
  readonly #errors: NumberLists
  readonly #groups: Omit<Errors[number], 'count'>[] = []

  constructor(points: readonly ChartPoint[]) {
    this.atMs = Uint32Array.from(points, ({ atMs }) => atMs)
    this.warmup = Uint8Array.from(points, ({ warmup }) => Number(warmup))
    this.figures = new Columns(FIGURES, points)
    const steps = points.reduce((most, point) => Math.max(most, point.steps?.length ?? 0), 0)
    this.steps = Array.from({ length: steps }, (_, place) => new StepBlock(points.map((point) => point.steps?.[place])))
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

/** Figures by name, each of all seconds in a row. */
class Columns<Name extends string> {
  readonly #columns: Record<Name, Float32Array>

  constructor(names: readonly Name[], rows: readonly (Partial<Readonly<Record<Name, number | null>>> | undefined)[]) {
    this.#columns = Object.fromEntries(names.map((name) => [name, Float32Array.from(rows, (row) => row?.[name] ?? NaN)])) as Record<Name, Float32Array>
  }

  at(name: Name, index: number): number | null {
    const value = this.#columns[name][index] ?? NaN
    return Number.isNaN(value) ? null : value
  }
}

/** What one step did in each second; in one of which nothing came it has no place. */
class StepBlock {
  readonly #figures: Columns<(typeof STEP_FIGURES)[number]>
  readonly #heat: NumberLists

  constructor(seconds: readonly (StepPoint | undefined)[]) {
    this.#figures = new Columns(STEP_FIGURES, seconds)
    this.#heat = new NumberLists(seconds.map((second) => second?.heat ?? []))
  }

  at(index: number): StepPoint | null {
    const completed = this.#figures.at('completed', index)
    if (completed === null) return null
    const of = (name: (typeof STEP_FIGURES)[number]): number | null => this.#figures.at(name, index)
    return { completed, failed: of('failed') ?? 0, p50: of('p50'), p90: of('p90'), p95: of('p95'), p99: of('p99'), p999: of('p999'), max: of('max'), serviceP99: of('serviceP99'), heat: this.#heat.at(index) }
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
  get steps(): StepPoint[] | undefined {
    const steps = this.#block.steps.flatMap((step) => step.at(this.#index) ?? [])
    return steps.length === 0 ? undefined : steps
  }

  #figure(name: (typeof FIGURES)[number]): number | null {
    return this.#block.figures.at(name, this.#index)
  }
}
