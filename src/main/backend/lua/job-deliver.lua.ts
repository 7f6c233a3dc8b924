import { script } from './script.ts'

/**
 * What came out of a piece, unless the job is over or another outcome was first.
 *
 * KEYS 1 prefix
 * ARGV 1 job · 2 piece · 3 envelope
 * returns 1, or 0 when it does not count
 */
export const jobDeliver = script('job-deliver', `
if redis.call('HEXISTS', P .. 'jobs', ARGV[1]) == 0 or redis.call('HEXISTS', P .. 'job-results', ARGV[1]) == 1 then return 0 end
local added = redis.call('HSETNX', P .. 'job:' .. ARGV[1], ARGV[2], ARGV[3])
if added == 1 then tell('results') end
return added
`, 'bulk')
