import { z } from 'zod'
import { taskSchema } from './task-schema.ts'

/**
 * The JSON Schema (draft 2020-12) of the task file, for editors: it completes, describes and marks what is wrong in its
 * form. What it lets pass, `parseTaskSpec` still judges: expressions, URLs, variables, and what fits which protocol.
 */

const SHORT_STAGE = { type: 'string', pattern: '^[^:]+:[^:]+$', description: 'duration:target, as on the command line.', examples: ['30s:500'] }

type Schema = Record<string, unknown>

export function taskFileSchema(): Schema {
  const { $schema, ...document } = z.toJSONSchema(taskSchema, { io: 'input' })
  const schema = inLoad(document, (load) => ({ ...load, stages: withShortStages(load['stages'] as Schema) }))
  return { $schema, title: 'Stampede task', description: 'What to send, how much of it, and what counts as good.', ...schema, anyOf: [{ required: ['request'] }, { required: ['steps'] }] }
}

function inLoad(document: Schema, change: (properties: Schema) => Schema): Schema {
  const properties = document['properties'] as Schema
  const load = properties['load'] as Schema
  return { ...document, properties: { ...properties, load: { ...load, properties: change(load['properties'] as Schema) } } }
}

/** zod describes what `30s:500` is read into, not the text. */
function withShortStages(stages: Schema): Schema {
  return { ...stages, items: { anyOf: [stages['items'], SHORT_STAGE] } }
}
