import type { HarEntry } from './har-entry.ts'
import type { SkippedKey } from '../import-notes.ts'

/** Which entries of a recording are requests that a load test should send. */

const STATIC_RESOURCES = new Set(['script', 'stylesheet', 'image', 'imageset', 'font', 'media', 'texttrack', 'manifest', 'beacon', 'ping', 'csp_report', 'preflight'])
const STATIC_TYPES = /^(?:(?:image|font|audio|video)\/|(?:text|application)\/(?:css|(?:x-)?(?:java|ecma)script|wasm|manifest\+json|font-|x-font|vnd\.ms-fontobject))/
const STATIC_ENDINGS = /\.(?:m?js|css|map|png|jpe?g|gif|svg|ico|webp|avif|bmp|woff2?|ttf|otf|eot|mp[34]|webm|ogg|wav|m3u8|wasm|webmanifest)$/i
/** Second-level domains under which anyone may have a name, roughly: `co.uk`, `com.cn`. */
const SHARED_SECOND_LEVEL = /^(?:com?|org|net|edu|gov|ac|or|ne|go|gob|gov)$/

/** Why an entry cannot be sent, whoever selects it; null: it can. */
export function unsendable({ method, url, status, headers }: HarEntry): SkippedKey | null {
  if (url.protocol === 'ws:' || url.protocol === 'wss:') return 'websocket'
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'local'
  if (method === 'CONNECT') return 'tunnel'
  if (method === 'OPTIONS' && headers.some(([name]) => name.toLowerCase() === 'access-control-request-method')) return 'preflight'
  if (headers.some(([name, value]) => name.toLowerCase() === 'upgrade' && value.toLowerCase() === 'websocket')) return 'websocket'
  return status === 0 ? 'unanswered' : null
}

export function isStatic({ method, url, resourceType, answerType }: HarEntry): boolean {
  if (resourceType === 'document' || resourceType === 'xhr' || resourceType === 'fetch') return false
  return STATIC_RESOURCES.has(resourceType) || STATIC_TYPES.test(answerType) || (method === 'GET' && STATIC_ENDINGS.test(url.pathname))
}

/** The site of the first page that answered, else the one with most requests. */
export function mainSite(entries: readonly HarEntry[]): string | null {
  const page = entries.find(({ resourceType, answerType, status }) => (resourceType === 'document' || answerType === 'text/html') && status < 400)
  if (page !== undefined) return siteOf(page.url)
  const counts = new Map<string, number>()
  for (const { url } of entries) counts.set(siteOf(url), (counts.get(siteOf(url)) ?? 0) + 1)
  return [...counts].reduce<[string, number] | null>((most, one) => (most === null || one[1] > most[1] ? one : most), null)?.[0] ?? null
}

/** `app.example.co.uk` and `api.example.co.uk` belong to one site; an address is its own. */
export function siteOf({ hostname }: URL): string {
  const labels = hostname.split('.')
  if (labels.length < 3 || hostname.includes(':') || /^[\d.]+$/.test(hostname)) return hostname
  const [top = '', second = ''] = labels.toReversed()
  return labels.slice(top.length === 2 && SHARED_SECOND_LEVEL.test(second) ? -3 : -2).join('.')
}
