import type { Sentence } from '../locales/sentence.ts'
import type { TaskSpec } from '../task/task.ts'
import type { ErrorGroup, RunEvent, StepResult, Summary, ThresholdResult, Verdict } from './summary.ts'

export interface Run {
  id: string
  taskId: string
  taskName: string
  /** The task as it was when the run began. */
  spec: TaskSpec
  status: 'starting' | 'running' | 'stopping' | 'finished' | 'failed' | 'aborted'
  verdict: Verdict | null
  sentence: Sentence | null
  startedAt: number
  endedAt: number | null
  /** Headline figures of the finished run for lists; null while it runs. */
  headline: { targetRate: number | null; achievedRate: number; p99: number | null; errorRate: number; durationMs: number } | null
  tags: Record<string, string>
  /** What somebody wrote about it. */
  note?: string
  /** Never deleted by the retention. */
  pinned?: boolean
  /** What later runs of its task are measured by. */
  baseline?: boolean
}

/** What users add to a run afterwards. */
export type RunNotes = Partial<Pick<Run, 'note' | 'tags' | 'pinned'>>

/** Everything the live screen shows besides the points. */
export interface RunView {
  run: Run
  /** Planned length, ms, warm-up included; null when it ends by count. */
  plannedMs: number | null
  /** Planned target at the borders of its straight pieces: `[[ms, rate], …]`, with every change of rate so far. Empty in the closed model. */
  plan: [number, number][]
  elapsedMs: number
  /** Why the engine took the lane it took. */
  lane: { lane: string; reason: string } | null
  /** The verdict line, now. */
  sentence: Sentence
  tone: 'ok' | 'bad' | 'warn' | 'pending' | 'plain'
  thresholds: ThresholdResult[]
  /** Over the whole run so far (after warm-up). */
  totals: RunTotals
  /** Over the last 5 closed seconds; equals `totals` at the end. */
  recent: RunTotals
  /** Groups of failures with samples, most frequent first. */
  errors: ErrorGroup[]
  statusCodes: Record<string, number>
  checks: { expression: string; passed: number; failed: number }[]
  /** In the order of the task; empty for a task without steps. */
  steps: StepResult[]
  /** Only of a task whose answers are streams. */
  stream?: NonNullable<Summary['stream']>
  /** Nodes that have not yet confirmed a pending order, and of how many. */
  pending: { order: 'start' | 'rate' | 'stop'; waitingFor: string[]; of: number; toRate?: number } | null
  events: RunEvent[]
  /** Every node that takes part or took part, in the order in which they came. */
  nodes: RunNode[]
  /** Part of the target that nobody can take, iterations per second; 0 while the nodes' caps suffice. */
  deficitPerSecond: number
}

/** How far a node is with its part of a run. */
export type AssignmentPhase = 'prepare' | 'armed' | 'run' | 'drain' | 'stop'

/** What of a run one node carries. */
export interface RunNode {
  id: string
  name: string
  /** Part of all arrivals, 0 … 1. */
  share: number
  /** As it reported last; null before it has. */
  phase: AssignmentPhase | null
  /** When it was given up, ms of the run. */
  lostAtMs: number | null
}

export interface RunTotals {
  targetRate: number | null
  achievedRate: number
  planned: number
  started: number
  completed: number
  failed: number
  dropped: number
  /** 0 … 1; null when nothing was completed. */
  errorRate: number | null
  p50: number | null
  p90: number | null
  p95: number | null
  p99: number | null
  p999: number | null
  max: number | null
  serviceP50: number | null
  serviceP99: number | null
  lagP99: number | null
  inFlight: number
  bytesReceived: number
}
