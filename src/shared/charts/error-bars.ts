import type { ChartPoint } from '../results/summary.ts'
import { ERROR_FAMILIES, familyOf, type ErrorFamily } from './error-families.ts'

/** A stretch of time with its failures per second by family. */
export interface ErrorBar {
  fromMs: number
  toMs: number
  perSecond: Record<ErrorFamily, number>
  total: number
}

const LEAST_PX = 5

/** Bars of at least 5 px; each is a mean per second over its stretch. `spanMs`: how long one of the points is. */
export function errorBars(points: readonly ChartPoint[], msPerPx: number, spanMs = 1000): ErrorBar[] {
  const widthMs = Math.max(Math.ceil((LEAST_PX * msPerPx) / spanMs), 1) * spanMs
  const bars = new Map<number, { bar: ErrorBar; seen: number }>()
  for (const point of points) {
    const index = Math.floor((point.atMs - spanMs) / widthMs)
    const entry = bars.get(index) ?? { bar: emptyBar(index * widthMs, widthMs), seen: 0 }
    bars.set(index, entry)
    entry.seen += spanMs / 1000
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
