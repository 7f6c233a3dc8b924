import type { ChartPoint } from '../results/summary.ts'

/** A stretch in which the generator was ill: hatched. */
export interface Band {
  fromMs: number
  toMs: number
}

/** Neighbouring seconds with a generator problem, joined. */
export function bandsOf(points: readonly ChartPoint[], spanMs = 1000): Band[] {
  const bands: Band[] = []
  for (const point of points) {
    if (point.problems.length === 0) continue
    const last = bands.at(-1)
    if (last !== undefined && point.atMs - spanMs <= last.toMs + spanMs) last.toMs = point.atMs
    else bands.push({ fromMs: point.atMs - spanMs, toMs: point.atMs })
  }
  return bands
}
