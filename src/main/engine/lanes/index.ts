import type { LaneName } from '../plan.ts'
import type { CompiledRequest } from './compiled-request.ts'
import { createHttp1Lane } from './http1-lane.ts'
import type { Lane, LaneOptions, LaneSink } from './lane.ts'
import { createUndiciLane } from './undici-lane.ts'

/** The lane by its name, as `chooseLane` gave it. */
export function createLane(name: LaneName, request: CompiledRequest, options: LaneOptions, sink: LaneSink): Lane {
  switch (name) {
    case 'http1':
      return createHttp1Lane(request, options, sink)
    case 'undici':
      return createUndiciLane(request, options, sink)
    default:
      return name satisfies never
  }
}
