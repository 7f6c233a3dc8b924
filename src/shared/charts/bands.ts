import type { Point } from '../summary.ts'

/** A stretch in which the generator was ill: hatched. */
export interface Band {
  fromMs: number
  toMs: number
}

/** Neighbouring seconds with a generator problem, joined. */
export function bandsOf(points: readonly Point[]): Band[] {
  const bands: Band[] = []
  for (const point of points) {
    if (point.problems.length === 0) continue
    const last = bands.at(-1)
    if (last !== undefined && point.atMs - 1000 <= last.toMs + 1000) last.toMs = point.atMs
    else bands.push({ fromMs: point.atMs - 1000, toMs: point.atMs })
  }
  return bands
}
