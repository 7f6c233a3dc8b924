import { authTexts, SECRET_FIELDS } from '../../../shared/task/auth-schema.ts'
import { MASK } from '../../../shared/task/mask-spec.ts'
import type { TryResult } from '../../../shared/contract/contract.ts'
import type { TaskSpec } from '../../../shared/task/task.ts'
import { basicOf } from './template.ts'
import { constantText } from './variables.ts'

/** Takes the secrets of a task out of a text, also where a target has sent them back. */
export type Scrub = (text: string) => string

/** What is shorter would be found everywhere. */
const LEAST_LENGTH = 4

/** @param token the one of OAuth 2.0 that holds now. */
export function scrubberOf(spec: Pick<TaskSpec, 'auth' | 'env' | 'vars' | 'transport'>, token: () => string = () => ''): Scrub {
  const known = secretsOf(spec).flatMap(formsOf)
  if (known.length === 0 && spec.auth === undefined) return (text) => text
  return (text) => {
    const present = token()
    return [...known, ...(present.length < LEAST_LENGTH ? [] : [present])].reduce((clean, secret) => (clean.includes(secret) ? clean.replaceAll(secret, MASK) : clean), text)
  }
}

/** Longest first, so that none is cut by another that is part of it. */
function secretsOf({ auth, env = {}, vars = {}, transport }: Pick<TaskSpec, 'auth' | 'env' | 'vars' | 'transport'>): string[] {
  const of = (name: string): string | null => constantText(authTexts(auth).find(({ path }) => path === `auth.${name}`)?.text ?? '', { env, vars })
  const fields = auth === undefined ? [] : SECRET_FIELDS[auth.type].map(of)
  const basic = auth?.type === 'basic' ? [Buffer.from(`${of('username') ?? ''}:${of('password') ?? ''}`).toString('base64')] : []
  return [...Object.values(env), ...fields, ...basic, ...proxySecrets(transport.proxy)].filter((secret) => secret !== null && secret.length >= LEAST_LENGTH).sort((a, b) => b!.length - a!.length) as string[]
}

function proxySecrets(proxy: string | undefined): string[] {
  const url = proxy === undefined ? null : URL.parse(proxy)
  return url === null || url.password === '' ? [] : [decodeURIComponent(url.password), basicOf(url).replace(/^Basic /, '')]
}

/** As it is, as part of a URL or a form, within JSON, and as a byte string. */
function formsOf(secret: string): string[] {
  return [...new Set([secret, encodeURIComponent(secret.toWellFormed()), new URLSearchParams({ x: secret }).toString().slice(2), JSON.stringify(secret).slice(1, -1), Buffer.from(secret, 'utf8').toString('latin1')])]
}

/** What a target sent back is shown to whoever tries a task, who need not know its secrets. */
export function withoutSecrets(result: TryResult, scrub: Scrub): TryResult {
  const { steps } = result
  const told = withoutSecretsIn(result, scrub)
  if (steps === undefined) return told
  const scrubbed = steps.map((step) => ({ ...withoutSecretsIn(step, scrub), url: scrub(step.url), extracted: Object.fromEntries(Object.entries(step.extracted).map(([name, value]) => [name, scrub(value)])) }))
  return { ...told, steps: scrubbed }
}

function withoutSecretsIn<T extends Pick<TryResult, 'head' | 'body' | 'checks' | 'error'>>(result: T, scrub: Scrub): T {
  const { head, body, checks, error } = result
  return { ...result, head: scrub(head), body: scrub(body), checks: checks.map((check) => ({ ...check, actual: scrub(check.actual) })), error: error === null ? null : { ...error, message: scrub(error.message) } }
}
