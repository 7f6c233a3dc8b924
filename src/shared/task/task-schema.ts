import { z } from 'zod'
import { authConflicts, authField } from './auth-schema.ts'
import { bodyConflicts } from './body-schema.ts'
import { AppError } from '../errors.ts'
import { checkList, thresholdList } from './expressions-schema.ts'
import { loadConflicts, loadInconsistencies, loadObject, loadShape, stageKeys } from './load-schema.ts'
import { canonicalData, dataObject, dataRecord } from './data-schema.ts'
import { namedValues } from './names-schema.ts'
import { plainInput } from '../plain-input.ts'
import { protocolOf } from './protocol.ts'
import { protocolProblems } from './protocol-rules.ts'
import { canonicalRequest, requestObject } from './request-schema.ts'
import { canonicalSteps, stepList, stepObject, stepProblems } from './step-schema.ts'
import { stepTasks } from './steps.ts'
import { TASK_SCHEMA } from './task.ts'
import { field, readLine } from './task-fields.ts'
import { toProblems } from './task-problems.ts'
import { warningsOf } from './task-warnings.ts'
import { templateProblems } from './template-problems.ts'
import { transportObject, transportConflicts } from './transport-schema.ts'
import type { Problem } from '../errors.ts'
import type { KnownKeys } from './task-problems.ts'
import type { LoadSpec, ParseResult, TaskSpec } from './task.ts'

/**
 * The door for tasks: whatever a file, a screen or a script calls a task becomes a canonical {@link TaskSpec} here, or
 * a list of everything that is wrong with it, each with its path and its cure. Parsing a TaskSpec again changes nothing.
 */

/** What is accepted: for the OpenAPI document, and for editors of task files. */
export const taskSchema = z.strictObject({
  $schema: z.string().meta({ description: 'Where an editor finds the JSON Schema of this file; not read.' }).optional(),
  schema: z.literal(TASK_SCHEMA).meta({ description: 'The form of this file.' }).optional(),
  name: field(readLine('The name', 200), { type: 'string', minLength: 1, maxLength: 200, description: 'What the task is called; default: its target.' }).optional(),
  load: loadObject,
  request: requestObject.optional(),
  steps: stepList.meta({ description: 'Several requests that make one iteration, one after the other on one virtual user; instead of request.' }).optional(),
  stepOrder: z.enum(['sequence', 'weighted']).meta({ description: 'sequence (the default): all steps, one after the other. weighted: each iteration executes one step, drawn by weight.' }).optional(),
  cookies: z.boolean().meta({ description: 'With steps: keep cookies within an iteration and send them back. Default: true.' }).optional(),
  auth: authField.optional(),
  checks: checkList,
  thresholds: thresholdList,
  abortOnFail: z.boolean().meta({ description: 'Stop the run as soon as a threshold fails, after the warm-up. Default: false.' }).optional(),
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
  steps: Object.keys(stepObject.shape),
  'steps.request': Object.keys(requestObject.shape),
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
  const problems = [
    ...conflicts, ...dataProblems, ...(conflicts.length > 0 ? [] : loadInconsistencies(spec.load)), ...rateThresholds(spec), ...authConflicts(spec), ...otherRequest(spec, parsed.data.request), ...stepProblems(spec),
    ...(dataProblems.length > 0 ? [] : templateProblems(spec)), ...protocolsOf(spec, plain.value),
  ]
  const warnings = warningsOf(spec, writtenUrls(plain.value))
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
  const steps = task.steps === undefined ? undefined : canonicalSteps(task.steps)
  const request = steps?.[0]?.request ?? canonicalRequest(task.request ?? { url: '' })
  const defaults = defaultTaskSpec(request.url)
  return {
    schema: TASK_SCHEMA,
    name: task.name ?? defaults.name,
    load: defined<LoadSpec>(task.load),
    request,
    ...(steps === undefined ? {} : { steps }),
    ...defined<Pick<TaskSpec, 'stepOrder' | 'cookies'>>({ stepOrder: task.stepOrder, cookies: task.cookies }),
    ...(task.auth === undefined ? {} : { auth: task.auth }),
    checks: task.checks ?? [],
    thresholds: task.thresholds ?? [],
    ...(task.abortOnFail === true ? { abortOnFail: true } : {}),
    transport: { ...defaults.transport, ...defined<Partial<TaskSpec['transport']>>(task.transport ?? {}) },
    tags: task.tags ?? {},
    ...filled('vars', task.vars),
    ...filled('env', task.env),
  }
}

function conflictsOf(input: unknown): Problem[] {
  const { load, request, steps, transport } = asObject(input)
  return [
    ...(request === undefined && steps === undefined ? [{ path: 'request', message: 'request is missing.', hint: 'Write for example request: { url: https://api.example.com/orders }.' }] : []),
    ...(typeof load === 'object' && load !== null && !Array.isArray(load) ? loadConflicts(asObject(load)) : []),
    ...writtenRequests(input).flatMap(({ path, request: written }) => bodyConflicts(written, path)),
    ...transportConflicts(asObject(transport)),
  ]
}

/** Steps say what is sent; a request beside them may only repeat the first one. */
function otherRequest({ steps }: TaskSpec, request: z.output<typeof requestObject> | undefined): Problem[] {
  if (steps === undefined || request === undefined || isSame(canonicalRequest(request), steps[0]!.request)) return []
  return [{ path: 'request', message: 'request and the first step differ.', hint: 'Leave request out: with steps, they say what is sent.' }]
}

/** Fields that say nothing over the protocol of their request; those of steps are told once, where they stand. */
function protocolsOf(spec: TaskSpec, input: unknown): Problem[] {
  const transport = asObject(asObject(input)['transport'])
  const written = writtenRequests(input)
  if (spec.steps === undefined) return protocolProblems(spec, { request: written[0]?.request ?? {}, transport })
  return stepTasks(spec).flatMap((task, i) =>
    protocolProblems(task, { request: written[i]?.request ?? {}, transport: {} }).flatMap((problem) => (problem.path.startsWith('request.') ? [{ ...problem, path: `steps[${i}].${problem.path}` }] : [])))
}

/** A closed model has no target rate that a threshold could compare with. */
function rateThresholds(spec: TaskSpec): Problem[] {
  if (spec.load.rate !== undefined || spec.load.stages !== undefined) return []
  return spec.thresholds.flatMap((expression, index) =>
    expression.startsWith('rate') ? [{ path: `thresholds[${index}]`, message: `${expression} compares with a target rate, and connections alone have none.`, hint: 'Add load.rate, or remove the threshold.' }] : [])
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

/** The requests of a task as they were written, those of the steps where there are any. */
function writtenRequests(input: unknown): { path: string; request: Record<string, unknown> }[] {
  const { request, steps } = asObject(input)
  if (!Array.isArray(steps)) return [{ path: 'request', request: asObject(request) }]
  return steps.map((step, i) => ({ path: `steps[${i}].request`, request: asObject(asObject(step)['request']) }))
}

function writtenUrls(input: unknown): string[] {
  return writtenRequests(input).map(({ request: { url } }) => (typeof url === 'string' ? url : ''))
}

/** The same JSON, whatever the order of its keys. */
function isSame(one: unknown, other: unknown): boolean {
  return sorted(one) === sorted(other)
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'object' && item !== null && !Array.isArray(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item))
}
