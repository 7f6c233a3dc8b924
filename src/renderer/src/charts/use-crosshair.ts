import { computed, ref, type Ref } from 'vue'
import { xWithin, type PlotBox } from '../../../shared/charts/plot-box.ts'
import type { RunCharts } from './run-charts.ts'

/** Shorter drags are clicks. */
const LEAST_DRAG_PX = 6
/** A stretch is of whole seconds: less is not known of any. */
const SECOND_MS = 1000
const LEAST_ZOOM_MS = 2000

/**
 * Pointer and keys on one chart → the crosshair that all charts of the run share, and the zoom: by dragging, or by marking one
 * end and then the other with Enter or a click with Shift.
 */
export function useCrosshair(surface: Readonly<Ref<HTMLElement | null>>, box: Readonly<Ref<PlotBox>>, charts: RunCharts) {
  /** The pointer or the focus is on this chart: it shows the tooltip. */
  const here = ref(false)
  const drag = ref<{ from: number; to: number } | null>(null)
  /** The end of a stretch that is chosen already: a second, as the crosshair tells it. */
  const markedMs = ref<number | null>(null)
  let pressedAt: number | null = null

  function xIn(event: PointerEvent): number {
    const rect = surface.value?.getBoundingClientRect()
    const x = event.clientX - (rect?.left ?? 0)
    return Math.min(Math.max(x, box.value.left), box.value.left + box.value.width)
  }

  function msAt(x: number): number {
    return charts.fromMs.value + ((x - box.value.left) / box.value.width) * (charts.toMs.value - charts.fromMs.value)
  }

  function xOf(ms: number): number {
    return xWithin(box.value, charts.fromMs.value, charts.toMs.value, ms)
  }

  /** What would be zoomed into, px: while the pointer drags, or from the mark to the crosshair. */
  const band = computed(() => {
    if (drag.value !== null) return drag.value
    const stretch = markedStretch()
    return stretch === null ? null : { from: xOf(stretch.fromMs), to: xOf(stretch.toMs) }
  })

  function markedStretch(): { fromMs: number; toMs: number } | null {
    const [one, other] = [markedMs.value, charts.cursorMs.value]
    if (one === null || other === null) return null
    return { fromMs: Math.max(Math.min(one, other) - SECOND_MS, 0), toMs: Math.max(one, other) }
  }

  function zoomTo(stretch: { fromMs: number; toMs: number }): void {
    const fromMs = Math.floor(stretch.fromMs / SECOND_MS) * SECOND_MS
    const toMs = Math.ceil(stretch.toMs / SECOND_MS) * SECOND_MS
    if (toMs - fromMs >= LEAST_ZOOM_MS) charts.zoom.value = { fromMs, toMs }
  }

  function mark(): void {
    const stretch = markedStretch()
    markedMs.value = stretch === null ? charts.cursorMs.value : null
    if (stretch !== null) zoomTo(stretch)
  }

  function move(event: PointerEvent): void {
    const x = xIn(event)
    const ms = msAt(x) + SECOND_MS / 2
    here.value = ms <= charts.nowMs.value + SECOND_MS
    charts.cursorMs.value = here.value ? ms : null
    if (pressedAt !== null) drag.value = { from: Math.min(pressedAt, x), to: Math.max(pressedAt, x) }
  }

  function leave(): void {
    here.value = false
    charts.cursorMs.value = markedMs.value = null
    pressedAt = drag.value = null
  }

  function press(event: PointerEvent): void {
    if (event.button !== 0) return
    if (event.shiftKey) mark()
    else pressedAt = xIn(event)
  }

  function release(): void {
    const chosen = drag.value
    pressedAt = drag.value = null
    if (chosen !== null && chosen.to - chosen.from >= LEAST_DRAG_PX) zoomTo({ fromMs: Math.max(msAt(chosen.from), 0), toMs: msAt(chosen.to) })
  }

  function step(seconds: number): void {
    const from = charts.cursorMs.value ?? charts.nowMs.value - seconds * SECOND_MS
    charts.cursorMs.value = Math.min(Math.max(from + seconds * SECOND_MS, charts.points.value[0]?.atMs ?? 0), charts.nowMs.value)
    here.value = true
  }

  function key(event: KeyboardEvent): void {
    if (event.key === 'ArrowLeft' || event.key === '[') step(event.shiftKey ? -10 : -1)
    else if (event.key === 'ArrowRight' || event.key === ']') step(event.shiftKey ? 10 : 1)
    else if (event.key === 'Enter' && charts.cursorMs.value !== null && !event.ctrlKey && !event.metaKey) mark()
    else if (event.key === 'Escape') {
      charts.zoom.value = null
      leave()
    } else return
    event.preventDefault()
  }

  return { here, band, move, leave, press, release, key }
}
