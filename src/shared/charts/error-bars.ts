import type { Point } from '../summary.ts'
import { ERROR_FAMILIES, familyOf, type ErrorFamily } from './error-families.ts'

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
