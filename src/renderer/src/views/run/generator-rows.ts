import type { Point } from '../../../../shared/summary.ts'

/** One node of a run over its last seconds. Null figures: it has not reported in them. */
export interface GeneratorRow {
  id: string
  share: number
  perSecond: number | null
  cpuPercent: number
  loopLagMs: number
  lagP99: number | null
  /** Which figures are beyond what a generator may have. */
  hot: { cpu: boolean; loop: boolean; lag: boolean }
}

const SECONDS = 5
/** ux.md §4.3: beyond these the generator is a suspect. */
const HOT_CPU = 90
const HOT_LOOP_MS = 20
const HOT_LAG_MS = 5

/** Every node that ever took part, in order of appearance; share and rate are means of the last 5 s. */
export function generatorRows(points: readonly Point[]): GeneratorRow[] {
  const recent = points.slice(-SECONDS)
  const ids = [...new Set(points.flatMap((point) => point.nodes.map(({ id }) => id)))]
  const total = recent.reduce((sum, point) => sum + point.nodes.reduce((all, node) => all + node.started, 0), 0)
  return ids.map((id) => rowOf(id, recent, total))
}

function rowOf(id: string, recent: readonly Point[], total: number): GeneratorRow {
  const seconds = recent.flatMap((point) => point.nodes.filter((node) => node.id === id))
  const last = seconds.at(-1)
  const started = seconds.reduce((sum, node) => sum + node.started, 0)
  const completed = seconds.reduce((sum, node) => sum + node.completed, 0)
  if (last === undefined) return { id, share: 0, perSecond: null, cpuPercent: 0, loopLagMs: 0, lagP99: null, hot: { cpu: false, loop: false, lag: false } }
  return {
    id,
    share: total === 0 ? 0 : started / total,
    perSecond: completed / seconds.length,
    cpuPercent: last.cpuPercent,
    loopLagMs: last.loopLagMs,
    lagP99: last.lagP99,
    hot: { cpu: last.cpuPercent > HOT_CPU, loop: last.loopLagMs > HOT_LOOP_MS, lag: (last.lagP99 ?? 0) > HOT_LAG_MS },
  }
}
