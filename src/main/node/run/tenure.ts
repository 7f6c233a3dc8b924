import type { Share } from '../../../shared/cluster/cluster.ts'
import { isSame, union, without } from '../../../shared/cluster/share.ts'

/**
 * What a node was told of its share, and what it may be doing meanwhile. Between an order and the node's word that it
 * has it, both the old and the new share may be in force there: whoever gives shares away has to reckon with both.
 */
export interface Tenure {
  share: Share
  /** In force for arrivals due at this instant of the run or later. */
  fromMs: number
  /** Since when nothing older can be in force, ms of the run: the node has said that it follows this one. Null: not yet. */
  sureMs: number | null
  /** The manifests that said so first; null: not written yet. */
  told: Stamp | null
}

export interface Stamp {
  epoch: number
  revision: number
}

/** All that may be in force at a node, oldest first. The instants never go back. */
export interface Holder {
  tenures: Tenure[]
}

/** The share that it is meant to have, from the instant of its last tenure on. */
export function latestShare({ tenures }: Holder): Share {
  return tenures.at(-1)?.share ?? []
}

export function latestFromMs({ tenures }: Holder): number {
  return tenures.at(-1)?.fromMs ?? 0
}

/** Everything that it may execute of arrivals due at `ms` of the run or later. */
export function mayCarry({ tenures }: Holder, ms: number): Share {
  return union(tenures.filter((_, index) => !isOver(tenures, index, ms)).map(({ share }) => share))
}

/** What it may still execute besides its last share: the next master has to know. */
export function formerShare(holder: Holder, nowMs: number): Share {
  return without(mayCarry(holder, nowMs), latestShare(holder))
}

/** What a new master knows of a node from its manifest: it may follow this one, or one before. */
export function inherited(share: Share, former: Share, fromMs: number, told: Stamp): Tenure[] {
  return [{ share: union([share, former]), fromMs: Math.min(0, fromMs), sureMs: 0, told }, { share, fromMs, sureMs: null, told }]
}

/** The last order has reached it, and is in force by `ms`. */
export function isSettled({ tenures }: Holder, ms: number): boolean {
  const last = tenures.at(-1)
  return last === undefined || (last.sureMs !== null && last.sureMs <= ms)
}

/** Offers another share. What was not written yet is replaced; an instant before that of an earlier order waits for it. */
export function offer(holder: Holder, share: Share, fromMs: number): void {
  if (holder.tenures.at(-1)?.told === null) holder.tenures.pop()
  const at = Math.max(fromMs, latestFromMs(holder))
  if (holder.tenures.length > 0 && isSame(share, latestShare(holder))) return
  holder.tenures.push({ share, fromMs: at, sureMs: null, told: null })
}

/** What has not been written before stands in the manifests of this stamp. */
export function tell(holder: Holder, stamp: Stamp): void {
  for (const tenure of holder.tenures) tenure.told ??= stamp
}

/**
 * The node follows the manifest of this stamp: so it has the newest order that stood in it. True if that was news.
 * `sureMs`: until when what it was told before may have been followed, now or later.
 */
export function hear(holder: Holder, stamp: Stamp, sureMs: number, nowMs: number = sureMs): boolean {
  const heard = holder.tenures.findLast(({ told }) => told !== null && !isBefore(stamp, told))
  if (heard === undefined || heard.sureMs !== null) return false
  heard.sureMs = Math.max(heard.fromMs, sureMs)
  prune(holder, nowMs)
  return true
}

/** It surely executes nothing that is due at `sureMs` of the run or later. */
export function giveUp(holder: Holder, atMs: number, sureMs: number): void {
  if (holder.tenures.length === 0) return
  holder.tenures = [{ share: mayCarry(holder, atMs), fromMs: 0, sureMs: 0, told: null }, { share: [], fromMs: atMs, sureMs, told: null }]
  prune(holder, atMs)
}

/** Forgets what cannot be in force any more. */
export function prune(holder: Holder, nowMs: number): void {
  const { tenures } = holder
  if (tenures.length > 1) holder.tenures = tenures.filter((_, index) => !isOver(tenures, index, nowMs))
}

export function isBefore(stamp: Stamp, other: Stamp): boolean {
  return stamp.epoch < other.epoch || (stamp.epoch === other.epoch && stamp.revision < other.revision)
}

function isOver(tenures: readonly Tenure[], index: number, ms: number): boolean {
  for (let later = index + 1; later < tenures.length; later++) {
    const { sureMs } = tenures[later]!
    if (sureMs !== null && sureMs <= ms) return true
  }
  return false
}
