import { list, record, text } from '../foreign.ts'
import type { ImportNotes, SkippedKey } from '../import-notes.ts'
import type { AuthSpec } from '../../../shared/task/task.ts'

/** Authorization of a request of Postman, its own or that of the nearest folder around it. */

/** Undefined: it says nothing, so what is around it holds; null: none is wanted, or it is of no use here. */
export function postmanAuth(value: unknown, name: string, notes: ImportNotes): AuthSpec | null | undefined {
  if (value === undefined || value === null) return undefined
  const { type, ...kinds } = record(value)
  const settings = settingsOf(kinds[text(type) ?? ''])
  switch (type) {
    case 'noauth': return null
    case 'basic': return settings['username'] ? { type, username: settings['username'], password: settings['password'] ?? '' } : leftOut(`${name}: basic`, 'auth-value', notes)
    case 'bearer': return settings['token'] ? { type, token: settings['token'] } : leftOut(`${name}: bearer`, 'auth-value', notes)
    case 'apikey': return settings['key'] && settings['value'] ? { type: 'api-key', name: settings['key'], in: settings['in'] === 'query' ? 'query' : 'header', value: settings['value'] } : leftOut(`${name}: apikey`, 'auth-value', notes)
    case 'oauth2': return oauth2(settings, name, notes)
  }
  return leftOut(`${name}: ${text(type) ?? '?'}`, 'auth-kind', notes)
}

function oauth2(settings: Record<string, string>, name: string, notes: ImportNotes): AuthSpec | null {
  if (settings['grant_type'] === 'client_credentials' && settings['accessTokenUrl']) {
    const { accessTokenUrl: tokenUrl, clientId = '', clientSecret = '', scope = '', audience = '' } = settings
    return { type: 'oauth2', tokenUrl, clientId, clientSecret, credentialsIn: settings['client_authentication'] === 'body' ? 'body' : 'header', ...(scope === '' ? {} : { scope }), ...(audience === '' ? {} : { audience }) }
  }
  const token = settings['accessToken'] ?? ''
  if (token === '') return leftOut(`${name}: oauth2`, 'interactive', notes)
  return settings['addTokenTo'] === 'queryParams' ? { type: 'api-key', name: 'access_token', in: 'query', value: token } : { type: 'bearer', token }
}

function leftOut(what: string, why: SkippedKey, notes: ImportNotes): null {
  notes.skip(what, why)
  return null
}

/** A list of keys and values since version 2.1, an object before. */
function settingsOf(value: unknown): Record<string, string> {
  const pairs = Array.isArray(value) ? list(value).map(record).map(({ key, value: content }): [string, unknown] => [text(key) ?? '', content]) : Object.entries(record(value))
  return Object.fromEntries(pairs.flatMap(([key, content]): [string, string][] => (text(content) === undefined ? [] : [[key, text(content)!]])))
}
