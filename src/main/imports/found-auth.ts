import type { AuthSpec, RequestSpec } from '../../shared/task.ts'
import type { ImportNotes } from './import-notes.ts'

/**
 * Authorization of several requests → that of the task where all have the same, else headers of each. A token that has
 * to be fetched first (OAuth 2.0) can only be the task's.
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
    const fetched = [...kinds.values()].find(({ type }) => type === 'oauth2')
    const common = fetched ?? (kinds.size === 1 && first !== undefined && !auths.includes(null) ? first : undefined)
    if (common !== undefined && (auths.includes(null) || kinds.size > 1)) notes.skip(common.type, 'auth-for-all')
    if (first !== undefined) notes.take('auth-kind', { kind: [...new Set([...kinds.values()].map(({ type }) => type))].join(', ') })
    this.ofTask = common === undefined ? {} : { auth: this.#translated(common) }
    this.#ofRequests = auths.map((auth) => (auth === null || auth.type === 'oauth2' || (common !== undefined && JSON.stringify(auth) === JSON.stringify(common)) ? null : auth))
  }

  /** The request with its authorization, unless the task has it or the request says its own. */
  authorized(request: RequestSpec, index: number): RequestSpec {
    const auth = this.#ofRequests[index] ?? null
    switch (auth?.type) {
      case undefined:
      case 'oauth2': return this.#beside(request)
      case 'bearer': return withHeader(request, 'Authorization', `Bearer ${this.#translate(auth.token)}`)
      case 'basic': return this.#basic(request, auth)
      case 'api-key':
        if (auth.in === 'header') return withHeader(request, this.#resolve(auth.name), this.#translate(auth.value))
        return { ...request, url: `${request.url}${request.url.includes('?') ? '&' : '?'}${encodeURIComponent(this.#resolve(auth.name))}=${this.#translate(auth.value)}` }
    }
  }

  /** A header that the task's authorization sets gives way to it. */
  #beside(request: RequestSpec): RequestSpec {
    const { auth } = this.ofTask
    if (auth === undefined || (auth.type === 'api-key' && auth.in === 'query')) return request
    const set = (auth.type === 'api-key' ? auth.name : 'Authorization').toLowerCase()
    const own = Object.keys(request.headers).find((name) => name.toLowerCase() === set)
    if (own === undefined) return request
    this.#notes.skip(`${request.method} ${request.url.replace(/\?.*$/s, '')}: ${own}`, 'overridden')
    return { ...request, headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== own)) }
  }

  /** Base64 hides variables: their values go in. */
  #basic(request: RequestSpec, { username, password }: Extract<AuthSpec, { type: 'basic' }>): RequestSpec {
    const plain = `${this.#resolve(username)}:${this.#resolve(password)}`
    if (plain.includes('{{')) this.#notes.skip(`${request.method} ${request.url.replace(/\?.*$/s, '')}`, 'auth-value')
    return plain.includes('{{') ? request : withHeader(request, 'Authorization', `Basic ${Buffer.from(plain, 'utf8').toString('base64')}`)
  }

  #translated(auth: AuthSpec): AuthSpec {
    const closed = new Set(['type', 'in', 'credentialsIn', 'name'])
    return Object.fromEntries(Object.entries(auth).map(([key, value]) => [key, closed.has(key) ? value : key === 'tokenUrl' ? this.#resolve(value as string) : this.#translate(value as string)])) as AuthSpec
  }
}

function withHeader(request: RequestSpec, name: string, value: string): RequestSpec {
  const given = Object.keys(request.headers).some((one) => one.toLowerCase() === name.toLowerCase())
  return given || name === '' ? request : { ...request, headers: { ...request.headers, [name]: value } }
}
