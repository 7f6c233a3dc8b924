import type { NodeInfo } from '../cluster/cluster.ts'
import type { Comparison } from '../compare/compare.ts'
import type { Problem } from '../errors.ts'
import type { Sentence } from '../locales/sentence.ts'
import type { CapacityView } from '../results/capacity.ts'
import type { RunBundle } from '../results/run-bundle.ts'
import type { RunFilter } from '../results/run-filter.ts'
import type { Run, RunNotes, RunView } from '../results/run.ts'
import type { Point, RunEvent, Summary, Verdict } from '../results/summary.ts'
import type { Task, TaskSpec } from '../task/task.ts'

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
  /** `queued`: nobody can be reached now; it is delivered as soon as somebody can. */
  'task.stop'(input: { id: string }): Promise<{ queued: boolean }>
  'task.setRate'(input: { id: string; rate: number }): Promise<Empty>
  /** Sends one request through the engine's own lane, records nothing. */
  'task.tryOnce'(input: { spec: unknown; id?: string }): Promise<TryResult>

  'run.list'(input: RunFilter): Promise<Run[]>
  /** Live or finished. While it runs, `view` is the state of the last closed second. */
  'run.get'(input: { id: string }): Promise<RunView>
  'run.points'(input: { id: string; afterMs?: number }): Promise<{ points: Point[]; events: RunEvent[] }>
  'run.summary'(input: { id: string }): Promise<Summary>
  /** A stored run as a file: see `run-bundle.ts`. Throws `conflict` while it goes on. */
  'run.export'(input: { id: string }): Promise<RunBundle>
  /** Takes the run of such a file into the history of this machine. `known`: it was there already. Throws `conflict` in a cluster. */
  'run.import'(input: { text: string }): Promise<{ id: string; known: boolean }>
  'run.delete'(input: { id: string }): Promise<Empty>
  /** As one text: HTML, Markdown, JUnit, CSV, JSON, k6's summary or HdrHistogram's text. */
  'run.report'(input: { id: string; format?: ExportFormat; language?: 'en' | 'zh-CN' }): Promise<RunReport>
  /** Two to four runs against the first of them. */
  'run.compare'(input: { ids: string[] }): Promise<Comparison>
  /** What later runs of the same task are measured by; at most one per task. `on` false: none. */
  'run.setBaseline'(input: { id: string; on?: boolean }): Promise<Run>
  /** A note, tags, and whether it is kept whatever the retention says. */
  'run.annotate'(input: { id: string } & RunNotes): Promise<Run>
  /** Stops every live task; needs no master. Answers with the tasks that it was told to. */
  'run.stopAll'(input: Empty): Promise<{ stopped: string[]; queued: boolean }>

  'node.list'(input: Empty): Promise<NodeRow[]>
  /** Wishes to the master; that they were carried out is seen in `node.list`. */
  'node.drain'(input: { id: string }): Promise<Empty>
  'node.resume'(input: { id: string }): Promise<Empty>
  /** 0: never master. Higher is preferred. */
  'node.setPriority'(input: { id: string; priority: number }): Promise<Empty>
  /** `reason`: kept with the hand-over, for whoever reads the log of elections. */
  'node.makeMaster'(input: { id: string; reason?: string }): Promise<Empty>
  /** Gives a silent node up at once instead of waiting for it, and takes it off the list. */
  'node.markLost'(input: { id: string }): Promise<Empty>
  'cluster.get'(input: Empty): Promise<ClusterView>
  /** Takes the cluster of the settings into force without a restart; what cannot be joined leaves all as it is. Not while a run is on. */
  'cluster.changeOver'(input: Empty): Promise<Empty>
  /** The last elections and hand-overs, newest first. */
  'cluster.elections'(input: Empty): Promise<ElectionView[]>

  /** Text of another program → task spec, with what was taken and what was left out. */
  'import.parse'(input: ImportInput): Promise<Imported>
  /** .proto files, with all that they import → what a task of gRPC carries of them, and the methods that can be called: `shop.v1.Cart/Add`. */
  'proto.read'(input: { files: { name: string; text: string }[] }): Promise<{ descriptor: string; methods: string[] }>

  /** Begins to look for the highest rate at which a task's thresholds hold: a run per rate. One search at a time: throws `conflict`. */
  'capacity.start'(input: CapacityInput): Promise<CapacityView>
  /** Ends it; what has been found stays. */
  'capacity.stop'(input: { id: string }): Promise<Empty>
  /** The last searches of this node, newest first. */
  'capacity.list'(input: Empty): Promise<CapacityView[]>

  'settings.get'(input: Empty): Promise<Settings>
  'settings.set'(input: SettingsChange): Promise<Settings>
  /** Tries a connection step by step, and changes nothing. What is left out is taken from the settings. */
  'settings.testRedis'(input: RedisTest): Promise<ConnectionStep[]>
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
  /** Who leads, or whether the cluster state answers, moved; while it does not, each second. */
  'cluster:changed': ClusterView
  /** Something the user must know that belongs to no screen: storage failed, file set aside. */
  notice: Notice
  /** A search for capacity goes on to another rate, or has ended. */
  'capacity:changed': CapacityView
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
  /** Where tasks, runs and settings of this machine lie, and how much that is, bytes; null: nowhere, they end with the process. */
  data: { folder: string; bytes: number } | null
}

export interface TaskRow {
  task: Task
  /** Newest run first, at most 8: for the result column and the trend. */
  recent: { runId: string; startedAt: number; status: Run['status']; verdict: Verdict | null; p99: number | null }[]
}

/** Forms in which a finished run leaves the product. */
export const EXPORT_FORMATS = ['html', 'md', 'junit', 'csv', 'json', 'k6', 'hgrm'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface RunReport {
  text: string
  /** To be saved as. */
  fileName: string
  mediaType: string
}

export interface NodeRow {
  info: NodeInfo
  isMaster: boolean
  isThis: boolean
  /** `parked`: cut off, sends nothing. `incompatible`: of another major protocol, gets no work. */
  state: 'ok' | 'hot' | 'drained' | 'parked' | 'lost' | 'incompatible'
  /** For how long a lost node has been silent, ms; null while it is heard. */
  silentMs: number | null
}

export interface ClusterView {
  mode: 'local' | 'redis'
  /** Of Redis, without user and password. */
  address: string | null
  namespace: string | null
  /** Whether the cluster state answers. While it does not, everything else is as of `lastContactAt`. */
  connected: boolean
  /** ms since the epoch; null before the first answer. */
  lastContactAt: number | null
  /** `renewedMs`: since its lease was last seen renewed. Null while nobody leads. */
  master: { nodeId: string; name: string; epoch: number; renewedMs: number } | null
  /** For how long nobody has led, ms; null while somebody does. */
  masterlessMs: number | null
  /** Who led before, while nobody does. */
  formerMaster: string | null
  /** `registered`: heard of within ten minutes, what a majority is counted of. */
  sentinels: { alive: number; registered: number; quorum: number }
  /** While the cluster state is out of reach: when the workers that are cut off like this node stop by themselves, ms. */
  workersStopInMs: number | null
  /** Tasks whose stop waits for somebody to be reached. */
  queuedStops: string[]
  thisNode: string
  /** What to type on another machine; null for a single machine. */
  joinCommand: string | null
  sentinelCommand: string | null
}

/** An election or a hand-over, with everybody by name. */
export interface ElectionView {
  /** ms since the epoch. */
  at: number
  kind: 'election' | 'handover'
  /** The sentinel that won, or the master that handed over. */
  by: string
  /** The epoch that it ended. */
  epoch: number
  term: number
  deputies: string[]
  /** In the order of the choice, then those that could not be chosen. `why`: English; `said`: the same for other languages. */
  considered: { name: string; chosen: boolean; why: string; said: Sentence[] }[]
  /** Why somebody wanted it so. */
  reason: string | null
}

export const IMPORT_FORMATS = ['curl', 'har', 'openapi', 'postman', 'k6', 'vegeta'] as const
export type ImportFormat = (typeof IMPORT_FORMATS)[number]

export interface ImportInput {
  /** `auto`: told by the text itself. */
  format: ImportFormat | 'auto'
  /** At most 32 Mi characters; a curl command 1 Mi. */
  text: string
  /** Base URL to send to instead of the one of the file; for OpenAPI also a part of the URL or the description of one of its servers. */
  server?: string
  /** Which requests to take, e.g. `GET /orders/*` or the name of one; default: see docs/tasks.md. */
  select?: string[]
  /** False: pauses of a recording are left out. */
  thinkTime?: boolean
}

export interface Imported {
  /** As which the text was read; absent for a task file. */
  format?: ImportFormat
  spec: TaskSpec
  /** Load, checks and thresholds are the file's as well, not only defaults around its requests. */
  whole?: boolean
  /** What was taken, for the strip: e.g. `POST`, `4 headers`, `JSON body`. */
  taken: Sentence[]
  /** What was left out and why; never silent. */
  skipped: { what: string; sentence: Sentence }[]
  /** What can be selected, each as `GET /path`; absent where there is nothing to choose. */
  requests?: string[]
  /** Those of them that were taken, as far as a task can hold them. */
  chosen?: string[]
  /** Base URLs that the file names. */
  servers?: string[]
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
  /** Of a task with steps: those that were executed, without their pauses; all else is that of the last of them. */
  steps?: TryStep[]
}

/** One step that was tried. */
export interface TryStep extends Omit<TryResult, 'lane' | 'steps'> {
  name: string
  /** As sent, after redirects; secrets masked. */
  method: string
  url: string
  /** What was taken out of the answer, by name. */
  extracted: Record<string, string>
}

/** `id`: of the task. Rates in iterations per second; `fromRate` is by default the task's own, `ceiling` none. `holdMs`: how long a rate is measured, default 20 s. */
export interface CapacityInput {
  id: string
  fromRate?: number
  ceiling?: number
  holdMs?: number
}

export interface Settings {
  theme: 'system' | 'dark' | 'light'
  language: 'system' | 'en' | 'zh-CN'
  /** The desktop app tells of the end of a run that nobody watches. */
  notifications: boolean
  /** The desktop app keeps its machine awake while a run is on. */
  keepAwake: boolean
  /** Inline hints already dismissed. */
  dismissedHints: string[]
  /** Public hosts the user has said they may load. */
  allowedHosts: string[]
  /** What this node takes at most of any run, and as master lets fail (`stopAtErrors`, 0 … 1, of five seconds); null: no such limit. */
  limits: { maxRate: number | null; maxDurationMs: number | null; maxInFlight: number | null; stopAtErrors: number | null }
  /** Which runs this machine keeps: so many of the newest, and none older than so many days; null: no such limit. Pinned ones and baselines stay. */
  retention: { runs: number | null; days: number | null }
  cluster: ClusterSettings
}

/** How this node takes part in a cluster, from its next start or `cluster.changeOver` on. Password and secret go in and never come out. */
export interface ClusterSettings {
  mode: ClusterView['mode']
  /** Of Redis, without user and password. Empty: none. */
  address: string
  namespace: string
  /** ACL user; empty: the default one. */
  username: string
  hasPassword: boolean
  /** Of the cluster: who does not know it is not obeyed. */
  hasSecret: boolean
  /** Where password and secret rest: the keychain of the system, or a file that only this user may read. */
  keptIn: 'keychain' | 'file'
  /** Empty: the name of the machine. */
  nodeName: string
  /** 0: never master. */
  priority: number
  /** PEM of the authority that signed Redis' certificate; empty: those that the system knows. */
  ca: string
}

/** `password` and `secret`: null forgets it. */
export type ClusterSettingsChange = Partial<Omit<ClusterSettings, 'hasPassword' | 'hasSecret' | 'keptIn'>> & { password?: string | null; secret?: string | null }
export type SettingsChange = Partial<Omit<Settings, 'cluster' | 'limits'>> & { cluster?: ClusterSettingsChange; limits?: Partial<Settings['limits']> }
export type RedisTest = Pick<ClusterSettingsChange, 'address' | 'namespace' | 'username' | 'ca'> & { password?: string; secret?: string }

/** One step of a connection to Redis, in this order; what follows a failed one is skipped. */
export interface ConnectionStep {
  step: 'dns' | 'tcp' | 'tls' | 'auth' | 'server' | 'policy' | 'secret'
  state: 'ok' | 'warning' | 'failed' | 'skipped'
  /** What was found. */
  detail: Sentence
  /** What to do about it. */
  hint: Sentence | null
}

export type TaskProblems = Problem[]
