import { z } from 'zod'
import { MAX_BODY_BYTES, bodyShape, hasBody } from './body-schema.ts'
import { formatExpectation, parseExpectation } from './expect.ts'
import { headerNameProblem, headerValueProblem } from './header-rules.ts'
import { didYouMean, nearest, show } from '../suggest.ts'
import { protocolOf } from './protocol.ts'
import { readTaskUrl } from './target-url.ts'
import { field } from './task-fields.ts'
import { maskVariables, replaceVariables } from './template-mask.ts'
import { hasVariables } from './template-text.ts'
import type { Refuse } from './task-fields.ts'
import type { RequestSpec } from './task.ts'

/** The request of a task: method, URL, headers, body. Nothing that passes here can break out of its place in the message. */

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']
const MAX_HEADERS = 200
const MAX_HEADER_CHARACTERS = 65_536
const TOO_LARGE = 'Send a smaller one: every request would carry it.'
const HEADER_EXAMPLE = 'Write for example headers: { accept: application/json }.'

const HEADER_VALUE = { type: ['string', 'number', 'boolean'] }
const HEADERS_META = {
  type: 'object',
  propertyNames: { pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" },
  additionalProperties: { anyOf: [HEADER_VALUE, { type: 'array', minItems: 1, items: HEADER_VALUE }] },
  description: 'Names and values; a list sends the header more than once.',
  examples: [{ accept: 'application/json' }],
}
const BASE64_META = { type: 'string', contentEncoding: 'base64', pattern: '^[A-Za-z0-9+/\\s]*={0,2}\\s*$' }

type Headers = Record<string, string | string[]>

export const requestObject = z.strictObject({
  method: field(readMethod, { type: 'string', pattern: '^\\s*[A-Za-z][A-Za-z0-9_-]{0,31}\\s*$', description: 'Default GET, with a body POST.', examples: METHODS }).optional(),
  url: field(readUrl, { type: 'string', minLength: 1, description: 'http, https, ws, wss, tcp, tls, grpc or grpcs; without a scheme https is added, http for private hosts. Variables stand in the path and in the query.', examples: ['https://api.example.com/orders/{{seq}}'] }),
  headers: field(readHeaders, HEADERS_META).optional(),
  body: field(readText('body'), { type: 'string', description: 'Text, sent as UTF-8, at most 4 MiB. Excludes bodyBase64.', examples: ['{"id":{{seq}}}'] }).optional(),
  bodyBase64: field(readBase64('bodyBase64'), { ...BASE64_META, description: 'A binary body.' }).optional(),
  ...bodyShape,
  send: field(readText('send'), { type: 'string', description: 'Over ws:// and tcp://: what an iteration sends, as UTF-8. Without it an iteration opens a connection.' }).optional(),
  sendBase64: field(readBase64('sendBase64'), { ...BASE64_META, description: 'The same as bytes; over a WebSocket a binary message.' }).optional(),
  sendHex: field(readHex, { type: 'string', pattern: '^(0[xX])?[0-9A-Fa-f\\s:]*$', description: 'The same as bytes, two digits each.', examples: ['0d0a'] }).optional(),
  stream: z.enum(['sse', 'chunks']).meta({ description: 'The answer is a stream, read event by event or chunk by chunk until what is expected has come.' }).optional(),
  expect: field(readExpect, { type: 'string', description: 'Over ws:// and tcp:// and for streams: what ends the iteration.', pattern: '^\\s*([aA][nN][yY]|[nN][oO][nN][eE]|[eE][cC][hH][oO]|[pP][oO][nN][gG]|[cC][oO][nN][tT][aA][iI][nN][sS]|[uU][nN][tT][iI][lL]|[bB][yY][tT][eE][sS]|[mM][aA][tT][cC][hH][eE][sS]|[eE][vV][eE][nN][tT][sS]|[cC][hH][uU][nN][kK][sS]|[eE][nN][dD])', examples: ['echo', 'any', 'none', 'until "\\r\\n"', 'bytes 7', 'contains "id"', 'matches "^OK"', 'events 10', 'end'] }).optional(),
  message: field(readMessage, { type: ['string', 'object'], description: 'Over grpc://: the message as JSON. Default: an empty one.', examples: [{ id: '{{seq}}' }] }).optional(),
  proto: field(readPath('proto'), { type: 'string', description: 'Over grpc://: the .proto file of the service, relative to the task file. Without it the server is asked by reflection.', examples: ['shop.proto'] }).optional(),
  protoPath: z.array(field(readPath('protoPath'), { type: 'string' })).max(20).meta({ description: 'Folders in which the .proto file finds what it imports.' }).optional(),
  descriptor: field(readBase64('descriptor'), { ...BASE64_META, description: 'What was read of the .proto file: a FileDescriptorSet.' }).optional(),
})

/** Fills in what was left out, in a fixed order of keys. */
export function canonicalRequest({ method, url, headers, bodyFile: _file, protoPath: _searched, ...rest }: z.output<typeof requestObject>): RequestSpec {
  const content = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Omit<RequestSpec, 'method' | 'url' | 'headers'>
  return { method: method ?? (hasBody(content) || protocolOf(url) === 'grpc' ? 'POST' : 'GET'), url, headers: headers ?? {}, ...content }
}

function readMethod(value: unknown, refuse: Refuse): string | undefined {
  if (typeof value !== 'string') return refuse(`The method is text, not ${show(value)}.`, `Known: ${METHODS.join(', ')}.`)
  const method = value.trim().toUpperCase()
  if (!/^[A-Z][A-Z0-9_-]{0,31}$/.test(method)) return refuse(`${show(value)} is no method.`, didYouMean(method, METHODS))
  return method === 'CONNECT' ? refuse('CONNECT opens a tunnel; it is no request.', 'For a proxy set transport.proxy.') : method
}

function readUrl(value: unknown, refuse: Refuse): string | undefined {
  if (value === undefined) return refuse('The URL is missing.', 'Write for example url: https://api.example.com/orders.')
  if (typeof value !== 'string') return refuse(`The URL is text, not ${show(value)}.`, 'Write for example url: https://api.example.com/orders.')
  const masked = maskVariables(value)
  const read = readTaskUrl(masked.text)
  if (!read.ok) return refuse(masked.restore(read.message), masked.restore(read.hint))
  const url = masked.restore(read.url)
  return hasVariables(/^[^/]*\/\/[^/?#]*/.exec(url)?.[0] ?? '') ? refuse('Variables cannot stand for the host.', 'Write the host; variables stand in the path and in the query.') : url
}

function readHeaders(value: unknown, refuse: Refuse): Headers | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(`Headers are an object of names and values, not ${show(value)}.`, HEADER_EXAMPLE)
  const entries = Object.entries(value as Record<string, unknown>)
  if (entries.length > MAX_HEADERS) return refuse(`More than ${MAX_HEADERS} headers.`, 'Servers refuse that many; remove some.')
  const headers: Headers = {}
  const seen = new Map<string, string>()
  for (const [name, written] of entries) {
    const twin = seen.get(name.toLowerCase())
    const wrong = headerNameProblem(name)
    if (wrong !== null) refuse(wrong.message, wrong.hint, [name])
    else if (twin !== undefined) refuse(`The header is there twice, as ${twin} and ${name}.`, `Write it once, with a list: ${twin}: [a, b].`, [name])
    seen.set(name.toLowerCase(), name)
    headers[name] = readHeaderValue(name, written, refuse) ?? ''
  }
  const size = JSON.stringify(headers).length
  return size > MAX_HEADER_CHARACTERS ? refuse(`The headers have ${size.toLocaleString('en')} characters together.`, `Stay below ${MAX_HEADER_CHARACTERS.toLocaleString('en')}.`) : headers
}

function readHeaderValue(name: string, value: unknown, refuse: Refuse): string | string[] | undefined {
  if (Array.isArray(value) && value.length === 0) return refuse(`The header ${name} has an empty list of values.`, 'Remove it, or write a value.', [name])
  const texts = (Array.isArray(value) ? (value as unknown[]) : [value]).map((item) => (typeof item === 'number' || typeof item === 'boolean' ? String(item) : item))
  for (const text of texts) {
    const wrong = typeof text === 'string' ? headerValueProblem(text) : { message: `The value of ${name} is text, not ${show(text)}.`, hint: 'Write it in quotes.' }
    if (wrong !== null) return refuse(wrong.message, wrong.hint, [name])
  }
  const values = (texts as string[]).map((text) => text.replace(/^[ \t]+|[ \t]+$/g, ''))
  return values.length === 1 ? values[0] : values
}

function readText(name: 'body' | 'send') {
  const what = name === 'body' ? 'The body' : 'What is sent'
  return (value: unknown, refuse: Refuse): string | undefined => {
    if (typeof value !== 'string') return refuse(`${what} is text, not ${show(value)}.`, `Write JSON as text: ${name}: '{"id":1}'.`)
    if (!value.isWellFormed()) return refuse(`${what} has half of a character (a lone surrogate), which UTF-8 cannot carry.`, `Send such bytes as ${name}Base64.`)
    return new TextEncoder().encode(value).length > MAX_BODY_BYTES ? refuse(`${what} is larger than 4 MiB.`, TOO_LARGE) : value
  }
}

function readBase64(name: string) {
  return (value: unknown, refuse: Refuse): string | undefined => {
    const text = typeof value === 'string' ? value.replace(/\s+/g, '') : ''
    if (typeof value !== 'string' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return refuse(`${name} is not base64.`, 'Encode the bytes with: base64 -w0 FILE.')
    return text.length * 0.75 > MAX_BODY_BYTES ? refuse(`${name === 'bodyBase64' ? 'The body' : name === 'descriptor' ? 'The descriptor' : 'What is sent'} is larger than 4 MiB.`, TOO_LARGE) : text
  }
}

/** `0D 0a`, `0d:0a` → `0d0a`. */
function readHex(value: unknown, refuse: Refuse): string | undefined {
  const text = typeof value === 'string' ? value.replace(/[\s:]+|^0x/gi, '').toLowerCase() : ''
  if (typeof value !== 'string' || text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return refuse('sendHex is not hexadecimal, two digits a byte.', 'Write for example sendHex: "0d0a"; in quotes, or YAML takes it for a number.')
  return text.length / 2 > MAX_BODY_BYTES ? refuse('What is sent is larger than 4 MiB.', TOO_LARGE) : text
}

function readExpect(value: unknown, refuse: Refuse): string | undefined {
  if (typeof value !== 'string') return refuse('An expectation is text.', 'Write for example "echo".')
  const parsed = parseExpectation(value)
  return parsed.ok ? formatExpectation(parsed.expectation) : refuse(parsed.problem.message, parsed.problem.hint ?? '')
}

/** JSON as text, or what YAML and JSON files hold as it is. Variables may stand in it. */
function readMessage(value: unknown, refuse: Refuse): string | undefined {
  const example = `Write for example message: '{"id":"{{seq}}"}'.`
  const text = typeof value === 'object' && value !== null && !Array.isArray(value) ? JSON.stringify(value) : value
  if (typeof text !== 'string') return refuse(`A message is a JSON object, not ${show(value)}.`, example)
  if (!text.isWellFormed()) return refuse('The message has half of a character (a lone surrogate).', 'Paste it again.')
  if (new TextEncoder().encode(text).length > MAX_BODY_BYTES) return refuse('The message is larger than 4 MiB.', TOO_LARGE)
  try {
    JSON.parse(replaceVariables(text, '0'))
    return text
  } catch (error) {
    return refuse(`The message is no JSON: ${error instanceof Error ? error.message : String(error)}.`, example)
  }
}

function readPath(name: string) {
  return (value: unknown, refuse: Refuse): string | undefined => {
    const example = `Write for example ${name}: ${name === 'proto' ? 'shop.proto' : '[protos]'}.`
    if (typeof value !== 'string' || value.trim() === '') return refuse(`${name} is the path of a ${name === 'proto' ? 'file' : 'folder'}, not ${show(value)}.`, example)
    return /[\u0000-\u001f]/.test(value) || value.length > 4096 ? refuse('This is no path.', example) : value
  }
}

/** The standard method that a rare one was probably meant to be, or null. */
export function likelyMethod(method: string): string | null {
  return [...METHODS, 'TRACE', 'PROPFIND', 'QUERY', 'PURGE'].includes(method) ? null : nearest(method, METHODS)
}