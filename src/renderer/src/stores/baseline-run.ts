import type { Run } from '../../../shared/results/run.ts'
import type { ScreenBridge } from '../bridge/index.ts'

/** The run that others of its task are measured by; undefined where there is none, or it is this one. */
export async function baselineFor(bridge: Pick<ScreenBridge, 'invoke'>, run: Pick<Run, 'id' | 'taskId'>): Promise<Run | undefined> {
  const [base] = await bridge.invoke('run.list', { taskId: run.taskId, baseline: true, limit: 1 })
  return base?.id === run.id ? undefined : base
}
