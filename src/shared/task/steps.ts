import { checksOf, formatCheck } from './check.ts'
import { parseDuration } from '../duration.ts'
import { parseThinkTime } from './think-time.ts'
import type { StepSpec, TaskSpec } from './task.ts'

/** The longest single pause, ms. */
export const MAX_THINK_MS = 600_000
const DEFAULT_TIMEOUT_MS = 10_000

/** Its iterations are several requests. */
export function hasSteps(spec: TaskSpec): spec is TaskSpec & { steps: StepSpec[] } {
  return spec.steps !== undefined
}

/** Each step as a task of its own: with its request, and with its checks before those of the task. A task without steps is its only one. */
export function stepTasks(spec: TaskSpec): TaskSpec[] {
  const { steps, stepOrder: _, ...task } = spec
  return steps === undefined ? [spec] : steps.map((step) => ({ ...task, request: step.request, checks: [...(step.checks ?? []), ...spec.checks] }))
}

/** The checks of a task in the order in which they are counted: step by step, each with the name of its step. */
export function checkLabels(spec: TaskSpec): string[] {
  return stepTasks(spec).flatMap((task, i) => {
    const name = spec.steps?.[i]?.name
    return checksOf(task).map((check) => (name === undefined ? formatCheck(check) : `${name}: ${formatCheck(check)}`))
  })
}

/** How long the pauses of one iteration last at most, ms. */
export function longestThinkMs({ steps, stepOrder }: Pick<TaskSpec, 'steps' | 'stepOrder'>): number {
  const pauses = (steps ?? []).map(({ thinkTime }) => parseThinkTime(thinkTime ?? '0ms')?.mostMs ?? 0)
  return stepOrder === 'weighted' ? Math.max(0, ...pauses) : pauses.reduce((sum, ms) => sum + ms, 0)
}

/** How long one iteration may take at most, ms: each of its requests its whole time, with redirects twice, and every pause. */
export function longestIterationMs(spec: TaskSpec): number {
  const timeoutMs = parseDuration(spec.transport.timeout) ?? DEFAULT_TIMEOUT_MS
  if (spec.steps === undefined) return timeoutMs
  const requests = spec.stepOrder === 'weighted' ? 1 : spec.steps.length
  return requests * timeoutMs * (spec.transport.follow ? 2 : 1) + longestThinkMs(spec)
}
