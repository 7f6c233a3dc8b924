import type { LoadPlan } from '../../../shared/task/load.ts'
import type { StepSpec, TaskSpec } from '../../../shared/task/task.ts'
import { Checks } from '../measure/checks.ts'
import type { DataCursor } from '../request/data-cursor.ts'
import type { LaneName } from '../plan.ts'
import { Recorder } from '../measure/recorder.ts'
import { scrubberOf } from '../request/scrubber.ts'
import { createFlowLane, prepareFlow } from './create-flow-lane.ts'
import type { FlowLane, WholeOptions } from './flow-lane.ts'
import { FlowRecorder } from './flow-recorder.ts'

export interface RecordedFlowParts {
  load: LoadPlan
  seed: number
  /** By step. */
  stepLanes: readonly LaneName[]
  bounds: WholeOptions
  data: ReadonlyMap<string, DataCursor>
  /** The access token that holds now. */
  token: () => string
}

/** A thread's lane for a task with steps, and the books on it. Throws AppError `bad-input`. */
export async function createRecordedFlow(spec: TaskSpec & { steps: StepSpec[] }, { load, seed, stepLanes, bounds, data, token }: RecordedFlowParts): Promise<{ lane: FlowLane; recorder: Recorder }> {
  const prepared = prepareFlow(spec, { seed, data, token })
  const { steps } = prepared.flow
  const recorder = new Recorder({ checks: new Checks([]), steps: steps.map(({ checks }) => checks.count), method: spec.request.method, url: spec.request.url, warmupMs: load.warmupMs, scrub: scrubberOf(spec, token) })
  const lane = await createFlowLane(prepared, { lanes: stepLanes, options: bounds, pausesUsers: load.model === 'closed', sink: new FlowRecorder(recorder, steps) })
  return { lane, recorder }
}
