import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ulid } from 'ulid'
import type { Api, Capabilities } from '../shared/contract.ts'
import { announcing } from './api/announcing-task-store.ts'
import { createApi } from './api/api.ts'
import { feedCluster } from './api/cluster-feed.ts'
import { EventHub, type On } from './api/event-hub.ts'
import { NoticeBoard } from './api/notices.ts'
import { feedRuns } from './api/run-feed.ts'
import { readSettings } from './api/settings.ts'
import { guardTargets, nodeGuard } from './api/target-guard.ts'
import { feedTasks } from './api/task-feed.ts'
import { DemoTargetOnce } from './app/demo-target-once.ts'
import { endRuns } from './app/ending.ts'
import { openBackend, type Backend } from './backend/index.ts'
import { claimNodeId } from './backend/node-file.ts'
import { SecretFile } from './backend/secret-file.ts'
import { openSqliteTaskStore } from './backend/sqlite-task-store.ts'
import type { TaskStore } from './backend/task-store.ts'
import { dataDirOf } from './config.ts'
import type { ClusterConfig } from './config/cluster.ts'
import type { DemoTarget } from './demo/spawn.ts'
import { createEngine } from './engine/engine.ts'
import type { ThreadSupply } from './engine/thread-supply.ts'
import type { NodeNotice } from './node/driver.ts'
import { startNode } from './node/node.ts'
import { createVitals } from './system/vitals.ts'
import { VERSION } from './version.ts'

export interface AppOptions {
  /** Where the built parts lie; only the program's entry knows, as any other chunk may be moved by the bundler. */
  entries: { cli: URL; thread: URL; ticker: URL }
  /** Folder of tasks and runs; default: see `config.ts`. */
  dataDir?: string
  /** Keep nothing after the process. */
  memoryStore?: boolean
  /** Threads that `ahead.ts` has started. */
  ahead?: ThreadSupply
  /** Engine threads per run; 0 (default): the engine chooses. */
  threads?: number
  /** Judge runs although the generator gave way. */
  allowSaturated?: boolean
  /** Whoever named the target has thereby consented to load it: the command line. */
  targetConsent?: boolean
  /** The cluster to take part in, and as what; default: this machine is one of its own. */
  cluster?: Pick<ClusterConfig, 'redis' | 'node'>
  /** Of this node in elections, where the configuration says nothing: higher ones are preferred, 0 never leads. */
  priority?: number
  /** Lives longer than one run: looks after what earlier processes left at once, not at its end. */
  stays?: boolean
  host?: Capabilities['host']
  startDemoTarget?: () => Promise<DemoTarget>
}

export interface App {
  readonly api: Api
  readonly on: On
  readonly nodeId: string
  /** Of Redis, without user and password; null on a single machine. */
  readonly address: string | null
  /** Stops what only this node carries, leaves the cluster in order, closes the store. */
  close(): Promise<void>
}

const PRIORITY = 5

/** The composition root: the only place that knows all parts. What a first request does not need is loaded when asked for. */
export async function createApp(options: AppOptions): Promise<App> {
  const hub = new EventHub()
  const board = new NoticeBoard(hub)
  const storePath = options.memoryStore === true ? ':memory:' : storePathOf(options.dataDir)
  const redis = options.cluster?.redis ?? null
  const backend = await openBackend({ storePath, onNotice: (text) => board.tell('warn', text), ...(redis === null ? {} : { redis }) })
  const { cluster, live } = backend
  const tasks = announcing(backend.tasks, (id) => hub.emit('task:changed', { id }))
  if (options.stays === true) await tellOrphans(backend, board)

  const { node: settings } = options.cluster ?? {}
  // A cluster knows a node again after its restart; a single machine needs no file for that.
  const nodeId = redis === null || options.memoryStore === true ? { id: ulid(), release: () => undefined } : claimNodeId(dataDirOf(options.dataDir), 'node')
  const identity = { id: nodeId.id, name: settings?.name ?? hostname(), boot: randomUUID(), role: 'auto', priority: settings?.priority ?? options.priority ?? PRIORITY, version: VERSION } as const
  const secrets = new SecretFile(join(dataDirOf(options.dataDir), 'secrets.json'))
  const allowedHosts = async (): Promise<string[]> => [...(settings?.allowHosts ?? []), ...(await readSettings({ settings: backend.local, secrets })).allowedHosts]
  const vitals = createVitals(options.stays === true ? {} : { detailAfterMs: Infinity })
  const node = startNode({
    cluster,
    tasks,
    identity,
    engine: createEngine(options.entries, options.ahead),
    vitals: vitals.read,
    threads: options.threads ?? 0,
    allowSaturated: options.allowSaturated === true,
    ...(redis === null ? {} : { admit: nodeGuard(allowedHosts) }),
    // A machine cannot lose contact with itself.
    ...(redis === null ? { timings: { runLeaseMs: Infinity } } : {}),
    limits: { maxRate: settings?.maxRate ?? null, maxDurationMs: settings?.maxDurationMs ?? null },
    onNotice: ({ id, level, text }) => board.tell(level, text, id),
  })
  const thisNode = { id: identity.id, mode: backend.mode, address: backend.address, namespace: backend.namespace, secured: (redis?.secret ?? '') !== '' }
  const demo = new DemoTargetOnce(options.startDemoTarget ?? (async () => (await import('./demo/spawn.ts')).startDemoTarget(options.entries.cli)))
  const api = createApi({
    tasks,
    settings: backend.local,
    secrets,
    cluster,
    live,
    thisNode,
    capabilities: capabilitiesOf(options.host ?? 'console'),
    admit: options.targetConsent === true ? async () => undefined : guardTargets(),
    tryOnce: async (spec) => (await import('./engine/try-once.ts')).tryOnce(spec),
    parseCurl: async (text) => (await import('./imports/curl.ts')).parseCurl(text),
    demoTarget: () => demo.target(),
    testRedis: async (connection) => (await import('./backend/redis/probe.ts')).probeRedis(connection),
    newId: ulid,
  })

  const tellStore = (): void => [...backend.notices, ...tasks.notices(), ...(backend.mode === 'redis' ? backend.local.notices() : [])].forEach((text) => board.tell('bad', text))
  tellStore()
  const stops = [feedRuns(live, hub), feedCluster(cluster, api, hub), hub.on('run:changed', tellStore), ...(backend.mode === 'redis' ? [feedTasks(tasks, cluster, hub)] : [])]

  const close = async (): Promise<void> => {
    await endRuns(backend, identity.id, api)
    await node.close()
    nodeId.release()
    stops.forEach((stop) => stop())
    vitals.close()
    await demo.close()
    if (options.stays !== true) await tellOrphans(backend, board)
    await backend.close()
  }
  return { api, on: hub.on, nodeId: identity.id, address: backend.address, close }
}

function storePathOf(dataDir: string | undefined): string {
  return join(dataDirOf(dataDir), 'stampede.db')
}

/** The stored tasks and runs without a node: what a short command needs. Throws `store-unavailable`. */
export function openTasks(dataDir: string | undefined): TaskStore {
  return openSqliteTaskStore(storePathOf(dataDir))
}

export type { NodeNotice, TaskStore }

function capabilitiesOf(host: Capabilities['host']): Omit<Capabilities, 'measuredRate'> {
  return { version: VERSION, host, platform: process.platform, fileDialogs: false, keychain: false, cluster: true }
}

/** Runs of processes that died are closed as aborted, with what was recorded. */
async function tellOrphans({ local }: Backend, board: NoticeBoard): Promise<void> {
  try {
    const { length } = await local.closeOrphans()
    if (length > 0) board.tell('warn', `${length === 1 ? 'A run' : `${length} runs`} ended with the process that carried ${length === 1 ? 'it' : 'them'}; what was recorded is kept.`)
  } catch (error) {
    board.tell('bad', (error as Error).message)
  }
}
