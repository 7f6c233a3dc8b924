import { count } from '../../../../shared/format.ts'
import { compileLoad, profileDuration, type LoadPlan } from '../../../../shared/task/load.ts'
import type { LoadSpec } from '../../../../shared/task/task.ts'

/** What the Run button is about to do: `30 s`, `1 min 30 s`, `1,000×`. */
export function durationLabel(load: LoadSpec): string {
  const plan = compileLoad(load)
  const ms = planMs(plan)
  if (ms === null) return `${count(plan.model === 'closed' ? plan.requests : null)}×`
  return spoken(ms)
}

/** Length of a plan, ms; null when it ends by count. */
export function planMs(plan: LoadPlan): number | null {
  return plan.model === 'open' ? profileDuration(plan.profile) : plan.durationMs
}

function spoken(ms: number): string {
  if (ms < 1000) return `${String(Math.round(ms))} ms`
  const seconds = Math.round(ms / 100) / 10
  if (seconds < 60) return `${String(seconds)} s`
  const [minutes, rest] = [Math.floor(seconds / 60), Math.round(seconds % 60)]
  const [hours, left] = [Math.floor(minutes / 60), minutes % 60]
  return [hours > 0 ? `${String(hours)} h` : '', left > 0 ? `${String(left)} min` : '', rest > 0 ? `${String(rest)} s` : ''].filter(Boolean).join(' ')
}
