import type { LaneName } from '../plan.ts'
import type { CompiledRequest } from './compiled-request.ts'
import type { Lane, LaneOptions, LaneSink } from './lane.ts'

/**
 * The lane by its name, as `chooseLane` gave it. Undici is large: only who needs it loads it.
 * Rejects with AppError `bad-input` for an unusable certificate.
 */
export async function createLane(name: LaneName, request: CompiledRequest, options: LaneOptions, sink: LaneSink): Promise<Lane> {
  switch (name) {
    case 'http1':
      return (await import('./http1-lane.ts')).createHttp1Lane(request, options, sink)
    case 'grpc':
      return (await import('./grpc-lane.ts')).createGrpcLane(request, options, sink)
    case 'http2':
      return (await import('./http2-lane.ts')).createHttp2Lane(request, options, sink)
    case 'websocket':
      return (await import('./websocket-lane.ts')).createWebSocketLane(request, options, sink)
    case 'tcp':
      return (await import('./tcp-lane.ts')).createTcpLane(request, options, sink)
    case 'undici':
      return (await import('./undici-lane.ts')).createUndiciLane(request, options, sink)
    default:
      return name satisfies never
  }
}
