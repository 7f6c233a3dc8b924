import { longestIterationMs } from '../../../shared/task/steps.ts'
import type { TaskSpec } from '../../../shared/task/task.ts'

const GRACE_MS = 5000

/** Bound on one iteration of the task, ms. */
export function timeoutOf(spec: TaskSpec): number {
  return longestIterationMs(spec)
}

/** How long a stopped run waits for answers, ms. */
export function graceOf(spec: TaskSpec): number {
  return Math.min(GRACE_MS, timeoutOf(spec))
}
