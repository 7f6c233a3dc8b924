import type { AuthSpec, RequestSpec } from '../../shared/task/task.ts'
import type { ImportNotes } from './import-notes.ts'
import { percentEncoded } from './percent-encoded.ts'

/**
 * Authorization of several requests → that of the task where all have the same, else headers of each. Only the task's can
 * be a token that has to be fetched first (OAuth 2.0), and a user whose name or password is a variable (base64 hides it).
 */
export class FoundAuth {
  /** What goes beside the requests. */
  readonly ofTask: { auth?: AuthSpec }
  readonly #ofRequests: readonly (AuthSpec | null)[]
  readonly #translate: (text: string) => string
  readonly #resolve: (text: string) => string
  readonly #notes: ImportNotes

  /** @param translate text of the file → text with variables of the task. @param resolve → with their values, as far as known. */
  constructor(auths: readonly (AuthSpec | null)[], translate: (text: string) => string, resolve: (text: string) => string, notes: ImportNotes) {
    this.#translate = translate
    this.#resolve = resolve
    this.#notes = notes
    const kinds = new Map(auths.flatMap((auth) => (auth === null ? [] : [[JSON.stringify(auth), auth] as const])))
    const [first] = kinds.values()
    const only = [...kinds.values()].find((auth) => this.#onlyOfTask(auth))
    const common = only ?? (kinds.size === 1 && first !== undefined && !auths.includes(null) ? first : undefined)
    if (common !== undefined && (auths.includes(null) || kinds.size > 1)) notes.skip(common.type, 'auth-for-all')
    if (first !== undefined) notes.take('auth-kind', { kind: [...new Set([...kinds.values()].map(({ type }) => type))].join(', ') })
    this.ofTask = common === undefined ? {} : { auth: this.#translated(common) }
    this.#ofRequests = auths.map((auth) => (auth === null || JSON.stringify(auth) === JSON.stringify(common) || (common !== undefined && headerOf(auth) === headerOf(common)) ? null : auth))
  }

  /** The request with its authorization, unless the task has it or the request says its own. */
  authorized(request: RequestSpec, index: number): RequestSpec {
    const auth = this.#ofRequests[index] ?? null
    switch (auth?.type) {
      case undefined:
      case 'oauth2': return this.#beside(request)
      case 'bearer': return withHeader(request, 'Authorization', `Bearer ${this.#translate(auth.token)}`)
      case 'basic': return withHeader(request, 'Authorization', `Basic ${Buffer.from(this.#userOf(auth), 'utf8').toString('base64')}`)
      case 'api-key':
        if (auth.in === 'header') return withHeader(request, this.#resolve(auth.name), this.#translate(auth.value))
        return { ...request, url: `${request.url}${request.url.includes('?') ? '&' : '?'}${percentEncoded(this.#resolve(auth.name))}=${this.#translate(auth.value)}` }
    }
  }

  /** A header that the task's authorization sets gives way to it. */
  #beside(request: RequestSpec): RequestSpec {
    const { auth } = this.ofTask
    const set = auth === undefined ? null : headerOf(auth)
    const own = Object.keys(request.headers).find((name) => name.toLowerCase() === set)
    if (own === undefined) return request
    this.#notes.skip(`${request.method} ${request.url.replace(/\?.*$/s, '')}: ${own}`, 'overridden')
    return { ...request, headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== own)) }
  }

  #onlyOfTask(auth: AuthSpec): boolean {
    return auth.type === 'oauth2' || (auth.type === 'basic' && this.#userOf(auth).includes('{{'))
  }

  #userOf({ username, password }: Extract<AuthSpec, { type: 'basic' }>): string {
    return `${this.#resolve(username)}:${this.#resolve(password)}`
  }

  #translated(auth: AuthSpec): AuthSpec {
    const closed = new Set(['type', 'in', 'credentialsIn', 'name'])
    return Object.fromEntries(Object.entries(auth).map(([key, value]) => [key, closed.has(key) ? value : key === 'tokenUrl' ? this.#resolve(value as string) : this.#translate(value as string)])) as AuthSpec
  }
}

/** The header that an authorization sets, in small letters; null: none. */
function headerOf(auth: AuthSpec): string | null {
  if (auth.type !== 'api-key') return 'authorization'
  return auth.in === 'query' ? null : auth.name.toLowerCase()
}

function withHeader(request: RequestSpec, name: string, value: string): RequestSpec {
  const given = Object.keys(request.headers).some((one) => one.toLowerCase() === name.toLowerCase())
  return given || name === '' ? request : { ...request, headers: { ...request.headers, [name]: value } }
}
