import type { CompiledRequest } from './compiled-request.ts'
import { createHttp2Lane } from './http2-lane.ts'
import type { Lane, LaneOptions, LaneSink } from './lane.ts'

/** The lane of `grpc:` and `grpcs:`: calls are streams of HTTP/2, and what they come to stands in their trailers. Throws AppError `bad-input` for an unusable certificate. */
export function createGrpcLane(request: CompiledRequest, options: LaneOptions, sink: LaneSink): Lane {
  if (request.grpc === undefined) throw new TypeError('not a call of gRPC')
  return createHttp2Lane(request, options, sink)
}
