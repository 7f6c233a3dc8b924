import type { NodeInfo } from './cluster.ts'
import type { Problem } from './errors.ts'
import type { Point, RunEvent, Summary, Verdict, Sentence, ThresholdResult, ErrorGroup } from './summary.ts'
import type { Task, TaskSpec } from './task.ts'

/**
 * All that a screen, the command line or a script may ask of the product ({@link Api}), and all that it tells of
 * itself ({@link Events}). One contract over four bridges: Electron IPC, HTTP + SSE, frozen data, direct calls.
 * Ask {@link Capabilities}, never "is this Electron?".
 *
 * Every command takes one JSON object and answers with one JSON value; a refusal is an AppError. The input schemas
 * that guard the door are in `contract-schema.ts`, and the OpenAPI document is derived from them.
 */
export interface Api {
  'app.capabilities'(input: Empty): Promise<Capabilities>

  'task.list'(input: Empty): Promise<TaskRow[]>
  'task.get'(input: { id: string }): Promise<Task>
  /** `spec` is parsed by parseTaskSpec; all problems come back in the AppError. */
  'task.create'(input: { spec: unknown }): Promise<Task>
  'task.update'(input: { id: string; spec: unknown }): Promise<Task>
  'task.clone'(input: { id: string }): Promise<Task>
  'task.delete'(input: { id: string }): Promise<Empty>
  'task.restore'(input: { id: string }): Promise<Task>
  'task.start'(input: { id: string }): Promise<{ runId: string }>
  'task.stop'(input: { id: string }): Promise<Empty>
  'task.setRate'(input: { id: string; rate: number }): Promise<Empty>
  /** Sends one request through the engine's own lane, records nothing. */
  'task.tryOnce'(input: { spec: unknown }): Promise<TryResult>

  'run.list'(input: RunFilter): Promise<Run[]>
  /** Live or finished. While it runs, `view` is the state of the last closed second. */
  'run.get'(input: { id: string }): Promise<RunView>
  'run.points'(input: { id: string; afterMs?: number }): Promise<{ points: Point[]; events: RunEvent[] }>
  'run.summary'(input: { id: string }): Promise<Summary>
  'run.delete'(input: { id: string }): Promise<Empty>

  'node.list'(input: Empty): Promise<NodeRow[]>
  'cluster.get'(input: Empty): Promise<ClusterView>

  /** cURL text → task spec, with what was left out. */
  'import.parse'(input: { format: 'curl'; text: string }): Promise<Imported>

  'settings.get'(input: Empty): Promise<Settings>
  'settings.set'(input: Partial<Settings>): Promise<Settings>
  /** Starts the built-in loopback target if needed; answers with its URL. */
  'demo.target'(input: Empty): Promise<{ url: string }>
}

export type Empty = Record<string, never>
export type CommandName = keyof Api
export type Input<C extends CommandName> = Parameters<Api[C]>[0]
export type Output<C extends CommandName> = Awaited<ReturnType<Api[C]>>

/** Past facts. Sent after they happened; a client that missed some asks again with `run.points`. */
export interface Events {
  /** A task was created, changed, deleted, or its status moved. */
  'task:changed': { id: string }
  /** A run was opened, or its status, sentence or thresholds moved. */
  'run:changed': RunView
  /** One closed second. */
  'run:point': { runId: string; point: Point; events: RunEvent[] }
  'node:changed': NodeRow[]
  /** Something the user must know that belongs to no screen: storage failed, file set aside. */
  notice: Notice
}

export type EventName = keyof Events

export interface Notice {
  id: string
  level: 'info' | 'warn' | 'bad'
  sentence: Sentence
}

export interface Capabilities {
  version: string
  /** How the renderer is reached; for display only. */
  host: 'desktop' | 'console' | 'report'
  platform: string
  /** What this host can do beyond the contract. */
  fileDialogs: boolean
  keychain: boolean
  cluster: boolean
  /** Highest rate this machine has sustained on its own, per second; null before the first run. */
  measuredRate: number | null
}

export interface TaskRow {
  task: Task
  /** Newest run first, at most 8: for the result column and the trend. */
  recent: { runId: string; startedAt: number; status: Run['status']; verdict: Verdict | null; p99: number | null }[]
}

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
}

export interface RunFilter {
  taskId?: string
  limit?: number
  /** Only runs started before this instant, ms since the epoch. */
  before?: number
}

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
  /** Nodes that have not yet confirmed a pending order, and of how many. */
  pending: { order: 'start' | 'rate' | 'stop'; waitingFor: string[]; of: number; toRate?: number } | null
  events: RunEvent[]
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

export interface NodeRow {
  info: NodeInfo
  isMaster: boolean
  isThis: boolean
  state: 'ok' | 'hot' | 'drained' | 'lost' | 'incompatible'
}

export interface ClusterView {
  mode: 'local' | 'redis'
  address: string | null
  connected: boolean
  master: { nodeId: string; name: string; epoch: number } | null
  thisNode: string
}

export interface Imported {
  spec: TaskSpec
  /** What was taken, for the strip: e.g. `POST`, `4 headers`, `JSON body`. */
  taken: Sentence[]
  /** What was left out and why; never silent. */
  skipped: { what: string; sentence: Sentence }[]
}

export interface TryResult {
  lane: { lane: string; reason: string }
  ok: boolean
  status: number | null
  /** Raw response head. */
  head: string
  /** First 64 KiB as text. */
  body: string
  bodyBytes: number
  truncated: boolean
  timings: { dnsMs: number | null; connectMs: number | null; tlsMs: number | null; firstByteMs: number | null; totalMs: number }
  checks: { expression: string; ok: boolean; actual: string }[]
  error: { kind: string; message: string } | null
}

export interface Settings {
  theme: 'system' | 'dark' | 'light'
  language: 'system' | 'en' | 'zh-CN'
  /** Inline hints already dismissed. */
  dismissedHints: string[]
  /** Public hosts the user has said they may load. */
  allowedHosts: string[]
}

export type TaskProblems = Problem[]
