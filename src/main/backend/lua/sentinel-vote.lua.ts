import { script } from './script.ts'

/**
 * One vote per sentinel for the candidate of the term in which it is.
 *
 * KEYS 1 prefix
 * ARGV 1 sentinel · 2 term
 * returns the number of votes, or '' when the term is over
 */
export const sentinelVote = script('sentinel-vote', `
if redis.call('HGET', P .. 'cand', 'term') ~= ARGV[2] then return '' end
redis.call('HSETNX', P .. 'votes', ARGV[1], ARGV[2])
return int(redis.call('HLEN', P .. 'votes'))
`)
