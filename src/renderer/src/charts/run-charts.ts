import { computed, inject, provide, ref, shallowRef, triggerRef, watch, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { bandsOf, type Band } from '../../../shared/charts/bands.ts'
import type { Flag } from '../../../shared/charts/flag-places.ts'
import { pointAt, pointsWithin } from '../../../shared/charts/point-at.ts'
import type { ChartPoint } from '../../../shared/results/summary.ts'
import { secondOfStep, secondsOfStep } from '../../../shared/results/step-seconds.ts'
import { stretchOf, type Stretch } from '../../../shared/results/stretch.ts'
import type { RunView } from '../../../shared/results/run.ts'

/** What all charts of one run share: the seconds, the window of time, the scale, and one crosshair. */
export interface RunCharts {
  points: Readonly<Ref<readonly ChartPoint[]>>
  /** Those of the stretch that is shown. */
  inView: ComputedRef<readonly ChartPoint[]>
  /** The same of whole iterations, whichever step was chosen. */
  allInView: ComputedRef<readonly ChartPoint[]>
  /** The step whose seconds are drawn, from 0; null: those of whole iterations. */
  step: Ref<number | null>
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
  /** What the zoomed stretch came to; null without a zoom. */
  stretch: ComputedRef<Stretch | null>
  /** The second under the crosshair, ms; null when there is none. */
  cursorMs: Ref<number | null>
  cursorPoint: ComputedRef<ChartPoint | null>
}

const KEY: InjectionKey<RunCharts> = Symbol('run charts')
const RECENT_MS = 120_000
/** What the plot of a run is wide on a usual screen: so that another width costs no counting anew. */
export const PIXELS = 660
/** Steps of a line: its lowest and its highest for each pixel. */
export const MOST_STEPS = 2 * PIXELS
const LONGEST_STEP_MS = 5000

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

export function createRunCharts(all: RunCharts['points'], view: RunCharts['view']): RunCharts {
  const span = ref<'whole' | 'recent'>('whole')
  const zoom = ref<{ fromMs: number; toMs: number } | null>(null)
  const cursorMs = ref<number | null>(null)
  const live = computed(() => view.value.run.endedAt === null)
  const pixelMs = computed(() => Math.min(LONGEST_STEP_MS, (span.value === 'recent' ? RECENT_MS : zoom.value === null ? (view.value.plannedMs ?? 0) : zoom.value.toMs - zoom.value.fromMs) / PIXELS))
  const seconds = paced(all, () => (live.value ? pixelMs.value : 0))
  watch([span, zoom, live], seconds.refresh, { flush: 'sync' })
  const step = ref<number | null>(null)
  const points = shallowRef(seconds.shown.value)
  watch([seconds.shown, step], () => {
    const before = points.value
    points.value = step.value === null ? seconds.shown.value : secondsOfStep(seconds.shown.value, step.value)
    if (points.value === before) triggerRef(points) // the same list, with more in it
  }, { flush: 'sync' })
  const events = computed(() => view.value.events)
  const nowMs = computed(() => points.value.at(-1)?.atMs ?? 0)
  const endMs = computed(() => wholeMs(view.value, nowMs.value, live.value))
  const recentFrom = computed(() => Math.max(nowMs.value - RECENT_MS, 0))
  const fromMs = computed(() => zoom.value?.fromMs ?? (span.value === 'recent' ? recentFrom.value : 0))
  const toMs = computed(() => zoom.value?.toMs ?? (span.value === 'recent' ? recentFrom.value + RECENT_MS : endMs.value))
  const allInView = computed(() => pointsWithin(seconds.shown.value, fromMs.value, toMs.value))
  const cursorSecond = computed(() => (cursorMs.value === null ? null : pointAt(all.value, cursorMs.value)))
  return {
    points,
    inView: computed(() => (step.value === null ? allInView.value : pointsWithin(points.value, fromMs.value, toMs.value))),
    allInView,
    step,
    view,
    live,
    span,
    zoom,
    stretch: computed(() => (zoom.value === null ? null : stretchOf(allInView.value))),
    scale: ref('log'),
    nowMs,
    cursorMs,
    fromMs,
    toMs,
    flags: computed(() => events.value.map((event, i) => ({ number: i + 1, event }))),
    bands: computed(() => bandsOf(points.value)),
    cursorPoint: computed(() => (cursorSecond.value === null || step.value === null ? cursorSecond.value : secondOfStep(cursorSecond.value, step.value))),
  }
}

/**
 * A second that is narrower than a pixel shows nothing new: of a long run, charts are drawn when a pixel has been filled, and
 * at least every five seconds. Tiles go on each second.
 */
function paced(all: RunCharts['points'], stepMs: () => number): { shown: Readonly<Ref<readonly ChartPoint[]>>; refresh: () => void } {
  const shown = shallowRef(all.value)
  let drawnMs = 0
  const refresh = (): void => {
    drawnMs = all.value.at(-1)?.atMs ?? 0
    shown.value = all.value
    triggerRef(shown)
  }
  watch(all, (points) => {
    const passed = (points.at(-1)?.atMs ?? 0) - drawnMs
    if (passed <= 0 || passed >= stepMs()) refresh()
  }, { flush: 'sync' })
  return { shown, refresh }
}

/** While it runs the axis is the plan, so that the line advances through it; afterwards it is what was recorded. */
function wholeMs(view: RunView, nowMs: number, live: boolean): number {
  if (!live) return Math.max(nowMs, 2000)
  return Math.max(view.plannedMs ?? nowMs * 1.25, nowMs, 10_000)
}
