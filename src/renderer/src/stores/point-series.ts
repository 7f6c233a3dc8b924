import { shallowRef, triggerRef, type ShallowRef } from 'vue'
import type { ChartPoint, Point } from '../../../shared/results/summary.ts'
import { packSeconds } from './packed-seconds.ts'

/** Four hours of seconds: the most that a screen keeps of one run; older ones are in the stored run. */
export const SERIES_CAPACITY = 14_400
/** So many are packed at a time, when as many newer ones have come. */
const BLOCK = 300
/** With what each node did; of older ones only what charts draw. */
const NEWEST = 10

/**
 * The seconds of one run in order. Not deeply reactive: charts watch the ref and draw once per frame.
 * Points may come twice (event and catch-up); each instant is kept once.
 */
export class PointSeries {
  readonly points: ShallowRef<ChartPoint[]> = shallowRef([])
  readonly newest: ShallowRef<readonly Point[]> = shallowRef([])
  /** Every node that a second told of. */
  readonly nodeIds = new Set<string>()
  #packed = 0

  get lastMs(): number {
    return this.points.value.at(-1)?.atMs ?? 0
  }

  /** False if seconds are missing between the last point and this one: ask for them. */
  follows(point: Point): boolean {
    return point.atMs <= this.lastMs + 1500
  }

  add(fresh: readonly Point[]): void {
    const points = this.points.value
    const { lastMs } = this
    const added = fresh.filter(({ atMs }) => atMs > lastMs)
    for (const point of added) {
      points.push(point)
      for (const { id } of point.nodes) this.nodeIds.add(id)
    }
    this.newest.value = [...this.newest.value, ...added.slice(-NEWEST)].slice(-NEWEST)
    this.#pack()
    this.#forget()
    triggerRef(this.points)
  }

  #pack(): void {
    const points = this.points.value
    for (; points.length - this.#packed >= 2 * BLOCK; this.#packed += BLOCK) {
      points.splice(this.#packed, BLOCK, ...packSeconds(points.slice(this.#packed, this.#packed + BLOCK)))
    }
  }

  #forget(): void {
    const tooMany = Math.max(this.points.value.length - SERIES_CAPACITY, 0)
    this.points.value.splice(0, tooMany)
    this.#packed = Math.max(this.#packed - tooMany, 0)
  }
}
