/** What a Redis tells of itself. A managed one may tell little: what is not told is null. */
export interface ServerFacts {
  name: string
  version: string | null
  isReplica: boolean
  /** What it does when its memory is full. */
  policy: string | null
}

type Version = readonly [major: number, minor: number]

const OLDEST: Version = [6, 2]
export const OLDEST_REDIS = OLDEST.join('.')
/** From here on a script may say that it is to run although Redis is full. */
const WITH_SCRIPT_FLAGS: Version = [7, 0]

/** Asks for it. */
export async function serverFacts(client: { info(): Promise<string> }): Promise<ServerFacts> {
  const info = await client.info().catch((): string => '')
  const field = (name: string): string | null => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(info)?.[1] ?? null
  const valkey = field('valkey_version')
  return { name: valkey === null ? 'Redis' : 'Valkey', version: valkey ?? field('redis_version'), isReplica: field('role') === 'slave', policy: field('maxmemory_policy') }
}

/** Valkey is new enough in all its versions, here and below. */
export function isTooOld({ name, version }: ServerFacts): boolean {
  return version !== null && name !== 'Valkey' && isBefore(version, OLDEST)
}

/** Where the version is not told, scripts are sent without. */
export function hasScriptFlags({ name, version }: ServerFacts): boolean {
  return version !== null && (name === 'Valkey' || !isBefore(version, WITH_SCRIPT_FLAGS))
}

function isBefore(version: string, [major, minor]: Version): boolean {
  const [itsMajor = 0, itsMinor = 0] = version.split('.').map(Number)
  return itsMajor < major || (itsMajor === major && itsMinor < minor)
}
