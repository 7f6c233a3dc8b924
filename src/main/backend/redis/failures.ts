import { AppError, type AppErrorCode } from '../../../shared/errors.ts'
import type { redisTexts } from '../../../shared/locales/redis.ts'
import { translate } from '../../../shared/locales/translate.ts'
import type { Sentence } from '../../../shared/locales/sentence.ts'

/** Everything that is known to go wrong with a Redis: a sentence of `locales/redis.ts` that has a cure. */
export type RedisFailure = keyof typeof redisTexts extends infer K ? (K extends `redis.${infer Name}.cure` ? (Name extends `step.${string}` ? never : Name) : never) : never

/** What Redis, TLS or the network said (tried against `code message` of the error), and what it means. */
const MEANINGS: readonly (readonly [said: RegExp, means: RedisFailure])[] = [
  [/WRONGPASS|invalid password|invalid username-password/i, 'wrong-password'],
  [/NOAUTH|Authentication required/i, 'no-password'],
  [/NOPERM/, 'no-permission'],
  [/READONLY/, 'replica'],
  [/CERT_HAS_EXPIRED/, 'expired'],
  [/ALTNAME_INVALID/, 'other-host'],
  [/SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/, 'unknown-authority'],
  [/EPROTO|ERR_SSL|wrong version number|before secure TLS connection/i, 'no-tls'],
  [/ECONNREFUSED/, 'refused'],
  [/ENOTFOUND|EAI_AGAIN/, 'unknown-host'],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, 'unreachable'],
  [/sentinels? .*(unreachable|knows)|master.*(unknown|not found)|No such master/i, 'no-primary'],
  [/Command timed out/, 'late'],
  [/OOM|maxmemory/, 'full'],
  [/MISCONF/, 'cannot-save'],
  [/LOADING/, 'loading'],
  [/MOVED|CROSSSLOT|CLUSTERDOWN/, 'cluster'],
  [/WRONGTYPE/, 'foreign-keys'],
]
const NOT_CONNECTED = /isn't writeable|max retries per request|Connection is closed|ECONNRESET|EPIPE|socket hang up|aborted due to connection close|None of startup nodes/i

/** `starting`: nothing worked with it before. A connection that is closed without a word has another reason then than later. */
export function failureOf(error: unknown, starting: boolean): RedisFailure | null {
  const said = saidBy(error)
  const known = MEANINGS.find(([pattern]) => pattern.test(said))?.[1]
  if (known !== undefined) return known
  return NOT_CONNECTED.test(said) ? (starting ? 'closed-at-once' : 'not-connected') : null
}

/** The failure as a sentence, and its cure as another. `label`: the address without the password. */
export function failureInWords(error: unknown, label: string, starting: boolean): { sentence: Sentence; cure: Sentence | null } {
  const failure = failureOf(error, starting)
  if (failure === null) return { sentence: { key: 'redis.failed', params: { label, what: saidBy(error).trim() } }, cure: null }
  return { sentence: { key: `redis.${failure}`, params: { label } }, cure: { key: `redis.${failure}.cure`, params: {} } }
}

/** `label`: the address without the password. `starting`: nothing worked with it before. */
export function explainRedis(error: unknown, label: string, starting = false): AppError {
  if (error instanceof AppError) return error
  const { sentence, cure } = failureInWords(error, label, starting)
  const code: AppErrorCode = starting ? 'cannot-start' : 'store-unavailable'
  return new AppError(code, translate('en', sentence), { ...(cure === null ? {} : { hint: translate('en', cure) }), cause: error })
}

/** A cluster client wraps what its last node said. */
function saidBy(error: unknown): string {
  const { code = '', message = String(error), lastNodeError } = error as { code?: string; message?: string; lastNodeError?: unknown }
  return lastNodeError === undefined || lastNodeError === null ? `${code} ${message}` : saidBy(lastNodeError)
}
