import net from 'node:net'
import type { Socket } from 'node:net'
import type Tls from 'node:tls'
import { AppError } from '../../../shared/errors.ts'
import type { CompiledRequest } from './compiled-request.ts'

/** Loaded when the first target wants it: it costs a start over plain TCP 19 ms. */
const loadTls = (): typeof Tls => process.getBuiltinModule('node:tls')

/** Takes what was read. The bytes are only valid during the call. */
export type OnRead = (count: number, bytes: Uint8Array) => boolean

/** Begins a connection to one address of the target. */
export type Dial = (address: string, onRead: OnRead) => Socket

/**
 * One read buffer for all sockets of a thread: the kernel's bytes are copied once, and nothing is allocated per read.
 * Safe because libuv fills it and calls back before it touches the next socket; the callback must consume at once.
 */
export const readBuffer = Buffer.allocUnsafeSlow(65_536)

/** @param alpn protocols to offer over TLS; none: say nothing. @param port where to connect, if not at the target's own. Throws AppError `bad-input` when a certificate or key cannot be read. */
export function createDial(to: Pick<CompiledRequest, 'secure' | 'host' | 'port' | 'tls'>, alpn: readonly string[], port = to.port): Dial {
  return to.secure ? secureDial(to, alpn, port) : plainDial(port)
}

/** True when the connection stands only after the `secureConnect` event. */
export function isSecure(socket: Socket): boolean {
  return 'encrypted' in socket
}

function plainDial(port: number): Dial {
  return (host, onRead) => net.connect({ host, port, noDelay: true, onread: { buffer: readBuffer, callback: onRead } })
}

function secureDial(request: Pick<CompiledRequest, 'host' | 'tls'>, alpn: readonly string[], port: number): Dial {
  const tls = loadTls()
  const secureContext = secureContextOf(request)
  const rejectUnauthorized = request.tls?.rejectUnauthorized ?? true
  const name = request.tls?.servername ?? request.host
  // A server name must be a name; for an address the certificate is checked against the address itself, wherever the way leads.
  const servername = net.isIP(name) === 0 ? { servername: name } : { checkServerIdentity: (_: string, certificate: Tls.PeerCertificate) => tls.checkServerIdentity(name, certificate) }
  return (host, onRead) => {
    const options = { host, port, noDelay: true, secureContext, rejectUnauthorized, ...servername, ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }) }
    // `onread` is passed on to net.Socket; @types/node lists it for net only.
    const withRead = { ...options, onread: { buffer: readBuffer, callback: onRead } }
    return tls.connect(withRead)
  }
}

/** One context for all connections: making one costs more than a handshake. Throws AppError `bad-input`. */
export function secureContextOf({ tls: trust }: Pick<CompiledRequest, 'tls'>): Tls.SecureContext {
  const { ca, cert, key } = trust ?? {}
  try {
    return loadTls().createSecureContext({ ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('bad-input', `The TLS certificate or key cannot be used: ${reason}`, { hint: 'cert, key and cacert must be PEM texts, and the key must belong to the certificate.', cause })
  }
}
