import { parseDuration } from '../../../shared/duration.ts'
import { AppError } from '../../../shared/errors.ts'
import type { OAuth2Spec, TaskSpec } from '../../../shared/task/task.ts'
import { scrubberOf } from './scrubber.ts'
import { exchangeOnce } from '../single-exchange.ts'
import { compileRequest } from './template.ts'
import { constantText } from './variables.ts'

/** What an authorization server gave. */
export interface AccessToken {
  text: string
  /** How long it holds from when it was asked for, ms; null: it was not said. */
  lifetimeMs: number | null
}

/** RFC 6749 §5: a token is small. */
const MAX_ANSWER_BYTES = 65_536
const MAX_REASON = 200
/** Whoever waits for a token waits for the start of a run. */
const MOST_TIMEOUT_MS = 10_000
const HINT = 'Check auth.tokenUrl, clientId, clientSecret and scope, and that this machine reaches the authorization server.'

/**
 * Asks for a token by client credentials (RFC 6749 §4.4), over the task's own transport: its proxy, its certificates, its
 * rules for connections. Throws AppError `cannot-start`, in plain words and without a secret.
 */
export async function fetchToken(spec: TaskSpec, auth: OAuth2Spec): Promise<AccessToken> {
  const timeoutMs = Math.min(MOST_TIMEOUT_MS, parseDuration(spec.transport.timeout) ?? MOST_TIMEOUT_MS)
  const outcome = await exchangeOnce('undici', compileRequest(tokenTask(spec, auth)), { timeoutMs, keepAlive: false, maxBodyBytes: MAX_ANSWER_BYTES })
  const refuse = (reason: string): AppError => new AppError('cannot-start', scrubberOf(spec)(`No access token from ${new URL(auth.tokenUrl).origin}: ${reason}.`), { hint: HINT })
  if (!outcome.ok) throw refuse(outcome.error.message)
  const { status, body } = outcome.answer
  const answer = objectOf(body?.toString('utf8') ?? '')
  if (status < 200 || status > 299) throw refuse(`${status}${reasonOf(answer)}`)
  const { access_token: text, token_type: type = 'Bearer', expires_in: seconds } = answer
  if (typeof text !== 'string' || text === '' || /[^\u0021-\u007e]/.test(text)) throw refuse('the answer holds no access_token')
  if (String(type).toLowerCase() !== 'bearer') throw refuse(`the token is one of the type ${JSON.stringify(String(type).slice(0, 40))}, not Bearer`)
  return { text, lifetimeMs: Number(seconds) > 0 ? Number(seconds) * 1000 : null }
}

/** The request for a token as a task. The name for SNI is that of the target, so it stays out. */
function tokenTask(spec: TaskSpec, auth: OAuth2Spec): TaskSpec {
  const { sni: _sni, ...transport } = spec.transport
  const [id, secret, scope, audience] = [auth.clientId, auth.clientSecret, auth.scope, auth.audience].map((text) => (text === undefined ? undefined : (constantText(text, spec) ?? '')))
  const inBody = auth.credentialsIn === 'body'
  const fields = { grant_type: 'client_credentials', ...(inBody ? { client_id: id, client_secret: secret } : {}), scope, audience }
  // As text, not as a form of the task: a secret with braces in it is no template.
  const body = new URLSearchParams(Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)).toString()
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...(inBody ? {} : { authorization: basicOf(id ?? '', secret ?? '') }) }
  return { schema: spec.schema, name: spec.name, load: {}, request: { method: 'POST', url: auth.tokenUrl, headers, body }, checks: [], thresholds: [], transport: { ...transport, protocol: 'http1', follow: false }, tags: {} }
}

/** RFC 6749 §2.3.1: both are encoded as in a form first. */
function basicOf(id: string, secret: string): string {
  return `Basic ${Buffer.from([id, secret].map((text) => new URLSearchParams({ x: text }).toString().slice(2)).join(':')).toString('base64')}`
}

function objectOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** RFC 6749 §5.2. */
function reasonOf({ error, error_description: description }: Record<string, unknown>): string {
  const texts = [error, description].filter((text) => typeof text === 'string').map((text) => (text).replace(/[^\x20-\x7e]+/g, ' ').replace(/\.$/, ''))
  return texts.length === 0 ? '' : `, ${texts.join(': ').slice(0, MAX_REASON)}`
}
