import { availableParallelism } from 'node:os'
import type { Share } from '../../../shared/cluster/cluster.ts'
import type { ClosedLoad, LoadPlan, OpenLoad } from '../../../shared/task/load.ts'
import { measure, split, subdivide } from '../../../shared/cluster/split.ts'
import { closedPart } from '../request/feed.ts'
import type { EnginePlan, LaneName } from '../plan.ts'
import type { ThreadPlan } from './thread-messages.ts'

/** What one engine thread can send, per second, with room to spare. */
const RATE_PER_THREAD = 25_000
/** Virtual users of the closed model that keep one thread busy. */
const USERS_PER_THREAD = 50

/** Open model: connections for a target that is busy this long with each request at the peak rate. */
const EXPECTED_SERVICE_SECONDS = 0.02
const MOST_WARM_CONNECTIONS = 200

/** Engine threads for a plan: as asked, or by rate and cores; never more than connections. */
export function threadsFor({ threads, load, share, maxInFlight }: Pick<EnginePlan, 'threads' | 'load' | 'share' | 'maxInFlight'>, cores: number = availableParallelism()): number {
  const connections = Math.max(1, load.model === 'closed' ? closedPart(load, share).connections : Math.min(load.maxConnections, maxInFlight ?? Infinity))
  if (threads > 0) return Math.min(threads, connections)
  const needed = load.model === 'closed' ? connections / USERS_PER_THREAD : (peakRate(load) * measure(share)) / RATE_PER_THREAD
  return Math.max(1, Math.min(cores - 1, Math.ceil(needed), connections))
}

/** What tells one thread's part of a plan from another's. */
export type ThreadPart = Omit<ThreadPlan, 'ticker' | 'lease' | 'data' | 'token' | 'stepLanes'>

/** The parts of a plan: shares by measure, and bounds that add up to the node's. */
export function threadPlans({ spec, load, share, seed, maxInFlight }: EnginePlan, threads: number, lane: LaneName): ThreadPart[] {
  const shares = subdivide(share, threads)
  const bounds = load.model === 'closed' ? shares.map((part) => userBounds(load, part)) : arrivalBounds(load, measure(share), threads, maxInFlight ?? Infinity)
  return shares.map((part, i) => ({ spec, load, share: part, seed, lane, ...bounds[i]! }))
}

/** How many connections a thread opens before the start, so that the first second is like any other. */
export function warmConnections({ load, share, maxConnections }: Pick<ThreadPlan, 'load' | 'share' | 'maxConnections'>): number {
  const wanted = load.model === 'closed' ? closedPart(load, share).connections : Math.max(1, Math.ceil(peakRate(load) * measure(share) * EXPECTED_SERVICE_SECONDS))
  return Math.min(wanted, maxConnections, MOST_WARM_CONNECTIONS)
}

type Bounds = Pick<ThreadPlan, 'maxConnections' | 'maxInFlight'>

/** Each virtual user has one connection and one iteration. */
function userBounds(load: ClosedLoad, share: Share): Bounds {
  const users = Math.max(1, closedPart(load, share).connections)
  return { maxConnections: users, maxInFlight: users }
}

/** This node's part of the fleet's bounds, and no more than it takes by itself, divided among its threads: one for each at least. */
function arrivalBounds(load: OpenLoad, part: number, threads: number, most: number): Bounds[] {
  const divide = (bound: number): number[] => split(Math.max(threads, Math.min(most, Math.round(bound * part))), Array<number>(threads).fill(1))
  const inFlight = divide(load.maxInFlight)
  return divide(load.maxConnections).map((maxConnections, i) => ({ maxConnections, maxInFlight: inFlight[i]! }))
}

/** Highest target rate of an open load, per second; 0 for a closed one. */
function peakRate(load: LoadPlan): number {
  return load.model === 'closed' ? 0 : load.profile.pieces.reduce((peak, { target }) => Math.max(peak, target), load.profile.startRate)
}
