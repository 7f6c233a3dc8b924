import { measure } from '../../../shared/cluster/split.ts'
import type { Assignment, Share } from '../../../shared/cluster/cluster.ts'
import { formatDuration } from '../../../shared/duration.ts'
import { AppError } from '../../../shared/errors.ts'
import { profileDuration, type LoadPlan } from '../../../shared/task/load.ts'
import type { TaskSpec } from '../../../shared/task/task.ts'
import type { NodeLimits } from '../driver.ts'

export interface Door {
  /** Of the node, as people know it. */
  name: string
  limits: NodeLimits
  /** Throws AppError for a target that this node must not load. */
  admit: (spec: TaskSpec) => Promise<void>
}

/** What a node takes on is decided where it runs. Throws AppError, in words that name the node: others read them. */
export async function admitRun({ name, limits, admit }: Door, { spec, load, share }: Pick<Assignment, 'spec' | 'load' | 'share'>): Promise<void> {
  try {
    demandDuration(limits, load)
    demandUsers(limits, load, share)
    await admit(spec)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError(error.code, `${name} refuses the task: ${error.message}`, error.hint === undefined ? {} : { hint: error.hint })
  }
}

function demandDuration({ maxDurationMs }: NodeLimits, load: LoadPlan): void {
  if (maxDurationMs === null) return
  const plannedMs = load.model === 'closed' ? load.durationMs : profileDuration(load.profile)
  if (plannedMs !== null && plannedMs <= maxDurationMs) return
  const asked = plannedMs === null ? 'this one has no end' : `this one takes ${formatDuration(plannedMs)}`
  throw new AppError('conflict', `It carries runs of ${formatDuration(maxDurationMs)} at most, and ${asked}.`, { hint: 'Shorten the task, or start the node with a higher --max-duration.' })
}

/** In the open model what is beyond is dropped and counted; virtual users that are left out would be another load than was asked for. */
function demandUsers({ maxInFlight }: NodeLimits, load: LoadPlan, share: Share): void {
  if (maxInFlight === null || load.model === 'open') return
  const users = Math.ceil(load.connections * measure(share))
  if (users > maxInFlight) throw new AppError('conflict', `It takes ${maxInFlight} iterations in flight at most, and its part of this run is ${users} virtual users.`, { hint: 'Lower the connections, or raise the limit of the node: --node-max-in-flight, or its settings.' })
}
