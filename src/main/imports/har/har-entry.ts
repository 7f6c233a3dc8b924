import { list, number, record, text } from '../foreign.ts'
import type { Foreign } from '../foreign.ts'

/** One entry of a recording (HAR 1.2, and what browsers and proxies add to it), read leniently. */
export interface HarEntry {
  method: string
  url: URL
  /** As recorded, without fragment. */
  written: string
  path: string
  name: string
  /** ms since the epoch; null where the recording does not say. */
  startMs: number | null
  durationMs: number
  status: number
  /** Chrome's and Firefox's word for what asked for it: document, xhr, script …; empty where unknown. */
  resourceType: string
  /** Type of the answer, without parameters. */
  answerType: string
  headers: [name: string, value: string][]
  post: Foreign | null
  /** Bytes of the body that was sent, as far as known. */
  bodySize: number
  /** Names of cookies that the answer set. */
  setsCookies: string[]
}

/** Null for what is no request with a URL at all. */
export function readHarEntry(value: unknown): HarEntry | null {
  const entry = record(value)
  const [request, response] = [record(entry['request']), record(entry['response'])]
  const written = (text(request['url']) ?? '').replace(/#.*$/s, '').trim()
  const url = URL.parse(written)
  if (url === null) return null
  const method = (text(request['method']) ?? 'GET').toUpperCase()
  const started = Date.parse(text(entry['startedDateTime']) ?? '')
  return {
    method, url, written, path: url.pathname,
    name: `${method} ${url.pathname}`,
    startMs: Number.isNaN(started) ? null : started,
    durationMs: Math.max(0, number(entry['time']) ?? 0),
    status: number(response['status']) ?? -1,
    resourceType: (text(entry['_resourceType']) ?? text(record(entry['_resource'])['type']) ?? '').toLowerCase(),
    answerType: (text(record(response['content'])['mimeType']) ?? '').replace(/;.*$/s, '').trim().toLowerCase(),
    headers: withCookies(pairs(request['headers']), pairs(request['cookies'])),
    post: request['postData'] === undefined || request['postData'] === null ? null : record(request['postData']),
    bodySize: number(request['bodySize']) ?? 0,
    setsCookies: cookiesSet(response),
  }
}

export function pairs(value: unknown): [name: string, value: string][] {
  return list(value).flatMap((item): [string, string][] => {
    const { name, value: content } = record(item)
    return typeof name === 'string' && name !== '' ? [[name, text(content) ?? '']] : []
  })
}

/** Some programs write cookies only as cookies. */
function withCookies(headers: [string, string][], cookies: [string, string][]): [string, string][] {
  if (cookies.length === 0 || headers.some(([name]) => name.toLowerCase() === 'cookie')) return headers
  return [...headers, ['Cookie', cookies.map(([name, value]) => `${name}=${value}`).join('; ')]]
}

function cookiesSet(response: Foreign): string[] {
  const fromHeaders = pairs(response['headers']).filter(([name]) => name.toLowerCase() === 'set-cookie').flatMap(([, value]) => value.split('\n')).map((line) => line.slice(0, line.indexOf('=')).trim())
  return [...pairs(response['cookies']).map(([name]) => name), ...fromHeaders]
}
