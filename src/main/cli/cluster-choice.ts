import { AppError } from '../../shared/errors.ts'
import { dataDirOf } from '../config.ts'
import { resolveCluster, type ClusterConfig, type ClusterWords, type Places, type StoredCluster } from '../config/cluster.ts'
import { readConfigFile } from '../config/file.ts'
import type { NodeFlags } from './cluster-flags.ts'

/** The cluster that is meant, by flags, environment, configuration and settings; `redis` is null where none is. */
export async function clusterOf(flags: NodeFlags, stored: StoredCluster | null = null): Promise<ClusterConfig> {
  const config = resolveCluster(await placesOf(flags), stored)
  for (const warning of config.warnings) process.stderr.write(`warning: ${warning}\n`)
  return config
}

/** The same for a command that makes no sense without one. */
export async function clusterRequired(flags: NodeFlags, what: string): Promise<ClusterConfig & { redis: NonNullable<ClusterConfig['redis']> }> {
  const config = await clusterOf(flags)
  const { redis } = config
  if (redis === null) throw new AppError('bad-input', `${what} needs a cluster.`, { hint: 'Give the address of its Redis: --redis redis://host:6379, or STAMPEDE_REDIS_URL.' })
  return { ...config, redis }
}

export async function placesOf(flags: NodeFlags): Promise<Places> {
  const words: ClusterWords = {}
  const { redis, namespace, secretFile, redisCa, nodeName, priority, allowHost, maxRate, maxDuration, nodeMaxInFlight, stopAtErrors, rebalance, strategy } = flags
  const given = { redis, namespace, secretFile, redisCa, nodeName, priority, allowHosts: allowHost, maxRate, maxDuration, nodeMaxInFlight, stopAtErrors, rebalance, strategy }
  for (const [key, value] of Object.entries(given)) if (value !== undefined) Object.assign(words, { [key]: value })
  return { flags: words, env: process.env, file: await readConfigFile(dataDirOf(flags.dataDir), process.env) }
}
