import { script } from './script.ts'

/**
 * Asks for the votes of a new term. Terms rise as epochs do, also over a loss of all data.
 *
 * KEYS 1 prefix
 * ARGV 1 sentinel · 2 highest term that it ever saw · 3 epoch of the master that is to go · 4 how long another candidate
 *      has to itself, ms
 * returns the term, or '' when refused
 */
export const sentinelStand = script('sentinel-stand', `
local candidate, now = P .. 'cand', clock()
if int(whole(redis.call('GET', P .. 'epoch'))) ~= ARGV[3] or election() then return '' end
if now - whole(redis.call('HGET', candidate, 'at')) < tonumber(ARGV[4]) then return '' end

local term = int(math.max(whole(redis.call('GET', P .. 'term')) + 1, tonumber(ARGV[2]) + 1, math.floor(now)))
redis.call('SET', P .. 'term', term)
redis.call('DEL', candidate, P .. 'votes')
redis.call('HSET', candidate, 'sentinel', ARGV[1], 'term', term, 'epoch', ARGV[3], 'at', int(math.floor(now)))
redis.call('HSET', P .. 'votes', ARGV[1], term)
tell('nodes')
return term
`)
