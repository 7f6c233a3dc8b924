import type { Band } from '../../../../shared/charts/bands.ts'
import type { RunView } from '../../../../shared/results/run.ts'
import type { Point } from '../../../../shared/results/summary.ts'
import type { GeneratorRow } from './generator-rows.ts'

/** Who does not keep up, since when, and what can be done about it while the run goes on. */
export interface GeneratorRemedy {
  nodes: GeneratorRow[]
  /** ms of the run. */
  sinceMs: number
  /** The one whose load others can take; null when no other keeps up. */
  movable: GeneratorRow | null
  /** A rate that would be sent in time, iterations per second; null without a target rate. */
  lowerTo: number | null
}

/** A single bad second is no reason to do anything (ux.md §4.3, generator-bound). */
const LEAST_SECONDS = 3
/** Where all is sent, only late: somewhat below the target. */
const BELOW_TARGET = 0.9

/** Null while the generators keep up. `newest`: the last seconds of the run; `bands`: its stretches with a generator problem. */
export function generatorRemedy(view: Pick<RunView, 'run' | 'recent'>, rows: readonly GeneratorRow[], newest: readonly Point[], bands: readonly Band[]): GeneratorRemedy | null {
  const last = newest.slice(-LEAST_SECONDS)
  const nodes = rows.filter(({ state }) => state === 'hot')
  const band = bands.at(-1)
  if (view.run.status !== 'running' || last.length < LEAST_SECONDS || nodes.length === 0 || band === undefined) return null
  if (last.some(({ problems }) => problems.length === 0)) return null
  const others = rows.some(({ state, share }) => state === 'ok' && share > 0)
  return { nodes, sinceMs: band.fromMs, movable: others ? (nodes[0] ?? null) : null, lowerTo: lowerRate(view.recent) }
}

/** Two significant digits, rounded down. */
function lowerRate({ achievedRate, targetRate }: RunView['recent']): number | null {
  if (targetRate === null) return null
  const sent = Math.min(achievedRate, targetRate * BELOW_TARGET)
  if (!(sent > 0)) return null
  const step = 10 ** (Math.floor(Math.log10(sent)) - 1)
  // The hair keeps 0.3 from becoming 0.29.
  return Number((Math.floor(sent / step + 1e-9) * step).toPrecision(2))
}
