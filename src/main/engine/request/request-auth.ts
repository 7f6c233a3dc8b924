import { hasVariables, parseTemplate } from '../../../shared/task/template-text.ts'
import type { TemplatePart, Variable } from '../../../shared/task/template-text.ts'
import type { AuthSpec, RequestSpec } from '../../../shared/task/task.ts'

/** What an auth puts into requests; no text of a task can say it. */
export type Credential =
  /** The token of OAuth 2.0 that holds now. */
  | { kind: 'token' }
  /** `name:password` as base64 (RFC 7617), of texts with variables. */
  | { kind: 'basic'; parts: TemplatePart[] }

/**
 * The request with what its auth adds. A header that the request has already stays: it knows better.
 * @param marked a text with its variables in their places. @param mark puts a credential into a text.
 */
export function withAuth(request: RequestSpec, auth: AuthSpec, marked: (text: string) => string, mark: (what: Variable | Credential) => string): RequestSpec {
  switch (auth.type) {
    case 'basic': return withHeader(request, 'Authorization', () => `Basic ${basicText(auth.username, auth.password, mark)}`)
    case 'bearer': return withHeader(request, 'Authorization', () => `Bearer ${marked(auth.token)}`)
    case 'oauth2': return withHeader(request, 'Authorization', () => `Bearer ${mark({ kind: 'token' })}`)
    case 'api-key': return auth.in === 'header' ? withHeader(request, auth.name, () => marked(auth.value)) : withParameter(request, auth.name, marked(auth.value))
    default: return auth satisfies never
  }
}

function withHeader(request: RequestSpec, name: string, value: () => string): RequestSpec {
  const has = Object.keys(request.headers).some((header) => header.toLowerCase() === name.toLowerCase())
  return has ? request : { ...request, headers: { ...request.headers, [name]: value() } }
}

function withParameter(request: RequestSpec, name: string, value: string): RequestSpec {
  return { ...request, url: `${request.url}${request.url.includes('?') ? '&' : '?'}${encodeURIComponent(name)}=${encodeURIComponent(value)}` }
}

function basicText(username: string, password: string, mark: (what: Credential) => string): string {
  const text = `${username}:${password}`
  const parsed = hasVariables(text) ? parseTemplate(text) : null
  return parsed?.ok === true ? mark({ kind: 'basic', parts: parsed.parts }) : Buffer.from(text, 'utf8').toString('base64')
}
