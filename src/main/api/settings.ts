import type { Api, ClusterSettings, ClusterSettingsChange, RedisTest, Settings } from '../../shared/contract/contract.ts'
import type { ProbeOptions } from '../backend/redis/probe.ts'
import type { ApiParts } from './parts.ts'

const KEY = 'settings'
type StoredCluster = Omit<ClusterSettings, 'hasPassword' | 'hasSecret' | 'keptIn'>
type Stored = Omit<Settings, 'cluster'> & { cluster: StoredCluster }

const CLUSTER: StoredCluster = { mode: 'local', address: '', namespace: 'default', username: '', nodeName: '', priority: 5, ca: '' }
const DEFAULTS: Stored = { theme: 'system', language: 'system', notifications: true, keepAwake: true, dismissedHints: [], allowedHosts: [], limits: { maxRate: null, maxDurationMs: null, maxInFlight: null, stopAtErrors: null }, retention: { runs: 200, days: null }, cluster: CLUSTER }

type Parts = Pick<ApiParts, 'settings' | 'secrets' | 'testRedis'>

/** Settings of this machine. Password and secret go to their keeper, and never come back out by this way. */
export function settingsCommands(parts: Parts): Pick<Api, 'settings.get' | 'settings.set' | 'settings.testRedis'> {
  return {
    'settings.get': () => readSettings(parts),
    'settings.set': async ({ cluster, limits, ...wanted }) => {
      const stored = await readStored(parts)
      const { password, secret, ...plain } = cluster ?? {}
      await keep(parts, { password, secret })
      await parts.settings.setSetting(KEY, JSON.stringify({ ...stored, ...wanted, limits: { ...stored.limits, ...limits }, cluster: { ...stored.cluster, ...plain } } satisfies Stored))
      return readSettings(parts)
    },
    'settings.testRedis': async (asked) => parts.testRedis(await connectionOf(parts, asked)),
  }
}

export async function readSettings(parts: Pick<Parts, 'settings' | 'secrets'>): Promise<Settings> {
  const stored = await readStored(parts)
  const [password, secret] = await Promise.all([parts.secrets.get('redis-password'), parts.secrets.get('cluster-secret')])
  return { ...stored, cluster: { ...stored.cluster, hasPassword: password !== null, hasSecret: secret !== null, keptIn: parts.secrets.place } }
}

/** What an older version did not know is at its default. */
async function readStored({ settings }: Pick<Parts, 'settings'>): Promise<Stored> {
  const text = await settings.setting(KEY)
  if (text === null) return DEFAULTS
  const stored = JSON.parse(text) as Partial<Stored>
  return { ...DEFAULTS, ...stored, limits: { ...DEFAULTS.limits, ...stored.limits }, retention: { ...DEFAULTS.retention, ...stored.retention }, cluster: { ...CLUSTER, ...stored.cluster } }
}

async function keep({ secrets }: Parts, { password, secret }: { password: ClusterSettingsChange['password'] | undefined; secret: ClusterSettingsChange['secret'] | undefined }): Promise<void> {
  if (password !== undefined) await secrets.set('redis-password', password)
  if (secret !== undefined) await secrets.set('cluster-secret', secret)
}

/** What was not filled in is as stored. */
async function connectionOf(parts: Parts, { password, secret, ...asked }: RedisTest): Promise<ProbeOptions> {
  const { address, namespace, username, ca } = { ...(await readStored(parts)).cluster, ...asked }
  return { address, namespace, username, ca, password: password ?? (await parts.secrets.get('redis-password')), secret: secret ?? (await parts.secrets.get('cluster-secret')) }
}
