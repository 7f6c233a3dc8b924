import { join } from 'node:path'
import { ulid } from 'ulid'
import type { Api, Capabilities } from '../shared/contract/contract.ts'
import type { RunView } from '../shared/results/run.ts'
import { AppError } from '../shared/errors.ts'
import { announcing } from './api/announcing-task-store.ts'
import { createApi } from './api/api.ts'
import { feedCluster } from './api/cluster-feed.ts'
import { EventHub, type On } from './api/event-hub.ts'
import { NoticeBoard } from './api/notices.ts'
import { feedRuns } from './api/run-feed.ts'
import type { SecretKeeper } from './api/secret-keeper.ts'
import { applyRetention } from './api/retention.ts'
import { readSettings } from './api/settings.ts'
import { guardTargets, nodeGuard } from './api/target-guard.ts'
import { feedTasks } from './api/task-feed.ts'
import { DemoTargetOnce } from './app/demo-target-once.ts'
import { endRuns, endSearches } from './app/ending.ts'
import { Limits } from './app/limits.ts'
import { storedIn } from './app/stored-data.ts'
import { startOwnNode, type OwnNodeOptions } from './app/own-node.ts'
import { openBackend, type Backend } from './backend/index.ts'
import { SealedSecrets, type Cipher } from './backend/sealed-secrets.ts'
import { SecretFile } from './backend/secret-file.ts'
import { openSqliteTaskStore } from './backend/sqlite-task-store.ts'
import type { TaskStore } from './backend/task-store.ts'
import { dataDirOf } from './config.ts'
import type { ClusterConfig } from './config/cluster.ts'
import type { RedisAccess } from '../shared/cluster/redis-access.ts'
import type { DemoTarget } from './demo/spawn.ts'
import type { NodeNotice } from './node/driver.ts'
import { VERSION } from './version.ts'

export interface AppOptions extends OwnNodeOptions {
  /** Where the built parts lie; only the program's entry knows, as any other chunk may be moved by the bundler. */
  entries: { cli: URL; thread: URL; ticker: URL; importer: URL }
  /** Folder of tasks and runs; default: see `config.ts`. */
  dataDir?: string
  /** Keep nothing after the process. */
  memoryStore?: boolean
  /** Whoever named the target has thereby consented to load it: the command line. */
  targetConsent?: boolean
  /** The cluster to take part in, and as what; default: this machine is one of its own. */
  cluster?: Pick<ClusterConfig, 'redis' | 'node'>
  /** The keychain of the system; default: secrets rest in a file that only this user may read. */
  cipher?: Cipher
  /** To whom facts and notices are told, where they outlive this product. */
  told?: { hub: EventHub; board: NoticeBoard }
  /** Takes the cluster of the settings into force while the product runs. */
  changeOver?: () => Promise<void>
  host?: Capabilities['host']
  startDemoTarget?: () => Promise<DemoTarget>
}

export interface App {
  readonly api: Api
  readonly on: On
  readonly nodeId: string
  /** Of Redis, without user and password; null on a single machine. */
  readonly address: string | null
  /** The machine is about to sleep: nothing is sent and nobody led from now on. */
  suspend(): void
  /** It is awake again. */
  resume(): void
  /** Stops what only this node carries, leaves the cluster in order (at once with the signal), closes the store. */
  close(hurry?: AbortSignal): Promise<void>
}

/** The composition root: the only place that knows all parts. What a first request does not need is loaded when asked for. */
export async function createApp(options: AppOptions): Promise<App> {
  const { hub, board } = options.told ?? newVoice()
  const backend = await openBackend({ storePath: options.memoryStore === true ? ':memory:' : storePathOf(options.dataDir), onNotice: (text, level = 'warn') => board.tell(level, text), ...redisOf(options) })
  const { cluster, live, local } = backend
  const tasks = announcing(backend.tasks, (id) => hub.emit('task:changed', { id }))
  if (options.stays === true) await tellOrphans(backend, board)

  const secrets = secretsIn(options)
  const config = options.cluster?.node
  const allowedHosts = async (): Promise<string[]> => [...(config?.allowHosts ?? []), ...(await readSettings({ settings: local, secrets })).allowedHosts]
  const limits = new Limits(config, options.stays === true ? (await readSettings({ settings: local, secrets })).limits : null)
  const node = await startOwnNode(options, {
    backend, tasks, config, limits,
    dataDir: dataDirOf(options.dataDir),
    forgetful: options.memoryStore === true,
    admit: nodeGuard(allowedHosts),
    onNotice: ({ id, level, text }) => board.tell(level, text, id),
  })
  const demo = new DemoTargetOnce(options.startDemoTarget ?? (async () => (await import('./demo/spawn.ts')).startDemoTarget(options.entries.cli)))
  const api = limits.following(createApi({
    tasks, secrets, cluster, live,
    settings: local,
    thisNode: { id: node.id, mode: backend.mode, address: backend.address, namespace: backend.namespace, secured: (options.cluster?.redis?.secret ?? '') !== '' },
    capabilities: capabilitiesOf(options.host ?? 'console', secrets),
    data: () => (options.memoryStore === true ? null : storedIn(dataDirOf(options.dataDir), storePathOf(options.dataDir))),
    admit: options.targetConsent === true ? async () => undefined : guardTargets(),
    tryOnce: async (spec) => (await import('./engine/try-once.ts')).tryOnce(spec),
    readProto: async (files) => (await import('./app/proto-files.ts')).readProtoFiles(files),
    importText: async (input) => (await import('./imports/in-thread.ts')).importInThread(options.entries.importer, input),
    demoTarget: () => demo.target(),
    testRedis: async (connection) => (await import('./backend/redis/probe.ts')).probeRedis(connection),
    changeOver: options.changeOver ?? keepCluster,
    keepRun: (run, summary) => (backend.mode === 'local' ? local.keepRun(run, summary) : notOfThisCluster()),
    newId: ulid,
    exportRun: async (format, source, language) => {
      const { exportRun } = await import('./report/exports.ts')
      return exportRun(format, source, { language })
    },
    tellCapacity: (view) => hub.emit('capacity:changed', view),
  }))

  const tellStores = (): void => new Set([...backend.notices, ...tasks.notices(), ...local.notices()]).forEach((text) => board.tell('bad', text))
  tellStores()
  const tidy = ({ run }: RunView): void => {
    if (options.stays === true && run.endedAt !== null) void readSettings({ settings: local, secrets }).then(({ retention }) => applyRetention(local, retention, Date.now())).catch((error: unknown) => board.tell('warn', (error as Error).message))
  }
  /** A machine by itself, with nothing running. */
  const isAtRest = (): boolean => backend.mode === 'local' && live.views().every(({ run }) => run.endedAt !== null)
  const stops = [feedRuns(live, hub), feedCluster(cluster, api, hub, isAtRest), hub.on('run:changed', tellStores), hub.on('run:changed', tidy), ...(backend.mode === 'redis' ? [feedTasks(tasks, cluster, hub)] : [])]

  const close = async (hurry?: AbortSignal): Promise<void> => {
    await endSearches(api)
    await endRuns(backend, node.id, api)
    await node.close(hurry)
    stops.forEach((stop) => stop())
    await demo.close()
    if (options.stays !== true) await tellOrphans(backend, board)
    await backend.close()
  }
  return { api, on: hub.on, nodeId: node.id, address: backend.address, suspend: node.suspend, resume: node.resume, close }
}

function redisOf({ cluster }: AppOptions): { redis?: RedisAccess } {
  return cluster === undefined || cluster.redis === null ? {} : { redis: cluster.redis }
}

async function notOfThisCluster(): Promise<never> {
  throw new AppError('conflict', 'The history here is the cluster’s, and this run is none of its.', { hint: 'Open the file where Stampede works alone.' })
}

async function keepCluster(): Promise<never> {
  throw new AppError('conflict', 'This process keeps the cluster that it was started with.', { hint: 'Start it again.' })
}

function newVoice(): { hub: EventHub; board: NoticeBoard } {
  const hub = new EventHub()
  return { hub, board: new NoticeBoard(hub) }
}

/** Where password and secret of the cluster rest. */
export function secretsIn({ dataDir, cipher }: Pick<AppOptions, 'dataDir' | 'cipher'>): SecretKeeper {
  const folder = dataDirOf(dataDir)
  return cipher === undefined ? new SecretFile(join(folder, 'secrets.json')) : new SealedSecrets(new SecretFile(join(folder, 'secrets.sealed.json')), cipher)
}

export function storePathOf(dataDir: string | undefined): string {
  return join(dataDirOf(dataDir), 'stampede.db')
}

/** The stored tasks and runs without a node: what a short command needs. Throws `store-unavailable`. */
export function openTasks(dataDir: string | undefined): TaskStore {
  return openSqliteTaskStore(storePathOf(dataDir))
}

export type { Cipher, NodeNotice, TaskStore }

function capabilitiesOf(host: Capabilities['host'], { place }: SecretKeeper): Omit<Capabilities, 'measuredRate' | 'data'> {
  return { version: VERSION, host, platform: process.platform, fileDialogs: false, keychain: place === 'keychain', cluster: true }
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
