import { setTimeout } from 'node:timers/promises'
import { Cluster, Redis, type RedisOptions } from 'ioredis'
import { AppError } from '../../../shared/errors.ts'
import { labelOf, parseRedisAddress, type RedisAddress } from './address.ts'
import { explainRedis } from './failures.ts'
import { hasScriptFlags, isTooOld, OLDEST_REDIS, serverFacts, type ServerFacts } from './server-facts.ts'

export type RedisClient = Redis | Cluster

/** Replies keep the shapes of Redis' older protocol, whichever is spoken. */
type Options = Omit<RedisOptions, 'replyMapping'>

export interface ConnectOptions {
  /** See address.ts. */
  address: string
  /** Instead of the ones in the address: from the environment, a file or the keychain. */
  username?: string
  password?: string
  /** PEM of the authority that signed the server's certificate, where the system does not know it. */
  ca?: string
  /** How Redis lists the connection, e.g. `stampede-worker`. */
  name?: string
  /** Opens also a server that could not carry a cluster, for whoever wants to find out why. */
  anyServer?: boolean
}

/** Two connections to one Redis: commands never wait behind pub/sub. They come back by themselves when they are cut. */
export interface RedisLink {
  /** The address, without user and password. */
  readonly label: string
  readonly commands: RedisClient
  readonly subscriber: RedisClient
  /** What to tell the user of this server, e.g. that it throws data away when it is full. */
  readonly notices: string[]
  /** Whether this Redis understands flags of scripts. */
  readonly knowsFlags: boolean
  close(): void
}

/** An answer later than this counts as none, ms; shorter than any lease. */
export const COMMAND_TIMEOUT_MS = 1500
const CONNECT_TIMEOUT_MS = 3000
/** A line that is given up is cut after so long, ms: a dead one is opened anew that much sooner, and a refused one keeps no process alive. */
const DISCONNECT_TIMEOUT_MS = 200
/** For all that it takes until the first command can be sent: Sentinels and cluster nodes are asked one after the other. */
const OPEN_TIMEOUT_MS = 8000

/**
 * Opens both. Throws AppError `bad-input` for an address that is none, and `cannot-start`, in words that say what to do,
 * for a server that cannot be reached, refuses the password or the TLS, is a replica or is too old. It tries once:
 * only a connection that has worked is opened again by itself.
 */
export async function connectRedis(options: ConnectOptions): Promise<RedisLink> {
  const address = parseRedisAddress(options.address)
  const label = labelOf(address)
  const opened = { yet: false }
  const commands = clientFor(address, options, opened, COMMANDS)
  const subscriber = clientFor(address, options, opened, SUBSCRIBER)
  const close = (): void => [commands, subscriber].forEach((client) => client.disconnect())
  try {
    await reach(commands)
    await reach(subscriber)
    opened.yet = true
    return { label, commands, subscriber, ...inspected(await serverFacts(commands), label, options.anyServer === true), close }
  } catch (error) {
    close()
    throw explainRedis(error, label, true)
  }
}

/**
 * Measured (`protocol.md` §4): with the defaults a command that was cut off is sent again and may be executed twice, and
 * commands that wait for a connection are executed long after their caller has given up.
 */
const COMMANDS: Options = {
  autoResendUnfulfilledCommands: false,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  commandTimeout: COMMAND_TIMEOUT_MS,
  reconnectOnError: (error) => (error.message.includes('READONLY') ? 1 : false),
}

/** Subscriptions wait for a connection and come back with it. */
const SUBSCRIBER: Options = { maxRetriesPerRequest: null }

function clientFor(address: RedisAddress, options: ConnectOptions, opened: { yet: boolean }, kind: Options): RedisClient {
  const retry = (attempt: number): number | null => (opened.yet ? retryDelay(attempt) : null)
  const common: Options = { ...kind, ...loginOf(address, options), connectTimeout: CONNECT_TIMEOUT_MS, disconnectTimeout: DISCONNECT_TIMEOUT_MS, keepAlive: 5000, lazyConnect: true, retryStrategy: retry, disableClientInfo: true }
  if (options.name !== undefined) common.connectionName = options.name
  if (address.tls) common.tls = options.ca === undefined ? {} : { ca: options.ca }
  const [first] = address.hosts
  switch (address.kind) {
    case 'single': return new Redis({ ...common, ...first })
    case 'sentinel': return new Redis({ ...common, sentinels: address.hosts, name: address.primary ?? '', sentinelRetryStrategy: retry })
    case 'cluster': return new Cluster(address.hosts, {
      redisOptions: common, lazyConnect: true, clusterRetryStrategy: retry, retryDelayOnFailover: 0, enableOfflineQueue: kind.enableOfflineQueue ?? true, // never sends twice
    })
  }
}

function loginOf(address: RedisAddress, options: ConnectOptions): Options {
  const username = options.username ?? address.username
  const password = options.password ?? address.password
  return { ...(username === null ? {} : { username }), ...(password === null ? {} : { password }), ...(address.kind === 'cluster' ? {} : { db: address.db }) }
}

/** 50 ms, doubled up to a second, and not all nodes at once. */
function retryDelay(attempt: number): number {
  return Math.min(50 * 2 ** (attempt - 1), 1000) + Math.random() * 100
}

/** The promise of `connect` only says that it was closed, and for a cluster not even that; why is told by the event before. */
async function reach(client: RedisClient): Promise<void> {
  let told: unknown = null
  client.on('error', (error: unknown) => (told = error)) // stays: without a listener every later trouble would be printed
  const late = new AbortController()
  const deadline = setTimeout(OPEN_TIMEOUT_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error('ETIMEDOUT')
  })
  try {
    await Promise.race([client.connect(), deadline])
  } catch (error) {
    throw told ?? error
  } finally {
    deadline.catch(() => undefined)
    late.abort()
  }
}

/** Throws for a server that cannot be used, unless any will do; answers with what is worth a warning. */
function inspected(facts: ServerFacts, label: string, anyServer: boolean): Pick<RedisLink, 'notices' | 'knowsFlags'> {
  const knowsFlags = hasScriptFlags(facts)
  if (anyServer) return { notices: [], knowsFlags }
  if (isTooOld(facts)) throw new AppError('cannot-start', `Redis at ${label} is ${facts.version}; the cluster needs ${OLDEST_REDIS} or newer.`, { hint: 'Update Redis, or use Valkey.' })
  if (facts.isReplica) throw explainRedis(new Error('READONLY'), label, true)
  const notice = `Redis at ${label} throws data away when it is full (maxmemory-policy ${facts.policy}), runs included. Set it to noeviction.`
  return { notices: facts.policy === null || facts.policy === 'noeviction' ? [] : [notice], knowsFlags }
}
