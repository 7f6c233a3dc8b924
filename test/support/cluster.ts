import { Redis } from 'ioredis'
import type { NodeInfo } from '../../src/shared/cluster/cluster.ts'
import { startCli, temporaryFolder } from './cli.ts'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { nodeOf, serveOf, type NodeProcess, type ServeProcess } from './node-process.ts'
import { startRedis, type RedisServer } from './redis.ts'
import { until } from './until.ts'

export interface StartOptions {
  /** Instead of the cluster's own Redis: a fault proxy before it. */
  through?: string
  priority?: number
  /** Of a former life of the same node; a fresh one by default. */
  dataDir?: string
  args?: string[]
  env?: NodeJS.ProcessEnv
}

/** CPU of a machine that has got over the start of some processes; it may be busy with other things, then so be it. */
const CALM_PERCENT = 50
const CALM_MS = 5000

/**
 * A cluster of real processes on a Redis of its own. `stop` ends everything that it started; whatever else it offers
 * looks at the cluster from outside, without a share in its secrets.
 */
export class ClusterProcesses {
  readonly redis: RedisServer
  readonly namespace = 'test'
  /** Plain commands to Redis, as an operator's; it comes back by itself. */
  readonly operator: Redis
  readonly #folders: ReturnType<typeof temporaryFolder>[] = []
  readonly #nodes: NodeProcess[] = []
  readonly #wires: FaultProxy[] = []

  private constructor(redis: RedisServer) {
    this.redis = redis
    this.operator = new Redis({ port: redis.port, host: '127.0.0.1', maxRetriesPerRequest: 0, retryStrategy: () => 100 })
    this.operator.on('error', () => undefined) // Redis is killed on purpose here
  }

  /** `options` as in the configuration of Redis. */
  static async start(options: Record<string, string> = {}): Promise<ClusterProcesses> {
    return new ClusterProcesses(await startRedis(options))
  }

  async serve(name: string, options: StartOptions = {}): Promise<ServeProcess> {
    return serveOf(this.#launch('serve', name, ['--port', '0'], options))
  }

  async worker(name: string, options: StartOptions = {}): Promise<NodeProcess> {
    const node = this.#launch('worker', name, [], options)
    await node.says(/joined \S+ as worker/)
    return node
  }

  async sentinel(name: string, options: StartOptions = {}): Promise<NodeProcess> {
    const node = this.#launch('sentinel', name, [], options)
    await node.says(/joined \S+ as sentinel/)
    return node
  }

  /** Who holds the mastership, as Redis has it; the name is empty for a node that is on no list. */
  async master(): Promise<{ name: string; nodeId: string; epoch: number } | null> {
    const [nodeId, epoch] = await this.operator.hmget(this.key('master'), 'node', 'epoch')
    if (nodeId == null || epoch == null) return null
    const name = (await this.nodes()).find(({ id }) => id === nodeId)?.name ?? ''
    return { name, nodeId, epoch: Number(epoch) }
  }

  /** What the nodes said last, in Redis; whether it was really they is not looked at. */
  async nodes(): Promise<NodeInfo[]> {
    const envelopes = Object.values(await this.operator.hgetall(this.key('nodes')))
    return envelopes.map((envelope) => JSON.parse(envelope.slice(envelope.indexOf('{'))) as NodeInfo)
  }

  /** When Redis heard this node last, ms since the epoch by its own clock: from then on its lease on sending and its loss are counted. */
  async heardAt(name: string): Promise<number> {
    const id = (await this.nodes()).find((node) => node.name === name)?.id ?? ''
    return Number((await this.operator.hget(this.key('heard'), id))?.split(' ')[1])
  }

  key(name: string): string {
    return `{stampede:${this.namespace}}:${name}`
  }

  /** Waits until the console lists these as well, and until the start of their processes weighs no more in what they can take. */
  async joined(serve: ServeProcess, ...names: string[]): Promise<void> {
    const well = async (): Promise<NodeInfo[]> => (await serve.ask('node.list', {})).filter(({ state }) => state === 'ok' || state === 'hot').map(({ info }) => info)
    const here = (nodes: NodeInfo[]): boolean => names.every((name) => nodes.some((node) => node.name === name))
    await until(`${names.join(', ')} on the list`, async () => here(await well()))
    await until('calm', async () => (await well()).every(({ cpuPercent }) => cpuPercent < CALM_PERCENT), { withinMs: CALM_MS }).catch(() => undefined)
  }

  /** Waits until another process than these leads. */
  async masterOtherThan(...names: string[]): Promise<{ name: string; nodeId: string; epoch: number }> {
    return until(`a master other than ${names.join(', ')}`, async () => {
      const master = await this.master()
      return master !== null && master.name !== '' && !names.includes(master.name) ? master : null
    })
  }

  /** One for a node that is to be started again; gone at the end. */
  newDataDir(): string {
    const folder = temporaryFolder()
    this.#folders.push(folder)
    return folder.path
  }

  /** A wire to Redis for a node of it to be started `through`. */
  async wire(): Promise<FaultProxy> {
    const wire = await startFaultProxy(this.redis.port)
    this.#wires.push(wire)
    return wire
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.kill()))
    await Promise.all(this.#wires.map((wire) => wire.stop()))
    this.operator.disconnect()
    await this.redis.stop()
    for (const folder of this.#folders) folder.remove()
  }

  #launch(role: string, name: string, flags: string[], options: StartOptions): NodeProcess {
    const dataDir = options.dataDir ?? this.newDataDir()
    const priority = options.priority === undefined ? [] : ['--priority', String(options.priority)]
    const args = [role, ...flags, '--redis', options.through ?? this.redis.url, '--namespace', this.namespace, '--name', name, ...priority, ...(options.args ?? [])]
    const node = nodeOf(name, startCli(args, { dataDir, ...(options.env === undefined ? {} : { env: options.env }) }))
    this.#nodes.push(node)
    return node
  }
}
