import type { CapacityView } from '../../shared/results/capacity.ts'
import type { ComparableRun } from '../../shared/compare/compare.ts'
import type { Capabilities, ConnectionStep, ImportInput, Imported, TryResult, ExportFormat } from '../../shared/contract/contract.ts'
import type { Run } from '../../shared/results/run.ts'
import type { Summary } from '../../shared/results/summary.ts'
import type { TaskSpec } from '../../shared/task/task.ts'
import type { ClusterState } from '../backend/cluster-state.ts'
import type { LiveRuns } from '../backend/live-runs.ts'
import type { ProbeOptions } from '../backend/redis/probe.ts'
import type { TaskStore } from '../backend/task-store.ts'
import type { ThisNode } from './cluster-watch.ts'
import type { SecretKeeper } from './secret-keeper.ts'

/** What a report is made of. */
export interface ReportSource extends ComparableRun {
  baseline: ComparableRun | null
  note: string
  tags: Record<string, string>
}

/** All that the commands stand on. Functions of other rooms are handed in, so that this room knows only ports. */
export interface ApiParts {
  tasks: TaskStore
  /** Of this machine, whichever cluster it belongs to. */
  settings: Pick<TaskStore, 'setting' | 'setSetting'>
  secrets: SecretKeeper
  cluster: Pick<ClusterState, 'nodes' | 'master' | 'request' | 'stop' | 'sentinels'>
  live: Pick<LiveRuns, 'view' | 'views' | 'summary' | 'points'>
  capabilities: Omit<Capabilities, 'measuredRate' | 'data'>
  /** As it is now. */
  data: () => Capabilities['data']
  thisNode: ThisNode
  tryOnce: (spec: TaskSpec) => Promise<TryResult>
  importText: (input: ImportInput) => Promise<Imported>
  /** Throws `bad-input` for files that describe no service. */
  readProto: (files: readonly { name: string; text: string }[]) => Promise<{ descriptor: string; methods: string[] }>
  demoTarget: () => Promise<{ url: string }>
  testRedis: (connection: ProbeOptions) => Promise<ConnectionStep[]>
  /** Throws AppError `target-not-allowed` unless the user may load this target. */
  admit: (spec: TaskSpec, allowedHosts: readonly string[]) => Promise<void>
  /** Takes the cluster of the settings into force now. Throws `conflict` while it may not, `cannot-start` where it cannot be joined. */
  changeOver: () => Promise<void>
  /** Adds a run of elsewhere to the history; false if it is there already. Throws `conflict` where the history is a cluster's. */
  keepRun: (run: Run, summary: Summary) => Promise<boolean>
  newId: () => string
  /** A finished run as one text. */
  exportRun: (format: ExportFormat, source: ReportSource, language: 'en' | 'zh-CN') => Promise<string>
  /** Tells whoever watches. */
  tellCapacity: (view: CapacityView) => void
}
