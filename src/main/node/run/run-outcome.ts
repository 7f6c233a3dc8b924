import type { WorkReport } from '../../../shared/cluster/cluster.ts'
import type { TaskReport } from '../../../shared/task/task.ts'
import { hasBegun, hasToldAll, type ActiveRun, type Part } from './active-run.ts'

/** What becomes of a run and its task once it is over. It fails only if nobody could carry it. */
export function outcomeOf(active: ActiveRun): Extract<TaskReport, { type: 'finished' | 'failed' | 'aborted' }> {
  const { parts } = active
  if (parts.some(({ lastTaken }) => lastTaken) || (active.phase === 'stop' && (!hasBegun(active) || parts.some(hasToldAll)))) return endedWith(parts) ?? { type: 'finished' }
  const problem = parts.find(({ report }) => report?.problem !== undefined)?.report?.problem
  if (problem !== undefined) return failedBy(problem)
  if (!hasBegun(active)) return { type: 'failed', reason: `${namesOf(parts)} did not get ready in time.` }
  return { type: 'aborted', reason: `Nothing more was heard of ${namesOf(parts)}.` }
}

/** Whoever still carried the run when it was to end. */
function endedWith(parts: readonly Part[]): ReturnType<typeof outcomeOf> | null {
  const carrying = parts.filter(({ standing }) => standing === 'in')
  const problem = carrying.find(({ lastTaken, report }) => !lastTaken && report?.problem !== undefined)?.report?.problem
  return problem === undefined ? null : failedBy(problem)
}

function failedBy({ message, hint }: NonNullable<WorkReport['problem']>): ReturnType<typeof outcomeOf> {
  return { type: 'failed', reason: hint === undefined ? message : `${message} ${hint}` }
}

function namesOf(parts: readonly Part[]): string {
  return parts.map((part) => part.name).join(', ')
}
