import { formatDuration } from '../../../shared/duration.ts'
import { urlPattern } from '../../../shared/task/url-pattern.ts'
import { MOST_STEPS, assemble } from '../assemble.ts'
import { list, member, record, text } from '../foreign.ts'
import { multipartForm, urlEncodedForm } from '../form-bodies.ts'
import { fieldsOf, formOf, partsOf } from '../form-fields.ts'
import { pairs, readHarEntry } from './har-entry.ts'
import { isStatic, mainSite, siteOf, unsendable } from './har-filter.ts'
import { ImportHeaders } from '../import-headers.ts'
import { ImportNotes, refusal } from '../import-notes.ts'
import { literally } from '../literal.ts'
import { Selection } from '../selection.ts'
import type { FoundRequest } from '../assemble.ts'
import type { Foreign } from '../foreign.ts'
import type { HarEntry } from './har-entry.ts'
import type { Found, ImportOptions } from '../import-options.ts'
import type { RequestSpec } from '../../../shared/task/task.ts'

/**
 * A recording of a browser or a proxy (HAR 1.2) → the requests in the order in which they were sent, with the pauses in
 * between. Static files and other sites are left out unless they are selected.
 */

const MAX_PAUSE_MS = 10_000
/** Of all steps together: an iteration must come to its end. */
const MAX_PAUSES_MS = 300_000
const LEAST_PAUSE_MS = 100
/** More than steps, as some may turn out to be unsound. */
const MOST_REQUESTS = 5 * MOST_STEPS
/** Would be answered with "not changed", which is not what is to be measured. */
const CONDITIONAL = new Set(['if-none-match', 'if-modified-since'])

/** Throws AppError `bad-input`. */
export function parseHar(document: unknown, options: ImportOptions): Found {
  const entries = member(record(document)['log'], 'entries')
  if (!Array.isArray(entries)) throw refusal('This is no recording: log.entries is missing.', 'Export it as HAR from the network panel of a browser or from a proxy.')
  const notes = new ImportNotes()
  const read = list(entries).map((value, index) => readHarEntry(value) ?? unreadable(value, index, notes)).filter((entry) => entry !== null)
  // Fiddler and Safari do not write them in order. The sort is stable: entries without a time stay where they are.
  if (read.every(({ startMs }) => startMs !== null)) read.sort((one, other) => (one.startMs ?? 0) - (other.startMs ?? 0))
  const kept = choose(read, options, notes)
  const requests = kept.map((entry): FoundRequest => ({ name: `${entry.method} ${urlPattern(`${entry.url.pathname}${entry.url.search}`)}`, request: requestOf(entry, kept, options, notes) }))
  if (options.thinkTime !== false) addPauses(requests, kept, notes)
  const [page] = list(member(record(document)['log'], 'pages'))
  const title = text(record(page)['title'])
  const name = title === undefined || /^https?:/.test(title) ? kept[0]?.url.host : title
  return { spec: assemble(requests, { ...(name === undefined || name.trim() === '' ? {} : { name: name.replace(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, 200).toWellFormed() }) }, notes), notes, requests: read.map(labelIn(read)), chosen: kept.map(labelIn(read)) }
}

/** With the host where the same is asked of several: the path alone would select all of them. */
function labelIn(entries: readonly HarEntry[]): (entry: HarEntry) => string {
  const origins = Map.groupBy(entries, ({ name }) => name)
  return ({ method, path, url, name }) => (origins.get(name)?.every((one) => one.url.origin === url.origin) === true ? `${method} ${path}` : `${method} ${url.origin}${path}`)
}

function unreadable(value: unknown, index: number, notes: ImportNotes): null {
  notes.skip(text(record(record(value)['request'])['url']) ?? `entry ${index + 1}`, 'no-request')
  return null
}

function choose(entries: readonly HarEntry[], { select }: ImportOptions, notes: ImportNotes): HarEntry[] {
  const selection = new Selection(select)
  const sendable = entries.filter((entry) => told(entry, unsendable(entry), notes))
  const site = mainSite(sendable.filter((entry) => !isStatic(entry)))
  const kept = sendable.filter((entry) => {
    if (!selection.isEmpty) return told(entry, selection.takes({ ...entry, url: `${entry.url.origin}${entry.path}` }) ? null : 'not-selected', notes)
    return told(entry, site !== null && siteOf(entry.url) !== site ? 'other-host' : isStatic(entry) ? 'static' : null, notes)
  })
  selection.mustHaveHit(sendable.map((entry) => ({ ...entry, url: entry.written })))
  for (const { name } of kept.slice(MOST_REQUESTS)) notes.skip(name, 'too-many', { most: MOST_STEPS })
  return kept.slice(0, MOST_REQUESTS)
}

/** Whether to keep it; what is left out is named without its query, which may hold secrets. */
function told(entry: HarEntry, reason: Parameters<ImportNotes['skip']>[1] | null, notes: ImportNotes): boolean {
  if (reason === null) return true
  const place = reason === 'other-host' || reason === 'websocket' ? `${entry.url.host}${entry.path}` : reason === 'local' ? entry.url.protocol : entry.path
  notes.skip(`${entry.method} ${place}`, reason)
  return false
}

function requestOf(entry: HarEntry, kept: readonly HarEntry[], { server }: ImportOptions, notes: ImportNotes): RequestSpec {
  const headers = headersOf(entry, kept, notes)
  const body = bodyOf(entry, headers, notes)
  const url = server === undefined ? entry.written : `${server.replace(/\/+$/, '')}${entry.url.pathname}${entry.url.search}`
  const escaped = Object.entries(headers.toRecord()).map(([name, value]) => [name, Array.isArray(value) ? value.map(literally) : literally(value)] as const)
  return { method: entry.method, url: literally(withoutCredentials(url)), headers: Object.fromEntries(escaped), ...body }
}

/** They stand in the Authorization header, where a browser has put them. */
function withoutCredentials(url: string): string {
  return url.replace(/^(https?:\/\/)[^/?#@]*@/i, '$1')
}

function headersOf(entry: HarEntry, kept: readonly HarEntry[], notes: ImportNotes): ImportHeaders {
  const headers = new ImportHeaders(notes)
  const before = kept.slice(0, kept.indexOf(entry)).filter(({ url }) => siteOf(url) === siteOf(entry.url))
  const set = new Set(before.flatMap(({ setsCookies }) => setsCookies))
  for (const [name, value] of entry.headers) {
    const lower = name.toLowerCase()
    if (lower === 'host') notes.skip(name, 'automatic')
    else if (CONDITIONAL.has(lower)) notes.skip(name, 'conditional')
    else if (lower === 'cookie') addCookies(name, value, set, headers, notes)
    else headers.offerIfSound(name, value.trim())
  }
  return headers
}

/** Cookies that an earlier answer sets anew in each iteration come from the jar. */
function addCookies(header: string, value: string, set: ReadonlySet<string>, headers: ImportHeaders, notes: ImportNotes): void {
  const cookies = value.split(';').map((cookie) => cookie.trim()).filter((cookie) => cookie !== '')
  const isSet = (cookie: string): boolean => set.has(cookie.replace(/=.*$/s, ''))
  for (const cookie of cookies.filter(isSet)) notes.skip(`${header} ${cookie.replace(/=.*$/s, '')}`, 'jar')
  const own = cookies.filter((cookie) => !isSet(cookie))
  if (own.length > 0) headers.add(header, own.join('; '))
}

type Sent = Pick<RequestSpec, 'body' | 'bodyBase64' | 'form' | 'multipart'>

function bodyOf({ method, path, post, bodySize }: HarEntry, headers: ImportHeaders, notes: ImportNotes): Sent {
  if (post === null) {
    if (bodySize > 0) notes.skip(`${method} ${path}`, 'no-body')
    return {}
  }
  const type = text(post['mimeType']) ?? ''
  // HTTP Toolkit keeps what is no text beside it.
  const content = record(post['_content'])
  const [written, encoding] = [text(post['text']) ?? text(content['text']), text(post['encoding']) ?? text(content['encoding'])]
  const isForm = list(post['params']).length > 0
  if ((written === undefined || written === '') && isForm) return recordedForm(type, post, headers, notes)
  if (written === undefined || (written === '' && type === '')) {
    if (bodySize > 0) notes.skip(`${method} ${path}`, 'no-body')
    return {}
  }
  if (type !== '') headers.addDefault('Content-Type', type)
  if (encoding === 'base64') return { bodyBase64: written }
  return (/^application\/x-www-form-urlencoded\b/i.test(headers.get('content-type')) ? encodedForm(written, headers) : null) ?? { body: literally(written) }
}

/** Null where it is no form, or one that would lose something. */
function encodedForm(written: string, headers: ImportHeaders): Sent | null {
  const form = formOf((fieldsOf(written) ?? []).map(([name, value]) => [name, literally(value)]))
  if (form !== null && headers.get('content-type') === 'application/x-www-form-urlencoded') headers.drop('Content-Type')
  return form === null ? null : { form }
}

function recordedForm(type: string, post: Foreign, headers: ImportHeaders, notes: ImportNotes): Sent {
  if (!/^multipart\//i.test(type)) {
    headers.addDefault('Content-Type', type === '' ? 'application/x-www-form-urlencoded' : type)
    // Some programs write them decoded, others as they were sent.
    const isEncoded = pairs(post['params']).every(([name, value]) => /^[^\s&=]*$/.test(name) && /^(?:[\w.*+~!'()-]|%[0-9A-Fa-f]{2})*$/.test(value))
    const written = urlEncodedForm(pairs(post['params']), isEncoded ? (one) => one : undefined)
    return encodedForm(written, headers) ?? { body: literally(written) }
  }
  const params = list(post['params']).map(record)
  for (const { fileName, value } of params) if (fileName !== undefined && text(value) === undefined) notes.skip(text(fileName) ?? '', 'no-body')
  const parts = params.map(({ name, value, fileName, contentType }) => ({
    name: text(name) ?? '', value: text(value) ?? '',
    ...(text(fileName) === undefined ? {} : { filename: text(fileName)! }),
    ...(text(contentType) === undefined ? {} : { contentType: text(contentType)! }),
  }))
  const said = partsOf(parts)
  if (said !== null) {
    headers.drop('Content-Type')
    return { multipart: said.map((part) => ({ ...part, value: literally(part.value ?? '') })) }
  }
  const form = multipartForm(parts)
  headers.replace('Content-Type', form.contentType)
  return { body: literally(form.body) }
}

/** From the end of what came before to the next one's start; what ran side by side has no pause. */
function addPauses(requests: FoundRequest[], kept: readonly HarEntry[], notes: ImportNotes): void {
  const most = Math.min(MAX_PAUSE_MS, MAX_PAUSES_MS / Math.max(1, kept.length))
  let end = -Infinity
  let paused = false
  kept.forEach(({ startMs, durationMs }, index) => {
    if (startMs === null) return
    const pause = Math.round(Math.min(startMs - end, most) / LEAST_PAUSE_MS) * LEAST_PAUSE_MS
    const before = requests[index - 1]
    if (before !== undefined && pause >= LEAST_PAUSE_MS) {
      before.thinkTime = formatDuration(pause)
      paused = true
    }
    end = Math.max(end, startMs + durationMs)
  })
  if (paused) notes.take('pauses', { most: formatDuration(most) })
}
