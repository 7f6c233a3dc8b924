import { readFileSync } from 'node:fs'
import { connectRedis } from '../../src/main/backend/redis/connection.ts'
import type { RedisServer } from './redis.ts'

/** What the ACL line of docs/cluster.md grants, as the words of `ACL SETUSER`. */
export function documentedRules(): string[] {
  const guide = readFileSync(new URL('../../docs/cluster.md', import.meta.url), 'utf8')
  const [, rules = ''] = /^ACL SETUSER stampede (.+)$/m.exec(guide) ?? []
  return rules.split(' ')
}

/**
 * Makes the user of the guide on this server, and answers with how to connect as it. `namespaces`: a pattern, for tests
 * with many; `without`: rules that this one lacks; `more`: that the guide adds for some servers.
 */
export async function documentedUser(server: RedisServer, namespaces = 'default', { without = [], more = [] }: { without?: string[]; more?: string[] } = {}): Promise<{ address: string; username: string; password: string }> {
  const admin = await connectRedis({ address: server.url })
  const rules = documentedRules().filter((rule) => !without.includes(rule)).map((rule) => rule.replace('{stampede:default}', `{stampede:${namespaces}}`))
  try {
    await admin.commands.call('ACL', 'SETUSER', 'stampede', 'reset', ...rules, ...more)
  } finally {
    admin.close()
  }
  return { address: server.url, username: 'stampede', password: 'PASSWORD' }
}
