import { cumulative, instantOf } from '../../../shared/task/load.ts'
import type { WorkReport } from '../../../shared/cluster/cluster.ts'
import type { ActiveRun, CourseChange, Part } from './active-run.ts'
import { isBefore, type Stamp } from './tenure.ts'

/**
 * Whoever hears of a lower rate late has sent faster until then, and so is ahead: arrivals that are due later by the new
 * course were executed there already. Until this instant of the run, ms, its arrivals must not be given to others.
 */
export function aheadUntil({ load, changes }: ActiveRun, part: Part, nowMs: number): number {
  if (load.model === 'closed') return nowMs
  return Math.max(nowMs, instantOf(load.profile, Math.max(part.executed, executedBy(changes.filter((change) => !isHeard(change, part.report)), nowMs))))
}

/** The node says for the first time that it follows a course which came into force a while ago: what it may have sent by then stays known. */
export function noteAhead({ load, changes }: ActiveRun, part: Part, report: WorkReport, nowMs: number): void {
  if (load.model === 'closed' || part.tenures.length === 0) return
  part.executed = Math.max(part.executed, executedBy(changes.filter((change) => !isHeard(change, part.report) && isHeard(change, report)), nowMs))
}

/** Arrivals of the whole run that were due by now on the courses before these changes. */
function executedBy(changes: readonly CourseChange[], nowMs: number): number {
  return Math.max(0, ...changes.filter(({ atMs }) => nowMs > atMs).map(({ before }) => cumulative(before, nowMs)))
}

function isHeard({ told }: CourseChange, report: Stamp | null): boolean {
  return told !== null && report !== null && !isBefore(report, told)
}
