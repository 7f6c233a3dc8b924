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
import { guardTargets } from './api/target-guard.ts'
import { openBackend, type Backend } from './backend/index.ts'
import { SecretFile } from './backend/secret-file.ts'
import { openSqliteTaskStore } from './backend/sqlite-task-store.ts'
import type { TaskStore } from './backend/task-store.ts'
import { dataDirOf } from './config.ts'
import type { DemoTarget } from './demo/spawn.ts'
import { createEngine } from './engine/engine.ts'
import type { ThreadSupply } from './engine/thread-supply.ts'
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
  /** Lives longer than one run: looks after what earlier processes left at once, not at its end. */
  stays?: boolean
  host?: Capabilities['host']
  startDemoTarget?: () => Promise<DemoTarget>
}

export interface App {
  readonly api: Api
  readonly on: On
  /** Stops what runs, leaves the cluster, closes the store. */
  close(): Promise<void>
}

/** How long a run may take to end in order when the product is closed, ms; then its load is cut. */
const ENDING_MS = 7000
/** Elections prefer higher ones; 0 would never lead. */
const PRIORITY = 5

/** The composition root: the only place that knows all parts. What a first request does not need is loaded when asked for. */
export async function createApp(options: AppOptions): Promise<App> {
  const hub = new EventHub()
  const board = new NoticeBoard(hub)
  const storePath = options.memoryStore === true ? ':memory:' : storePathOf(options.dataDir)
  const backend = openBackend({ storePath })
  const { cluster, live } = backend
  const tasks = announcing(backend.tasks, (id) => hub.emit('task:changed', { id }))
  if (options.stays === true) await tellOrphans(backend, board)

  const identity = { id: ulid(), name: hostname(), boot: randomUUID(), role: 'auto', priority: PRIORITY, version: VERSION } as const
  const vitals = createVitals(options.stays === true ? {} : { detailAfterMs: Infinity })
  const node = startNode({
    cluster,
    tasks,
    identity,
    engine: createEngine(options.entries, options.ahead),
    vitals: vitals.read,
    threads: options.threads ?? 0,
    allowSaturated: options.allowSaturated === true,
    onNotice: ({ level, text }) => board.tell(level, text),
  })
  const thisNode = { id: identity.id, mode: 'local', address: null, namespace: null, secured: false } as const
  const demo = new DemoTargetOnce(options.startDemoTarget ?? (async () => (await import('./demo/spawn.ts')).startDemoTarget(options.entries.cli)))
  const api = createApi({
    tasks,
    settings: backend.tasks,
    secrets: new SecretFile(join(dataDirOf(options.dataDir), 'secrets.json')),
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

  const tellStore = (): void => [...backend.notices, ...tasks.notices()].forEach((text) => board.tell('bad', text))
  tellStore()
  const stops = [feedRuns(live, hub), feedCluster(cluster, api, hub), hub.on('run:changed', tellStore)]

  const close = async (): Promise<void> => {
    await endRuns(backend, api)
    await node.close()
    stops.forEach((stop) => stop())
    vitals.close()
    await demo.close()
    if (options.stays !== true) await tellOrphans(backend, board)
    await backend.close()
  }
  return { api, on: hub.on, close }
}

function storePathOf(dataDir: string | undefined): string {
  return join(dataDirOf(dataDir), 'stampede.db')
}

/** The stored tasks and runs without a node: what a short command needs. Throws `store-unavailable`. */
export function openTasks(dataDir: string | undefined): TaskStore {
  return openSqliteTaskStore(storePathOf(dataDir))
}

export type { TaskStore }

function capabilitiesOf(host: Capabilities['host']): Omit<Capabilities, 'measuredRate'> {
  return { version: VERSION, host, platform: process.platform, fileDialogs: false, keychain: false, cluster: false }
}

/** Runs of processes that died are closed as aborted, with what was recorded. */
async function tellOrphans({ tasks }: Backend, board: NoticeBoard): Promise<void> {
  try {
    const { length } = await tasks.closeOrphans()
    if (length > 0) board.tell('warn', `${length === 1 ? 'A run' : `${length} runs`} ended with the process that carried ${length === 1 ? 'it' : 'them'}; what was recorded is kept.`)
  } catch (error) {
    board.tell('bad', (error as Error).message)
  }
}

/** Asks every live run to stop and waits for its end, so that its result is stored. */
async function endRuns({ live }: Backend, api: Api): Promise<void> {
  const isLive = (): boolean => live.views().some(({ run }) => run.endedAt === null)
  if (!isLive()) return
  const ended = new Promise<void>((resolve) => void live.watch(() => { if (!isLive()) resolve() }))
  const going = live.views().filter(({ run }) => run.endedAt === null)
  await Promise.allSettled(going.map(({ run }) => api['task.stop']({ id: run.taskId })))
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, ENDING_MS).unref())])
}

/** One demo target per process, started when it is first asked for. */
class DemoTargetOnce {
  readonly #start: () => Promise<DemoTarget>
  #target: Promise<DemoTarget> | null = null

  constructor(start: () => Promise<DemoTarget>) {
    this.#start = start
  }

  async target(): Promise<{ url: string }> {
    this.#target ??= this.#start()
    // One that could not start is tried anew the next time.
    this.#target.catch(() => (this.#target = null))
    return { url: (await this.#target).url }
  }

  async close(): Promise<void> {
    (await this.#target?.catch(() => null))?.close()
  }
}
