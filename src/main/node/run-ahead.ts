import { cumulative, instantOf } from '../../shared/load.ts'
import type { ActiveRun, Part } from './active-run.ts'
import { isBefore, type Stamp } from './tenure.ts'

/**
 * Whoever hears of a lower rate late has sent faster until then, and so is ahead: arrivals that are due later by the new
 * course were executed there already. Until this instant of the run, ms, its arrivals must not be given to others.
 * `heard`: what it says to follow now; null: it will never be heard again.
 */
export function aheadUntil({ load, changes }: ActiveRun, part: Part, heard: Stamp | null, nowMs: number): number {
  if (load.model === 'closed') return nowMs
  const { profile } = load
  const unheard = changes.filter(({ atMs, told }) => nowMs > atMs && told !== null && (part.report === null || isBefore(part.report, told)) && (heard === null || !isBefore(heard, told)))
  return Math.max(nowMs, ...unheard.map(({ before }) => instantOf(profile, cumulative(before, nowMs))))
}
