import { RunAggregate } from './aggregate.ts'
import type { Run } from './run.ts'
import { AppError } from '../errors.ts'
import type { LoadPlan } from '../task/load.ts'
import { summarize, type SummaryMeta } from './summarize.ts'
import type { Point, RunEvent, Summary } from './summary.ts'

/**
 * A run as it is saved each second: enough for whoever finds it to end it with everything that was recorded, although
 * the process that led it is gone.
 */
export interface RunState {
  version: string
  run: Run
  load: LoadPlan
  lane: string
  nodes: SummaryMeta['nodes']
  events: RunEvent[]
  /** {@link RunAggregate.serialize} */
  aggregate: string
}

/** How a run ended. */
export interface RunEnding {
  status: Summary['status']
  /** Why it failed, one sentence. */
  failure?: string
  allowSaturated?: boolean
  /** Every sample of every node has come. */
  complete?: boolean
}

export function resultOf(state: Omit<RunState, 'aggregate'>, aggregate: RunAggregate, points: readonly Point[], ending: RunEnding): Summary {
  const { version, run, lane, nodes, events } = state
  return summarize(aggregate, { version, run, lane, nodes, events, points, ...ending })
}

/** The summary of a run whose process died, from the last state it saved; from nothing, if it never did. */
export function summaryOfOrphan(run: Run, saved: RunState | null, points: readonly Point[], fallback: LoadPlan): Summary {
  const state = saved ?? { version: '', run, load: fallback, lane: '', nodes: [], events: [] }
  const aggregate = saved === null ? new RunAggregate(run.spec, fallback) : RunAggregate.restore(run.spec, saved.load, saved.aggregate)
  aggregate.end(aggregate.atMs)
  return resultOf(state, aggregate, points, { status: 'aborted' })
}

/** Throws AppError `bad-input` for a text that is none. */
export function parseRunState(text: string): RunState {
  try {
    return JSON.parse(text) as RunState
  } catch (cause) {
    throw new AppError('bad-input', 'The saved state of the run is damaged.', { cause })
  }
}
