import { parseDuration } from '../../../shared/duration.ts'
import { isSecureUrl } from '../../../shared/task/protocol.ts'
import type { TaskSpec } from '../../../shared/task/task.ts'
import { hostOf, routesOf, tlsOf } from '../destination.ts'
import type { CompiledRequest } from '../lanes/compiled-request.ts'

/** All of a call of gRPC but its message. @param metadata headers, marked where they hold variables. */
export function frameOf(spec: TaskSpec, metadata: TaskSpec['request']['headers']): Omit<CompiledRequest, 'body'> {
  const url = new URL(spec.request.url)
  const secure = isSecureUrl(url.href)
  const host = hostOf(url)
  return {
    secure,
    host,
    port: url.port === '' ? 443 : Number(url.port),
    method: 'POST',
    path: url.pathname,
    headers: headersOf(spec, metadata, url),
    wire: Buffer.alloc(0),
    tls: secure ? tlsOf(spec, host) : null,
    follow: false,
    proxy: null,
    ...routesOf(spec.transport),
    http2: true,
    message: null,
  }
}

/** In the order of the protocol (github.com/grpc/grpc, doc/PROTOCOL-HTTP2.md); the deadline is the one after which we give up. */
function headersOf({ transport }: TaskSpec, metadata: TaskSpec['request']['headers'], { host }: URL): CompiledRequest['headers'] {
  const own = Object.entries(metadata).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]))
  const given = new Set(own.map(([name]) => name.toLowerCase()))
  const implied: [string, string][] = [
    ['host', host],
    ['te', 'trailers'],
    ['grpc-timeout', `${parseDuration(transport.timeout) ?? 10_000}m`],
    ['content-type', 'application/grpc'],
    ['grpc-accept-encoding', 'identity'],
    ['user-agent', 'stampede'],
  ]
  return [...implied.filter(([name]) => !given.has(name)), ...own]
}
