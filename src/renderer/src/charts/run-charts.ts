import { computed, inject, provide, ref, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { bandsOf, type Band } from '../../../shared/charts/bands.ts'
import type { Flag } from '../../../shared/charts/flag-places.ts'
import { pointAt } from '../../../shared/charts/point-at.ts'
import type { Point } from '../../../shared/summary.ts'
import type { RunView } from '../../../shared/contract.ts'

/** What all charts of one run share: the seconds, the window of time, the scale, and one crosshair. */
export interface RunCharts {
  points: Readonly<Ref<readonly Point[]>>
  view: Readonly<Ref<RunView>>
  live: ComputedRef<boolean>
  span: Ref<'whole' | 'recent'>
  zoom: Ref<{ fromMs: number; toMs: number } | null>
  scale: Ref<'log' | 'linear'>
  fromMs: ComputedRef<number>
  toMs: ComputedRef<number>
  nowMs: ComputedRef<number>
  flags: ComputedRef<Flag[]>
  bands: ComputedRef<Band[]>
  /** The second under the crosshair, ms; null when there is none. */
  cursorMs: Ref<number | null>
  cursorPoint: ComputedRef<Point | null>
}

const KEY: InjectionKey<RunCharts> = Symbol('run charts')
const RECENT_MS = 120_000

export function provideRunCharts(points: RunCharts['points'], view: RunCharts['view']): RunCharts {
  const charts = createRunCharts(points, view)
  provide(KEY, charts)
  return charts
}

export function useRunCharts(): RunCharts {
  const charts = inject(KEY)
  if (charts === undefined) throw new Error('A chart of a run stands outside a run.')
  return charts
}

export function createRunCharts(points: RunCharts['points'], view: RunCharts['view']): RunCharts {
  const span = ref<'whole' | 'recent'>('whole')
  const zoom = ref<{ fromMs: number; toMs: number } | null>(null)
  const cursorMs = ref<number | null>(null)
  const live = computed(() => view.value.run.endedAt === null)
  const nowMs = computed(() => points.value.at(-1)?.atMs ?? 0)
  const endMs = computed(() => wholeMs(view.value, nowMs.value, live.value))
  const recentFrom = computed(() => Math.max(nowMs.value - RECENT_MS, 0))
  return {
    points,
    view,
    live,
    span,
    zoom,
    scale: ref('log'),
    nowMs,
    cursorMs,
    fromMs: computed(() => zoom.value?.fromMs ?? (span.value === 'recent' ? recentFrom.value : 0)),
    toMs: computed(() => zoom.value?.toMs ?? (span.value === 'recent' ? recentFrom.value + RECENT_MS : endMs.value)),
    flags: computed(() => view.value.events.map((event, i) => ({ number: i + 1, event }))),
    bands: computed(() => bandsOf(points.value)),
    cursorPoint: computed(() => (cursorMs.value === null ? null : pointAt(points.value, cursorMs.value))),
  }
}

/** While it runs the axis is the plan, so that the line advances through it; afterwards it is what was recorded. */
function wholeMs(view: RunView, nowMs: number, live: boolean): number {
  if (!live) return Math.max(nowMs, 2000)
  return Math.max(view.plannedMs ?? nowMs * 1.25, nowMs, 10_000)
}
