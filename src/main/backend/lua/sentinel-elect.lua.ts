import { script } from './script.ts'

/**
 * The winner of a term names the successors. The votes are counted again here, and only the lock of the epoch that was
 * judged is taken away.
 *
 * KEYS 1 prefix
 * ARGV 1 sentinel · 2 term · 3 epoch · 4 deputies by line · 5 sentinels that there should be · 6 how long one counts as
 *      registered, ms · 7 how long the election is in force, ms · 8 envelope of its record
 * returns 'done' or 'refused'
 */
export const sentinelElect = script('sentinel-elect', `
local c = redis.call('HMGET', P .. 'cand', 'sentinel', 'term', 'epoch')
if c[1] ~= ARGV[1] or c[2] ~= ARGV[2] or c[3] ~= ARGV[3] then return 'refused' end
if int(whole(redis.call('GET', P .. 'epoch'))) ~= ARGV[3] then return 'refused' end
if redis.call('HLEN', P .. 'votes') <= math.max(tonumber(ARGV[5]), sentinelsWithin(ARGV[6])) / 2 then return 'refused' end

local m = holder()
if m and m[2] == ARGV[3] then redis.call('DEL', P .. 'master') end
redis.call('DEL', P .. 'cand', P .. 'votes')
elect(ARGV[4], ARGV[3], ARGV[2], ARGV[7], ARGV[8])
return 'done'
`)
