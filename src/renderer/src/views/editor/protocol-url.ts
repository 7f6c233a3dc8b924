import { isSecureUrl, protocolOf, SCHEMES, type Protocol } from '../../../../shared/task/protocol.ts'

/** Names of protocols need no translation. */
export const PROTOCOL_NAMES: Record<string, string> = { http: 'HTTP', websocket: 'WebSocket', tcp: 'TCP', grpc: 'gRPC' }

export const PROTOCOLS = Object.keys(SCHEMES) as Protocol[]

/** The same host over another protocol; TLS stays TLS. What the other one has no place for is left out. */
export function withProtocol(url: string, protocol: Protocol): string {
  if (protocolOf(url) === protocol && url !== '') return url
  const scheme = SCHEMES[protocol][isSecureUrl(url) ? 1 : 0]
  const rest = url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
  if (rest === '') return protocol === 'http' ? '' : `${scheme}://`
  return `${scheme}://${protocol === 'tcp' ? rest.replace(/[/?#].*$/s, '') : rest}`
}

/** `shop.v1.Cart/Add` of a URL of gRPC; '' if it names none. */
export function calledMethod(url: string): string {
  return /^grpcs?:\/\/[^/]*\/([\w.]+\/\w+)$/i.exec(url)?.[1] ?? ''
}

/** The same server, another method. */
export function withMethod(url: string, method: string): string {
  return `${/^[a-z]+:\/\/[^/?#]*/i.exec(url)?.[0] ?? 'grpc://127.0.0.1:50051'}/${method}`
}
