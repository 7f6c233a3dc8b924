import type { Manifest, WorkReport } from '../../../shared/cluster/cluster.ts'
import type { Applied, HeartbeatReply } from '../../backend/cluster-state.ts'

/**
 * What a node carries, whatever kind of work it is. How the node tells of itself, whom it obeys and when it may go on is
 * the same for all kinds (`work-driver.ts`); what is done with an order is the work's own.
 */
export interface Carried {
  /** Runs, as the node tells of them. */
  readonly reports: WorkReport[]
  readonly startedPerSecond: number
  /** Nothing is or will be done, and everything that came out of it has arrived. */
  readonly isIdle: boolean
  /** How far a run is by this node's clock, ms; null where it has not begun here. */
  elapsed(runId: string): number | null
  /** Something is still to be done. */
  readonly carries: boolean
  /** Brings everything to what the newest manifest says; what is not in it is not wanted any more. */
  obey(manifest: Manifest, order: Applied): void
  obeyStops(stops: HeartbeatReply['stops']): void
  /** What the cluster state says it has of this boot. `sentAt`: when it was asked, monotonic. */
  hearAccepted(accepted: HeartbeatReply['accepted'], sentAt: number): void
  /** Brings what came out of it to the cluster state; once a second, and when it is due. */
  upload(): Promise<void>
  /** The node may go on until then, on the steady clock; 0: it has to rest until it hears otherwise. */
  extendLease(untilMs: number): void
  /** The clocks of this machine stood still for a while. */
  rejoin(): void
  /** Ends everything at once. */
  kill(): Promise<void>
}

/** What the node brings to what it carries. */
export interface CarriedHooks {
  /** Whether contact with the cluster can be lost at all. */
  isShared: boolean
  /** Whether an answer to what was sent then (monotonic) is young enough to rely on. */
  isFresh: (sentAt: number) => boolean
  /** An instant of the cluster's clock on this node's steady one. */
  toLocal: (at: number) => number
  /** What the node tells of it has changed. */
  onChange: () => void
  /** There is something to upload. */
  onSample: () => void
  /** Something went wrong that may go right the next time. */
  onTrouble: (error: unknown) => void
}
