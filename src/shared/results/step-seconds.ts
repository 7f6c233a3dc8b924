import type { ChartPoint, StepPoint } from './summary.ts'

const NOTHING: StepPoint = { completed: 0, failed: 0, p50: null, p90: null, p95: null, p99: null, p999: null, max: null, serviceP99: null, heat: [] }

/** Seconds as one step had them, from 0 for the first. A step has no target of its own, and what is in flight belongs to whole iterations. */
export function secondsOfStep(points: readonly ChartPoint[], step: number): ChartPoint[] {
  return points.map((point) => secondOfStep(point, step))
}

/** The same of a single second. */
export function secondOfStep({ atMs, warmup, problems, steps }: ChartPoint, step: number): ChartPoint {
  return { atMs, warmup, problems, ...(steps?.[step] ?? NOTHING), target: 0, dropped: 0, inFlight: 0, lagP99: null, errors: [] }
}
