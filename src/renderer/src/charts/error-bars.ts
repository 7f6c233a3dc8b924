import type { Point } from '../../../shared/summary.ts'
import { ERROR_FAMILIES, familyOf, type ErrorFamily } from './error-families.ts'
import type { Palette } from './palette.ts'
import type { PlotBox } from './plot-box.ts'

/** A stretch of time with its failures per second by family. */
export interface ErrorBar {
  fromMs: number
  toMs: number
  perSecond: Record<ErrorFamily, number>
  total: number
}

const LEAST_PX = 5

/** Bars of at least 5 px; each is a mean per second over its stretch. */
export function errorBars(points: readonly Point[], msPerPx: number): ErrorBar[] {
  const seconds = Math.max(Math.ceil((LEAST_PX * msPerPx) / 1000), 1)
  const bars = new Map<number, { bar: ErrorBar; seen: number }>()
  for (const point of points) {
    const index = Math.floor((point.atMs - 1000) / 1000 / seconds)
    const entry = bars.get(index) ?? { bar: emptyBar(index * seconds * 1000, seconds * 1000), seen: 0 }
    bars.set(index, entry)
    entry.seen++
    for (const { kind, status, count } of point.errors) entry.bar.perSecond[familyOf(kind, status)] += count
  }
  return [...bars.values()].map(({ bar, seen }) => averaged(bar, seen))
}

function emptyBar(fromMs: number, spanMs: number): ErrorBar {
  return { fromMs, toMs: fromMs + spanMs, perSecond: { status: 0, timeout: 0, none: 0, check: 0, own: 0 }, total: 0 }
}

function averaged(bar: ErrorBar, seconds: number): ErrorBar {
  for (const family of ERROR_FAMILIES) bar.total += bar.perSecond[family] /= seconds
  return bar
}

/** Paints the stacks; in the light theme a dark hairline keeps pale fills visible. */
export function barPainter(bars: readonly ErrorBar[], box: PlotBox, fromMs: number, toMs: number, max: number) {
  const xOf = (ms: number): number => box.left + box.width * Math.min(Math.max((ms - fromMs) / (toMs - fromMs), 0), 1)
  return (ctx: CanvasRenderingContext2D, palette: Palette): void => {
    ctx.strokeStyle = palette('bar-line')
    for (const bar of bars) {
      const [x, width] = [xOf(bar.fromMs), Math.max(xOf(bar.toMs) - xOf(bar.fromMs) - 1, 1)]
      let foot = box.top + box.height
      for (const family of ERROR_FAMILIES) {
        const height = (bar.perSecond[family] / max) * box.height
        if (height <= 0) continue
        ctx.fillStyle = palette(`err-${family}`)
        ctx.fillRect(x, foot - height, width, height)
        if (family === 'timeout' && height > 2) ctx.strokeRect(x + 0.5, foot - height + 0.5, width - 1, height - 1)
        foot -= height
      }
    }
  }
}
