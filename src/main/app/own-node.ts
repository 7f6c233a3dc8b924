import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { ulid } from 'ulid'
import type { TaskSpec } from '../../shared/task/task.ts'
import type { Backend } from '../backend/index.ts'
import type { NodeId } from '../backend/node-file.ts'
import type { TaskStore } from '../backend/task-store.ts'
import type { NodeConfig } from '../config/cluster.ts'
import { createEngine } from '../engine/engine.ts'
import type { EngineEntries, ThreadSupply } from '../engine/threads/thread-supply.ts'
import type { NodeLimits, NodeNotice } from '../node/driver.ts'
import { startNode, type RunningNode } from '../node/node.ts'
import { createVitals } from '../system/vitals.ts'
import { VERSION } from '../version.ts'

export interface OwnNodeOptions {
  entries: EngineEntries
  /** Threads that `ahead.ts` has started. */
  ahead?: ThreadSupply
  /** Engine threads per run; 0 (default): the engine chooses. */
  threads?: number
  /** Judge runs although the generator gave way. */
  allowSaturated?: boolean
  /** Of this node in elections, where the configuration says nothing: higher ones are preferred, 0 never leads. */
  priority?: number
  /** Lives longer than one run. */
  stays?: boolean
}

export interface OwnNodeParts {
  backend: Backend
  tasks: TaskStore
  /** Where its id is kept. */
  dataDir: string
  /** Keep nothing after the process. */
  forgetful: boolean
  config: NodeConfig | undefined
  limits: NodeLimits
  /** Throws `target-not-allowed`. */
  admit: (spec: TaskSpec) => Promise<void>
  onNotice: (notice: NodeNotice) => void
}

export type OwnNode = Pick<RunningNode, 'close' | 'suspend' | 'resume'> & { readonly id: string }

const PRIORITY = 5

/** The node of a product with screens or commands: it works, and may lead. */
export async function startOwnNode(options: OwnNodeOptions, parts: OwnNodeParts): Promise<OwnNode> {
  const { backend, tasks, config, limits, admit, onNotice } = parts
  const nodeId = await idOf(parts)
  const vitals = createVitals(options.stays === true ? {} : { detailAfterMs: Infinity })
  const node = startNode({
    cluster: backend.cluster,
    tasks,
    identity: { id: nodeId.id, name: config?.name ?? hostname(), boot: randomUUID(), startedAt: Date.now(), role: 'auto', priority: config?.priority ?? options.priority ?? PRIORITY, version: VERSION },
    engine: createEngine(options.entries, options.ahead),
    vitals: vitals.read,
    threads: options.threads ?? 0,
    allowSaturated: options.allowSaturated === true,
    rebalance: config?.rebalance ?? 'never',
    ...(config === undefined ? {} : { drivers: { strategy: config.strategy } }),
    limits,
    // A machine cannot lose contact with itself, and what it may load is asked before the order.
    ...(backend.mode === 'local' ? { timings: { runLeaseMs: Infinity } } : { admit }),
    onNotice,
  })
  const close = async (hurry?: AbortSignal): Promise<void> => {
    await node.close(hurry)
    vitals.close()
    nodeId.release()
  }
  return { id: nodeId.id, close, suspend: () => node.suspend(), resume: () => node.resume() }
}

/** A cluster knows a node again after its restart; a single machine needs no file for that. */
async function idOf({ backend, dataDir, forgetful }: OwnNodeParts): Promise<NodeId> {
  if (backend.mode === 'local' || forgetful) return { id: ulid(), release: () => undefined }
  const { claimNodeId } = await import('../backend/node-file.ts')
  return claimNodeId(dataDir, 'node')
}
