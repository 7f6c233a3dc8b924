import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Option, type Command } from 'commander'
import { AppError } from '../../shared/errors.ts'
import { dataDirOf } from '../config.ts'
import { wordFor, type ClusterKey } from '../config/words.ts'

/** Which cluster is meant, as flags. Their words from the environment are read in one place with all others: `config/`. */
export interface ClusterFlags {
  redis?: string
  namespace?: string
  secretFile?: string
  redisCa?: string
  dataDir?: string
}

/** What a process says of itself as a node of it. */
export interface NodeFlags extends ClusterFlags {
  /** `run` has a `--name` of its own. */
  nodeName?: string
  priority?: string
  allowHost?: string[]
  maxRate?: string
  maxDuration?: string
  nodeMaxInFlight?: string
  stopAtErrors?: string
  rebalance?: string
  strategy?: string
}

const CLUSTER: [flags: string, text: string][] = [
  ['--redis <url>', 'the cluster: redis://host:6379, rediss:// for TLS (better: STAMPEDE_REDIS_URL)'],
  ['--namespace <name>', 'which cluster in that Redis (default)'],
  ['--secret-file <file>', 'secret of the cluster; or STAMPEDE_SECRET'],
  ['--redis-ca <file>', 'certificate authority of Redis (PEM)'],
]

const NODE: [flags: string, text: string][] = [
  ['--priority <n>', 'in elections, 0 (never leads) to 100'],
  ['--max-rate <n>', 'what this node sends at most, per second'],
  ['--max-duration <time>', 'longest run that this node carries'],
  ['--node-max-in-flight <n>', 'iterations of one run that this node has waiting or in flight at most'],
  ['--stop-at-errors <percent>', 'as master: stop a run when more than this of five seconds failed, e.g. 50%'],
  ['--rebalance <when>', 'as master: never (default), or on-join: newcomers get their part at once'],
  ['--strategy <name>', 'as master: divide the load by capacity (default), cores, or even'],
]

/** The flags of whoever speaks to a cluster. */
export function addClusterFlags(command: Command): Command {
  for (const [flags, text] of CLUSTER) command.option(flags, text)
  command.addOption(new Option('--secret <value>').hideHelp().argParser(refuseSecret))
  return command
}

/** The flags of whoever joins one. @param nameFlag how this node is called: `--name`, where that is free. */
export function addNodeFlags(command: Command, nameFlag: '--name' | '--node-name' = '--name'): Command {
  addClusterFlags(command)
  command.option(`${nameFlag} <name>`, 'of this node (the name of the machine)')
  for (const [flags, text] of NODE) command.option(flags, text)
  command.option('--allow-host <host>', 'public host that this node may load, * for any; repeat it', (value: string, before: string[] | undefined) => [...(before ?? []), value])
  return command
}

/** An argument can be read by everybody on the machine: it is refused without being repeated. */
function refuseSecret(): never {
  throw new AppError('bad-input', '--secret: a secret in the arguments can be read by everybody on this machine. It counts as known now.', { hint: 'Make a new one, and give it with --secret-file FILE or STAMPEDE_SECRET.' })
}

const OF_THE_NODE = ['nodeName', 'priority', 'maxRate', 'maxDuration', 'nodeMaxInFlight', 'stopAtErrors', 'rebalance', 'strategy'] as const satisfies (keyof NodeFlags & ClusterKey)[]

/** Whether flags or environment say anything of this node itself: that holds without a cluster, too. */
export function isNodeMeant(flags: NodeFlags, env: NodeJS.ProcessEnv = process.env): boolean {
  return OF_THE_NODE.some((key) => wordFor(key, { flags, env, file: {} }) !== null)
}

/** Whether anything could name a cluster: most machines have none, and then nothing is loaded to find that out. */
export function isClusterMeant({ redis, dataDir }: ClusterFlags, env: NodeJS.ProcessEnv = process.env): boolean {
  return redis !== undefined || Boolean(env['STAMPEDE_REDIS_URL']) || Boolean(env['STAMPEDE_CONFIG']) || existsSync(join(dataDirOf(dataDir), 'config.yaml'))
}
