import { randomUUID } from 'node:crypto'
import type { NodeInfo } from '../../shared/cluster/cluster.ts'
import { createEngine } from '../engine/engine.ts'
import type { EngineEntries } from '../engine/threads/thread-supply.ts'
import { nodeGuard } from '../api/target-guard.ts'
import { claimNodeId } from '../backend/node-file.ts'
import { openRedisBackend, type RedisParts } from '../backend/redis-backend.ts'
import type { NodeConfig } from '../config/cluster.ts'
import type { RedisAccess } from '../../shared/cluster/redis-access.ts'
import type { NodeNotice } from '../node/driver.ts'
import { startNode } from '../node/node.ts'
import { startSentinel } from '../node/sentinel.ts'
import { createVitals } from '../system/vitals.ts'
import { VERSION } from '../version.ts'

/** A process that only takes part in a cluster: without screens, and with nothing of its own to keep but its id. */
export interface Member {
  /** Of Redis, without user and password. */
  readonly address: string
  /** What is to be known of this Redis. */
  readonly notices: readonly string[]
  readonly cluster: RedisParts['cluster']
  readonly tasks: RedisParts['tasks']
  /** As this node would describe itself now; a sentinel carries nothing to describe. */
  info(): NodeInfo | null
  /** Leaves in order: work and mastership are handed over first. */
  close(): Promise<void>
}

export interface MemberOptions {
  redis: RedisAccess
  node: NodeConfig
  dataDir: string
  onNotice: (notice: Pick<NodeNotice, 'level' | 'text'>) => void
}

export interface WorkerOptions extends MemberOptions {
  entries: EngineEntries
  /** Of this node in elections, if it may lead; 0: never. */
  priority: number
  /** Engine threads per run; 0: the engine chooses. */
  threads: number
}

/** A load node. Throws what `openRedisBackend` throws. */
export async function joinAsWorker(options: WorkerOptions): Promise<Member> {
  const { redis, node: config, dataDir, priority, onNotice } = options
  const parts = await openRedisBackend(redis, { onNotice: (text, level = 'warn') => onNotice({ level, text }) })
  const nodeId = claimNodeId(dataDir, 'node')
  const vitals = createVitals({ detailAfterMs: 0 })
  const node = startNode({
    ...parts,
    engine: createEngine(options.entries),
    vitals: vitals.read,
    identity: { id: nodeId.id, name: config.name, boot: randomUUID(), startedAt: Date.now(), role: priority > 0 ? 'auto' : 'worker', priority, version: VERSION },
    threads: options.threads,
    admit: nodeGuard(async () => config.allowHosts),
    limits: config,
    rebalance: config.rebalance,
    drivers: { strategy: config.strategy },
    onNotice,
  })
  const close = async (): Promise<void> => {
    await node.close()
    vitals.close()
    nodeId.release()
    await leave(parts)
  }
  return { ...doorOf(parts), info: () => node.info, close }
}

export interface SentinelOptions extends MemberOptions {
  /** Sentinels that there should be. */
  configured: number
}

/** A watcher of the master. Throws what `openRedisBackend` throws. */
export async function joinAsSentinel({ redis, node, dataDir, configured, onNotice }: SentinelOptions): Promise<Member> {
  const parts = await openRedisBackend(redis, { onNotice: (text, level = 'warn') => onNotice({ level, text }) })
  const nodeId = claimNodeId(dataDir, 'sentinel')
  const vitals = createVitals({ detailAfterMs: 0 })
  const sentinel = startSentinel({ cluster: parts.cluster, vitals: vitals.read, identity: { id: nodeId.id, name: node.name, boot: randomUUID(), version: VERSION }, configured, onNotice })
  const close = async (): Promise<void> => {
    await sentinel.close()
    vitals.close()
    nodeId.release()
    await leave(parts)
  }
  return { ...doorOf(parts), info: () => null, close }
}

function doorOf({ cluster, tasks, link }: RedisParts): Pick<Member, 'address' | 'notices' | 'cluster' | 'tasks'> {
  return { cluster, tasks, address: link.label, notices: link.notices }
}

async function leave({ cluster, link }: RedisParts): Promise<void> {
  await cluster.close()
  link.close()
}
