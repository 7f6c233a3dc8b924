import { defaultTaskSpec, requireTaskSpec } from '../../../shared/task/task-schema.ts'
import { bodyOf, defaultContentType, sentAs, urlEncoded } from './curl-body.ts'
import { EXAMPLE, commandOf } from './curl-command.ts'
import { readCurlLine } from './curl-flags.ts'
import { ImportHeaders } from '../import-headers.ts'
import { skipReason } from './curl-skips.ts'
import { readTransportFlag, withoutRules, withProxyUser } from './curl-transport.ts'
import { ImportNotes, refusal, shorten } from '../import-notes.ts'
import type { Imported } from '../../../shared/contract/contract.ts'
import type { AuthSpec, RequestSpec, TransportSpec } from '../../../shared/task/task.ts'
import type { CurlFlag } from './curl-flags.ts'
import type { WordList } from './word-list.ts'

/**
 * A pasted curl command → a task. It sends what curl would send; what it cannot take over is named, never dropped
 * silently; nothing of the command is ever executed.
 */

/** Throws AppError `bad-input`; with the position for quotes that are not closed and for a second command. */
export function parseCurl(text: string): Imported {
  const line = commandOf(text)
  const notes = new ImportNotes()
  const { flags, urls, incomplete } = readCurlLine(line.words)
  if (incomplete !== null) throw refusal(`The value of ${incomplete.written} is missing at the end of the command.`, 'Copy the whole command again.')
  const headers = new ImportHeaders(notes)
  const transport: Partial<TransportSpec> = {}
  for (const flag of flags) if (!readTransportFlag(flag, transport, notes) && !readHeaderFlag(flag, headers, notes) && !isRequestFlag(flag)) notes.skip(flag.written, skipReason(flag))
  for (const { value } of flags.filter(({ name }) => name === 'proxy-user')) withProxyUser(transport, value)
  withoutRules(transport, notes)
  const { url: target, auth } = authorized(urlOf([...urls.map((word) => word.text), ...valuesOf(flags, 'url')], flags, notes), flags, headers, notes)
  const body = bodyOf(flags, headers)
  const inQuery = body.kind === 'data' && flags.some(({ name }) => name === 'get')
  if (body.kind === 'data' && !inQuery) headers.addDefault('Content-Type', defaultContentType(flags))
  const query = [...flags.filter(({ name }) => name === 'url-query').map(urlEncoded), ...(inQuery && body.text !== null ? [body.text] : [])]
  const sent = inQuery ? null : body.text
  const type = headers.get('content-type')
  const content = sentAs(sent, body, headers)
  const request = { method: methodOf(flags, sent, notes), url: withQuery(target, query), headers: headers.toRecord(), ...content }
  const spec = requireTaskSpec({ load: defaultTaskSpec('').load, request, transport, ...(auth === null ? {} : { auth }) })
  noteRest(line, flags, target, notes)
  return { spec, taken: [...takenOf(spec.request, headers, type, sent), ...notes.taken], skipped: notes.skipped }
}

/** Flags that set a header. */
function readHeaderFlag(flag: CurlFlag, headers: ImportHeaders, notes: ImportNotes): boolean {
  switch (flag.name) {
    case 'header':
      if (flag.value.startsWith('@')) throw refusal(`${flag.written} takes headers from the file ${shorten(flag.value.slice(1))}, which cannot be seen from here.`, `Write them as ${flag.written} 'name: value'.`)
      headers.addLine(flag.value)
      return true
    case 'user-agent':
      if (flag.value !== '') headers.replace('User-Agent', flag.value)
      return true
    case 'referer':
      if (flag.value.replace(/;auto$/, '') !== '') headers.replace('Referer', flag.value.replace(/;auto$/, ''))
      return true
    case 'range':
      headers.replace('Range', `bytes=${flag.value}`)
      return true
    case 'oauth2-bearer':
      headers.replace('Authorization', `Bearer ${flag.value}`)
      return true
    case 'cookie':
      if (!flag.value.includes('=')) notes.skip(`${flag.written} ${flag.value}`, 'file')
      else headers.add('Cookie', flag.value)
      return true
    default: return false
  }
}

/** Flags that are read together, further down. */
function isRequestFlag({ name }: CurlFlag): boolean {
  return ['request', 'head', 'get', 'url', 'url-query', 'user', 'proxy-user', 'data', 'data-ascii', 'data-binary', 'data-raw', 'data-urlencode', 'json', 'form', 'form-string', 'upload-file', 'next'].includes(name)
}

/** The one URL; curl's own default scheme is http. */
function urlOf(urls: readonly string[], flags: readonly CurlFlag[], notes: ImportNotes): string {
  if (flags.some(({ name }) => name === 'next')) throw refusal('--next begins a second request.', 'Import one request at a time: paste what stands before --next, then what stands after it.')
  if (urls.length > 1) throw refusal(`The command has ${urls.length} URLs: ${shorten(urls.join(' '))}`, 'Import one at a time. If part of it is a value, put it in quotes.')
  const [url] = urls
  if (url === undefined || url.trim() === '') throw refusal('The command has no URL.', EXAMPLE)
  if (/\{[^{}]{0,200},[^{}]{0,200}\}|\[\w+-\w+(?::\d+)?\]/.test(url) && !flags.some(({ name }) => name === 'globoff')) notes.skip(url, 'glob')
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `http://${url}`
}

/** Credentials of the URL or of -u are the task's; curl would send them as a header. */
function authorized(url: string, flags: readonly CurlFlag[], headers: ImportHeaders, notes: ImportNotes): { url: string; auth: AuthSpec | null } {
  const inUrl = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i.exec(url)
  const given = flags.findLast(({ name }) => name === 'user')
  const user = given?.value ?? decoded(inUrl?.[2])
  if (given !== undefined && !given.value.includes(':')) notes.skip(`${given.written} ${given.value}`, 'password')
  const bare = inUrl === null ? url : `${inUrl[1] ?? ''}${url.slice(inUrl[0].length)}`
  if (user === undefined) return { url: bare, auth: null }
  if (headers.has('authorization')) {
    notes.skip(given?.written ?? 'user:password@', 'overridden')
    return { url: bare, auth: null }
  }
  notes.take('auth')
  const [, username = '', password = ''] = /^([^:]*):?([^]*)$/.exec(user) ?? []
  return { url: bare, auth: { type: 'basic', username, password } }
}

function decoded(text: string | undefined): string | undefined {
  return text?.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'))
}

function methodOf(flags: readonly CurlFlag[], body: string | null, notes: ImportNotes): string {
  const asked = valuesOf(flags, 'request')
  for (const method of asked.slice(0, -1)) if (method !== asked.at(-1)) notes.skip(`-X ${method}`, 'overridden')
  return asked.at(-1) ?? (flags.some(({ name }) => name === 'head') ? 'HEAD' : body === null ? 'GET' : 'POST')
}

function withQuery(url: string, query: readonly string[]): string {
  if (query.length === 0) return url
  const [, base = '', fragment = ''] = /^([^#]*)([^]*)$/.exec(url) ?? []
  return `${base}${base.includes('?') ? '&' : '?'}${query.join('&')}${fragment}`
}

function noteRest(line: WordList, flags: readonly CurlFlag[], url: string, notes: ImportNotes): void {
  const used = [url, ...flags.map(({ value }) => value)]
  for (const expansion of line.expansions) if (used.some((text) => text.includes(expansion))) notes.skip(expansion, 'expansion')
  if (/[^\s;&|]/.test(line.tail)) notes.skip(line.tail, 'tail')
}

/** @param type of the content, as curl would send it. */
function takenOf({ method, multipart }: RequestSpec, headers: ImportHeaders, type: string, text: string | null): Imported['taken'] {
  const notes = new ImportNotes()
  notes.take('method', { method })
  if (headers.count > 0) notes.take(headers.count === 1 ? 'header' : 'headers', { n: headers.count })
  if (multipart !== undefined) notes.take('body.multipart', { n: multipart.length })
  else if (text !== null) notes.take(/\bjson\b/i.test(type) ? 'body.json' : /x-www-form-urlencoded/i.test(type) ? 'body.form' : 'body.text', { n: text.length })
  if (headers.has('cookie')) notes.take('cookies')
  return notes.taken
}

function valuesOf(flags: readonly CurlFlag[], wanted: string): string[] {
  return flags.filter(({ name }) => name === wanted).map(({ value }) => value)
}
