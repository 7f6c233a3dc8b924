import type { Capabilities, ClusterView, Imported, TryResult } from '../../shared/contract.ts'
import type { TaskSpec } from '../../shared/task.ts'
import type { ClusterState } from '../backend/cluster-state.ts'
import type { LiveRuns } from '../backend/live-runs.ts'
import type { TaskStore } from '../backend/task-store.ts'

/** All that the commands stand on. Functions of other rooms are handed in, so that this room knows only ports. */
export interface ApiParts {
  tasks: TaskStore
  cluster: Pick<ClusterState, 'nodes' | 'master' | 'request' | 'stop'>
  live: Pick<LiveRuns, 'view' | 'views' | 'summary' | 'points'>
  capabilities: Omit<Capabilities, 'measuredRate'>
  /** Of this node; `mode` and `address` never change while it lives. */
  thisNode: { id: string; mode: ClusterView['mode']; address: string | null }
  tryOnce: (spec: TaskSpec) => Promise<TryResult>
  parseCurl: (text: string) => Promise<Imported>
  demoTarget: () => Promise<{ url: string }>
  /** Throws AppError `target-not-allowed` unless the user may load this target. */
  admit: (spec: TaskSpec, allowedHosts: readonly string[]) => Promise<void>
  newId: () => string
}
