import { hostname } from 'node:os'
import { AppError } from '../../shared/errors.ts'
import { parseDuration } from '../../shared/duration.ts'
import { parseDecimal, parsePercent } from '../../shared/quantity.ts'
import { parseRate } from '../../shared/task/load-schema.ts'
import type { RedisAccess } from '../../shared/cluster/redis-access.ts'
import { readPem, readSecret } from './secret.ts'
import { CLUSTER_KEYS, refuse, wordFor, type ClusterKey, type ClusterWords, type Places, type Source, type Word } from './words.ts'

/** Which cluster this process takes part in, and as what. */
export interface ClusterConfig {
  /** Null: this machine is a cluster of its own. */
  redis: RedisAccess | null
  node: NodeConfig
  /** What is better done otherwise, for the user. */
  warnings: string[]
}

export interface NodeConfig {
  name: string
  /** Elections prefer higher ones, 0 never leads; null: as the role has it. */
  priority: number | null
  /** Public hosts that this node may load, besides loopback and private networks; `*` is any. */
  allowHosts: string[]
  /** Of this node, per second; null: none. */
  maxRate: number | null
  /** Longest run that this node takes, ms; null: none. */
  maxDurationMs: number | null
  /** Iterations of one run that this node has waiting or in flight at most; null: as the task says. */
  maxInFlight: number | null
  /** As master: a run is stopped when more than this part of what completed in the last seconds failed, 0 … 1; null: never. */
  stopAtErrors: number | null
  /** As master: what a node gets that comes while a run goes on: only what nobody carries, or its part of everything. */
  rebalance: 'never' | 'on-join'
  /** As master: by what the load is divided. */
  strategy: (typeof STRATEGIES)[number]
}

/** The cluster as a user has set it in the settings: used as a whole, or not at all. */
export interface StoredCluster {
  address: string
  namespace: string
  username: string
  /** PEM. */
  ca: string
  nodeName: string
  priority: number | null
  password: string | null
  secret: string | null
}

/** Of those that nodes know, the first is the default. */
const STRATEGIES = ['capacity', 'cores', 'even'] as const
export const DEFAULT_NAMESPACE = 'default'
const NAMESPACE = /^[a-z0-9-]{1,32}$/
/** What a name may not have: it stands in tables, and in what terminals print. */
const CONTROL = /\p{C}/u

/**
 * The strongest word for each value counts (flag > environment > configuration > settings > default), and each is
 * judged here. Throws AppError `bad-input` with the name under which the value was given, and the cure.
 * @param stored the settings of this machine, for a product that has a screen for them.
 */
export function resolveCluster(places: Places, stored: StoredCluster | null = null): ClusterConfig {
  const address = wordFor('redis', places)
  const node = nodeOf(places, address === null ? stored : null)
  if (address === null) return { redis: stored === null ? null : redisOf(stored, node.name, places.env), node, warnings: [] }
  const warnings: string[] = []
  if (address.source === 'flag' && hasPassword(address.value)) warnings.push('The password in --redis can be read by everybody on this machine who lists its processes. STAMPEDE_REDIS_URL is the better place.')
  const ca = wordFor('redisCa', places)
  const username = wordFor('redisUsername', places)?.value
  const password = places.env['STAMPEDE_REDIS_PASSWORD']
  const redis = {
    address: address.value,
    namespace: namespaceOf(wordFor('namespace', places)),
    secret: readSecret(places, warnings),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined || password === '' ? {} : { password }),
    ...(ca === null ? {} : { ca: readPem(ca) }),
    name: node.name,
  }
  return { redis, node, warnings }
}

/** Each value that was given, for `--explain`. Never the secret. */
export function clusterSources(places: Places): { name: ClusterKey; value: string; source: Source }[] {
  return CLUSTER_KEYS.flatMap((key) => {
    const word = wordFor(key, places)
    return word === null ? [] : { name: key, value: key === 'redis' ? withoutPassword(String(word.value)) : String(word.value), source: word.source }
  })
}

/** Of the settings: the password and the secret of another Redis are never sent to the one that a flag names. */
function redisOf({ address, namespace, username, ca, password, secret }: StoredCluster, name: string, env: NodeJS.ProcessEnv): RedisAccess {
  return {
    address,
    namespace: namespace === '' ? DEFAULT_NAMESPACE : namespace,
    secret: env['STAMPEDE_SECRET'] || (secret ?? ''),
    ...(username === '' ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(ca === '' ? {} : { ca }),
    name,
  }
}

function nodeOf(places: Places, stored: StoredCluster | null): NodeConfig {
  const name = wordFor('nodeName', places) ?? settingOf(stored?.nodeName)
  const priority = wordFor('priority', places) ?? settingOf(stored?.priority?.toString())
  return {
    name: name === null ? hostname() : nameOf(name),
    priority: priority === null ? null : priorityOf(priority),
    allowHosts: hostsOf(wordFor('allowHosts', places)),
    maxRate: maxRateOf(wordFor('maxRate', places)),
    maxDurationMs: maxDurationOf(wordFor('maxDuration', places)),
    maxInFlight: maxInFlightOf(wordFor('nodeMaxInFlight', places)),
    stopAtErrors: stopAtErrorsOf(wordFor('stopAtErrors', places)),
    rebalance: rebalanceOf(wordFor('rebalance', places)),
    strategy: strategyOf(wordFor('strategy', places)),
  }
}

function settingOf(value: string | undefined): Word | null {
  return value === undefined || value === '' ? null : { value, source: 'settings', name: 'settings' }
}

function namespaceOf(word: Word | null): string {
  if (word === null) return DEFAULT_NAMESPACE
  return NAMESPACE.test(word.value) ? word.value : refuse(word, 'no namespace', 'Use up to 32 lower-case letters, digits and hyphens.')
}

function nameOf(word: Word): string {
  const name = word.value.trim()
  return name !== '' && name.length <= 64 && !CONTROL.test(name) ? name : refuse(word, 'no name of a node', 'Use 1 to 64 characters, none of them invisible.')
}

function priorityOf(word: Word): number {
  const priority = Number(word.value)
  return /^\d{1,3}$/.test(word.value) && priority <= 100 ? priority : refuse(word, 'no priority', 'Write a whole number from 0 (never leads) to 100.')
}

function hostsOf(word: Word<string[]> | null): string[] {
  for (const host of word?.value ?? []) {
    if (host === '*' || /^(\*\.)?[\w.-]+$|^\[?[0-9a-fA-F:.]+\]?$/.test(host)) continue
    refuse({ name: word?.name ?? '', source: 'flag', value: host }, 'no host', 'Write the host alone, e.g. api.example.com, *.example.com, or * for any.')
  }
  return (word?.value ?? []).map((host) => host.replace(/^\[|\]$/g, '').toLowerCase())
}

function maxRateOf(word: Word | null): number | null {
  if (word === null) return null
  const parsed = parseRate(word.value)
  if (parsed.ok) return parsed.rate
  throw new AppError('bad-input', `${word.name}: ${parsed.problem.message}`, parsed.problem.hint === undefined ? {} : { hint: parsed.problem.hint })
}

function maxDurationOf(word: Word | null): number | null {
  if (word === null) return null
  const ms = parseDuration(word.value)
  return ms !== null && ms > 0 ? ms : refuse(word, 'no duration', 'Write 30s, 5m or 1h30m.')
}

function maxInFlightOf(word: Word | null): number | null {
  if (word === null) return null
  const count = parseDecimal(word.value)
  return count !== null && Number.isInteger(count) && count > 0 ? count : refuse(word, 'no number of iterations', 'Write a whole number from 1, e.g. 5k.')
}

function stopAtErrorsOf(word: Word | null): number | null {
  return word === null ? null : (parsePercent(word.value) ?? refuse(word, 'no percentage', 'Write it from 0% to 100%, e.g. 50%.'))
}

function rebalanceOf(word: Word | null): NodeConfig['rebalance'] {
  if (word === null) return 'never'
  return word.value === 'never' || word.value === 'on-join' ? word.value : refuse(word, 'no way to rebalance', 'Write never (newcomers only fill gaps) or on-join (they get their part at once).')
}

function strategyOf(word: Word | null): NodeConfig['strategy'] {
  if (word === null) return STRATEGIES[0]
  return STRATEGIES.find((name) => name === word.value) ?? refuse(word, 'no way to divide the load', 'Write capacity (by idle CPU and free memory), cores, or even (all get the same).')
}

function hasPassword(address: string): boolean {
  return /^[a-z+]+:\/\/[^@/]*@/i.test(address)
}

function withoutPassword(address: string): string {
  return address.replace(/^([a-z+]+:\/\/)[^@/]*@/i, '$1***@')
}

export type { ClusterWords, Places }
