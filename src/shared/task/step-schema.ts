import { z } from 'zod'
import { checkList } from './expressions-schema.ts'
import { formatExtraction, parseExtraction } from './extraction.ts'
import { isVariableName } from './names-schema.ts'
import { protocolOf } from './protocol.ts'
import { canonicalRequest, requestObject } from './request-schema.ts'
import { MAX_THINK_MS } from './steps.ts'
import { show } from '../suggest.ts'
import { field, readLine } from './task-fields.ts'
import { formatThinkTime, parseThinkTime } from './think-time.ts'
import type { Problem } from '../errors.ts'
import type { Refuse } from './task-fields.ts'
import type { StepSpec, TaskSpec } from './task.ts'

/** The steps of a task: several requests that make one iteration. */

const MAX_STEPS = 100
const MAX_EXTRACTS = 50
const MAX_WEIGHT = 1_000_000
const THINK_EXAMPLE = 'Write for example 500ms, or 1s-3s to draw it for each iteration.'
const EXTRACT_EXAMPLE = 'Write for example extract: { token: $.token }.'

export const stepObject = z.strictObject({
  name: field(readLine('The name of a step', 100), { type: 'string', description: 'Unique within the task.' }).optional(),
  request: requestObject,
  extract: field(readExtract, { type: 'object', additionalProperties: { type: 'string' }, description: 'What later steps use as {{step.NAME}}: $.path, body "regex", header NAME ["regex"], cookie NAME, status.' }).optional(),
  checks: checkList,
  thinkTime: field(readThinkTime, { type: ['string', 'number'], minimum: 0, description: 'Pause before the next step.', examples: ['500ms', '1s-3s'] }).optional(),
  weight: field(readWeight, { type: ['number', 'string'], exclusiveMinimum: 0, description: 'How often it is drawn, with stepOrder: weighted. Default 1.' }).optional(),
  onFailure: z.enum(['stop', 'continue']).optional(),
})

export const stepList = z.array(stepObject).min(1).max(MAX_STEPS)

/** Steps in a fixed order of keys, each with a name. */
export function canonicalSteps(steps: z.output<typeof stepList>): StepSpec[] {
  return steps.map(({ name, request, ...rest }, i) => ({
    name: name ?? `step ${i + 1}`,
    request: canonicalRequest(request),
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
  }))
}

/** What is wrong with steps as a whole. @param spec canonical. */
export function stepProblems({ steps, stepOrder, cookies }: TaskSpec): Problem[] {
  if (steps === undefined) {
    return [
      ...(stepOrder === undefined ? [] : [{ path: 'stepOrder', message: 'There are no steps to order.', hint: 'Add steps, or remove it.' }]),
      ...(cookies === undefined ? [] : [{ path: 'cookies', message: 'Cookies are kept for the steps of an iteration, and there are none.', hint: 'Add steps, or remove it; a Cookie header is sent as it is.' }]),
    ]
  }
  return steps.flatMap((step, i) => {
    const at = `steps[${i}]`
    const twin = steps.findIndex(({ name }) => name === step.name)
    const problems: (Problem | false)[] = [
      twin < i && { path: `${at}.name`, message: `Two steps are named ${show(step.name)}.`, hint: 'Results are told by name: give each its own.' },
      protocolOf(step.request.url) !== 'http' && { path: `${at}.request.url`, message: 'A step is a request over HTTP.', hint: 'Use http:// or https://; other protocols go into a task without steps.' },
      step.request.stream !== undefined && { path: `${at}.request.stream`, message: 'A step is one answer, read to its end.', hint: 'Streams go into a task without steps.' },
      step.weight !== undefined && stepOrder !== 'weighted' && { path: `${at}.weight`, message: 'In a sequence every step is executed, so a weight says nothing.', hint: 'Remove it, or add stepOrder: weighted.' },
    ]
    return problems.filter((problem) => problem !== false)
  })
}

function readExtract(value: unknown, refuse: Refuse): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(`extract is an object of names and expressions, not ${show(value)}.`, EXTRACT_EXAMPLE)
  const entries = Object.entries(value) as [string, unknown][]
  if (entries.length > MAX_EXTRACTS) return refuse(`More than ${MAX_EXTRACTS} values of one answer.`, 'Extract only what later steps use.')
  return Object.fromEntries(entries.map(([name, expression]) => [name, readExtraction(name, expression, refuse) ?? '']))
}

function readExtraction(name: string, expression: unknown, refuse: Refuse): string | undefined {
  if (!isVariableName(name)) return refuse(`${show(name)} is no name of a variable.`, 'Use letters, digits, _ and -, for example token.', [name])
  if (typeof expression !== 'string') return refuse('What is extracted is said by text.', EXTRACT_EXAMPLE, [name])
  const parsed = parseExtraction(expression)
  return parsed.ok ? formatExtraction(parsed.extraction) : refuse(parsed.problem.message, parsed.problem.hint ?? '', [name])
}

function readThinkTime(value: unknown, refuse: Refuse): string | undefined {
  const parsed = typeof value === 'string' || typeof value === 'number' ? parseThinkTime(String(value)) : null
  if (parsed === null) return refuse(`${show(value)} is no pause.`, THINK_EXAMPLE)
  if (parsed.leastMs > parsed.mostMs) return refuse('The pause is to last longer than it lasts at most.', `Write ${formatThinkTime({ leastMs: parsed.mostMs, mostMs: parsed.leastMs })}.`)
  return parsed.mostMs > MAX_THINK_MS ? refuse('A pause lasts at most 10m.', THINK_EXAMPLE) : formatThinkTime(parsed)
}

function readWeight(value: unknown, refuse: Refuse): number | undefined {
  const weight = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  const good = typeof weight === 'number' && weight > 0 && weight <= MAX_WEIGHT
  return good ? weight : refuse(`${show(value)} is no weight.`, `Write a number above 0, at most ${MAX_WEIGHT}; a step of weight 3 is drawn three times as often as one of weight 1.`)
}
