import type { Manifest } from '../../../shared/cluster/cluster.ts'
import type { Run } from '../../../shared/results/run.ts'
import type { Task } from '../../../shared/task/task.ts'
import type { AggregateCommit } from '../../backend/cluster-state.ts'

/**
 * What a master has in its head at the end of a term. Should the cluster state have lost its data meanwhile, the next
 * term of the same process puts it back. Plain data.
 */
export interface MasterMemory {
  /** Highest revision that it wrote. */
  revision: number
  /** As it wrote them last. */
  manifests: Manifest[]
  runs: RememberedRun[]
  /** All tasks, as seen a few seconds ago: those that run stand in `runs` as they are. */
  tasks: Task[]
}

export interface RememberedRun {
  task: Task
  run: Run
  /** As committed last, with the seconds and events that are still in memory. */
  aggregate: Omit<AggregateCommit, 'expectRevision' | 'revision'>
}
