import type { ClusterState, Commit } from '../../src/main/backend/cluster-state.ts'
import type { Lease, Manifest } from '../../src/shared/cluster/cluster.ts'
import { decorated } from './decorated.ts'
import type { Fault } from './faults.ts'
import type { Spoiling } from './fleet.ts'
import type { PlayOptions } from './schedule.ts'

/** What a simpler design would do instead (`protocol.md` §6.1). Each has to be found out, else the checks prove nothing. */
export interface Variant {
  /** What the simpler design leaves out. */
  does: string
  spoiling(): Spoiling
  /** Faults that bring it to light. */
  faults: readonly Fault[]
}

const DEPOSING: readonly Fault[] = ['stop', 'cut', 'rate', 'join']
const NO_DEADLINE = { timings: { leaseTtlMs: 1e9 } }

export const VARIANTS = {
  'expire-without-owner': {
    does: 'keeps the lock alive by a plain EXPIRE and has no deadline of its own, and writes without a guard',
    spoiling: () => ({ state: (state) => unguarded(ownerless(state)), options: () => NO_DEADLINE }),
    faults: DEPOSING,
  },
  'unguarded-writes': {
    does: 'checks the owner when it renews, but not when it writes, and has no deadline of its own',
    spoiling: () => ({ state: unguarded, options: () => NO_DEADLINE }),
    faults: DEPOSING,
  },
  'epoch-by-incr': {
    does: 'counts epochs in Redis alone',
    spoiling: () => ({ state: counting }),
    faults: ['redis-loss', 'redis-roll-back', 'crash'],
  },
  'fire-and-forget': {
    does: 'sends orders by pub/sub and never looks again',
    spoiling: () => ({ seen: announced, nudges: 0.97 }),
    faults: ['cut', 'stop', 'rate', 'stop-start'],
  },
  'early-reassignment': {
    does: 'gives work away before its silent node must have stopped',
    spoiling: () => ({ master: (deps) => ({ ...deps, timings: { ...deps.timings, lostAfterMs: 3500 } }) }),
    faults: ['cut', 'crash'],
  },
  'no-self-stop': {
    does: 'sends on without contact',
    spoiling: () => ({ options: () => ({ timings: { runLeaseMs: Infinity } }) }),
    faults: ['cut'],
  },
  'monotonic-clock-only': {
    does: 'goes by a clock that stands still while the machine sleeps',
    spoiling: () => ({ options: ({ monotonic }) => ({ wall: monotonic, uptime: monotonic }), wallClockLeases: false }),
    faults: ['sleep'],
  },
  'stop-by-master-only': {
    does: 'has nothing but its master to tell of a stop',
    spoiling: () => ({ state: (state) => decorated(state, { stop: async () => undefined }) }),
    faults: ['stop-start', 'crash', 'cut'],
  },
  'results-without-sequence': {
    does: 'adds results to a stream as they come',
    spoiling: () => ({ state: unnumbered }),
    faults: ['reset', 'lossy', 'cut'],
  },
  'removal-without-a-look': {
    does: 'gives away the work of a node that was silent, even if it has just spoken',
    spoiling: () => ({ state: (state) => decorated(state, { commit: async (lease, commit) => state.commit(lease, { ...commit, removed: await withBeats(state, commit.removed) }) }) }),
    faults: ['stop', 'cut', 'slow'],
  },
  'absence-is-an-order': {
    does: 'takes the lack of a manifest for a stop',
    spoiling: () => ({ seen: obedientToSilence }),
    faults: ['redis-loss'],
  },
  'told-counts-as-heard': {
    does: 'gives shares away before those who had them have said that they know',
    spoiling: () => ({ state: believing }),
    faults: ['cut', 'stop', 'slow', 'drain', 'join', 'rate'],
  },
} satisfies Record<string, Variant>

export type VariantName = keyof typeof VARIANTS

export function optionsOf(name: VariantName): PlayOptions {
  const { spoiling, faults } = VARIANTS[name]
  return { spoiling: spoiling(), faults }
}

/** PEXPIRE of whatever lock there is. */
function ownerless(state: ClusterState): ClusterState {
  return decorated(state, {
    renew: async (lease) => state.renew((await state.master()) ?? lease),
  })
}

/** Writes count as those of whoever holds the lock, and nobody compares revisions. */
function unguarded(state: ClusterState): ClusterState {
  let revision = 0
  const anybody = async (lease: Lease): Promise<Lease> => (await state.master()) ?? lease
  return decorated(state, {
    poll: async (lease, cursor) => state.poll(await anybody(lease), cursor),
    commitAggregate: async (lease, commit) => state.commitAggregate(await anybody(lease), commit),
    commit: async (lease, commit) => {
      const next = Math.max(revision + 1, commit.revision)
      const answer = await state.commit(await anybody(lease), { ...commit, expectRevision: revision, revision: next, removed: [] })
      if (answer.ok && answer.value === 'done') revision = next
      return answer
    },
  })
}

/** INCR: 1, 2, 3, and from 1 again after a loss. */
function counting(state: ClusterState): ClusterState {
  let count = 0
  const real = new Map<string, number>()
  const shown = new Map<number, number>()
  const realOf = (lease: Lease): Lease => ({ ...lease, epoch: real.get(lease.token) ?? -1 })
  const shownOf = <T extends { epoch: number }>(held: T): T => ({ ...held, epoch: shown.get(held.epoch) ?? held.epoch })
  return decorated(state, {
    acquire: async (nodeId, _claimed, token, stale) => {
      const answer = await state.acquire(nodeId, 0, token, stale)
      if (!answer.acquired) return { ...answer, holder: answer.holder && shownOf(answer.holder) }
      real.set(token, answer.lease.epoch)
      shown.set(answer.lease.epoch, ++count)
      return { ...answer, lease: shownOf(answer.lease) }
    },
    renew: async (lease) => state.renew(realOf(lease)),
    release: async (lease) => state.release(realOf(lease)),
    poll: async (lease, cursor) => state.poll(realOf(lease), cursor),
    commit: async (lease, commit) => state.commit(realOf(lease), commit),
    commitAggregate: async (lease, commit) => state.commitAggregate(realOf(lease), commit),
    master: async () => {
      const master = await state.master()
      return master && shownOf(master)
    },
    heartbeat: async (info, applied) => {
      const reply = await state.heartbeat(info, applied)
      return { ...reply, master: reply.master && shownOf(reply.master) }
    },
  })
}

/** Orders come with the nudge, or not at all. */
function announced(cluster: ClusterState): ClusterState {
  let nudged = false
  return decorated(cluster, {
    watch: (topic, listener) => cluster.watch(topic, () => {
      nudged ||= topic === 'work'
      listener()
    }),
    heartbeat: async (...input) => {
      const wasNudged = nudged
      nudged = false
      const reply = await cluster.heartbeat(...input)
      return wasNudged ? reply : { ...reply, manifest: null, stops: [] }
    },
  })
}

/** Who is taken off the list is so, whatever it has said since. */
async function withBeats(state: ClusterState, removed: Commit['removed']): Promise<Commit['removed']> {
  const beats = new Map((await state.nodes()).map(({ id, boot, beat }) => [`${id}#${boot}`, beat]))
  return removed.map((node) => ({ ...node, beat: beats.get(`${node.nodeId}#${node.boot}`) ?? node.beat }))
}

/** Whatever comes is new. */
function unnumbered(state: ClusterState): ClusterState {
  const counts = new Map<string, number>()
  return decorated(state, {
    report: async (batch) => {
      const key = `${batch.runId} ${batch.nodeId}#${batch.boot}`
      const from = counts.get(key) ?? 0
      const entries = batch.entries.map(({ sample }, index) => ({ seq: from + index + 1, sample }))
      counts.set(key, from + entries.length)
      await state.report({ ...batch, entries })
      return { accepted: batch.entries.at(-1)?.seq ?? 0 }
    },
  })
}

/** Whatever was written is in force everywhere. */
function believing(state: ClusterState): ClusterState {
  let written = { epoch: 0, revision: 0 }
  return decorated(state, {
    commit: async (lease, commit) => {
      const answer = await state.commit(lease, commit)
      if (answer.ok && answer.value === 'done') written = { epoch: lease.epoch, revision: commit.revision }
      return answer
    },
    members: async (...input) => (await state.members(...input)).map((member) => ({ ...member, info: { ...member.info, work: member.info.work.map((report) => ({ ...report, ...written })) } })),
  })
}

/** No manifest, no work. */
function obedientToSilence(cluster: ClusterState): ClusterState {
  return decorated(cluster, {
    heartbeat: async (info, applied) => {
      const reply = await cluster.heartbeat(info, applied)
      if (reply.manifest !== null || reply.confirmed || applied.epoch === 0) return reply
      const nothing: Manifest = { nodeId: info.id, boot: info.boot, epoch: applied.epoch + 1, token: 'nobody', revision: 1, orders: { drained: false, priority: null }, assignments: [] }
      return { ...reply, manifest: nothing }
    },
  })
}
