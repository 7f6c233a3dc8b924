import type { Rounds } from './rounds.ts'
import { spreadOf, type Spread } from './statistics.ts'

/** One figure of the table: what was measured, and whether it is what we want. */
export interface Row {
  what: string
  unit: string
  /** Greatest value that meets the goal; null: no goal, shown because it explains another figure. */
  goal: number | null
  spread: Spread
  /** Rounds thrown away because of neighbours. */
  discarded: number
  /** False: measured on a busy machine. */
  quiet: boolean
  /** What the reader must know, e.g. why nothing was measured. */
  note: string
}

export type Outcome = 'met' | 'not met' | 'not measured' | ''

/** Judged by the median. Empty where there is no goal. */
export function outcomeOf({ goal, spread }: Row): Outcome {
  if (spread.n === 0) return 'not measured'
  if (goal === null) return ''
  return spread.median <= goal ? 'met' : 'not met'
}

/** A row of rounds: `of` takes the figure out of what all contestants of one round gave. */
export function rowOf<T>(what: string, unit: string, goal: number | null, rounds: Rounds<T>, of: (round: T[]) => number, note = ''): Row {
  return { what, unit, goal, spread: spreadOf(rounds.kept.map(of)), discarded: rounds.discarded, quiet: rounds.quiet, note }
}

/** A row without a figure, and why. */
export function emptyRow(what: string, unit: string, goal: number | null, why: string): Row {
  return { what, unit, goal, spread: spreadOf([]), discarded: 0, quiet: true, note: why }
}

/** For a row of something that is not taken in rounds against neighbours. */
export function plainRow(what: string, unit: string, goal: number | null, values: readonly number[], note = ''): Row {
  return { what, unit, goal, spread: spreadOf(values), discarded: 0, quiet: true, note }
}
