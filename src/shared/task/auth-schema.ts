import { headerNameProblem, headerValueProblem } from './header-rules.ts'
import { joinPath } from '../plain-input.ts'
import { didYouMean, show } from '../suggest.ts'
import { field } from './task-fields.ts'
import { readTargetUrl } from './target-url.ts'
import type { Problem } from '../errors.ts'
import type { Refuse } from './task-fields.ts'
import type { AuthSpec, TaskSpec } from './task.ts'

/** How a task says who its requests come from. */

export const AUTH_TYPES = ['basic', 'bearer', 'api-key', 'oauth2'] as const
/** Fields whose values nobody is shown. */
export const SECRET_FIELDS: Record<AuthSpec['type'], readonly string[]> = { basic: ['password'], bearer: ['token'], 'api-key': ['value'], oauth2: ['clientSecret'] }

const ALIASES: Record<string, AuthSpec['type']> = { apikey: 'api-key', api_key: 'api-key', key: 'api-key', token: 'bearer', oauth: 'oauth2', 'client-credentials': 'oauth2', client_credentials: 'oauth2' }
const FOREIGN: Record<string, string> = {
  digest: 'Digest asks the server for a number before each answer',
  ntlm: 'NTLM signs each connection',
  negotiate: 'Negotiate needs the ticket of a domain',
  kerberos: 'Kerberos needs the ticket of a domain',
  aws: 'AWS signatures are computed from each request',
  'aws-sigv4': 'AWS signatures are computed from each request',
  sigv4: 'AWS signatures are computed from each request',
  hawk: 'Hawk signatures are computed from each request',
  oauth1: 'OAuth 1.0 signatures are computed from each request',
}
const EXAMPLE = "Write for example auth: { type: bearer, token: '{{env.TOKEN}}' }."
const MAX_SECRET = 16_384

type Read = (value: unknown, refuse: (message: string, hint: string) => undefined) => string | undefined
interface FieldRule {
  read: Read
  /** Undefined: it has to be there. */
  otherwise?: string | null
}

const FIELDS: Record<AuthSpec['type'], Record<string, FieldRule>> = {
  basic: { username: { read: readUser }, password: { read: readText('The password'), otherwise: '' } },
  bearer: { token: { read: readToken } },
  'api-key': { name: { read: readName }, in: { read: readChoice('in', ['header', 'query']), otherwise: 'header' }, value: { read: readHeaderText('The value') } },
  oauth2: {
    tokenUrl: { read: readTokenUrl },
    clientId: { read: readText('The client id') },
    clientSecret: { read: readText('The client secret') },
    scope: { read: readText('The scope'), otherwise: null },
    audience: { read: readText('The audience'), otherwise: null },
    credentialsIn: { read: readChoice('credentialsIn', ['header', 'body']), otherwise: 'header' },
  },
}

const text = { type: 'string' } as const
const variant = (type: AuthSpec['type'], properties: Record<string, object>, required: string[]): object => ({ type: 'object', properties: { type: { const: type }, ...properties }, required: ['type', ...required], additionalProperties: false })

export const authField = field(readAuth, {
  description: "Who the requests come from. Write secrets as '{{env.NAME}}'.",
  oneOf: [
    variant('basic', { username: text, password: text }, ['username']),
    variant('bearer', { token: text }, ['token']),
    variant('api-key', { name: text, in: { enum: ['header', 'query'] }, value: text }, ['name', 'value']),
    variant('oauth2', { tokenUrl: text, clientId: text, clientSecret: text, scope: text, audience: text, credentialsIn: { enum: ['header', 'body'] } }, ['tokenUrl', 'clientId', 'clientSecret']),
  ],
})

/** What an auth would say twice: the header is there already. A step may say it its own way. */
export function authConflicts({ auth, request, steps }: Pick<TaskSpec, 'auth' | 'request' | 'steps'>): Problem[] {
  if (steps !== undefined) return []
  const name = auth === undefined || (auth.type === 'api-key' && auth.in === 'query') ? null : auth.type === 'api-key' ? auth.name : 'Authorization'
  const own = Object.keys(request.headers).find((header) => header.toLowerCase() === name?.toLowerCase())
  return own === undefined ? [] : [{ path: joinPath('request.headers', own), message: `auth sets the header ${own} already.`, hint: 'Remove one of them.' }]
}

/** The texts of an auth, each with its path. */
export function authTexts(auth: AuthSpec | undefined): { path: string; text: string }[] {
  return Object.entries(auth ?? {}).filter(([name]) => name !== 'type' && name !== 'in' && name !== 'credentialsIn').map(([name, value]: [string, string]) => ({ path: `auth.${name}`, text: value }))
}

function readAuth(value: unknown, refuse: Refuse): AuthSpec | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(`auth is an object, not ${show(value)}.`, EXAMPLE)
  const written = value as Record<string, unknown>
  const type = readType(written['type'], refuse)
  if (type === undefined) return undefined
  const rules = FIELDS[type]
  const unknown = Object.keys(written).filter((name) => name !== 'type' && !Object.hasOwn(rules, name))
  for (const name of unknown) refuse(`There is no "${name}" in auth of the type ${type}.`, didYouMean(name, Object.keys(rules)), [name])
  const fields = Object.entries(rules).map(([name, { read, otherwise }]): [string, string | null | undefined] => {
    const given = Object.hasOwn(written, name) ? written[name] : undefined
    if (given === undefined && otherwise !== undefined) return [name, otherwise]
    if (given === undefined) return [name, refuse(`auth of the type ${type} needs ${name}.`, `Write ${name}: …, a secret as '{{env.NAME}}'.`, [name])]
    return [name, read(given, (message, hint) => refuse(message, hint, [name]))]
  })
  return { type, ...Object.fromEntries(fields.filter(([, text]) => typeof text === 'string')) } as AuthSpec
}

function readType(value: unknown, refuse: Refuse): AuthSpec['type'] | undefined {
  if (value === undefined) return refuse('auth does not say of which type it is.', EXAMPLE)
  const written = typeof value === 'string' ? value.trim().toLowerCase() : ''
  const type = AUTH_TYPES.find((known) => known === written) ?? (Object.hasOwn(ALIASES, written) ? ALIASES[written] : undefined)
  if (type !== undefined) return type
  if (Object.hasOwn(FOREIGN, written)) return refuse(`${FOREIGN[written]}; this is not supported.`, `Known: ${AUTH_TYPES.join(', ')}. A load target can often be given one of them for tests.`, ['type'])
  return refuse(`${show(value)} is no type of auth.`, didYouMean(written, AUTH_TYPES), ['type'])
}

function readText(what: string): Read {
  return (value, refuse) => {
    if (typeof value !== 'string') return refuse(`${what} is text, not ${typeof value === 'number' ? 'a number' : show(value)}.`, 'Write it in quotes.')
    if (/[\u0000-\u001f\u007f]/.test(value) || !value.isWellFormed()) return refuse(`${what} has a line break or another control character.`, 'Remove it; a secret from a file often ends with a line break.')
    return value.length > MAX_SECRET ? refuse(`${what} is longer than ${MAX_SECRET.toLocaleString('en')} characters.`, 'Check what was pasted.') : value
  }
}

function readHeaderText(what: string): Read {
  return (value, refuse) => {
    const read = readText(what)(value, refuse)
    const wrong = read === undefined ? null : headerValueProblem(read)
    return wrong === null ? read?.trim() : refuse(wrong.message, wrong.hint)
  }
}

function readToken(value: unknown, refuse: Parameters<Read>[1]): string | undefined {
  const token = readHeaderText('The token')(value, refuse)?.replace(/^bearer +/i, '')
  return token === '' ? refuse('The token is empty.', EXAMPLE) : token
}

/** RFC 7617: a colon ends the name. */
function readUser(value: unknown, refuse: Parameters<Read>[1]): string | undefined {
  const name = readText('The user name')(value, refuse)
  return name?.includes(':') === true && !name.includes('{{') ? refuse('A user name has no colon.', 'What follows it belongs into password.') : name
}

function readName(value: unknown, refuse: Parameters<Read>[1]): string | undefined {
  const name = typeof value === 'string' ? value.trim() : ''
  const wrong = headerNameProblem(name)
  return wrong === null ? name : refuse(wrong.message, wrong.hint)
}

function readChoice(what: string, choices: readonly string[]): Read {
  return (value, refuse) => choices.find((choice) => choice === value) ?? refuse(`${what} cannot be ${show(value)}.`, didYouMean(String(value), choices))
}

function readTokenUrl(value: unknown, refuse: Parameters<Read>[1]): string | undefined {
  const read = readTargetUrl(typeof value === 'string' ? value : '')
  return read.ok ? read.url : refuse(`The token endpoint: ${read.message}`, 'Write for example https://login.example.com/oauth/token.')
}
