import { AppError } from '../../../shared/errors.ts'

/**
 * Where Redis is, as a person writes it:
 *
 *     redis://[user:password@]host[:6379][/db]                     rediss:// for TLS, here and below
 *     redis+sentinel://[user:password@]host[:26379],host…/name[/db] the primary called `name`, as Redis Sentinels know it
 *     redis+cluster://[user:password@]host[:6379],host…             a Redis Cluster, by some of its nodes
 */
export interface RedisAddress {
  kind: 'single' | 'sentinel' | 'cluster'
  tls: boolean
  hosts: { host: string; port: number }[]
  /** Of the primary, for Sentinels. */
  primary: string | null
  username: string | null
  password: string | null
  db: number
}

const FORM = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?#@]+)(\/[^?#]*)?$/
const HINT = 'Write redis://host:6379, rediss://user:password@host:6380 for TLS, redis+sentinel://host1,host2/name or redis+cluster://host1,host2.'

/** Throws AppError `bad-input`. The password is never part of a message. */
export function parseRedisAddress(text: string): RedisAddress {
  const [, scheme, kind = 'single', user = '', hosts = '', path = ''] = FORM.exec(text.trim()) ?? []
  if (scheme === undefined) throw wrong('This is no address of a Redis server.')
  const [first = '', second = ''] = path.split('/').slice(1)
  const primary = kind === 'sentinel' ? first : ''
  if (kind === 'sentinel' && primary === '') throw wrong('The address of the Sentinels lacks the name of the primary.')
  const [username = '', password = ''] = credentials(user)
  return {
    kind: kind as RedisAddress['kind'],
    tls: scheme === 'rediss',
    hosts: hosts.split(',').map((host) => hostOf(host, kind === 'sentinel' ? 26379 : 6379)),
    primary: primary === '' ? null : decoded(primary),
    username: username === '' ? null : username,
    password: password === '' ? null : password,
    db: databaseOf(kind === 'sentinel' ? second : first),
  }
}

/** For messages: without user and password. */
export function labelOf({ kind, tls, hosts, primary, db }: RedisAddress): string {
  const scheme = `${tls ? 'rediss' : 'redis'}${kind === 'single' ? '' : `+${kind}`}`
  const list = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',')
  return `${scheme}://${list}${primary === null ? '' : `/${primary}`}${db === 0 ? '' : `/${db}`}`
}

/** A Redis of this machine alone needs no secret to keep others out. */
export function isLoopback({ hosts }: RedisAddress): boolean {
  return hosts.every(({ host }) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host))
}

function hostOf(text: string, defaultPort: number): { host: string; port: number } {
  const [, six, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))(?::(\d+))?$/.exec(text) ?? []
  const host = six ?? name
  if (host === undefined) throw wrong(`"${text}" is no host of Redis.`)
  const port = digits === undefined ? defaultPort : Number(digits)
  if (port < 1 || port > 65_535) throw wrong(`${port} is no port: ports are 1 to 65535.`)
  return { host, port }
}

/** `password@` alone counts as one, as redis-cli takes it. */
function credentials(text: string): [string, string] {
  const colon = text.indexOf(':')
  return colon < 0 ? ['', decoded(text)] : [decoded(text.slice(0, colon)), decoded(text.slice(colon + 1))]
}

function databaseOf(text: string): number {
  if (text === '') return 0
  if (!/^\d{1,4}$/.test(text)) throw wrong(`"${text}" is no number of a database.`)
  return Number(text)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong('A % in the address must be followed by two hexadecimal digits.')
  }
}

function wrong(message: string): AppError {
  return new AppError('bad-input', message, { hint: HINT })
}
