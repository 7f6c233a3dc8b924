import { isIP } from 'node:net'
import type { TaskSpec, TransportSpec } from '../../shared/task/task.ts'
import type { CompiledRequest } from './lanes/compiled-request.ts'

/** Host name or address, without brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

export function tlsOf({ transport }: TaskSpec, host: string): NonNullable<CompiledRequest['tls']> {
  return {
    servername: transport.sni ?? serverNameOf(host),
    rejectUnauthorized: !transport.insecure,
    ca: transport.cacert,
    cert: transport.cert,
    key: transport.key,
  }
}

/** SNI carries names only (RFC 6066 §3): none for an address. */
export function serverNameOf(host: string): string | undefined {
  return isIP(host) === 0 ? host : undefined
}

/** Rules for where connections really go, if there are any. */
export function routesOf({ resolve, connectTo }: TransportSpec): Pick<CompiledRequest, 'routes'> {
  return resolve === undefined && connectTo === undefined ? {} : { routes: { ...(resolve === undefined ? {} : { resolve }), ...(connectTo === undefined ? {} : { connectTo }) } }
}
