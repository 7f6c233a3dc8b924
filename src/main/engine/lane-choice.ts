import { checksOf } from '../../shared/task/check.ts'
import { protocolOf } from '../../shared/task/protocol.ts'
import type { TaskSpec } from '../../shared/task/task.ts'
import type { LaneChoice } from './plan.ts'

/** What a server said when it was asked by ALPN; `failure`: why it could not be asked. */
export type Spoken = { protocol: 'h2' | 'http/1.1' } | { failure: string }

const SPOKEN = { tcp: 'plain TCP', websocket: 'a WebSocket', grpc: 'gRPC' }

/**
 * Decides once per task which lane carries it. The raw lanes are as cheap as wrk and h2load; the undici lane costs a
 * multiple of that per request and is taken only for what the raw ones cannot do. The reason is shown to the user.
 * @param spoken for a task that {@link leavesProtocolOpen}: what its server said.
 */
export function chooseLane(spec: TaskSpec, spoken: Spoken | null = null): LaneChoice {
  const { transport } = spec
  const protocol = protocolOf(spec.request.url)
  if (protocol !== 'http') return { lane: protocol, reason: `the URL is one of ${SPOKEN[protocol]}` }
  if (transport.follow) return { lane: 'undici', reason: 'redirects are followed' }
  if (transport.proxy !== undefined) return { lane: 'undici', reason: 'a proxy is used' }
  if (needsDecoding(spec)) return { lane: 'undici', reason: 'a check reads a body that may come compressed (Accept-Encoding is sent)' }
  if (transport.protocol === 'http2') return { lane: 'http2', reason: 'HTTP/2 was asked for' }
  if (transport.protocol === 'http1') return { lane: 'http1', reason: 'HTTP/1.1 was asked for' }
  if (spoken === null) return { lane: 'http1', reason: 'plain HTTP/1.1 request' }
  if ('failure' in spoken) return { lane: 'http1', reason: `HTTP/1.1, as the server could not be asked for HTTP/2: ${spoken.failure}` }
  if (spoken.protocol === 'h2') return { lane: 'http2', reason: 'the server speaks HTTP/2' }
  return { lane: 'http1', reason: 'the server does not speak HTTP/2' }
}

/** True for a task that the raw lanes carry and that leaves it to the server which one. Only TLS has a way to ask. */
export function leavesProtocolOpen(spec: TaskSpec): boolean {
  return spec.transport.protocol === 'auto' && /^https:/i.test(spec.request.url) && chooseLane(spec).lane === 'http1'
}

/** A compressed body must be decoded only where a check looks into it; otherwise counting its bytes is enough. */
function needsDecoding(spec: TaskSpec): boolean {
  return asksForCompression(spec) && checksOf(spec).some((check) => check.subject === 'body' || check.subject === 'json')
}

/** The task says that an answer may come compressed. */
export function asksForCompression(spec: TaskSpec): boolean {
  return Object.entries(spec.request.headers).some(
    ([name, value]) => name.toLowerCase() === 'accept-encoding' && [value].flat().some((codings) => /gzip|deflate|br|\*/i.test(codings)),
  )
}
