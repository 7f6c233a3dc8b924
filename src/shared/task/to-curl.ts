import { parseDuration } from '../duration.ts'
import type { AuthSpec, RequestSpec, TaskSpec, TransportSpec } from './task.ts'

/** Whether curl can do the same: one request over HTTP, without bytes among the parts of its form or a token that has to be fetched first. */
export function isForCurl({ request, steps, auth }: Pick<TaskSpec, 'request' | 'steps' | 'auth'>): boolean {
  return steps === undefined && auth?.type !== 'oauth2' && /^https?:/.test(request.url) && (request.multipart ?? []).every(({ base64 }) => base64 === undefined)
}

/** The request of a task as a curl command for a POSIX shell; pasting it back gives the same request. */
export function toCurl(spec: Pick<TaskSpec, 'request' | 'transport' | 'auth'>): string {
  const { request, transport, auth } = spec
  const binary = request.bodyBase64 === undefined ? '' : `printf %s ${quote(request.bodyBase64)} | base64 -d | `
  // Percent-encoded as it is sent: curl would send {, } and ' as they are.
  const url = new URL(withKey(request.url, auth)).href
  const head = `${binary}curl${methodFlag(request)} ${quote(url)}`
  return [head, ...(GLOB.test(url) ? ['-g'] : []), ...headerFlags(request), ...authFlags(auth), ...bodyFlags(request), ...transportFlags(transport)].join(' \\\n  ')
}

/** What curl would take for a pattern of several URLs. */
const GLOB = /[{}[\]]/
const DEFAULT_TIMEOUT = '10s'

/** Single quotes keep everything but a single quote itself; plain words need none. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** Only where curl would not choose the method itself: -X HEAD would wait for a body in the answer. */
function methodFlag({ method, body, bodyBase64, form, multipart }: RequestSpec): string {
  const bare = (body ?? bodyBase64 ?? form ?? multipart) === undefined
  if (method === 'HEAD' && bare) return ' -I'
  const natural = bare ? 'GET' : 'POST'
  return method === natural ? '' : ` -X ${method}`
}

function headerFlags({ headers, body, bodyBase64 }: RequestSpec): string[] {
  const lines = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => (one === '' ? `${name};` : `${name}: ${one}`)))
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  // curl would call the body a form; "Name:" takes a header away.
  return [...lines, ...((body ?? bodyBase64) === undefined || typed ? [] : ['Content-Type:'])].map((line) => `-H ${quote(line)}`)
}

function authFlags(auth: AuthSpec | undefined): string[] {
  switch (auth?.type) {
    case 'basic': return [`-u ${quote(`${auth.username}:${auth.password}`)}`]
    case 'bearer': return [`-H ${quote(`Authorization: Bearer ${auth.token}`)}`]
    case 'api-key': return auth.in === 'header' ? [`-H ${quote(`${auth.name}: ${auth.value}`)}`] : []
    case 'oauth2':
    case undefined: return []
  }
}

function withKey(url: string, auth: AuthSpec | undefined): string {
  if (auth?.type !== 'api-key' || auth.in !== 'query') return url
  const [, base = '', fragment = ''] = /^([^#]*)([^]*)$/.exec(url) ?? []
  return `${base}${base.includes('?') ? '&' : '?'}${encodeURIComponent(auth.name.toWellFormed())}=${encodeURIComponent(auth.value.toWellFormed())}${fragment}`
}

function bodyFlags({ body, bodyBase64, form, multipart }: RequestSpec): string[] {
  if (form !== undefined) return Object.entries(form).flatMap(([name, value]) => [value].flat().map((one) => `--data-urlencode ${quote(`${name}=${one}`)}`))
  if (multipart !== undefined) return multipart.map(({ name, value = '' }) => `--form-string ${quote(`${name}=${value}`)}`)
  if (body !== undefined) return [`--data-raw ${quote(body)}`]
  return bodyBase64 === undefined ? [] : ['--data-binary @-']
}

function transportFlags(transport: TransportSpec): string[] {
  const flags: (string | false)[] = [
    transport.protocol === 'http2' && '--http2',
    transport.protocol === 'http1' && '--http1.1',
    transport.insecure && '-k',
    transport.follow && '-L',
    transport.timeout !== DEFAULT_TIMEOUT && `-m ${(parseDuration(transport.timeout) ?? 0) / 1000}`,
    transport.proxy !== undefined && `-x ${quote(transport.proxy)}`,
    ...(transport.resolve ?? []).map((rule) => `--resolve ${quote(rule)}`),
    ...(transport.connectTo ?? []).map((rule) => `--connect-to ${quote(rule)}`),
  ]
  return flags.filter((flag) => flag !== false)
}
