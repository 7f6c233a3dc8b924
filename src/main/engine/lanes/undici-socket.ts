import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import type { LookupFunction, Socket } from 'node:net'
import { routeTo } from '../../../shared/task/route.ts'
import type { Route } from '../../../shared/task/route.ts'
import { LaneFailure } from './lane-failure.ts'
import { lookupOf } from './name-cache.ts'
import { endOf, isTunnelled, openTunnel } from './proxy-tunnel.ts'
import type { Origin } from './redirect.ts'

/** How long the phases of opening took, ms; NaN where there was no such phase. */
export interface OpenTimings {
  dnsMs: number
  connectMs: number
  tlsMs: number
}

/** Where to, and what is made once for all connections. */
export interface Way {
  origin: Origin
  lookup: LookupFunction
  /** Null for plain TCP. */
  secureContext: tls.SecureContext | null
}

export interface OpenSocket {
  socket: Socket
  timings: OpenTimings
}

/**
 * Opens the way to an origin: TCP, a tunnel where a proxy stands between, TLS. Undici gets the finished socket, so
 * that the lane knows the phases, bounds them and can name what failed. Rejects when `signal` aborts.
 */
export async function openSocket({ origin, lookup, secureContext }: Way, signal: AbortSignal): Promise<OpenSocket> {
  const proxy = origin.proxy === null ? null : new URL(origin.proxy)
  const timings: OpenTimings = { dnsMs: Number.NaN, connectMs: Number.NaN, tlsMs: Number.NaN }
  let socket = await openTcp(proxy === null ? routeTo(origin.routes ?? {}, origin.host, origin.port) : { ...endOf(proxy), addresses: null }, timings, lookup, signal)
  try {
    if (proxy?.protocol === 'https:') socket = await openTls(socket, proxyTls(origin, proxy), signal)
    if (proxy !== null && isTunnelled(origin)) await openTunnel(socket, origin, proxy, signal)
    if (secureContext !== null) socket = await timedTls(socket, origin, secureContext, timings, signal)
  } catch (error) {
    socket.destroy()
    throw signal.aborted ? signal.reason : error
  }
  // Undici tells HTTP/2 by the negotiated protocol; without TLS there is none, so prior knowledge is written there.
  if (origin.http2 && origin.tls === null) Object.assign(socket, { alpnProtocol: 'h2' })
  return { socket, timings }
}

async function openTcp({ host, port, addresses }: Route, timings: OpenTimings, lookup: LookupFunction, signal: AbortSignal): Promise<Socket> {
  const startedAt = performance.now()
  let resolvedAt = startedAt
  const way = addresses === null ? { host, lookup } : addresses.length === 1 ? { host: addresses[0]! } : { host: 'known', lookup: lookupOf(addresses) }
  const socket = net.connect({ ...way, port, noDelay: true })
  socket.once('lookup', () => {
    resolvedAt = performance.now()
    if (addresses === null && net.isIP(host) === 0) timings.dnsMs = resolvedAt - startedAt
  })
  await ready(socket, 'connect', signal)
  timings.connectMs = performance.now() - resolvedAt
  return socket
}

async function timedTls(socket: Socket, origin: Origin, secureContext: tls.SecureContext, timings: OpenTimings, signal: AbortSignal): Promise<Socket> {
  const startedAt = performance.now()
  const { servername, rejectUnauthorized } = origin.tls!
  const secured = await openTls(socket, {
    secureContext,
    rejectUnauthorized,
    host: origin.host,
    ALPNProtocols: [origin.http2 ? 'h2' : 'http/1.1'],
    ...(servername === undefined ? {} : { servername }),
  }, signal)
  timings.tlsMs = performance.now() - startedAt
  if (origin.http2 && secured.alpnProtocol !== 'h2') {
    secured.destroy()
    throw new LaneFailure('protocol', 'the server does not speak HTTP/2 (ALPN)')
  }
  return secured
}

async function openTls(socket: Socket, options: tls.ConnectionOptions, signal: AbortSignal): Promise<tls.TLSSocket> {
  const secured = tls.connect({ ...options, socket })
  await ready(secured, 'secureConnect', signal)
  return secured
}

/** Waits for the event; on error or abort nothing is left open. */
async function ready(socket: Socket, event: string, signal: AbortSignal): Promise<void> {
  // Stays for the socket's life: an error must never be without a listener, whoever owns the socket then.
  socket.on('error', () => {})
  try {
    await once(socket, event, { signal })
  } catch (error) {
    socket.destroy()
    throw signal.aborted ? signal.reason : error
  }
}

function proxyTls(origin: Origin, proxy: URL): tls.ConnectionOptions {
  const { host } = endOf(proxy)
  // A plain target has no TLS of its own, and the way to its proxy may have.
  const ca = (origin.tls ?? origin.trust)?.ca
  return { host, ...(net.isIP(host) === 0 ? { servername: host } : {}), ...(ca === undefined ? {} : { ca }) }
}
