import { script } from './script.ts'

/**
 * A user's stop, for every heartbeat to return. The newest order per task counts.
 *
 * KEYS 1 prefix
 * ARGV 1 task · 2 order number · 3 envelope of the record
 */
export const stop = script('stop', `
local known = redis.call('HGET', P .. 'stop', ARGV[1]) or ''
if (tonumber(string.match(known, '^%d+')) or -1) < tonumber(ARGV[2]) then redis.call('HSET', P .. 'stop', ARGV[1], ARGV[2] .. '\\n' .. ARGV[3]) end
tell('work')
return 'done'
`)
