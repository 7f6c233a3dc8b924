import { z } from 'zod'
import { AppError } from '../errors.ts'
import { plainInput } from '../plain-input.ts'
import { priority, redisTest, settingsChange } from './settings-schema.ts'
import { field, readRate } from '../task/task-fields.ts'
import { toProblems } from '../task/task-problems.ts'
import { taskSchema } from '../task/task-schema.ts'
import { EXPORT_FORMATS, IMPORT_FORMATS } from './contract.ts'
import type { CommandName, Input } from './contract.ts'

/**
 * The door for commands: what each accepts, and the OpenAPI document made from the same schemas. A task spec inside is
 * only asked to be there; `parseTaskSpec` judges it with its own messages.
 */

/** An import is text that a person pasted, or a file: recordings are large. */
const MAX_IMPORT = 33_554_432
/** Characters of one .proto file. */
const MAX_PROTO = 4 * 1024 * 1024
const MAX_SELECTED = 1000
/** A run of a day, with its points. */
const MAX_BUNDLE = 268_435_456
const MAX_LISTED = 1000

const empty = z.strictObject({})
const tagsSchema = z.record(z.string().min(1).max(100), z.string().max(200)).refine((tags) => Object.keys(tags).length <= 50, { message: 'At most 50 tags.' })
const idText = z.string().regex(/^[\w.:-]{1,128}$/, 'Write the id as `task list` or `history` shows it.')
const byId = z.strictObject({ id: idText })
const instant = z.number().min(0)
const spec = z.unknown().refine((value) => value !== undefined, { message: 'The task is missing.', params: { hint: 'Send it as spec: { load, request, … }.' } })

const perSecond = field((value, refuse) => readRate(value, refuse), { type: ['number', 'string'], description: 'Iterations per second over the whole fleet.' })

export const inputSchemas = {
  'app.capabilities': empty,
  'task.list': empty,
  'task.get': byId,
  'task.create': z.strictObject({ spec }),
  'task.update': z.strictObject({ id: idText, spec }),
  'task.clone': byId,
  'task.delete': byId,
  'task.restore': byId,
  'task.start': byId,
  'task.stop': byId,
  'task.setRate': z.strictObject({ id: idText, rate: perSecond }),
  'task.tryOnce': z.strictObject({ spec, id: idText.optional() }),
  'run.list': z.strictObject({
    taskId: idText.optional(), limit: z.int().min(1).max(MAX_LISTED).optional(), before: instant.optional(), from: instant.optional(),
    verdict: z.enum(['passed', 'failed', 'no-thresholds', 'not-trustworthy']).optional(), text: z.string().max(200).optional(), tag: z.string().max(200).optional(), baseline: z.boolean().optional(),
  }),
  'run.get': byId,
  'run.points': z.strictObject({ id: idText, afterMs: instant.optional() }),
  'run.summary': byId,
  'run.export': byId,
  'run.import': z.strictObject({ text: z.string().max(MAX_BUNDLE) }),
  'run.delete': byId,
  'run.report': z.strictObject({ id: idText, format: z.enum(EXPORT_FORMATS).optional(), language: z.enum(['en', 'zh-CN']).optional() }),
  'run.compare': z.strictObject({ ids: z.array(idText).min(2).max(4) }),
  'run.setBaseline': z.strictObject({ id: idText, on: z.boolean().optional() }),
  'run.annotate': z.strictObject({ id: idText, note: z.string().max(2000).optional(), tags: tagsSchema.optional(), pinned: z.boolean().optional() }),
  'run.stopAll': empty,
  'node.list': empty,
  'node.drain': byId,
  'node.resume': byId,
  'node.setPriority': z.strictObject({ id: idText, priority }),
  'node.makeMaster': z.strictObject({ id: idText, reason: z.string().max(200).optional() }),
  'node.markLost': byId,
  'cluster.get': empty,
  'cluster.changeOver': empty,
  'cluster.elections': empty,
  'import.parse': z.strictObject({
    format: z.enum([...IMPORT_FORMATS, 'auto']),
    text: z.string().max(MAX_IMPORT),
    server: z.string().max(2000).optional(),
    select: z.array(z.string().max(2000)).max(MAX_SELECTED).optional(),
    thinkTime: z.boolean().optional(),
  }),
  'proto.read': z.strictObject({ files: z.array(z.strictObject({ name: z.string().min(1).max(1000), text: z.string().max(MAX_PROTO) })).min(1).max(200) }),
  'capacity.start': z.strictObject({ id: idText, fromRate: perSecond.optional(), ceiling: perSecond.optional(), holdMs: z.int().min(1000).max(3_600_000).optional() }),
  'capacity.stop': byId,
  'capacity.list': empty,
  'settings.get': empty,
  'settings.set': settingsChange,
  'settings.testRedis': redisTest,
  'demo.target': empty,
} satisfies Record<CommandName, z.ZodType>

/** The input of a command, checked; nothing at all counts as `{}`. Throws AppError `bad-input` with every problem, `not-found` for an unknown command. */
export function parseInput<C extends CommandName>(command: C, input: unknown): Input<C> {
  if (!Object.hasOwn(inputSchemas, command)) throw new AppError('not-found', `There is no command ${JSON.stringify(command)}.`)
  const schema: z.ZodObject = inputSchemas[command]
  const plain = plainInput(input ?? {})
  if (!plain.ok) throw new AppError('bad-input', plain.problem.message, { problems: [plain.problem] })
  const parsed = schema.safeParse(plain.value, { reportInput: true })
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.flatMap((issue) => toProblems(issue, { '': Object.keys(schema.shape) }, `the input of ${command}`))
  const [first] = problems
  throw new AppError('bad-input', first?.message ?? 'The input is wrong.', { problems, ...(first?.hint ? { hint: first.hint } : {}) })
}

/** The HTTP API as an OpenAPI 3.1 document. */
export function openApi(): object {
  return {
    openapi: '3.1.0',
    info: { title: 'Stampede', version: '1', description: 'Every command takes one JSON object and answers with one JSON value. Facts arrive as server-sent events at /api/events.' },
    security: [{ token: [] }],
    paths: Object.fromEntries(Object.entries(inputSchemas).map(([command, schema]) => [`/api/${command}`, { post: operation(command, schema) }])),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { TaskSpec: jsonSchema(taskSchema), Error: ERROR },
      responses: { Refusal: { description: 'The command was refused.', content: json({ $ref: '#/components/schemas/Error' }) } },
    },
  }
}

function operation(command: string, schema: z.ZodType): object {
  const refusal = { $ref: '#/components/responses/Refusal' }
  return {
    operationId: command,
    tags: [command.split('.')[0]],
    requestBody: { required: true, content: json(withTaskSpec(jsonSchema(schema))) },
    responses: { 200: { description: 'Done.', content: json({}) }, 400: refusal, 401: refusal, 404: refusal, 409: refusal },
  }
}

function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...document } = z.toJSONSchema(schema, { io: 'input' })
  return document
}

/** A task is described once and referred to. */
function withTaskSpec(document: Record<string, unknown>): Record<string, unknown> {
  const properties = document['properties'] as Record<string, unknown> | undefined
  if (properties?.['spec'] === undefined) return document
  const required = new Set([...((document['required'] as string[] | undefined) ?? []), 'spec'])
  return { ...document, properties: { ...properties, spec: { $ref: '#/components/schemas/TaskSpec' } }, required: [...required] }
}

function json(schema: object): object {
  return { 'application/json': { schema } }
}

const ERROR = {
  type: 'object',
  required: ['code', 'message'],
  properties: {
    code: { type: 'string' },
    message: { type: 'string', description: 'What is wrong.' },
    hint: { type: 'string', description: 'What would be right.' },
    problems: { type: 'array', items: { type: 'object', required: ['path', 'message'], properties: { path: { type: 'string' }, message: { type: 'string' }, hint: { type: 'string' } } } },
  },
}
