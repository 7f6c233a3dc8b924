import type { LoadPlan } from '../../shared/load.ts'
import { closedPart } from './feed.ts'
import type { ThreadPlan } from './thread-messages.ts'
import { measure } from '../../shared/split.ts'

/** Open model: as many connections as a target busy with each request for this long needs at the peak rate. */
const EXPECTED_SERVICE_SECONDS = 0.02
const MOST_WARM_CONNECTIONS = 200

/** How many connections a thread opens before the start, so that the first second is like any other. */
export function warmConnections({ load, share, maxConnections }: Pick<ThreadPlan, 'load' | 'share' | 'maxConnections'>): number {
  const wanted = load.model === 'closed' ? closedPart(load, share).connections : Math.max(1, Math.ceil(peakRate(load) * measure(share) * EXPECTED_SERVICE_SECONDS))
  return Math.min(wanted, maxConnections, MOST_WARM_CONNECTIONS)
}

/** Highest target rate of an open load, per second; 0 for a closed one. */
export function peakRate(load: LoadPlan): number {
  return load.model === 'closed' ? 0 : load.profile.pieces.reduce((peak, { target }) => Math.max(peak, target), load.profile.startRate)
}
