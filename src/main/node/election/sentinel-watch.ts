import type { NodeInfo } from '../../../shared/cluster/cluster.ts'
import type { SentinelView } from '../../backend/sentinel-state.ts'
import type { Sighting } from './successor.ts'

/** One look at the cluster. Times are of the observer's monotonic clock, ms. */
export interface Look {
  view: SentinelView
  /** When the question was sent: what the answer says was still so then. */
  askedAt: number
  /** When the answer came: what changed did so before then. */
  at: number
  /** A number that rises while the master's control loop turns; null: nothing is known of it. */
  progress: number | null
}

/** What a sentinel has seen, and since when it stands still. */
export interface Watched {
  /** When the last look was asked for. */
  lookedAt: number
  master: WatchedMaster
  nodes: ReadonlyMap<string, { info: NodeInfo; since: number }>
}

export interface WatchedMaster {
  epoch: number
  /** Who held this epoch when it was last held; null: never seen. */
  nodeId: string | null
  renews: number
  since: number
  progress: number | null
  progressSince: number
}

/** Without a renewal for so long the master is subjectively down, ms. */
export const DOWN_AFTER_MS = 4000
/** Nor does anybody hold the lock: that is a fact, and suspicion need not wait, ms. */
export const FREE_AFTER_MS = 1000
/** A master that renews but gets nothing done is sick after so long, ms. */
export const SICK_AFTER_MS = 2 * DOWN_AFTER_MS
/** Who has not looked for so long (its tick, and 1.5 s more) knows nothing of what went on meanwhile, ms. */
export const BLIND_MS = 2000

/** Whether the look is too old to say anything: the answer was long under way, or this process stood still. */
export function isOutdated(look: Look): boolean {
  return look.at - look.askedAt > BLIND_MS
}

/** Whether nobody looked for so long that every silence has to be measured anew (Redis Sentinel's TILT). */
export function isTilted(before: Watched, look: Look): boolean {
  return look.askedAt - before.lookedAt > BLIND_MS
}

/** Adds a look. Silence begins when the last change was heard of, never earlier: an own pause condemns nobody. */
export function watched(before: Watched | null, look: Look): Watched {
  const known = before === null || isTilted(before, look) ? null : before
  return {
    lookedAt: look.askedAt,
    master: watchedMaster(before?.master ?? null, known !== null, look),
    nodes: new Map(look.view.nodes.map((info) => [info.id, watchedNode(known?.nodes.get(info.id), info, look.at)])),
  }
}

function watchedNode(known: { info: NodeInfo; since: number } | undefined, info: NodeInfo, at: number): { info: NodeInfo; since: number } {
  const still = known?.info.boot === info.boot && known.info.beat === info.beat
  return { info, since: still ? known.since : at }
}

function watchedMaster(before: WatchedMaster | null, steady: boolean, { view, at, progress }: Look): WatchedMaster {
  const { epoch, master } = view
  const same = before?.epoch === epoch ? before : null
  // A lock that has run out says no more than one that stands still: the silence goes on.
  const renews = master?.renews ?? same?.renews ?? 0
  return {
    epoch,
    nodeId: master?.nodeId ?? same?.nodeId ?? null,
    renews,
    since: steady && same?.renews === renews ? same.since : at,
    progress,
    progressSince: steady && same?.progress === progress ? same.progressSince : at,
  }
}

/** What is to be thought of the master; `down` also where nobody holds the lock that somebody once held. */
export function judged({ master, lookedAt }: Watched, view: SentinelView): 'up' | 'down' | 'sick' {
  if (master.epoch === 0) return 'up' // Never was one: the first comes by the lock alone.
  if (lookedAt - master.since >= (view.master === null ? FREE_AFTER_MS : DOWN_AFTER_MS)) return 'down'
  const isSick = view.master !== null && master.progress !== null && lookedAt - master.progressSince >= SICK_AFTER_MS
  return isSick ? 'sick' : 'up'
}

export function sightings({ nodes, lookedAt }: Watched): Sighting[] {
  return [...nodes.values()].map(({ info, since }) => ({ info, silentMs: Math.max(0, lookedAt - since) }))
}
