import { serverNameOf } from '../destination.ts'
import { wireOf } from '../request/request-wire.ts'
import type { CompiledRequest } from './compiled-request.ts'
import { LaneFailure } from './lane-failure.ts'

/** Where connections lead: two requests share them when all of this is equal. */
export type Origin = Pick<CompiledRequest, 'secure' | 'host' | 'port' | 'tls' | 'trust' | 'proxy' | 'http2' | 'routes'>

/** As curl and browsers' lower bound; beyond it the chain is taken for endless. */
const MAX_HOPS = 10

const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** Say something about a body; they leave together with it. */
const OF_BODY = new Set(['content-length', 'content-type', 'content-encoding', 'content-language', 'content-location'])
/** Secrets and names that are meant for the first host only. */
const OF_ORIGIN = new Set(['authorization', 'cookie', 'proxy-authorization', 'host'])

export function isRedirect(status: number): boolean {
  return REDIRECTS.has(status)
}

export function keyOf(origin: Origin): string {
  return `${origin.secure ? 'https' : 'http'}://${authorityOf(origin)}`
}

/** The requests of one iteration, so that a loop is seen when it closes and not only at the bound. */
export class Trail {
  readonly #visited = new Set<string>()

  /** As {@link nextHop}; throws LaneFailure `protocol` for a loop and beyond ten redirects, too. */
  next(from: CompiledRequest, status: number, location: string): CompiledRequest {
    this.#visited.add(placeOf(from))
    if (this.#visited.size > MAX_HOPS) throw new LaneFailure('protocol', `more than ${MAX_HOPS} redirects`)
    const to = nextHop(from, status, location)
    if (this.#visited.has(placeOf(to))) throw new LaneFailure('protocol', 'redirect loop')
    return to
  }
}

/**
 * The request that a redirect asks for (RFC 9110 §15.4, with the method rules of the Fetch standard: 303 turns all
 * but HEAD into GET, 301 and 302 turn POST into GET, 307 and 308 keep method and body).
 * Throws LaneFailure `protocol` when the Location leads nowhere.
 */
export function nextHop(from: CompiledRequest, status: number, location: string): CompiledRequest {
  const url = URL.parse(location, `${keyOf(from)}${from.path}`)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new LaneFailure('protocol', 'redirect to something that is not an http or https URL')
  }
  const to = targetOf(from, url)
  const foreign = keyOf(to) !== keyOf(from)
  const turnsIntoGet = status === 303 ? from.method !== 'HEAD' && from.method !== 'GET' : status < 303 && from.method === 'POST'
  const method = turnsIntoGet ? 'GET' : from.method
  const body = turnsIntoGet ? null : from.body
  const kept = from.headers.filter(([name]) => !(turnsIntoGet && OF_BODY.has(name.toLowerCase())) && !(foreign && (OF_ORIGIN.has(name.toLowerCase()) || name.toLowerCase() === from.credentialHeader)))
  const headers: CompiledRequest['headers'] = foreign ? [['Host', url.host], ...kept] : kept
  return { ...to, method, headers, body, wire: wireOf(method, to.path, headers, body) }
}

/** A client certificate is shown to the host it was given for, and to no other. */
function targetOf(from: CompiledRequest, url: URL): CompiledRequest {
  const secure = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  // HTTP/2 without TLS was agreed upon with the first host only.
  const http2 = from.http2 && (secure || !from.secure)
  const to = { ...from, secure, host, port, http2, path: url.pathname + url.search }
  if (keyOf(to) === keyOf(from)) return to
  const { rejectUnauthorized, ca } = from.tls ?? from.trust ?? { rejectUnauthorized: true, ca: undefined }
  return { ...to, tls: secure ? { rejectUnauthorized, ca, servername: serverNameOf(host), cert: undefined, key: undefined } : null, trust: { rejectUnauthorized, ca } }
}

function authorityOf({ host, port }: Origin): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

function placeOf(request: CompiledRequest): string {
  return `${request.method} ${keyOf(request)}${request.path}`
}
