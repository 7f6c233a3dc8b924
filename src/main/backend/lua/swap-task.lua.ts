import { script } from './script.ts'

/**
 * Writes a task if it still is what the caller has read, and keeps the lists of what is pending and of what was deleted
 * in step with it.
 *
 * KEYS 1 prefix
 * ARGV 1 task · 2 SHA-1 of what was read, '' for nothing · 3 envelope, '' to take it out · 4 '1' if it wants something
 *      5 envelope among the deleted ones, '' for none
 * returns 'done' or 'conflict'
 */
export const swapTask = script('swap-task', `
local tasks, pending, deleted = P .. 'store:tasks', P .. 'store:pending', P .. 'store:deleted'
local known = redis.call('HGET', tasks, ARGV[1])
if (known and redis.sha1hex(known) or '') ~= ARGV[2] then return 'conflict' end

if ARGV[3] == '' then redis.call('HDEL', tasks, ARGV[1]) else redis.call('HSET', tasks, ARGV[1], ARGV[3]) end
if ARGV[4] == '1' then redis.call('HSET', pending, ARGV[1], '1') else redis.call('HDEL', pending, ARGV[1]) end
if ARGV[5] == '' then redis.call('HDEL', deleted, ARGV[1]) else redis.call('HSET', deleted, ARGV[1], ARGV[5]) end
return 'done'
`)
