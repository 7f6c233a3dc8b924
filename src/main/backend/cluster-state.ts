import type { Intent, Lease, Manifest, NodeInfo, ReportBatch } from '../../shared/cluster/cluster.ts'
import type { Sample } from '../../shared/results/sample.ts'
import type { RunView } from '../../shared/results/run.ts'
import type { Point, RunEvent, Summary } from '../../shared/results/summary.ts'
import type { Guarded } from './guarded.ts'
import type { JobState } from './job-state.ts'
import type { Election, SentinelState } from './sentinel-state.ts'

/**
 * What travels between nodes, as atomic operations (`protocol.md` §3). The memory adapter implements the rules as
 * plain functions, the Redis adapter as one Lua script each; one contract suite runs on both.
 *
 * It promises: one holder per epoch; epochs only rise; a write that carries a deposed lease changes nothing; a sample
 * is accepted once and in order; a manifest is replaced as a whole together with the assignment book.
 * It does not promise that a nudge arrives: whoever waits for one also polls.
 */
export interface ClusterState {
  /** Tells the cluster about this node and brings back, in the same step, everything it has to obey. */
  heartbeat(info: NodeInfo, applied: Applied): Promise<HeartbeatReply>
  /** Removes this boot of the node; its share is free at once. */
  leave(nodeId: string, boot: string): Promise<void>
  nodes(): Promise<NodeInfo[]>
  /** One of them, for those who need not know all; null for one that is on no list. */
  node(id: string): Promise<NodeInfo | null>
  /** The nodes, and whether their connections stand. */
  members(): Promise<Member[]>

  /**
   * Takes the mastership if nobody holds it. `claimed`: highest epoch the caller ever saw. `stale`: a mastership whose
   * renewals the caller has watched standing still for twice its time to live, on a clock of its own; if it still stands
   * there, it is taken over (the cluster's clock was set back, and would keep it for long). After an election only its
   * deputies may, each in turn.
   */
  acquire(nodeId: string, claimed: number, token: string, stale?: StaleLease): Promise<Acquired | NotAcquired>
  renew(lease: Lease): Promise<Guarded>
  /** Gives the mastership back, if still held. */
  release(lease: Lease): Promise<void>
  master(): Promise<Lease | null>

  /** Everything the master looks at, in one step. */
  poll(lease: Lease, cursor: string): Promise<Guarded<Poll>>
  /** Users' wishes that have come since; each is handed over once, here or by {@link poll}. */
  intents(lease: Lease): Promise<Guarded<Intent[]>>
  /** Writes all manifests and the assignment book under a new revision, if nobody else wrote meanwhile. */
  commit(lease: Lease, commit: Commit): Promise<Guarded<'done' | 'conflict' | { alive: string }>>

  /** Accepts samples in order; answers with the last number accepted (the sender goes on after it). */
  report(batch: ReportBatch): Promise<{ accepted: number }>
  /** Moves the aggregate and the cursor on together, so that a successor reads on where this master stopped. */
  commitAggregate(lease: Lease, aggregate: AggregateCommit): Promise<Guarded<'done' | 'conflict'>>
  /** The last committed view of every run that is live or has just ended. */
  views(): Promise<RunView[]>
  /** Closed seconds after `afterMs` and events of a live or just ended run; null when unknown here. */
  live(runId: string, afterMs: number): Promise<LiveRun | null>
  /** Forgets a finished run's samples and aggregate. */
  forget(runId: string): Promise<void>

  /** Leaves a user's wish for the master and nudges it. */
  request(intent: Intent): Promise<void>
  /** Stops a task without a master: every heartbeat returns it, workers obey it directly. */
  stop(record: StopRecord): Promise<void>

  /** What sentinels share. */
  readonly sentinels: SentinelState
  /** What jobs of other kinds than load tests share. */
  readonly jobs: JobState

  /** "Look": something changed. Carries no data. Returns the way to unsubscribe. */
  watch(topic: Topic, listener: () => void): () => void
  close(): Promise<void>
}

/** `work`: manifests; `intents`: the task store or intents; `results`: samples; `live`: aggregates; `nodes`: membership and mastership; `master`: mastership alone. */
export type Topic = 'work' | 'intents' | 'results' | 'live' | 'nodes' | 'master'

export interface Member {
  info: NodeInfo
  /** False: the cluster state has seen the connection of this boot close. Null: it cannot tell. */
  connected: boolean | null
}

export interface Applied {
  epoch: number
  revision: number
}

export interface HeartbeatReply {
  /** Cluster clock, ms since the epoch. */
  now: number
  /** Random identity of this state; a new one means that the state lost its data. */
  incarnation: string
  master: { nodeId: string; epoch: number; renews: number } | null
  /** The last epoch given out; 0: there never was a master, or the state has forgotten. */
  epoch: number
  /** The newest manifest of this node if it differs from what is applied. */
  manifest: Manifest | null
  /** What is applied is what stands there. Where neither is so, the state has no orders for this node. */
  confirmed: boolean
  stops: StopRecord[]
  /** Last accepted sequence number per run of this boot. */
  accepted: Record<string, number>
  /** The beat of this boot that was heard before this one; 0: none, or the state has forgotten. Null while there is a master: then nobody needs to know. */
  heardBefore: number | null
  /** Who is to take the mastership, while nobody has. */
  election: Election | null
  /** Sentinels alive: with none of them, nodes settle it among themselves. */
  sentinels: number
}

export interface StopRecord {
  taskId: string
  /** Obeyed by assignments with a lower order number. */
  orderNo: number
}

export type StaleLease = Pick<Lease, 'epoch' | 'renews'>

export interface Acquired {
  acquired: true
  lease: Lease
  snapshot: Snapshot
}

export interface NotAcquired {
  acquired: false
  holder: Lease | null
}

/** All that a new master needs to go on. */
export interface Snapshot {
  /** The epoch given out before this one, as far as the state remembers; 0: none. */
  epoch: number
  revision: number
  manifests: Manifest[]
  aggregates: { runId: string; revision: number; cursor: string; state: string }[]
  heard: Heard[]
}

/** When a node was heard last, and what it said then. */
export interface Heard {
  nodeId: string
  boot: string
  beat: number
  /** Cluster clock. */
  at: number
}

export interface Poll {
  now: number
  revision: number
  nodes: NodeInfo[]
  intents: Intent[]
  /** Samples after the cursor, in order of acceptance. */
  results: { runId: string; nodeId: string; boot: string; seq: number; sample: Sample; gapBefore: boolean }[]
  cursor: string
}

export interface Commit {
  expectRevision: number
  /** Fresh for every attempt, also after an unknown outcome. */
  revision: number
  manifests: Manifest[]
  /** Nodes taken out as lost: each must still have that boot and beat. */
  removed: { nodeId: string; boot: string; beat: number }[]
}

export interface AggregateCommit {
  runId: string
  /** Of the aggregate that this one follows; 0: none. */
  expectRevision: number
  /** Fresh for every attempt, also after an unknown outcome: the cursor alone would not tell a repeated one, as it may stand still. */
  revision: number
  cursor: string
  /** The collector's state, opaque here. */
  state: string
  /** Seconds closed by this step. */
  points: Point[]
  events: RunEvent[]
  /** What every screen of the cluster shows of the run from now on. */
  view: RunView
  /** With the last step of a run: its result, without points. */
  summary: Summary | null
}

export interface LiveRun {
  points: Point[]
  events: RunEvent[]
  view: RunView
  summary: Summary | null
}
