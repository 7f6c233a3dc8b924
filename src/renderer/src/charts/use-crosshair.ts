import { ref, type Ref } from 'vue'
import type { PlotBox } from '../../../shared/charts/plot-box.ts'
import type { RunCharts } from './run-charts.ts'

/** Shorter drags are clicks. */
const LEAST_DRAG_PX = 6

/** Pointer and keys on one chart → the crosshair that all charts of the run share, and the zoom. */
export function useCrosshair(surface: Readonly<Ref<HTMLElement | null>>, box: Readonly<Ref<PlotBox>>, charts: RunCharts) {
  /** The pointer or the focus is on this chart: it shows the tooltip. */
  const here = ref(false)
  const drag = ref<{ from: number; to: number } | null>(null)
  let pressedAt: number | null = null

  function xIn(event: PointerEvent): number {
    const rect = surface.value?.getBoundingClientRect()
    const x = event.clientX - (rect?.left ?? 0)
    return Math.min(Math.max(x, box.value.left), box.value.left + box.value.width)
  }

  function msAt(x: number): number {
    return charts.fromMs.value + ((x - box.value.left) / box.value.width) * (charts.toMs.value - charts.fromMs.value)
  }

  function move(event: PointerEvent): void {
    const x = xIn(event)
    const ms = msAt(x) + 500
    here.value = ms <= charts.nowMs.value + 1000
    charts.cursorMs.value = here.value ? ms : null
    if (pressedAt !== null) drag.value = { from: Math.min(pressedAt, x), to: Math.max(pressedAt, x) }
  }

  function leave(): void {
    here.value = false
    charts.cursorMs.value = null
    pressedAt = drag.value = null
  }

  function press(event: PointerEvent): void {
    if (event.button === 0) pressedAt = xIn(event)
  }

  function release(): void {
    const chosen = drag.value
    pressedAt = drag.value = null
    if (chosen === null || chosen.to - chosen.from < LEAST_DRAG_PX) return
    const [fromMs, toMs] = [Math.max(msAt(chosen.from), 0), msAt(chosen.to)]
    if (toMs - fromMs >= 2000) charts.zoom.value = { fromMs, toMs }
  }

  function step(seconds: number): void {
    const from = charts.cursorMs.value ?? charts.nowMs.value - seconds * 1000
    charts.cursorMs.value = Math.min(Math.max(from + seconds * 1000, charts.points.value[0]?.atMs ?? 0), charts.nowMs.value)
    here.value = true
  }

  function key(event: KeyboardEvent): void {
    if (event.key === 'ArrowLeft' || event.key === '[') step(event.shiftKey ? -10 : -1)
    else if (event.key === 'ArrowRight' || event.key === ']') step(event.shiftKey ? 10 : 1)
    else if (event.key === 'Escape') {
      charts.zoom.value = null
      leave()
    } else return
    event.preventDefault()
  }

  return { here, drag, move, leave, press, release, key }
}
