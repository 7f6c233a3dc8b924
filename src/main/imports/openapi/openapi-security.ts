import { list, record, text } from '../foreign.ts'
import type { AuthSpec } from '../../../shared/task/task.ts'
import type { Foreign } from '../foreign.ts'
import type { ImportNotes } from '../import-notes.ts'
import type { OpenApiDocument } from './openapi-document.ts'

/**
 * Security of an operation → authorization whose secrets come from the environment: a document does not hold any. Cookies
 * that carry a key are told apart, since they belong to the request.
 */
export interface Secured {
  auth: AuthSpec | null
  cookie?: string
}

export class Security {
  /** Variables of the environment that have to be set. */
  readonly env: Record<string, string> = {}
  readonly #document: OpenApiDocument
  readonly #notes: ImportNotes

  constructor(document: OpenApiDocument, notes: ImportNotes) {
    this.#document = document
    this.#notes = notes
  }

  /** The first alternative that can be met; an empty one among them means that none is needed. */
  of(operation: Foreign): Secured {
    const alternatives = list(operation['security'] ?? this.#document.root['security']).map((one) => Object.entries(record(one)))
    if (alternatives.length === 0 || alternatives.some((schemes) => schemes.length === 0)) return { auth: null }
    const met = alternatives.map((schemes) => schemes.map(([name, scopes]) => this.#scheme(name, list(scopes)))).find((all) => all.every((one) => one !== null))
    const [first, ...more] = met ?? []
    if (first === undefined || first === null) return this.#unmet(alternatives[0] ?? [])
    const cookie = met?.find((one) => one?.cookie !== undefined)?.cookie
    for (const other of more) if (other?.auth && other.auth !== first.auth) this.#notes.skip(other.auth.type, 'second-auth')
    return { auth: first.auth, ...(cookie === undefined ? {} : { cookie }) }
  }

  #unmet(schemes: readonly [string, unknown][]): Secured {
    for (const [name] of schemes) this.#notes.skip(name, 'auth-kind')
    return { auth: null }
  }

  /** Null: of a kind that cannot be met. */
  #scheme(name: string, scopes: readonly unknown[]): Secured | null {
    const schemes = record(record(this.#document.root['components'])['securitySchemes'])
    const { type, scheme, in: place, name: key, flows } = this.#document.follow(Object.hasOwn(schemes, name) ? schemes[name] : undefined)
    const variable = name.replace(/([a-z\d])([A-Z])/g, '$1_$2').replace(/\W+/g, '_').toUpperCase().replace(/^(?=\d)/, '_').slice(0, 50)
    if (type === 'http' && text(scheme)?.toLowerCase() === 'basic') return { auth: { type: 'basic', username: this.#env(`${variable}_USERNAME`), password: this.#env(`${variable}_PASSWORD`) } }
    if (type === 'http' && text(scheme)?.toLowerCase() === 'bearer') return { auth: { type: 'bearer', token: this.#env(`${variable}_TOKEN`) } }
    if (type === 'apiKey' && place === 'cookie') return { auth: null, cookie: `${text(key) ?? ''}=${this.#env(variable)}` }
    if (type === 'apiKey') return { auth: { type: 'api-key', name: text(key) ?? '', in: place === 'query' ? 'query' : 'header', value: this.#env(variable) } }
    if (type === 'oauth2') return { auth: this.#oauth2(variable, record(record(flows)['clientCredentials']), scopes) }
    return type === 'openIdConnect' ? { auth: { type: 'bearer', token: this.#env(`${variable}_TOKEN`) } } : null
  }

  /** Flows in which a person signs in give a token in the end; it has to be brought along. */
  #oauth2(variable: string, { tokenUrl }: Foreign, scopes: readonly unknown[]): AuthSpec {
    const url = text(tokenUrl)
    if (url === undefined || !/^https?:\/\//.test(url)) return { type: 'bearer', token: this.#env(`${variable}_TOKEN`) }
    const scope = scopes.map((one) => text(one) ?? '').join(' ')
    return { type: 'oauth2', tokenUrl: url, clientId: this.#env(`${variable}_CLIENT_ID`), clientSecret: this.#env(`${variable}_CLIENT_SECRET`), credentialsIn: 'header', ...(scope === '' ? {} : { scope }) }
  }

  #env(name: string): string {
    this.env[name] = ''
    this.#notes.skip(`{{env.${name}}}`, 'no-value', { name })
    return `{{env.${name}}}`
  }
}
