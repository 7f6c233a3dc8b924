import type { Applied, ClusterState } from '../../src/main/backend/cluster-state.ts'
import type { Lease, NodeInfo } from '../../src/shared/cluster/cluster.ts'
import { decorated } from './decorated.ts'

/** A cut-off worker stops within this, ms: its lease, and what the check allows on top (`protocol.md` §5). */
const RUN_LEASE_MS = 10_000
const TOLERANCE_MS = 250
/** From hearing of a stop to the last arrival: all nodes stop at one instant, which is a little ahead. */
const STOPS_WITHIN_MS = 2000

/** Results that the cluster state has accepted, per `run node#boot` and number. */
export type Accepted = Map<string, Map<number, { second: number; started: number }>>

/**
 * The promises of `protocol.md` §5 that can be checked at every moment: watches what the state accepts, in the order in
 * which it happens, and what engines send.
 */
export class Invariants {
  /** Promises that hold whatever happens. */
  readonly broken: string[] = []
  /** What was not healed in time, or not as well as it should have been. */
  readonly missed: string[] = []
  readonly acquired: Lease[] = []
  readonly accepted: Accepted = new Map()
  /** When each mastership was taken, virtual time. */
  readonly acquiredAt: number[] = []
  readonly #now: () => number
  readonly #forgetful: () => boolean
  readonly #stopped = new Map<string, number>()
  readonly #holders = new Map<number, string>()
  readonly #applied = new Map<string, Applied & { beat: number }>()

  /** `forgetful`: whether data has been lost, and with it the memory of epochs that nobody alive has heard of. */
  constructor(now: () => number, forgetful: () => boolean) {
    this.#now = now
    this.#forgetful = forgetful
  }

  breaks(what: string): void {
    if (this.broken.length < 20) this.broken.push(`${Math.round(this.#now())} ms: ${what}`)
  }

  misses(what: string): void {
    if (this.missed.length < 20) this.missed.push(`${Math.round(this.#now())} ms: ${what}`)
  }

  /** The state, watched. One that starts again with what it remembers is watched anew. */
  watch(state: ClusterState): ClusterState {
    /** Highest epoch that has written into this very data. */
    let written = 0
    const wrote = (lease: Lease, what: string): void => {
      if (lease.epoch < written) this.breaks(`${what} of ${lease.nodeId} in epoch ${lease.epoch} accepted after one of epoch ${written}`)
      written = Math.max(written, lease.epoch)
    }
    const points = new Map<string, number>()
    const guarded: Partial<ClusterState> = {
      acquire: async (...input) => {
        const answer = await state.acquire(...input)
        if (answer.acquired) this.#hold(answer.lease)
        return answer
      },
      commit: async (...input) => {
        const answer = await state.commit(...input)
        if (answer.ok && answer.value === 'done') wrote(input[0], 'a commit')
        return answer
      },
      commitAggregate: async (lease, commit) => {
        const answer = await state.commitAggregate(lease, commit)
        if (!answer.ok || answer.value !== 'done') return answer
        wrote(lease, 'a result')
        for (const { atMs } of commit.points) {
          if (atMs <= (points.get(commit.runId) ?? 0)) this.breaks(`second ${atMs} of ${commit.runId} was closed twice`)
          points.set(commit.runId, atMs)
        }
        return answer
      },
      heartbeat: (info, applied) => {
        this.#obeyed(info, applied)
        return state.heartbeat(info, applied)
      },
      report: async (batch) => {
        const answer = await state.report(batch)
        const key = `${batch.runId} ${batch.nodeId}#${batch.boot}`
        const numbers = this.accepted.get(key) ?? new Map<number, { second: number; started: number }>()
        this.accepted.set(key, numbers)
        for (const { seq, sample } of batch.entries) if (seq <= answer.accepted) numbers.set(seq, { second: sample.second, started: sample.tally.started })
        return answer
      },
    }
    return decorated(state, guarded)
  }

  /** The user's stop of a run stands in the state, where every heartbeat finds it. */
  stopRecorded(runId: string): void {
    this.#stopped.set(runId, this.#now())
  }

  /** A node has sent load. */
  sent(node: { boot: string; heardAt: number; answeredAt: number; stoppedUntil: number }, runId: string, at: number): void {
    const stoppedAt = this.#stopped.get(runId) ?? Infinity
    // Whose machine slept finds that out a moment after it has woken: before, its clocks say it is then still.
    const hasJustWoken = at - node.stoppedUntil <= TOLERANCE_MS
    if (node.heardAt > stoppedAt && at > node.answeredAt + STOPS_WITHIN_MS && !hasJustWoken && !this.#forgetful()) this.breaks(`${node.boot} sent load of ${runId} after it had heard of its stop`)
    if (at - node.heardAt > RUN_LEASE_MS + TOLERANCE_MS && !hasJustWoken) this.breaks(`${node.boot} sent load ${Math.round(at - node.heardAt)} ms after its last contact`)
  }

  #hold(lease: Lease): void {
    const token = this.#holders.get(lease.epoch)
    if (token === lease.token) return // what the state remembers of its former life
    if (token !== undefined) this.breaks(`epoch ${lease.epoch} has a second holder: ${lease.nodeId}`)
    const last = this.acquired.at(-1)
    if (last !== undefined && lease.epoch <= last.epoch && !this.#forgetful()) this.breaks(`epoch ${lease.epoch} of ${lease.nodeId} after ${last.epoch} of ${last.nodeId}`)
    this.#holders.set(lease.epoch, lease.token)
    this.acquired.push(lease)
    this.acquiredAt.push(this.#now())
  }

  /** A heartbeat may be late; what it tells counts in the order in which it was sent. */
  #obeyed({ boot, beat }: NodeInfo, applied: Applied): void {
    const before = this.#applied.get(boot)
    if (before !== undefined && beat <= before.beat) return
    if (before !== undefined && (applied.epoch < before.epoch || (applied.epoch === before.epoch && applied.revision < before.revision))) {
      this.breaks(`${boot} went back from ${before.epoch}/${before.revision} to ${applied.epoch}/${applied.revision}`)
    }
    this.#applied.set(boot, { ...applied, beat })
  }
}
