import { script } from './script.ts'

/**
 * Leaves a job; one that is there already stays.
 *
 * KEYS 1 prefix
 * ARGV 1 job · 2 envelope of its head · 3 envelope of the whole
 * returns 1, or 0 when there is one
 */
export const jobSubmit = script('job-submit', `
local added = redis.call('HSETNX', P .. 'jobs', ARGV[1], ARGV[2])
if added == 1 then
  redis.call('HSET', P .. 'job-wholes', ARGV[1], ARGV[3])
  tell('intents')
end
return added
`, 'bulk')
