import { AppError } from '../../shared/errors.ts'

/** Times by which the nodes of a cluster live together, ms. All nodes of one cluster should have the same. `protocol.md` §4. */
export interface Timings {
  /** A node tells about itself, and hears what it has to obey. */
  heartbeatMs: number
  /** A master holds on to its lease. */
  renewMs: number
  /** A lease lives for so long without being renewed; as the cluster state keeps it. */
  leaseTtlMs: number
  /** A master stops acting this long before its lease runs out. */
  leaseMarginMs: number
  /** A worker goes on sending for so long after the last heartbeat that was answered. Infinity: for ever, where contact cannot be lost. */
  runLeaseMs: number
  /** Nor does it go on for longer than this without a master, or without orders of one. */
  ordersMs: number
  /** A silent node's work is given to others: nobody sends it any more. */
  lostAfterMs: number
  /** The same for a node whose connection has been seen to close. */
  goneAfterMs: number
  /** With sentinels about, nodes leave the choice of a master to them for so long. */
  sentinelGraceMs: number
  /** Without sentinels, each rank waits so much longer than the one before. */
  raceStepMs: number
  /** How long a node that leaves waits until it carries nothing any more. */
  leaveMs: number
}

export const TIMINGS: Readonly<Timings> = {
  heartbeatMs: 1000,
  renewMs: 1000,
  leaseTtlMs: 5000,
  leaseMarginMs: 500,
  runLeaseMs: 10_000,
  ordersMs: 60_000,
  lostAfterMs: 12_000,
  goneAfterMs: 3000,
  sentinelGraceMs: 6000,
  raceStepMs: 300,
  leaveMs: 8000,
}

/** The defaults with changes. Throws AppError `bad-input` where the order of times that makes the cluster safe is broken. */
export function timingsOf(changes: Partial<Timings> = {}): Timings {
  const timings = { ...TIMINGS, ...changes }
  const { heartbeatMs, renewMs, leaseTtlMs, leaseMarginMs, runLeaseMs, lostAfterMs, goneAfterMs } = timings
  for (const [name, ms] of Object.entries(timings)) demand(ms >= 0, `${name} must not be negative`)
  demand(heartbeatMs > 0, 'heartbeatMs must be more than 0')
  demand(leaseTtlMs - leaseMarginMs >= 3 * renewMs, 'leaseTtlMs, less leaseMarginMs, must hold three times renewMs')
  demand(runLeaseMs >= 3 * heartbeatMs, 'runLeaseMs must hold three times heartbeatMs')
  demand(runLeaseMs === Infinity || lostAfterMs > runLeaseMs + 1000, 'lostAfterMs must be more than a second longer than runLeaseMs: else work is given away that its node still does')
  demand(runLeaseMs === Infinity || timings.ordersMs > runLeaseMs, 'ordersMs must be more than runLeaseMs')
  demand(goneAfterMs > 2 * heartbeatMs, 'goneAfterMs must be more than two times heartbeatMs')
  return timings
}

function demand(holds: boolean, what: string): void {
  if (!holds) throw new AppError('bad-input', `The cluster's times do not fit together: ${what}.`)
}
