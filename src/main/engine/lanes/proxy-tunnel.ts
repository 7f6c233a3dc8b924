import { once } from 'node:events'
import net from 'node:net'
import type { Socket } from 'node:net'
import { basicOf } from '../request/template.ts'
import { LaneFailure } from './lane-failure.ts'
import type { Origin } from './redirect.ts'

/** A proxy's answer to CONNECT beyond this is no answer of a proxy, bytes. */
const MAX_HEAD_BYTES = 16_384

/** Plain HTTP/1.1 is handed to the proxy as it is; anything else is none of the proxy's business. */
export function isTunnelled(origin: Origin): boolean {
  return origin.proxy !== null && (origin.secure || origin.http2)
}

/** Host without brackets and port of a URL. */
export function endOf(url: URL): { host: string; port: number } {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port }
}

/** RFC 9110 §9.3.6. Whatever but a 2xx is a refusal by the proxy, and said so. */
export async function openTunnel(socket: Socket, origin: Origin, proxy: URL, signal: AbortSignal): Promise<void> {
  const authority = `${net.isIPv6(origin.host) ? `[${origin.host}]` : origin.host}:${origin.port}`
  const credentials = proxy.username === '' ? '' : `Proxy-Authorization: ${basicOf(proxy)}\r\n`
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`)
  const head = await readHead(socket, signal)
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]
  if (status === undefined) throw new LaneFailure('protocol', 'the proxy did not answer in HTTP')
  if (!status.startsWith('2')) throw new LaneFailure('other', `the proxy refused the tunnel with ${status}`)
}

async function readHead(socket: Socket, signal: AbortSignal): Promise<string> {
  let read = Buffer.alloc(0)
  while (read.length < MAX_HEAD_BYTES) {
    const chunk = socket.read() as Buffer | null
    if (chunk !== null) read = Buffer.concat([read, chunk])
    const end = read.indexOf('\r\n\r\n')
    if (end >= 0) {
      if (end + 4 < read.length) socket.unshift(read.subarray(end + 4))
      return read.toString('latin1', 0, end)
    }
    if (socket.readableEnded || socket.destroyed) throw new LaneFailure('eof', 'the proxy closed the connection before it answered')
    if (chunk === null) await Promise.race([once(socket, 'readable', { signal }), once(socket, 'close', { signal })])
  }
  throw new LaneFailure('protocol', 'the proxy did not answer in HTTP')
}
