import type { StepSpec, TaskSpec } from '../../../shared/task/task.ts'
import { createLane } from '../lanes/index.ts'
import type { Lane, LaneOptions } from '../lanes/lane.ts'
import type { LaneName } from '../plan.ts'
import { compileFlow } from './compiled-flow.ts'
import type { CompiledFlow, FlowSources } from './compiled-flow.ts'
import { FlowLane } from './flow-lane.ts'
import type { WholeOptions } from './flow-lane.ts'
import type { FlowSink } from './flow-sink.ts'
import { FlowSource } from './flow-source.ts'
import type { Iteration } from './iteration.ts'
import { originOf } from './step-lanes.ts'

/** The steps of a task made ready, and what writes their requests. */
export interface PreparedFlow {
  flow: CompiledFlow
  source: FlowSource
  iterations: Iteration[]
}

export interface FlowLaneParts {
  /** By step, as `decideStepLanes` gave them. */
  lanes: readonly LaneName[]
  options: WholeOptions
  /** Collected of a body at least, bytes. */
  leastBodyBytes?: number
  pausesUsers: boolean
  sink: FlowSink
}

/** Throws AppError `bad-input` as {@link compileFlow}. */
export function prepareFlow(spec: TaskSpec & { steps: StepSpec[] }, sources: FlowSources): PreparedFlow {
  const iterations: Iteration[] = []
  const source: FlowSource = new FlowSource(() => flow, iterations)
  const flow = compileFlow(spec, sources, (place) => source.presentValue(place))
  return { flow, source, iterations }
}

/** The lane of a task with steps, over one lane for each of its targets. Throws AppError `bad-input` for an unusable certificate. */
export async function createFlowLane(prepared: PreparedFlow, { lanes, options, leastBodyBytes, pausesUsers, sink }: FlowLaneParts): Promise<FlowLane> {
  const { flow, source } = prepared
  const lane = new FlowLane({ ...prepared, options, sink, pausesUsers })
  const origins = flow.steps.map(({ request }) => originOf(request))
  const bounds = boundsBelow(options, flow, pausesUsers ? 1 : new Set(origins).size, leastBodyBytes)
  const below = new Map<string, Lane>()
  for (const [i, origin] of origins.entries()) {
    if (!below.has(origin)) below.set(origin, await createLane(lanes[i]!, { ...flow.steps[i]!.request, source }, bounds, lane.below))
  }
  lane.use(origins.map((origin) => below.get(origin)!))
  return lane
}

/**
 * For the lane of one target. A virtual user has a connection to each target, as a browser has; the bound on connections
 * of the open model is shared by the targets. Iterations are bound by the whole.
 */
function boundsBelow(whole: WholeOptions, { maxBodyBytes, maxHeadBytes }: CompiledFlow, targets: number, leastBodyBytes = 0): LaneOptions {
  const { timeoutMs, keepAlive, connectsPerTurn, mayLeave } = whole
  return {
    get maxConnections() {
      return Math.max(1, Math.floor(whole.maxConnections / targets))
    },
    maxInFlight: Infinity,
    timeoutMs, keepAlive, connectsPerTurn, maxHeadBytes,
    maxBodyBytes: Math.max(maxBodyBytes, leastBodyBytes),
    ...(mayLeave === undefined ? {} : { mayLeave }),
  }
}
