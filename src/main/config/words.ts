import { AppError } from '../../shared/errors.ts'

/**
 * Where a value was given, strongest first. `task file` stands between environment and configuration for what a task
 * says of itself; nothing of the cluster does.
 */
export type Source = 'flag' | 'environment' | 'configuration' | 'settings' | 'default'

/** A value as somebody wrote it, and the name under which they did: what messages speak of. */
export interface Word<T = string> {
  value: T
  source: Source
  name: string
}

/** What can be said of the cluster and of this node, in the words of one source. */
export interface ClusterWords {
  redis?: string
  namespace?: string
  secretFile?: string
  /** File with the certificate of the authority of Redis. */
  redisCa?: string
  redisUsername?: string
  nodeName?: string
  priority?: string
  allowHosts?: string[]
  maxRate?: string
  maxDuration?: string
  nodeMaxInFlight?: string
  stopAtErrors?: string
  rebalance?: string
  strategy?: string
}

export type ClusterKey = keyof ClusterWords

/** Names of each value on the command line and in the environment; in a configuration file it goes by its own. */
const NAMES: Record<ClusterKey, { flag: string; env: string }> = {
  redis: { flag: '--redis', env: 'STAMPEDE_REDIS_URL' },
  namespace: { flag: '--namespace', env: 'STAMPEDE_NAMESPACE' },
  secretFile: { flag: '--secret-file', env: 'STAMPEDE_SECRET_FILE' },
  redisCa: { flag: '--redis-ca', env: 'STAMPEDE_REDIS_CA' },
  redisUsername: { flag: '--redis', env: 'STAMPEDE_REDIS_USERNAME' },
  nodeName: { flag: '--name', env: 'STAMPEDE_NODE_NAME' },
  priority: { flag: '--priority', env: 'STAMPEDE_PRIORITY' },
  allowHosts: { flag: '--allow-host', env: 'STAMPEDE_ALLOW_HOSTS' },
  maxRate: { flag: '--max-rate', env: 'STAMPEDE_MAX_RATE' },
  maxDuration: { flag: '--max-duration', env: 'STAMPEDE_MAX_DURATION' },
  nodeMaxInFlight: { flag: '--node-max-in-flight', env: 'STAMPEDE_NODE_MAX_IN_FLIGHT' },
  stopAtErrors: { flag: '--stop-at-errors', env: 'STAMPEDE_STOP_AT_ERRORS' },
  rebalance: { flag: '--rebalance', env: 'STAMPEDE_REBALANCE' },
  strategy: { flag: '--strategy', env: 'STAMPEDE_STRATEGY' },
}

export const CLUSTER_KEYS = Object.keys(NAMES) as ClusterKey[]

/** What stands in each place. */
export interface Places {
  flags: ClusterWords
  env: NodeJS.ProcessEnv
  file: ClusterWords
}

/** The strongest word for a value; an empty one counts as none. */
export function wordFor<K extends ClusterKey>(key: K, { flags, env, file }: Places): Word<NonNullable<ClusterWords[K]>> | null {
  const { flag, env: variable } = NAMES[key]
  const said = env[variable]
  const fromEnv = said === undefined ? undefined : key === 'allowHosts' ? said.split(',').map((host) => host.trim()).filter((host) => host !== '') : said
  const candidates = [
    { value: flags[key], source: 'flag', name: flag },
    { value: fromEnv as ClusterWords[K], source: 'environment', name: variable },
    { value: file[key], source: 'configuration', name: key },
  ] as const
  const found = candidates.find(({ value }) => value !== undefined && value.length > 0)
  return found === undefined ? null : (found as Word<NonNullable<ClusterWords[K]>>)
}

/** Refuses a word in one form: who said it where, what is wrong, the cure. */
export function refuse({ name, value }: Word<unknown>, what: string, hint: string): never {
  throw new AppError('bad-input', `${name}: "${String(value)}" is ${what}.`, { hint })
}
