import { cumulative, profileDuration, type LoadPlan } from './load.ts'

/** What the rates of a run are computed from. */
export interface RateBasis {
  load: LoadPlan
  /** A stop was ordered for this instant, ms of the run. */
  stopAtMs: number | null
  /** How far the run is, ms: its last closed second, or its end. */
  atMs: number
  /** Nothing more is to be answered. */
  ended: boolean
  /** Completed after the warm-up, by `atMs`. */
  completed: number
  /** Of these, in seconds after the last one in which anything was due. */
  late: number
  /** Fastest response, ms. */
  fastestMs: number
}

/** When sending ends, ms of the run; Infinity where only a count or a stop ends it. */
export function sendingEndMs(load: LoadPlan, stopAtMs: number | null): number {
  const planned = load.model === 'open' ? profileDuration(load.profile) : (load.durationMs ?? Infinity)
  return Math.min(planned, stopAtMs ?? Infinity)
}

/** Mean planned rate between two instants of the run, per second; null in the closed model. */
export function plannedRate(load: LoadPlan, stopAtMs: number | null, fromMs: number, toMs: number): number | null {
  if (load.model === 'closed') return null
  if (toMs <= fromMs) return 0
  const due = (ms: number): number => cumulative(load.profile, Math.min(ms, stopAtMs ?? Infinity))
  return ((due(toMs) - due(fromMs)) * 1000) / (toMs - fromMs)
}

/** Target rate of a run so far, after the warm-up, while it was sending. */
export function targetRate({ load, stopAtMs, atMs }: RateBasis): number | null {
  return plannedRate(load, stopAtMs, load.warmupMs, Math.min(atMs, sendingEndMs(load, stopAtMs)))
}

/**
 * Achieved rate of a run so far: completed by the time it took. The answers to the last requests come after the sending:
 * the time they take at the achieved rate counts, so that a target that falls behind is not flattered by the time it gets
 * to catch up; the time of one answer does not, so that a slow but steady target is not blamed; and a few stragglers
 * weigh no more than they are.
 */
export function achievedRate(basis: RateBasis): number {
  const { load, stopAtMs, atMs, ended, completed, late, fastestMs } = basis
  if (load.model === 'closed') return atMs > load.warmupMs ? (completed * 1000) / (atMs - load.warmupMs) : 0
  const sendingMs = Math.min(atMs, sendingEndMs(load, stopAtMs)) - load.warmupMs
  if (sendingMs <= 0 || completed === 0) return 0
  const drainMs = atMs - load.warmupMs - sendingMs
  if (drainMs <= 0) return (completed * 1000) / (ended ? sendingMs : Math.max(sendingMs - fastestMs, sendingMs / 2))
  const catchingUpMs = completed > late ? (late * sendingMs) / (completed - late) : drainMs
  return (completed * 1000) / (sendingMs + Math.max(0, Math.min(drainMs, catchingUpMs) - fastestMs))
}
