import type { Point, Summary } from '../../../shared/results/summary.ts'

const COLUMNS = ['atMs', 'target', 'planned', 'started', 'completed', 'failed', 'dropped', 'p50', 'p90', 'p95', 'p99', 'max', 'serviceP99', 'lagP99', 'inFlight'] as const satisfies readonly (keyof Point)[]

/** One line per second; empty where nothing was measured. */
export function csvOf({ points }: Pick<Summary, 'points'>): string {
  const rows = points.map((point) => COLUMNS.map((column) => point[column] ?? '').join(','))
  return `${[COLUMNS.join(','), ...rows].join('\n')}\n`
}
