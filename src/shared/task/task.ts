import type { Problem } from '../errors.ts'

/**
 * The task: what to send, how much of it, and what counts as good. `stampede.task/1` of `cli.md`.
 *
 * One shape everywhere: in a task file, in the API and in the store. {@link parseTaskSpec} is the door; behind
 * it a TaskSpec is canonical (durations as `1m30s`, rates as numbers per second) and parsing it again changes nothing.
 */
export const TASK_SCHEMA = 'stampede.task/1'

export interface StageSpec {
  /** Canonical duration, e.g. `30s`; `0s` jumps. */
  duration: string
  /** Iterations per second at the end of the stage; reached linearly from the previous target (0 at first). */
  target: number
}

export interface LoadSpec {
  /** Target rate in iterations per second over the whole fleet (open model). Excludes `stages`. */
  rate?: number
  /** Open model with a course. Excludes `rate`, `duration`, `requests`. */
  stages?: StageSpec[]
  /** Without `rate`/`stages`: closed model with this many virtual users. With them: a cap on open connections. */
  connections?: number
  /** Length of the run. */
  duration?: string
  /** Total number of iterations; with `rate` it replaces `duration`. In the closed model whichever of both comes first ends the run. */
  requests?: number
  /** Linear rise from 0 to `rate` at the start, within the duration. */
  ramp?: string
  /** Runs before the profile at its first rate and is kept out of the result. */
  warmup?: string
  /** Spacing of arrivals, default uniform. */
  arrivals?: 'uniform' | 'poisson'
  /** Bound on iterations waiting or in flight; beyond it they are dropped and counted. Default: see `compileLoad`. */
  maxInFlight?: number
}

export interface RequestSpec {
  method: string
  url: string
  /** Names as written; a list sends the header more than once. */
  headers: Record<string, string | string[]>
  /** Text body, sent as UTF-8. A request has one body at most: this one or one of the next three. */
  body?: string
  /** Binary body. */
  bodyBase64?: string
  /** Fields of an `application/x-www-form-urlencoded` body, encoded when sent; a list sends the field more than once. */
  form?: Record<string, string | string[]>
  /** Parts of a `multipart/form-data` body, in order. */
  multipart?: PartSpec[]
  /** Over `ws:`, `wss:`, `tcp:` and `tls:`: what an iteration sends, text as UTF-8. Without any of the three an iteration opens a connection. */
  send?: string
  /** The same as bytes; over a WebSocket they make a binary message. */
  sendBase64?: string
  sendHex?: string
  /** Over http(s): the answer is a stream, read event by event or chunk by chunk until what is expected of it has come. */
  stream?: 'sse' | 'chunks'
  /** What ends the iteration: an expression, see `expect.ts`. */
  expect?: string
  /** Over `grpc:` and `grpcs:`: the message as JSON text, by default an empty one. Headers are the metadata. */
  message?: string
  /** Name of the .proto file that {@link descriptor} was made of. */
  proto?: string
  /** What the service is made of: a FileDescriptorSet, base64. Without it the server is asked by reflection. */
  descriptor?: string
}

/** One part of a multipart form: text, or the bytes of a file. */
export interface PartSpec {
  name: string
  /** Text, sent as UTF-8; may hold variables. Excludes `base64`. */
  value?: string
  /** Bytes: files travel with the task. */
  base64?: string
  filename?: string
  /** Default: none for text, `application/octet-stream` for bytes. */
  contentType?: string
}

/**
 * Who the requests come from. Every request of the task carries it, unless it has such a header itself. Values may hold
 * variables; those of OAuth 2.0 only such that are the same in every iteration, as the token is. Never shown, see `mask-spec.ts`.
 */
export type AuthSpec =
  | { type: 'basic'; username: string; password: string }
  | { type: 'bearer'; token: string }
  | { type: 'api-key'; name: string; in: 'header' | 'query'; value: string }
  | OAuth2Spec

/** Client credentials (RFC 6749 §4.4): the token is fetched once before the run begins, by each node, and renewed in time. */
export interface OAuth2Spec {
  type: 'oauth2'
  tokenUrl: string
  clientId: string
  clientSecret: string
  scope?: string
  audience?: string
  /** Where client id and secret stand in the request for the token. */
  credentialsIn: 'header' | 'body'
}

export interface TransportSpec {
  protocol: 'auto' | 'http1' | 'http2'
  /** Bound on one request, connect included. */
  timeout: string
  keepAlive: boolean
  /** Accept any certificate. */
  insecure: boolean
  /** Follow redirects, at most 10. */
  follow: boolean
  proxy?: string
  /** PEM texts, not paths: a task must mean the same on every node. */
  cert?: string
  key?: string
  cacert?: string
  sni?: string
  /** `host:port:address`, as curl has it: the name leads to this address; more of them with commas, `*` for any host. */
  resolve?: string[]
  /** `host:port:host2:port2`, as curl has it: connections go there instead; what is empty fits any, or stays. TLS and headers keep the target's name. */
  connectTo?: string[]
}

/** Encodings of data files, by the names of the Encoding standard. */
export type DataEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'gbk'

/** Rows of values; every iteration uses one of them: `{{users.id}}`. */
export interface DataSpec {
  /** Path of the file; exactly one of the two. With `content` only its name. */
  csv?: string
  /** One JSON object per line. */
  jsonl?: string
  /** By the number of the iteration: one after the other and again from the first; drawn; or each row at most once, then the run ends. */
  mode: 'sequential' | 'random' | 'unique'
  delimiter?: ',' | ';' | '\t' | '|'
  encoding?: DataEncoding
  /** Known once the file has been read. */
  columns?: string[]
  rows?: number
  bytes?: number
  /** SHA-256 of the file. */
  hash?: string
  /** The text of the file, up to 4 MiB for all data of a task; larger ones lie on every node. */
  content?: string
}

/** One request of an iteration that has several. */
export interface StepSpec {
  /** Unique within the task; failures and results are told under it. */
  name: string
  request: RequestSpec
  /** What is taken out of the answer, by name: expressions, see `extraction.ts`. Later steps of the same iteration say `{{step.name}}`. */
  extract?: Record<string, string>
  /** Hold for this step besides those of the task. */
  checks?: string[]
  /** Pause before the next step: `500ms`, or `1s-3s` to draw it for each iteration. After the last one only virtual users pause. */
  thinkTime?: string
  /** How often it is drawn compared with the others, default 1; only where the order is weighted. */
  weight?: number
  /** `stop` (the default): the iteration has failed and ends. `continue`: the failure counts with the step alone, the iteration goes on. */
  onFailure?: 'stop' | 'continue'
}

export interface TaskSpec {
  schema: typeof TASK_SCHEMA
  name: string
  load: LoadSpec
  /** Of a task with steps the request of the first one. */
  request: RequestSpec
  /** What an iteration does, one after the other on one virtual user. Without them it is one request. */
  steps?: StepSpec[]
  /** `sequence` (the default), or `weighted`: each iteration executes one of the steps, drawn by weight and by its number. */
  stepOrder?: 'sequence' | 'weighted'
  /** False: what servers set as cookies is not sent back. By default each iteration with steps has a jar of its own. */
  cookies?: boolean
  auth?: AuthSpec
  /** Expressions, see `check.ts`. Without one on the status, `status < 400` holds. */
  checks: string[]
  /** Expressions, see `threshold.ts`. */
  thresholds: string[]
  /** The run is stopped as soon as one of them fails. */
  abortOnFail?: boolean
  transport: TransportSpec
  tags: Record<string, string>
  /** What `{{vars.name}}` stands for, the same in every request. */
  vars?: Record<string, string>
  /** What `{{env.NAME}}` stands for: taken from the environment where the task was given, so that it means the same on every node. */
  env?: Record<string, string>
  data?: Record<string, DataSpec>
}

/** The states of a task (`architecture.md`, "Task states"). The verdict of a finished run is apart from it. */
export type TaskStatus =
  | 'draft'
  | 'pending-run'
  | 'running'
  | 'pending-rate-change'
  | 'pending-stop'
  | 'finished'
  | 'failed'
  | 'aborted'

export interface Task {
  id: string
  spec: TaskSpec
  status: TaskStatus
  /** Raised by one with every change of spec, status or wanted rate. */
  revision: number
  /** The run that the status speaks of; null before the first. */
  runId: string | null
  /** Target rate asked for while running (pending-rate-change), iterations per second; null: as the spec says. */
  wantedRate: number | null
  /** Why it failed or was aborted, one sentence; null otherwise. */
  reason: string | null
  createdAt: number
  updatedAt: number
}

/** What may happen to a task. Users ask (`start`, `change-rate`, `stop`), the master reports (the rest). `runId` of a stop: only this run is meant. */
export type TaskEvent = { type: 'start'; runId: string } | { type: 'change-rate'; rate: number } | { type: 'stop'; runId?: string } | TaskReport

/** `runId`: which run of the task it speaks of, so that one that was long under way does not end the next run; without it, the one that it is in. */
export type TaskReport = { runId?: string } & (
  | { type: 'started' }
  /** `rate`: the one that was applied, so that an older report does not end the wait for a newer wish. */
  | { type: 'rate-changed'; rate?: number }
  | { type: 'finished' }
  | { type: 'failed'; reason: string }
  | { type: 'aborted'; reason: string }
)

export type ParseResult<T> = { ok: true; value: T; warnings: Problem[] } | { ok: false; problems: Problem[]; warnings: Problem[] }
