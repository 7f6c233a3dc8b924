import { list, record, text } from '../foreign.ts'
import type { ImportNotes } from '../import-notes.ts'
import type { PostmanVariables } from './postman-variables.ts'

/** The URL of a request of Postman: a text, or its parts; with variables that may stand for anything, the host included. */

const NOWHERE = 'http://127.0.0.1:8080'

export interface PostmanUrl {
  url: string
  path: string
}

/** @param server base URL instead of the collection's. */
export function postmanUrl(value: unknown, name: string, variables: PostmanVariables, server: string | undefined, notes: ImportNotes): PostmanUrl {
  const written = (typeof value === 'string' ? value : fromParts(value, notes, name)).replace(/#.*$/s, '').trim()
  const { base, rest } = split(written, variables)
  const path = withPathVariables(rest, record(value)['variable'], variables, name, notes)
  const host = server ?? (base === null ? unknownHost(written, notes) : base)
  const url = `${host.replace(/\/+$/, '')}${path}`
  return { url, path: URL.parse(url.replace(/\{\{[^{}]*\}\}/g, '0'))?.pathname ?? path }
}

/** Of several ways to write it the parts say most: which parameters are switched off. */
function fromParts(value: unknown, notes: ImportNotes, name: string): string {
  const { raw, protocol, host, port, path, query } = record(value)
  const hostText = Array.isArray(host) ? host.map((label) => text(label) ?? '').join('.') : text(host)
  if (hostText === undefined || hostText === '') return text(raw) ?? ''
  const segments = Array.isArray(path) ? path.map((segment) => text(segment) ?? text(record(segment)['value']) ?? '').join('/') : (text(path) ?? '')
  for (const { key, disabled } of list(query).map(record)) if (disabled === true) notes.skip(`${name} ?${text(key) ?? ''}`, 'disabled')
  const pairs = list(query).map(record).filter(({ disabled }) => disabled !== true).map(({ key, value: content }) => (content === null || content === undefined ? (text(key) ?? '') : `${text(key) ?? ''}=${text(content) ?? ''}`))
  const scheme = text(protocol) === undefined || /:\/\//.test(hostText) ? '' : `${text(protocol)}://`
  return `${scheme}${hostText}${text(port) === undefined || port === '' ? '' : `:${text(port)}`}${segments === '' ? '' : `/${segments.replace(/^\//, '')}`}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`
}

/** Scheme and host as they are, since variables cannot stand for them; null where a variable there has no value. */
function split(written: string, variables: PostmanVariables): { base: string | null; rest: string } {
  const [, front = '', behind = ''] = /^((?:[a-z][a-z0-9+.-]*:\/\/)?(?:\{\{[^{}]*\}\}|[^/?{])*)([^]*)$/i.exec(written) ?? []
  const known = variables.resolved(front)
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(known) ? known : `http://${known}`
  const [, base = '', inside = ''] = /^([^/]*\/\/[^/?]*)([^]*)$/.exec(whole) ?? []
  const rest = `${inside}${behind}`
  const isKnown = !base.includes('{{') && URL.canParse(base)
  return { base: isKnown ? base.replace(/\/\/[^@/]*@/, '//') : null, rest: base.includes('{{') ? rest.replace(/^(?![/?]|$)/, '/') : rest }
}

function unknownHost(written: string, notes: ImportNotes): string {
  notes.skip(/^[^?]*/.exec(written)?.[0] ?? '', 'no-host', { server: NOWHERE })
  return NOWHERE
}

/** `:id` in a path, with the value that is given for it. */
function withPathVariables(rest: string, given: unknown, variables: PostmanVariables, name: string, notes: ImportNotes): string {
  const values = new Map(list(given).map(record).map(({ key, id, value }) => [text(key) ?? text(id) ?? '', text(value) ?? '']))
  const [, path = '', query = ''] = /^([^?]*)([^]*)$/.exec(rest) ?? []
  const filled = path.split('/').map((segment) => {
    const variable = /^:([\w-]+)(.*)$/s.exec(segment)
    if (variable === null) return segment
    const value = values.get(variable[1] ?? '') ?? ''
    if (value === '') notes.skip(`${name} :${variable[1]}`, 'path-value')
    return `${value === '' ? '1' : value}${variable[2] ?? ''}`
  })
  return variables.translated(`${filled.join('/')}${query}`, encodeUrlText)
}

/** What may not stand in a URL; percent signs stay, as they begin what is encoded already. */
function encodeUrlText(written: string): string {
  return written.toWellFormed().replace(/[\s"<>\\^`|\u0000-\u001f\u007f]/g, (sign) => encodeURIComponent(sign))
}
