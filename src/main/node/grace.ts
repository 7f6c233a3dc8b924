import { parseDuration } from '../../shared/duration.ts'
import type { TaskSpec } from '../../shared/task.ts'

const GRACE_MS = 5000
const DEFAULT_TIMEOUT_MS = 10_000

/** Bound on one request of the task, ms. */
export function timeoutOf(spec: TaskSpec): number {
  return parseDuration(spec.transport.timeout) ?? DEFAULT_TIMEOUT_MS
}

/** How long a stopped run waits for answers, ms. */
export function graceOf(spec: TaskSpec): number {
  return Math.min(GRACE_MS, timeoutOf(spec))
}
