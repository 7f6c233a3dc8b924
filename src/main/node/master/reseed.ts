import type { Lease } from '../../../shared/cluster/cluster.ts'
import type { ClusterState, Snapshot } from '../../backend/cluster-state.ts'
import type { TaskStore } from '../../backend/task-store.ts'
import type { NodeNotice } from '../driver.ts'
import type { MasterMemory, RememberedRun } from './master-memory.ts'

export interface ReseedDeps {
  cluster: ClusterState
  tasks: TaskStore
  lease: Lease
  onNotice: (notice: NodeNotice) => void
}

/**
 * A cluster state that has lost its data, or its last moments, gets back what the last master still knows, if that is
 * the new one as well: tasks, runs, counts. What the workers still have, they send again; what was counted already is
 * known by its numbers (`protocol.md` §3). Resolves with what the term starts from; null: it is over already.
 */
export async function reseed(memory: MasterMemory | null, rememberedEpoch: number, snapshot: Snapshot, deps: ReseedDeps): Promise<Snapshot | null> {
  // Somebody else was master since, and knows better, or this node without ever hearing of it.
  const isBlank = snapshot.revision === 0 && snapshot.aggregates.length === 0
  if (memory === null || (snapshot.epoch > rememberedEpoch && !isBlank)) return snapshot
  const lost = memory.runs.filter((run) => isLost(run, snapshot))
  const hasLostOrders = (memory.manifests[0]?.revision ?? 0) > snapshot.revision
  if (lost.length === 0 && !hasLostOrders) return snapshot
  const running = new Set(memory.runs.map(({ task }) => task.id)) // those are known better
  for (const task of memory.tasks) if (!running.has(task.id)) await deps.tasks.putBack(task)
  for (const run of lost) if (!(await putBack(run, snapshot, deps))) return null
  if (lost.length > 0) deps.onNotice({ id: 'reseed', level: 'warn', text: `The cluster state had lost data. This node has put back what it knew of ${lost.length === 1 ? 'a run' : `${lost.length} runs`}.` })
  const kept = snapshot.aggregates.filter(({ runId }) => lost.every(({ run }) => run.id !== runId))
  const restored = lost.map(({ aggregate: { runId, state } }) => ({ runId, revision: nextRevision(runId, snapshot), cursor: FROM_THE_START, state }))
  return { ...snapshot, manifests: hasLostOrders ? memory.manifests : snapshot.manifests, aggregates: [...kept, ...restored] }
}

/** All samples that are there are read again: their places may be others than before. */
const FROM_THE_START = ''

/** Numbers of samples only rise: whoever has taken more is ahead. */
function isLost({ run, aggregate }: RememberedRun, { aggregates }: Snapshot): boolean {
  const stored = aggregates.find(({ runId }) => runId === run.id)
  if (stored === undefined) return true
  if (stored.cursor === aggregate.cursor && stored.state === aggregate.state) return false
  const [ours, theirs] = [progressOf(aggregate.state), progressOf(stored.state)]
  return ours.taken > theirs.taken || (ours.taken === theirs.taken && ours.savedAt > theirs.savedAt)
}

function progressOf(state: string): { taken: number; savedAt: number } {
  const { collector, savedAt } = JSON.parse(state) as { collector: { taken: Record<string, number> }; savedAt: number }
  return { taken: Object.values(collector.taken).reduce((sum, seq) => sum + seq, 0), savedAt }
}

/** False: this master is deposed. */
async function putBack({ task, run, aggregate }: RememberedRun, snapshot: Snapshot, { cluster, tasks, lease }: ReseedDeps): Promise<boolean> {
  await tasks.putBack(task)
  await tasks.openRun(run)
  await tasks.appendPoints(run.id, aggregate.points, aggregate.events.slice((await tasks.events(run.id)).length), aggregate.state)
  const live = await cluster.live(run.id, 0)
  const points = aggregate.points.filter(({ atMs }) => atMs > (live?.points.at(-1)?.atMs ?? 0))
  const events = aggregate.events.slice(live?.events.length ?? 0)
  const revision = nextRevision(run.id, snapshot)
  const committed = await cluster.commitAggregate(lease, { ...aggregate, expectRevision: revision - 1, revision, cursor: FROM_THE_START, points, events })
  return committed.ok && committed.value === 'done'
}

function nextRevision(runId: string, { aggregates }: Snapshot): number {
  return (aggregates.find((stored) => stored.runId === runId)?.revision ?? 0) + 1
}
