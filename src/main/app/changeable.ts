import type { Api, CommandName } from '../../shared/contract/contract.ts'
import { AppError } from '../../shared/errors.ts'
import { EventHub } from '../api/event-hub.ts'
import { NoticeBoard } from '../api/notices.ts'
import { createApp, secretsIn, storePathOf, type App, type AppOptions } from '../app.ts'
import { resolveCluster, type ClusterConfig, type Places } from '../config/cluster.ts'
import { openDoor } from './door.ts'
import { readStoredCluster } from './stored-cluster.ts'

export interface ChangeableOptions extends Omit<AppOptions, 'cluster' | 'told' | 'changeOver'> {
  /** What flags, environment and configuration say of the cluster; the settings come after them. */
  places: Places
  /** A cluster that cannot be joined at the start keeps the product from starting, unless it is from the settings: those can only be corrected in it. */
  mayStartAlone: boolean
}

/**
 * The product on the cluster of its settings, which are taken into force at the start and, by a command, while it runs:
 * whoever holds it, its api and its listeners stay the same. Throws AppError `bad-input` and `cannot-start`.
 */
export async function createChangeableApp(options: ChangeableOptions): Promise<App> {
  const hub = new EventHub()
  const told = { hub, board: new NoticeBoard(hub) }
  let changeOver = async (): Promise<void> => undefined
  const open = (cluster: ClusterConfig): Promise<App> => createApp({ ...options, cluster, told, changeOver: () => changeOver() })
  const configure = (): Promise<Configured> => configured(options, (text) => told.board.tell('bad', text))
  const product = new ChangeableApp(await openFirst(await configure(), options.mayStartAlone, open, told.board), open, configure)
  changeOver = () => product.changeOver()
  return product
}

interface Configured {
  config: ClusterConfig
  /** Nothing from outside has said which cluster. */
  isFromSettings: boolean
}

async function configured({ places, dataDir, cipher }: ChangeableOptions, onNotice: (text: string) => void): Promise<Configured> {
  const { cluster, notices } = await readStoredCluster(storePathOf(dataDir), secretsIn({ ...(dataDir === undefined ? {} : { dataDir }), ...(cipher === undefined ? {} : { cipher }) }))
  notices.forEach(onNotice)
  const given = resolveCluster(places)
  return given.redis === null ? { config: resolveCluster(places, cluster), isFromSettings: true } : { config: given, isFromSettings: false }
}

async function openFirst({ config, isFromSettings }: Configured, mayStartAlone: boolean, open: (config: ClusterConfig) => Promise<App>, board: NoticeBoard): Promise<App> {
  try {
    return await open(config)
  } catch (error) {
    if (!(error instanceof AppError) || config.redis === null || !(isFromSettings || mayStartAlone)) throw error
    board.tell('bad', `${sentenceOf(error)} Until then this machine works alone.`)
    return open({ ...config, redis: null })
  }
}

class ChangeableApp implements App {
  readonly api: Api
  readonly on: App['on']
  readonly #open: (config: ClusterConfig) => Promise<App>
  readonly #configure: () => Promise<Configured>
  #app: App
  /** Commands that come while it changes over wait for the new one. */
  #changing: Promise<unknown> = Promise.resolve()

  constructor(first: App, open: (config: ClusterConfig) => Promise<App>, configure: () => Promise<Configured>) {
    this.#app = first
    this.#open = open
    this.#configure = configure
    this.on = first.on
    const names = Object.keys(first.api) as CommandName[]
    this.api = Object.fromEntries(names.map((name) => [name, (input: unknown) => this.#command(name, input)])) as unknown as Api
  }

  get nodeId(): string {
    return this.#app.nodeId
  }

  get address(): string | null {
    return this.#app.address
  }

  suspend(): void {
    this.#app.suspend()
  }

  resume(): void {
    this.#app.resume()
  }

  async close(hurry?: AbortSignal): Promise<void> {
    await this.#changing
    await this.#app.close(hurry)
  }

  /** Tries the new cluster before the old one is left: what cannot be joined leaves all as it is. */
  async changeOver(): Promise<void> {
    const { config, isFromSettings } = await this.#configure()
    if (!isFromSettings) throw new AppError('conflict', 'The cluster of this process was given from outside.', { hint: 'Start it without --redis, STAMPEDE_REDIS_URL and a redis in its configuration.' })
    const runs = await this.#app.api['run.list']({ limit: RECENT_RUNS })
    if (runs.some(({ endedAt }) => endedAt === null)) throw new AppError('conflict', 'A run is on.', { hint: 'Wait for its end, or stop it.' })
    if (config.redis !== null) await (await openDoor(config.redis, () => undefined)).close()
    const change = this.#change(config)
    this.#changing = change.catch(() => undefined)
    await change
  }

  async #change(config: ClusterConfig): Promise<void> {
    await this.#app.close()
    try {
      this.#app = await this.#open(config)
    } catch (error) {
      this.#app = await this.#open({ ...config, redis: null })
      throw error
    }
  }

  async #command(name: CommandName, input: unknown): Promise<unknown> {
    await this.#changing
    return (this.#app.api[name] as (input: unknown) => Promise<unknown>)(input)
  }
}

/** Looked through for one that is on. */
const RECENT_RUNS = 50

function sentenceOf({ message, hint }: AppError): string {
  return hint === undefined ? message : `${message} ${hint}`
}
