import { script } from './script.ts'

/**
 * A sentinel tells that it lives and gets all that it judges by.
 *
 * KEYS 1 prefix
 * ARGV 1 sentinel · 2 how long one counts as registered and 3 as alive, ms
 * returns {clock, epoch, master's node | '', its epoch, renews, {node, envelope, …}, registered, alive, opinions that the
 *      master of this epoch is down, term, {candidate, its term, its epoch} | {}, {deputies, at, epoch, term} | {}}
 */
export const sentinelWatch = script('sentinel-watch', `
local sent, now = P .. 'sent', clock()
redis.call('HSET', sent, ARGV[1], int(math.floor(now)))
local seen = redis.call('HGETALL', sent)
for i = 1, #seen, 2 do
  if whole(seen[i + 1]) < now - ARGV[2] then redis.call('HDEL', sent, seen[i]) end
end

local alive = sentinelsWithin(ARGV[3])
redis.call('HSET', P .. 'meta', 'alive', alive, 'aliveAt', int(math.floor(now)))

local m = holder() or { '', '', '', '' }
local epoch = int(whole(redis.call('GET', P .. 'epoch')))
local c = redis.call('HMGET', P .. 'cand', 'sentinel', 'term', 'epoch')
return {
  string.format('%.3f', now), epoch, m[1], m[2], m[4], redis.call('HGETALL', P .. 'nodes'),
  redis.call('HLEN', sent), alive, opinionsOn(epoch), int(whole(redis.call('GET', P .. 'term'))),
  c[1] and c[2] and c[3] and c or {}, election() or {},
}
`)
