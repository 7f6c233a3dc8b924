import { headerValueProblem } from './header-rules.ts'
import { joinPath } from '../plain-input.ts'
import { show } from '../suggest.ts'
import { field } from './task-fields.ts'
import type { Problem } from '../errors.ts'
import type { Refuse } from './task-fields.ts'
import type { PartSpec, RequestSpec } from './task.ts'

/** Bodies of requests besides plain text: forms, multipart forms, files. */

export const MAX_BODY_BYTES = 4 * 1024 * 1024
const BODIES = ['body', 'bodyBase64', 'bodyFile', 'form', 'multipart'] as const
const MAX_FIELDS = 1000
const FORM_EXAMPLE = 'Write for example form: { user: ada, lang: en }.'
const PART_EXAMPLE = 'Write for example multipart: [{ name: title, value: hello }].'
const PART_KEYS = ['name', 'value', 'base64', 'file', 'filename', 'contentType']
const TOO_LARGE = 'Send a smaller one: every request would carry it.'

const partSchema = {
  type: 'object',
  properties: { name: { type: 'string' }, value: { type: 'string' }, file: { type: 'string', description: 'In a task file: its path.' }, base64: { type: 'string', contentEncoding: 'base64' }, filename: { type: 'string' }, contentType: { type: 'string' } },
  required: ['name'],
  additionalProperties: false,
} as const

export const bodyShape = {
  bodyFile: field(readUnread, { type: 'string', description: 'In a task file: the path of a file that is the body, at most 4 MiB.' }).optional(),
  form: field(readForm, { type: 'object', description: 'Fields of a form, encoded when sent.', additionalProperties: { type: ['string', 'number', 'boolean', 'array'] } }).optional(),
  multipart: field(readMultipart, { type: 'array', items: partSchema, description: 'Parts of a multipart form: texts and files.' }).optional(),
}

/** Whether anything is sent as the body. */
export function hasBody({ body, bodyBase64, form, multipart }: Partial<RequestSpec>): boolean {
  return (body ?? bodyBase64 ?? form ?? multipart) !== undefined
}

/** A request has one body. @param request as written. @param at its path. */
export function bodyConflicts(request: Record<string, unknown>, at = 'request'): Problem[] {
  const [first, second] = BODIES.filter((name) => Object.hasOwn(request, name))
  const type = Object.hasOwn(request, 'multipart') ? Object.keys(Object(request['headers']) as object).find((name) => name.toLowerCase() === 'content-type') : undefined
  if (type !== undefined) return [{ path: joinPath(`${at}.headers`, type), message: 'A multipart body says itself what it is, with its boundary.', hint: 'Remove the header.' }]
  return second === undefined ? [] : [{ path: `${at}.${second}`, message: `${first} and ${second} exclude each other.`, hint: 'Keep one.' }]
}

function readUnread(_: unknown, refuse: Refuse): undefined {
  return refuse('Files are read where a task file is given, not here.', 'Send the bytes as bodyBase64, or the text as body.')
}

function readForm(value: unknown, refuse: Refuse): Record<string, string | string[]> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(`form is an object of names and values, not ${show(value)}.`, FORM_EXAMPLE)
  const entries = Object.entries(value as Record<string, unknown>)
  if (entries.length > MAX_FIELDS) return refuse(`The form has more than ${MAX_FIELDS.toLocaleString('en')} fields.`, 'Remove some.')
  const form: Record<string, string | string[]> = {}
  for (const [name, written] of entries) {
    const texts = [written].flat().map((one) => (typeof one === 'number' || typeof one === 'boolean' ? String(one) : one))
    if (texts.every((text) => typeof text === 'string' && text.isWellFormed())) form[name] = Array.isArray(written) ? (texts as string[]) : (texts[0] as string)
    else refuse(`The value of ${show(name)} is text, not ${show(texts.find((text) => typeof text !== 'string') ?? texts[0])}.`, 'Write it in quotes.', [name])
  }
  return withinBounds(JSON.stringify(form).length) ? form : refuse('The form is larger than 4 MiB.', TOO_LARGE)
}

function readMultipart(value: unknown, refuse: Refuse): PartSpec[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return refuse(`multipart is a list of parts, not ${Array.isArray(value) ? 'an empty one' : show(value)}.`, PART_EXAMPLE)
  if (value.length > MAX_FIELDS) return refuse(`More than ${MAX_FIELDS.toLocaleString('en')} parts.`, 'Remove some.')
  const parts = (value as unknown[]).map((part, index) => readPart(part, (message, hint, path = []) => refuse(message, hint, [index, ...path])))
  if (parts.some((part) => part === undefined)) return undefined
  const bytes = (parts as PartSpec[]).reduce((sum, { value: text = '', base64 = '' }) => sum + text.length + base64.length * 0.75, 0)
  return withinBounds(bytes) ? (parts as PartSpec[]) : refuse('The parts are larger than 4 MiB together.', TOO_LARGE)
}

function readPart(value: unknown, refuse: Refuse): PartSpec | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(`A part is an object, not ${show(value)}.`, PART_EXAMPLE)
  const part = value as Record<string, unknown>
  const strange = Object.keys(part).find((key) => !PART_KEYS.includes(key))
  if (strange !== undefined) return refuse(`A part has no "${strange}".`, `Known: ${PART_KEYS.join(', ')}.`, [strange])
  if (Object.hasOwn(part, 'file')) return refuse('Files are read where a task file is given, not here.', 'Send the bytes as base64, with a filename.', ['file'])
  const { name, base64, filename, contentType } = part
  const text = typeof part['value'] === 'number' || typeof part['value'] === 'boolean' ? String(part['value']) : part['value']
  if (typeof name !== 'string' || name === '') return refuse('The part has no name.', PART_EXAMPLE, ['name'])
  if ((text === undefined) === (base64 === undefined)) return refuse(text === undefined ? `The part ${show(name)} has nothing in it.` : 'value and base64 exclude each other.', 'Give the text as value, or the bytes as base64.', ['value'])
  if (text !== undefined && (typeof text !== 'string' || !text.isWellFormed())) return refuse(`The value of ${show(name)} is text, not ${show(text)}.`, 'Write it in quotes.', ['value'])
  if (base64 !== undefined && !isBase64(base64)) return refuse('This is not base64.', 'Encode the bytes with: base64 -w0 FILE.', ['base64'])
  for (const [key, line] of Object.entries({ name, filename, contentType })) {
    const wrong = line === undefined ? null : typeof line === 'string' ? headerValueProblem(line) : { message: `${key} is text, not ${show(line)}.`, hint: 'Write it in quotes.' }
    if (wrong !== null) return refuse(wrong.message, wrong.hint, [key])
  }
  return Object.fromEntries(Object.entries({ name, value: text, base64, filename, contentType }).filter(([, one]) => one !== undefined)) as unknown as PartSpec
}

function isBase64(value: unknown): boolean {
  return typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value)
}

function withinBounds(bytes: number): boolean {
  return bytes <= MAX_BODY_BYTES
}
