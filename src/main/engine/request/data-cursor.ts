import { RowTable } from '../../data/row-table.ts'
import type { SharedRows } from '../../data/row-table.ts'
import { variablesUsed } from '../../../shared/task/template-problems.ts'
import type { TaskSpec } from '../../../shared/task/task.ts'
import { drawn } from './drawn.ts'

/**
 * Which row an iteration uses: by its number alone. So threads and nodes share the rows without asking each other, no
 * two of them use the same row of unique data, and whoever executes an iteration uses the same one.
 */
export class DataCursor {
  readonly columns: readonly string[]
  /** Iterations with a higher number have no row. */
  readonly last: number
  readonly #table: RowTable
  readonly #random: boolean
  readonly #seed: number
  readonly #rows: number
  /** The row of the iteration asked for last: its columns are asked for one by one. */
  #n = -1
  #row: readonly string[] = []

  constructor(shared: SharedRows, seed: number) {
    this.columns = shared.columns
    this.last = shared.mode === 'unique' ? shared.rows : Infinity
    this.#table = new RowTable(shared)
    this.#random = shared.mode === 'random'
    this.#seed = seed
    this.#rows = shared.rows
  }

  row(n: number): readonly string[] {
    if (n !== this.#n) {
      this.#row = this.#table.row(this.#random ? Math.floor(drawn(this.#seed, n) * this.#rows) : (n - 1) % this.#rows)
      this.#n = n
    }
    return this.#row
  }
}

/** The cursors of a run, by the names of the data. Each draws for itself. */
export function cursorsOf(rows: readonly SharedRows[], seed: number): Map<string, DataCursor> {
  return new Map(rows.map((shared, place) => [shared.name, new DataCursor(shared, seed ^ Math.imul(place + 101, 0x9e3779b1))]))
}

/** Number of the last iteration for which all unique data that the task uses have a row. */
export function lastRowOf(spec: Pick<TaskSpec, 'request' | 'steps'>, data: ReadonlyMap<string, DataCursor>): number {
  const used = variablesUsed(spec).flatMap((variable) => (variable.kind === 'data' ? [data.get(variable.data)?.last ?? Infinity] : []))
  return Math.min(Infinity, ...used)
}
