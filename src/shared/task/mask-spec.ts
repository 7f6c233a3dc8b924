import { SECRET_FIELDS } from './auth-schema.ts'
import { parseTemplate } from './template-text.ts'
import type { Problem } from '../errors.ts'
import type { AuthSpec, TaskSpec } from './task.ts'

/**
 * A task as it is shown and handed on: what came from the environment, secrets of its auth, its private key and the
 * password of its proxy are masked. They go in and do not come out: a mask that comes back stands for what is stored.
 */
export const MASK = '•••'
/** Still PEM, so that it passes where a key is judged. */
const MASKED_KEY = `-----BEGIN PRIVATE KEY-----\n${MASK}\n-----END PRIVATE KEY-----\n`
const NOT_HERE = 'This stands for a value that is not shown, and none is stored here.'

type Plain = Record<string, unknown>

export function maskSpec(spec: TaskSpec): TaskSpec {
  const { env, auth, transport } = spec
  const { key, proxy } = transport
  return {
    ...spec,
    transport: { ...transport, ...(key === undefined ? {} : { key: MASKED_KEY }), ...(proxy === undefined ? {} : { proxy: maskProxy(proxy) }) },
    ...(auth === undefined ? {} : { auth: maskAuth(auth) }),
    ...(env === undefined ? {} : { env: Object.fromEntries(Object.keys(env).map((name) => [name, MASK])) }),
  }
}

/** Whatever holds a task: itself, or a run. */
export function masked<T extends { spec: TaskSpec }>(holder: T): T {
  return { ...holder, spec: maskSpec(holder.spec) }
}

/** A task as somebody sends it who was shown it masked: with the stored values in the places of their masks. @param stored null: nothing is. */
export function unmasked(input: unknown, stored: TaskSpec | null): unknown {
  const spec = objectOf(input)
  if (spec === null || stored === null) return input
  const [env, auth, transport] = [objectOf(spec['env']), objectOf(spec['auth']), objectOf(spec['transport'])]
  return {
    ...spec,
    ...(env === null ? {} : { env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value === MASK && Object.hasOwn(stored.env ?? {}, name) ? stored.env![name] : value])) }),
    ...(auth === null || stored.auth === undefined ? {} : { auth: unmaskedAuth(auth, stored.auth) }),
    ...(transport === null ? {} : { transport: unmaskedTransport(transport, stored) }),
  }
}

/** Masks that stand for nothing. */
export function maskProblems({ env = {}, auth, transport }: TaskSpec): Problem[] {
  const names = Object.entries(env).filter(([, value]) => value === MASK).map(([name]) => `env.${name}`)
  const fields = auth === undefined ? [] : SECRET_FIELDS[auth.type].filter((field) => (auth as unknown as Plain)[field] === MASK).map((field) => `auth.${field}`)
  const ways = [...(transport.key === MASKED_KEY ? ['transport.key'] : []), ...(transport.proxy?.includes(`:${MASK}@`) === true ? ['transport.proxy'] : [])]
  return [...names, ...fields, ...ways].map((path) => ({ path, message: NOT_HERE, hint: 'Write the value itself.' }))
}

/** Texts of variables alone say where a secret is, not what it is. */
function maskAuth(auth: AuthSpec): AuthSpec {
  const secrets = SECRET_FIELDS[auth.type]
  return Object.fromEntries(Object.entries(auth).map(([name, value]: [string, string]) => [name, secrets.includes(name) && value !== '' && !isReference(value) ? MASK : value])) as unknown as AuthSpec
}

function isReference(text: string): boolean {
  const parsed = parseTemplate(text)
  return parsed.ok && parsed.parts.length > 0 && parsed.parts.every((part) => typeof part !== 'string')
}

function unmaskedAuth(auth: Plain, stored: AuthSpec): Plain {
  if (auth['type'] !== stored.type) return auth
  return Object.fromEntries(Object.entries(auth).map(([name, value]) => [name, value === MASK && SECRET_FIELDS[stored.type].includes(name) ? (stored as unknown as Plain)[name] : value]))
}

function unmaskedTransport(transport: Plain, stored: TaskSpec): Plain {
  const { key, proxy } = stored.transport
  return {
    ...transport,
    ...(transport['key'] === MASKED_KEY && key !== undefined ? { key } : {}),
    ...(proxy !== undefined && transport['proxy'] === maskProxy(proxy) ? { proxy } : {}),
  }
}

/** The URL of a proxy without its password. */
export function maskProxy(proxy: string): string {
  return proxy.replace(/^([^/]*\/\/[^:@/]*):[^@/]*@/, `$1:${MASK}@`)
}

function objectOf(value: unknown): Plain | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : null
}
