/** What a target speaks, as the scheme of its URL says. HTTP versions are the transport's business. */
export type Protocol = 'http' | 'websocket' | 'tcp' | 'grpc'

/** Schemes of each, the one over TLS last. */
export const SCHEMES: Record<Protocol, readonly [plain: string, secure: string]> = {
  http: ['http', 'https'],
  websocket: ['ws', 'wss'],
  tcp: ['tcp', 'tls'],
  grpc: ['grpc', 'grpcs'],
}

const PROTOCOLS = Object.keys(SCHEMES) as Protocol[]

/** Of a URL that has been through the door; a URL without a scheme that is known counts as HTTP. */
export function protocolOf(url: string): Protocol {
  const scheme = schemeOf(url)
  return PROTOCOLS.find((protocol) => SCHEMES[protocol].includes(scheme)) ?? 'http'
}

/** True when the URL asks for TLS. */
export function isSecureUrl(url: string): boolean {
  return SCHEMES[protocolOf(url)][1] === schemeOf(url)
}

function schemeOf(url: string): string {
  return /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? ''
}
