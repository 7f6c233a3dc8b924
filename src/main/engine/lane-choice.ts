import { checksOf } from '../../shared/check.ts'
import type { TaskSpec } from '../../shared/task.ts'
import type { LaneChoice } from './plan.ts'

/**
 * Decides once per task which lane carries it. The raw lane is as cheap as wrk; the undici lane costs about twice
 * as much per request and is taken only for what the raw lane cannot do. The reason is shown to the user.
 */
export function chooseLane(spec: TaskSpec): LaneChoice {
  const { transport } = spec
  if (transport.protocol === 'http2') return { lane: 'undici', reason: 'HTTP/2 was asked for' }
  if (transport.follow) return { lane: 'undici', reason: 'redirects are followed' }
  if (transport.proxy !== undefined) return { lane: 'undici', reason: 'a proxy is used' }
  if (needsDecoding(spec)) return { lane: 'undici', reason: 'a check reads a body that may come compressed (Accept-Encoding is sent)' }
  return { lane: 'http1', reason: transport.protocol === 'http1' ? 'HTTP/1.1 was asked for' : 'plain HTTP/1.1 request' }
}

/** A compressed body must be decoded only where a check looks into it; otherwise counting its bytes is enough. */
function needsDecoding(spec: TaskSpec): boolean {
  return asksForCompression(spec) && checksOf(spec).some((check) => check.subject === 'body')
}

function asksForCompression(spec: TaskSpec): boolean {
  return Object.entries(spec.request.headers).some(
    ([name, value]) => name.toLowerCase() === 'accept-encoding' && [value].flat().some((codings) => /gzip|deflate|br|\*/i.test(codings)),
  )
}
