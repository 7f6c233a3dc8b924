import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { parseDuration } from '../../shared/duration.ts'
import { routeTo } from '../../shared/task/route.ts'
import type { TaskSpec } from '../../shared/task/task.ts'
import { chooseLane, leavesProtocolOpen } from './lane-choice.ts'
import type { Spoken } from './lane-choice.ts'
import type { CompiledRequest } from './lanes/compiled-request.ts'
import { createDial } from './lanes/dial.ts'
import { describeSocketError } from './lanes/socket-errors.ts'
import type { LaneChoice } from './plan.ts'

/** A target that does not answer must not hold up the start: it will show in the result. */
const PROBE_LIMIT_MS = 1_000

/** The lane of a task; where the task leaves the protocol to the server, the server is asked, by one handshake. */
export async function decideLane(spec: TaskSpec, request: CompiledRequest): Promise<LaneChoice> {
  if (!leavesProtocolOpen(spec)) return chooseLane(spec)
  const limitMs = Math.min(PROBE_LIMIT_MS, parseDuration(spec.transport.timeout) ?? PROBE_LIMIT_MS)
  return chooseLane(spec, await ask(request, limitMs))
}

async function ask(request: CompiledRequest, limitMs: number): Promise<Spoken> {
  const route = routeTo(request.routes ?? {}, request.host, request.port)
  const socket = createDial(request, ['h2', 'http/1.1'], route.port)(route.addresses?.[0] ?? route.host, () => true)
  socket.on('error', () => {})
  const limit = AbortSignal.timeout(limitMs)
  try {
    await once(socket, 'secureConnect', { signal: limit })
    return { protocol: (socket as TLSSocket).alpnProtocol === 'h2' ? 'h2' : 'http/1.1' }
  } catch (error) {
    return { failure: limit.aborted ? 'no answer in time' : describeSocketError(error as NodeJS.ErrnoException, true).message }
  } finally {
    socket.destroy()
  }
}
