import type { NodeRow } from '../../../../shared/contract/contract.ts'
import type { RunNode, RunView } from '../../../../shared/results/run.ts'
import { MOST_NODES_PER_POINT, type Point } from '../../../../shared/results/summary.ts'

export type GeneratorState = 'preparing' | 'ready' | 'ok' | 'hot' | 'drained' | 'parked' | 'silent' | 'lost'

/** One node of a run over its last seconds. Null figures: it has not reported in them. */
export interface GeneratorRow {
  id: string
  name: string
  state: GeneratorState
  /** When it was given up, ms of the run. */
  lostAtMs: number | null
  share: number
  perSecond: number | null
  cpuPercent: number | null
  loopLagMs: number | null
  lagP99: number | null
  /** Which figures are beyond what a generator may have. */
  hot: { cpu: boolean; loop: boolean; lag: boolean }
}

type Figures = Omit<GeneratorRow, 'id' | 'name' | 'state' | 'lostAtMs' | 'share'>

const SECONDS = 5
/** ux.md §4.3: beyond these the generator is a suspect. */
const HOT_CPU = 90
const HOT_LOOP_MS = 20
const HOT_LAG_MS = 5
const NO_FIGURES: Figures = { perSecond: null, cpuPercent: null, loopLagMs: null, lagP99: null, hot: { cpu: false, loop: false, lag: false } }

/** Every node that takes or took part, in the order in which they came, the lost ones last; figures are those of the last 5 s. `ids`: of all nodes that any second told of. */
export function generatorRows(view: Pick<RunView, 'nodes' | 'run'>, points: readonly Point[], cluster: readonly NodeRow[], ids: readonly string[]): GeneratorRow[] {
  const recent = points.slice(-SECONDS)
  const live = view.run.endedAt === null
  // Of a large fleet not every node is in every point: one that is missing there need not be silent.
  const tellsAll = points.length > 0 && recent.every(({ nodes }) => nodes.length < MOST_NODES_PER_POINT)
  const rows = partsOf(view.nodes, recent, ids).map((part) => {
    const figures = part.lostAtMs === null ? figuresOf(part.id, recent) : NO_FIGURES
    const node = live ? cluster.find(({ info }) => info.id === part.id) : undefined
    return { id: part.id, name: part.name, lostAtMs: part.lostAtMs, share: part.share, ...figures, state: stateOf(part, figures, node, live && tellsAll) }
  })
  return rows.sort((a, b) => Number(a.state === 'lost') - Number(b.state === 'lost'))
}

/** A run that was closed without a summary tells its nodes only by what they sent. */
function partsOf(nodes: readonly RunNode[], recent: readonly Point[], ids: readonly string[]): RunNode[] {
  if (nodes.length > 0) return [...nodes]
  const sent = recent.flatMap((point) => point.nodes)
  const total = sent.reduce((sum, { started }) => sum + started, 0)
  return ids.map((id) => {
    const started = sent.filter((node) => node.id === id).reduce((sum, node) => sum + node.started, 0)
    return { id, name: '', share: total === 0 ? 0 : started / total, phase: 'run', lostAtMs: null }
  })
}

function figuresOf(id: string, recent: readonly Point[]): Figures {
  const seconds = recent.flatMap(({ nodes, problems }) => nodes.filter((node) => node.id === id).map((node) => ({ node, problems })))
  const { node: last, problems } = seconds.at(-1) ?? {}
  if (last === undefined) return NO_FIGURES
  const completed = seconds.reduce((sum, { node }) => sum + node.completed, 0)
  return {
    perSecond: completed / seconds.length,
    cpuPercent: last.cpuPercent,
    loopLagMs: last.loopLagMs,
    lagP99: last.lagP99,
    hot: {
      cpu: last.cpuPercent > HOT_CPU,
      loop: last.loopLagMs > HOT_LOOP_MS,
      // The lag is also what arrivals wait while a slow target keeps all connections busy: the engine knows which of the two it is.
      lag: (last.lagP99 ?? 0) > HOT_LAG_MS && problems?.includes('schedule-lag') === true,
    },
  }
}

/** What the run knows of the node goes before what the node says of itself. */
function stateOf({ lostAtMs, phase, share }: RunNode, { perSecond, hot }: Figures, node: NodeRow | undefined, measured: boolean): GeneratorState {
  if (lostAtMs !== null) return 'lost'
  if (node?.state === 'parked') return 'parked'
  if (node?.state === 'lost') return 'silent'
  if (share === 0 && (node?.info.drained === true || phase === 'run' || phase === 'stop')) return 'drained'
  if (hot.cpu || hot.loop || hot.lag) return 'hot'
  if (phase === null || phase === 'prepare') return 'preparing'
  if (phase === 'armed') return 'ready'
  return measured && perSecond === null && phase === 'run' ? 'silent' : 'ok'
}
