import { z } from 'zod'
import { authConflicts, authField } from './auth-schema.ts'
import { bodyConflicts, hasBody } from './body-schema.ts'
import { formatCheck, parseCheck } from './check.ts'
import { AppError } from './errors.ts'
import { loadConflicts, loadInconsistencies, loadObject, loadShape, stageKeys } from './load-schema.ts'
import { canonicalData, dataObject, dataRecord } from './data-schema.ts'
import { namedValues } from './names-schema.ts'
import { plainInput } from './plain-input.ts'
import { protocolOf } from './protocol.ts'
import { protocolProblems } from './protocol-rules.ts'
import { requestObject } from './request-schema.ts'
import { TASK_SCHEMA } from './task.ts'
import { field, readLine } from './task-fields.ts'
import { toProblems } from './task-problems.ts'
import { warningsOf } from './task-warnings.ts'
import { templateProblems } from './template-problems.ts'
import { formatThreshold, parseThreshold } from './threshold.ts'
import { transportObject, transportConflicts } from './transport-schema.ts'
import type { Problem } from './errors.ts'
import type { Refuse } from './task-fields.ts'
import type { KnownKeys } from './task-problems.ts'
import type { LoadSpec, ParseResult, RequestSpec, TaskSpec } from './task.ts'

/**
 * The door for tasks: whatever a file, a screen or a script calls a task becomes a canonical {@link TaskSpec} here, or
 * a list of everything that is wrong with it, each with its path and its cure. Parsing a TaskSpec again changes nothing.
 */

const MAX_EXPRESSIONS = 100
/** First words of a check, and the form of a threshold; the rest is judged by their parsers. */
const CHECK = String.raw`^\s*([sS][tT][aA][tT][uU][sS]|[bB][oO][dD][yY]|[hH][eE][aA][dD][eE][rR]|[sS][iI][zZ][eE]|[gG][rR][pP][cC]-[sS][tT][aA][tT][uU][sS]|[dD][uU][rR][aA][tT][iI][oO][nN]|\$)[^]*\S`
const THRESHOLD = String.raw`^\s*[A-Za-z_][\w.]*(\s*:\s*[\w.()]+)?\s*(<=|>=|<|>)\s*[^<>=]+$`
const expressions = (read: (value: unknown, refuse: Refuse) => string | undefined, pattern: string, description: string, examples: string[]) =>
  z.array(field(read, { type: 'string', pattern, examples })).max(MAX_EXPRESSIONS).meta({ description }).optional()

/** What is accepted: for the OpenAPI document, and for editors of task files. */
export const taskSchema = z.strictObject({
  $schema: z.string().meta({ description: 'Where an editor finds the JSON Schema of this file; not read.' }).optional(),
  schema: z.literal(TASK_SCHEMA).meta({ description: 'The form of this file.' }).optional(),
  name: field(readLine('The name', 200), { type: 'string', minLength: 1, maxLength: 200, description: 'What the task is called; default: its target.' }).optional(),
  load: loadObject,
  request: requestObject,
  auth: authField.optional(),
  checks: expressions(readCheck, CHECK, 'What a single answer must be like to count as good. Without one on the status, status < 400 holds.', ['status == 200', 'status in 200-299,304', 'body contains "id"', '$.ok == true', 'header content-type contains "json"', 'size < 10kb', 'duration < 500ms']),
  thresholds: expressions(readThreshold, THRESHOLD, 'What the whole run must be like to pass; exit code 99 otherwise.', ['p99<200ms', 'errors<1%', 'rate>=95%', 'checks>99%', 'service.p99<100ms']),
  transport: transportObject.optional(),
  tags: z.record(z.string(), field(readLine('A tag', 200), { type: ['string', 'number', 'boolean'] })).meta({ description: 'Kept with every run, to find it again.', examples: [{ team: 'checkout' }] }).optional(),
  vars: namedValues('vars').optional(),
  env: namedValues('env').optional(),
  data: dataRecord.optional(),
})

const keys: KnownKeys = {
  '': Object.keys(taskSchema.shape),
  load: Object.keys(loadShape),
  'load.stages': stageKeys,
  request: Object.keys(requestObject.shape),
  transport: Object.keys(transportObject.shape),
  'data.*': Object.keys(dataObject.shape),
}

/** Never throws. */
export function parseTaskSpec(input: unknown): ParseResult<TaskSpec> {
  const plain = plainInput(input)
  if (!plain.ok) return { ok: false, problems: [plain.problem], warnings: [] }
  const parsed = taskSchema.safeParse(plain.value, { reportInput: true })
  const conflicts = conflictsOf(plain.value)
  if (!parsed.success) return { ok: false, problems: [...parsed.error.issues.flatMap((issue) => toProblems(issue, keys)), ...conflicts], warnings: [] }
  const { data, problems: dataProblems } = canonicalData(parsed.data.data)
  const spec: TaskSpec = { ...canonical(parsed.data), ...filled('data', data) }
  const { request, transport } = asObject(plain.value)
  const protocol = protocolProblems(spec, { request: asObject(request), transport: asObject(transport) })
  const problems = [...conflicts, ...dataProblems, ...(conflicts.length > 0 ? [] : loadInconsistencies(spec.load)), ...rateThresholds(spec), ...authConflicts(spec), ...(dataProblems.length > 0 ? [] : templateProblems(spec)), ...protocol]
  const warnings = warningsOf(spec, writtenUrl(plain.value))
  return problems.length > 0 ? { ok: false, problems, warnings } : { ok: true, value: spec, warnings }
}

/** Like {@link parseTaskSpec}, but throws AppError `bad-input` with all problems. */
export function requireTaskSpec(input: unknown): TaskSpec {
  const parsed = parseTaskSpec(input)
  if (parsed.ok) return parsed.value
  const [first] = parsed.problems
  const more = parsed.problems.length - 1
  const message = `${first?.path ? `${first.path}: ` : ''}${first?.message ?? ''}${more > 0 ? ` (and ${more} more)` : ''}`
  throw new AppError('bad-input', message, { problems: parsed.problems, ...(first?.hint ? { hint: first.hint } : {}) })
}

/** A modest task for a URL: 100 iterations per second for 30 s. The URL is taken as it is. */
export function defaultTaskSpec(url: string): TaskSpec {
  return {
    schema: TASK_SCHEMA,
    name: nameOf(url),
    load: { rate: 100, duration: '30s' },
    request: { method: protocolOf(url) === 'grpc' ? 'POST' : 'GET', url, headers: {} },
    checks: [],
    thresholds: [],
    transport: { protocol: 'auto', timeout: '10s', keepAlive: true, insecure: false, follow: false },
    tags: {},
  }
}

/** Fills in what was left out, in a fixed order of keys. */
function canonical(task: z.output<typeof taskSchema>): TaskSpec {
  const { method, url, headers, bodyFile: _file, protoPath: _searched, ...rest } = task.request
  const content = defined<Omit<RequestSpec, 'method' | 'url' | 'headers'>>(rest)
  const defaults = defaultTaskSpec(url)
  return {
    schema: TASK_SCHEMA,
    name: task.name ?? defaults.name,
    load: defined<LoadSpec>(task.load),
    request: { method: method ?? (hasBody(content) || protocolOf(url) === 'grpc' ? 'POST' : 'GET'), url, headers: headers ?? {}, ...content },
    ...(task.auth === undefined ? {} : { auth: task.auth }),
    checks: task.checks ?? [],
    thresholds: task.thresholds ?? [],
    transport: { ...defaults.transport, ...defined<Partial<TaskSpec['transport']>>(task.transport ?? {}) },
    tags: task.tags ?? {},
    ...filled('vars', task.vars),
    ...filled('env', task.env),
  }
}

function conflictsOf(input: unknown): Problem[] {
  const { load, request, transport } = asObject(input)
  return [
    ...(typeof load === 'object' && load !== null && !Array.isArray(load) ? loadConflicts(asObject(load)) : []),
    ...bodyConflicts(asObject(request)),
    ...transportConflicts(asObject(transport)),
  ]
}

/** A closed model has no target rate that a threshold could compare with. */
function rateThresholds(spec: TaskSpec): Problem[] {
  if (spec.load.rate !== undefined || spec.load.stages !== undefined) return []
  return spec.thresholds.flatMap((expression, index) =>
    expression.startsWith('rate') ? [{ path: `thresholds[${index}]`, message: `${expression} compares with a target rate, and connections alone have none.`, hint: 'Add load.rate, or remove the threshold.' }] : [])
}

function readCheck(value: unknown, refuse: Refuse): string | undefined {
  if (typeof value !== 'string') return refuse('A check is text.', 'Write for example "status == 200".')
  const parsed = parseCheck(value)
  return parsed.ok ? formatCheck(parsed.check) : refuse(parsed.problem.message, parsed.problem.hint ?? '')
}

function readThreshold(value: unknown, refuse: Refuse): string | undefined {
  if (typeof value !== 'string') return refuse('A threshold is text.', 'Write for example "p99<200ms".')
  const parsed = parseThreshold(value)
  return parsed.ok ? formatThreshold(parsed.threshold) : refuse(parsed.problem.message, parsed.problem.hint ?? '')
}

/** `api.example.com/orders`: what a task is called that nobody named. */
function nameOf(url: string): string {
  const name = url.replace(/^[a-z]+:\/\//i, '').replace(/[?#].*$/, '').replace(/\/$/, '')
  return name.slice(0, 100).toWellFormed() || 'task'
}

function defined<T extends object>(fields: { [K in keyof T]?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T
}

/** An object under its name, unless there is nothing in it. */
function filled<K extends string, T>(name: K, values: Record<string, T> | undefined): Partial<Record<K, Record<string, T>>> {
  return values === undefined || Object.keys(values).length === 0 ? {} : ({ [name]: values } as Record<K, Record<string, T>>)
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function writtenUrl(input: unknown): string {
  const { url } = asObject(asObject(input)['request'])
  return typeof url === 'string' ? url : ''
}
