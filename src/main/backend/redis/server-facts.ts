/** What a Redis tells of itself. A managed one may tell little: what is not told is null. */
export interface ServerFacts {
  name: string
  version: string | null
  isReplica: boolean
  /** What it does when its memory is full. */
  policy: string | null
}

const OLDEST: readonly [number, number] = [6, 2]
export const OLDEST_REDIS = OLDEST.join('.')

/** Asks for it. */
export async function serverFacts(client: { info(): Promise<string> }): Promise<ServerFacts> {
  const info = await client.info().catch((): string => '')
  const field = (name: string): string | null => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? null
  const valkey = field('valkey_version')
  return { name: valkey === null ? 'Redis' : 'Valkey', version: valkey ?? field('redis_version'), isReplica: field('role') === 'slave', policy: field('maxmemory_policy') }
}

/** Valkey is new enough in all its versions. */
export function isTooOld({ name, version }: ServerFacts): boolean {
  if (version === null || name === 'Valkey') return false
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])
}
