import type { CompiledRequest } from './compiled-request.ts'
import type { Lane, LaneOptions, LaneSink } from './lane.ts'
import { SerialLane } from './serial-lane.ts'
import { WebSocketConnection } from './websocket-connection.ts'
import { UpgradeTemplate } from './websocket-upgrade.ts'

/**
 * The lane of `ws:` and `wss:`: each connection is a WebSocket with one message at a time on its way. Without anything to
 * send an iteration opens a WebSocket, and waits for what the server says first where that is expected. Throws AppError `bad-input` for an unusable certificate.
 */
export function createWebSocketLane(request: CompiledRequest, options: LaneOptions, sink: LaneSink): Lane {
  const { message } = request
  if (message === null) throw new TypeError('not a WebSocket')
  const traits = { message, source: request.source ?? null, upgrade: new UpgradeTemplate(request) }
  const destination = { ...request, alpn: ['http/1.1'] }
  return new SerialLane((owner, dial, address, now, deadline) => new WebSocketConnection(owner, dial, address, traits, now, deadline), destination, options, sink, message.payload !== null)
}
