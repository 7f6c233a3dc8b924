import { shallowRef, triggerRef, type ShallowRef } from 'vue'
import type { Point } from '../../../shared/summary.ts'

/** Four hours of seconds: the most that a screen keeps of one run; older ones are in the stored run. */
export const SERIES_CAPACITY = 14_400

/**
 * The seconds of one run in order. Not deeply reactive: charts watch the ref and draw once per frame.
 * Points may come twice (event and catch-up); each instant is kept once.
 */
export class PointSeries {
  readonly points: ShallowRef<Point[]> = shallowRef([])

  get lastMs(): number {
    return this.points.value.at(-1)?.atMs ?? 0
  }

  /** False if seconds are missing between the last point and this one: ask for them. */
  follows(point: Point): boolean {
    return point.atMs <= this.lastMs + 1500
  }

  add(fresh: readonly Point[]): void {
    const points = this.points.value
    for (const point of fresh) {
      if (point.atMs > this.lastMs) points.push(point)
    }
    if (points.length > SERIES_CAPACITY) points.splice(0, points.length - SERIES_CAPACITY)
    triggerRef(this.points)
  }
}
