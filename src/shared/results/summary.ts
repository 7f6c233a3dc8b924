import type { Sentence } from '../locales/sentence.ts'
import type { ErrorKind, AppErrorCode } from '../errors.ts'
import type { HealthKind, ErrorSample } from './sample.ts'

/** What screens, the terminal, `--json` and the report show of a run. One computation (`summarize.ts`), one formatter (`format.ts`). */

/** The result's first word. `cli.md`, "Exit codes". */
export type Verdict = 'passed' | 'failed' | 'no-thresholds' | 'not-trustworthy'

/** Times in ms with 3 significant digits; null where nothing was recorded (shown as –, never as 0). */
export interface Distribution {
  unit: 'ms'
  min: number | null
  mean: number | null
  p50: number | null
  p75: number | null
  p90: number | null
  p95: number | null
  p99: number | null
  'p99.9': number | null
  'p99.99': number | null
  max: number | null
}

/** One closed second of a run, merged over all nodes: what charts are drawn from. */
/** A point is kept for each second of a run: it must not grow with the fleet. */
export const MOST_NODES_PER_POINT = 50
/** Nor with the steps of a task: only the first ones are in it. */
export const MOST_STEPS_PER_POINT = 20

export interface Point {
  /** End of the second, ms since the start of the run: 1000, 2000, … */
  atMs: number
  /** In the warm-up: shown, not judged. */
  warmup: boolean
  /** Mean target rate over this second, iterations per second. */
  target: number
  planned: number
  started: number
  completed: number
  failed: number
  dropped: number
  cancelled: number
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
  queued: number
  connections: number
  bytesReceived: number
  /** Failures of this second by group: index into the run's `errors` → count, as pairs flattened. */
  errors: { kind: ErrorKind; status: number; message: string; count: number }[]
  statuses: Record<string, number>
  /** Latency heat cells, `[bin, count, bin, count, …]`, bins of `heat.ts`. */
  heat: number[]
  /** CPU of the busiest engine thread, % of a core, worst node. */
  cpuPercent: number
  loopLagMs: number
  /** Kinds of generator problems in this second; the time is hatched on charts. */
  problems: HealthKind[]
  /** Per node, for the generators table: at most {@link MOST_NODES_PER_POINT}, of more those in trouble before others. */
  nodes: { id: string; started: number; completed: number; cpuPercent: number; loopLagMs: number; lagP99: number | null }[]
  /** One for each step of the task, in its order, {@link MOST_STEPS_PER_POINT} at most; not there for a task without steps. */
  steps?: StepPoint[] | undefined
}

/** What one step did in a second. Times as those of a {@link Point}, from the instant at which the step was due. */
export interface StepPoint extends Pick<Point, 'failed' | 'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max' | 'serviceP99'> {
  /** Requests that ended, with a response or an error. */
  completed: number
  heat: ArrayLike<number>
}

/** What charts draw of a second. */
export type ChartPoint = Pick<Point, 'atMs' | 'warmup' | 'target' | 'completed' | 'failed' | 'dropped' | 'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max' | 'serviceP99' | 'lagP99' | 'inFlight' | 'errors' | 'problems' | 'steps'> & { heat: ArrayLike<number> }

export interface RunEvent {
  atMs: number
  kind:
    | 'rate-changed'
    /** Of nodes, `detail.node` has the name; `share` what it carries then, 0 … 1. */
    | 'node-joined'
    | 'node-lost'
    | 'node-drained'
    /** Others took over what a node carried: `to`, names with commas. */
    | 'shares-moved'
    /** `node`, `epoch`, and `afterMs`: how long nobody led. */
    | 'master-changed'
    /** Seconds of a node that will never be known: `node`, `fromMs`, `toMs`. */
    | 'gap'
    /** Part of the target that nobody can take from now on: `perSecond`; 0 when it is over. */
    | 'deficit'
    /** More was sent than the target for a moment: `count` arrivals. */
    | 'overload'
    | 'threshold-crossed'
    | 'threshold-recovered'
    | 'stop-requested'
    /** It was stopped as too much failed: `errorRate` of the last seconds, and the `limit` of the node that leads, 0 … 1. */
    | 'error-limit'
    | 'storage-failed'
    /** Unique data end before the load would: so does the run. */
    | 'rows-limited'
    | 'generator-problem'
  detail: Record<string, string | number | boolean | null>
}

export interface ThresholdResult {
  /** Canonical form, e.g. `p99<200ms`. */
  expression: string
  value: number | null
  unit: 'ms' | '%' | '/s' | ''
  ok: boolean
  /** Since when it has been failing, ms of the run; null when it holds. */
  failingSinceMs: number | null
}

export interface ErrorGroup {
  kind: ErrorKind
  status: number
  message: string
  count: number
  firstAtMs: number
  samples: ErrorSample[]
}

/** What one step did over the whole run. */
export interface StepResult {
  name: string
  /** Requests of the step that ended; failed ones are part of it. */
  requests: number
  failed: number
  /** From the instant at which the step was due. */
  responseTime: Distribution
  /** From the actual send. */
  serviceTime: Distribution
}

export interface Ledger {
  planned: number
  started: number
  dropped: number
  lost: number
  completed: number
  failed: number
  cancelled: number
}

/** `stampede.summary/1`, exactly as `--json` prints it. */
export interface Summary {
  schema: 'stampede.summary/1'
  version: string
  run: { id: string; taskId: string; name: string; target: string; method: string; startedAt: string; endedAt: string; durationMs: number; lane: string; model: 'open' | 'closed' }
  status: 'finished' | 'aborted' | 'failed'
  verdict: Verdict
  /** One sentence, English. */
  reason: string
  /** The same sentence for translation. */
  sentence: Sentence
  /** Null when it balances; otherwise what does not add up. */
  imbalance: string | null
  ledger: Ledger
  requests: { sent: number; succeeded: number; failed: number; perSecond: number }
  rate: { target: number | null; achieved: number }
  responseTime: Distribution
  /** All response times (`histogram.ts`, `encode`, as base64): what a percentile that is not listed can be taken from. Runs stored by older versions have none. */
  histogram?: string
  serviceTime: Distribution
  scheduleLag: Distribution
  phases: { dns: Distribution; connect: Distribution; tls: Distribution; firstByte: Distribution }
  bytes: { sent: number; received: number }
  statusCodes: Record<string, number>
  errors: ErrorGroup[]
  checks: { expression: string; passed: number; failed: number }[]
  thresholds: ThresholdResult[]
  /** Only of a task whose answers are streams: events of SSE, chunks, messages of gRPC. From the actual send to the first of an answer, and from one to the next. */
  stream?: { chunks: number; firstChunk: Distribution; gap: Distribution }
  /** Of a task without steps the only one is the task itself. */
  steps: StepResult[]
  nodes: { id: string; name: string; share: number; started: number; completed: number; cpuPercent: number; loopLagMsP99: number; lostAtMs: number | null }[]
  health: { ok: boolean; problems: { atMs: number; untilMs: number; node: string; kind: HealthKind; detail: string }[] }
  events: RunEvent[]
  points: Point[]
}

/** An error as it crosses a bridge. */
export interface WireError {
  code: AppErrorCode
  message: string
  hint?: string
  problems?: readonly { path: string; message: string; hint?: string }[]
}
