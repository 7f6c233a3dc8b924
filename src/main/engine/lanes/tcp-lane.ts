import type { CompiledRequest } from './compiled-request.ts'
import type { Lane, LaneOptions, LaneSink } from './lane.ts'
import { SerialLane } from './serial-lane.ts'
import { TcpConnection } from './tcp-connection.ts'

/**
 * The lane of `tcp:` and `tls:`: bytes out, an answer back, one at a time on each connection. Without anything to send an
 * iteration opens a connection, and waits for what the server says first where that is expected. Throws AppError `bad-input` for an unusable certificate.
 */
export function createTcpLane(request: CompiledRequest, options: LaneOptions, sink: LaneSink): Lane {
  const { message } = request
  if (message === null) throw new TypeError('not a TCP exchange')
  const traits = { message, source: request.source ?? null }
  return new SerialLane((owner, dial, address, now, deadline) => new TcpConnection(owner, dial, address, traits, now, deadline), { ...request, alpn: [] }, options, sink, message.payload !== null)
}
