import { script } from './script.ts'

/**
 * Removes what a node that has long been silent said last, unless it has said something since.
 *
 * KEYS 1 prefix
 * ARGV pairs: node · SHA-1 of its entry
 */
export const reap = script('reap', `
for i = 1, #ARGV, 2 do
  local raw = redis.call('HGET', P .. 'nodes', ARGV[i])
  if raw and redis.sha1hex(raw) == ARGV[i + 1] then
    redis.call('HDEL', P .. 'nodes', ARGV[i])
    redis.call('HDEL', P .. 'listen', ARGV[i])
    redis.call('HDEL', P .. 'heard', ARGV[i])
  end
end
return 'done'
`)
